//! Membership models for requests and responses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::vocabulary::{MemberTier, MembershipStatus, ObservationKind};
use crate::http::input::{Check, Faults, check_period, forget};
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::registry::organisations::model::{OrganisationRef, check_no_person};
use crate::text::dates::is_after;
use crate::text::{HttpUrl, Line, PartialDate, Reference};

/// The member: either a council of the registry or another organisation.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Member {
    /// The council. Null for another organisation.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// The organisation. Null for a council.
    #[schema(required)]
    pub organisation: Option<MemberOrganisation>,
}

impl Member {
    /// Name of the member.
    pub fn name(&self) -> &str {
        let council = self.council.as_ref().map(|council| council.name.as_str());
        council.or_else(|| self.organisation.as_ref().map(|one| one.name.as_str())).unwrap_or_default()
    }

    /// Record of the organisation, if it has one.
    pub fn record_of_organisation(&self) -> Option<&OrganisationRef> {
        self.organisation.as_ref().and_then(|organisation| organisation.record.as_ref())
    }

    /// Id of the council.
    pub fn council_id(&self) -> Option<Uuid> {
        self.council.as_ref().map(|council| council.id)
    }
}

/// An organisation that is a member and not a council.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MemberOrganisation {
    /// Name, as it was at that time.
    #[schema(example = "Co-operatives UK")]
    pub name: String,
    /// Record of the organisation, if the registry has one.
    #[schema(required)]
    pub record: Option<OrganisationRef>,
}

/// The member of a new membership. Name exactly one: a council of the registry or another organisation. An organisation
/// has a record, a name or both. People are never members here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewMember {
    /// The council: slug, id or GSS code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub council: Option<Reference>,
    /// Name of an organisation that is not a council, as it was at that time. Default: the present name of its record
    /// in `organisation_ref`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<Line<160>>,
    /// Record of that organisation, if the registry has one: slug or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "co-operatives-uk")]
    pub organisation_ref: Option<Reference>,
}

impl NewMember {
    /// Adds a fault at `place` unless it names exactly one.
    pub fn check(&self, place: &str, faults: &mut Faults) {
        let given =
            [("organisation", self.organisation.is_some()), ("organisation_ref", self.organisation_ref.is_some())];
        let given = given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name);
        match &self.council {
            None if given.clone().count() == 0 => faults.add(place, "required", "needs a council or an organisation"),
            None => {}
            Some(_) => given.for_each(|name| {
                let detail = "is not allowed with council; leave one out";
                faults.add(format!("{place}/{name}"), "not_allowed", detail);
            }),
        }
        if let Some(name) = self.organisation.as_deref() {
            check_no_person(name, &format!("{place}/organisation"), faults);
        }
    }
}

impl From<&Member> for NewMember {
    fn from(member: &Member) -> Self {
        Self {
            council: member.council.as_ref().map(|council| council.slug.as_str().into()),
            organisation: member.organisation.as_ref().map(|organisation| organisation.name.as_str().into()),
            organisation_ref: member.record_of_organisation().map(|record| record.slug.as_str().into()),
        }
    }
}

/// What a source shows about a membership.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Observation {
    /// Date that the source describes, as precise as known. Leave it out if the source has no date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<PartialDate>,
    /// What the source shows.
    #[schema(required)]
    pub kind: ObservationKind,
    /// The source, so that readers can find it.
    #[schema(required)]
    pub source: Line<300>,
    /// Web address of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<HttpUrl>,
}

impl Observation {
    /// True if it is evidence of the membership.
    pub fn is_evidence(&self) -> bool {
        self.kind != ObservationKind::AbsentFromList
    }
}

/// The member's decision about its membership.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Decision {
    /// Body that decided.
    #[schema(required, example = "Cabinet")]
    pub body: Line<160>,
    /// Date of the decision, as precise as known.
    #[schema(required)]
    pub on: PartialDate,
    /// Number or title of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Line<160>>,
    /// Web address of the paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<HttpUrl>,
}

/// Fee for one year. Fees of different sources and years differ, so each has both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Fee {
    /// Amount in pence.
    #[schema(required, minimum = 0, maximum = 1_000_000_000_000_i64, example = 790_000)]
    pub amount_pence: i64,
    /// Year that the fee is for. For a financial year, the year in which it begins.
    #[schema(required, minimum = 1900, maximum = 2199, example = 2020)]
    pub year: i32,
    /// Source of the amount.
    #[schema(required)]
    pub source: Line<300>,
}

