//! Meanings of the words in the exports: the doc comments of the enums.

use serde::Serialize;
use strum::{EnumMessage, IntoEnumIterator};

use crate::access::visibility::Visibility;
use crate::db::enum_text::text;
use crate::registry::council_changes::model::CouncilChangeKind;
use crate::registry::councils::lifetime::CouncilStatus;
use crate::registry::councils::model::{CouncilType, MembershipTier, Nation, Region};
use crate::registry::initiatives::answer::LocationOf;
use crate::registry::initiatives::evidence::{Bound, Direction, OutcomeKind, SourceKind, Unit};
use crate::registry::initiatives::freshness::Freshness;
use crate::registry::initiatives::lead::{EnteredBy, LeadKind};
use crate::registry::initiatives::model::{
    DeliveryStatus, InitiativeKind, Licence, ParticipantRole, State, VerificationMethod,
};
use crate::registry::initiatives::status::StatusConfirmation;
use crate::registry::memberships::vocabulary::{MemberTier, MembershipStatus};
use crate::registry::organisations::model::OrganisationKind;
use crate::registry::themes::model::ThemeStatus;

/// Each word of an enum and its meaning, by the name of the enum's schema. `None` for a schema that is not an enum of
/// the exports.
pub fn meanings(schema: &str) -> Option<Vec<(String, String)>> {
    Some(match schema {
        "Bound" => of::<Bound>(),
        "CouncilChangeKind" => of::<CouncilChangeKind>(),
        "CouncilStatus" => of::<CouncilStatus>(),
        "CouncilType" => of::<CouncilType>(),
        "DeliveryStatus" => of::<DeliveryStatus>(),
        "Direction" => of::<Direction>(),
        "EnteredBy" => of::<EnteredBy>(),
        "Freshness" => of::<Freshness>(),
        "InitiativeKind" => of::<InitiativeKind>(),
        "LeadKind" => of::<LeadKind>(),
        "Licence" => of::<Licence>(),
        "LocationOf" => of::<LocationOf>(),
        "MemberTier" => of::<MemberTier>(),
        "MembershipStatus" => of::<MembershipStatus>(),
        "MembershipTier" => of::<MembershipTier>(),
        "Nation" => of::<Nation>(),
        "OrganisationKind" => of::<OrganisationKind>(),
        "OutcomeKind" => of::<OutcomeKind>(),
        "ParticipantRole" => of::<ParticipantRole>(),
        "Region" => of::<Region>(),
        "SourceKind" => of::<SourceKind>(),
        "State" => of::<State>(),
        "StatusConfirmation" => of::<StatusConfirmation>(),
        "ThemeStatus" => of::<ThemeStatus>(),
        "Unit" => of::<Unit>(),
        "VerificationMethod" => of::<VerificationMethod>(),
        "Visibility" => of::<Visibility>(),
        _ => return None,
    })
}

fn of<T: IntoEnumIterator + EnumMessage + Serialize>() -> Vec<(String, String)> {
    let meaning = |value: &T| value.get_documentation().unwrap_or_default().replace('\n', " ");
    T::iter().map(|value| (text(&value), meaning(&value))).collect()
}