/// A membership of the network.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Membership {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// The member.
    pub member: Member,
    /// Tier of the membership.
    pub tier: MemberTier,
    /// First day, as precise as known. Null if not known: then observations show the membership.
    #[schema(required)]
    pub from: Option<PartialDate>,
    /// Last day, as precise as known.
    #[schema(required)]
    pub to: Option<PartialDate>,
    /// Reason why it ended.
    #[schema(required)]
    pub end_reason: Option<String>,
    /// Status on the day of `as_at`, or today.
    pub status: MembershipStatus,
    /// Date of the latest evidence up to that day: an observation that shows the membership, or its first day.
    #[schema(required)]
    pub last_observed_on: Option<PartialDate>,
    /// What sources show, oldest first.
    #[schema(max_items = 100)]
    pub observations: Vec<Observation>,
    /// Date by which it has to be renewed. Only for network officers and the member's own editors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub renewal_on: Option<PartialDate>,
    /// Date on which the member reviews it. Only for network officers and the member's own editors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub review_on: Option<PartialDate>,
    /// The member's decision. Only for network officers and the member's own editors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub decision: Option<Decision>,
    /// The fee. Only for network officers and the member's own editors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub fee: Option<Fee>,
    /// Version number. Increases with each change that you can see.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was created.
    pub created_at: DateTime<Utc>,
    /// When something that you can see last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Membership {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A membership to create, or the new content of an existing one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewMembership {
    /// The member.
    #[schema(required)]
    pub member: NewMember,
    /// Tier of the membership. Default: `unknown`.
    pub tier: MemberTier,
    /// First day, as precise as known. You can leave it out if an observation shows the membership.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<PartialDate>,
    /// Last day, as precise as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<PartialDate>,
    /// Reason why it ended. Needs `to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<Line<300>>,
    /// What sources show.
    #[schema(max_items = 100)]
    pub observations: Vec<Observation>,
    /// Date by which it has to be renewed. The public does not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal_on: Option<PartialDate>,
    /// Date on which the member reviews it. The public does not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_on: Option<PartialDate>,
    /// The member's decision. The public does not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The fee. The public does not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<Fee>,
}

impl Check for NewMembership {
    fn check(&self, faults: &mut Faults) {
        self.member.check("/member", faults);
        check_period(self.from.as_ref(), self.to.as_ref(), "", ["from", "to"], faults);
        if self.end_reason.is_some() && self.to.is_none() {
            faults.add("/to", "required", "is required with end_reason; a year is enough");
        }
        if self.from.is_none() && !self.observations.iter().any(Observation::is_evidence) {
            faults.add("/from", "required", "is required unless an observation shows the membership");
        }
        let today = Utc::now().date_naive();
        if self.from.as_ref().is_some_and(|from| is_after(from, today)) {
            faults.add("/from", "in_future", "is after today; record a membership once it has begun");
        }
        for (at, one) in self.observations.iter().enumerate() {
            let Some(on) = &one.on else { continue };
            let mut refuse = |code, detail| faults.add(format!("/observations/{at}/on"), code, detail);
            if is_after(on, today) {
                refuse("in_future", "is after today");
            } else if one.is_evidence() && self.from.as_ref().is_some_and(|from| !on.not_before(from)) {
                refuse("out_of_order", "is before from");
            } else if one.is_evidence() && self.to.as_ref().is_some_and(|to| !to.not_before(on)) {
                refuse("out_of_order", "is after to");
            }
        }
    }

    /// A new name drops the record of the organisation, and a new record drops the name.
    fn forget_outdated(patch: &Value, held: &mut Map<String, Value>) {
        if let Some(member) = held.get_mut("member").and_then(Value::as_object_mut) {
            forget(
                &patch["member"],
                member,
                &[("organisation", "organisation_ref"), ("organisation_ref", "organisation")],
            );
        }
    }
}

impl From<&Membership> for NewMembership {
    fn from(record: &Membership) -> Self {
        Self {
            member: NewMember::from(&record.member),
            tier: record.tier,
            from: record.from.clone(),
            to: record.to.clone(),
            end_reason: record.end_reason.as_deref().map(Into::into),
            observations: record.observations.clone(),
            renewal_on: record.renewal_on.clone(),
            review_on: record.review_on.clone(),
            decision: record.decision.clone(),
            fee: record.fee.clone(),
        }
    }
}
