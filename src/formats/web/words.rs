//! The registry's terms in plain English. They stand in `web/src/words.json`, which the page's own script reads too.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::db::enum_text::text;
use crate::read_model::outcome_summary::LeftOutReason;
use crate::registry::council_changes::model::CouncilChangeKind;
use crate::registry::councils::lifetime::CouncilStatus;
use crate::registry::councils::model::{Council, CouncilType, MembershipSummary, MembershipTier, Nation, Region};
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::evidence::{Bound, CostKind, OutcomeKind, SourceKind, Unit};
use crate::registry::initiatives::model::{InitiativeKind, ParticipantRole, PartnerRole};
use crate::registry::memberships::vocabulary::MembershipStatus;
use crate::registry::organisations::model::OrganisationKind;
use crate::text::dates::in_words;

type Table = BTreeMap<String, String>;

/// All words.
#[derive(Debug, Default, Deserialize)]
pub struct Words {
    kinds: Table,
    statuses: Table,
    other_leads: Table,
    /// Whether somebody has confirmed a record, and whether that still counts.
    freshness: Table,
    /// Said of a record that is archived.
    pub archived: String,
    outcome_kinds: Table,
    bounds: Table,
    /// Singular and plural of claims that are in no group of figures, by reason.
    left_out: BTreeMap<String, [String; 2]>,
    organisation_kinds: Table,
    /// Registers whose identifiers lead to a page, by the code of their list (org-id.guide).
    registers: BTreeMap<String, Register>,
    nations: Table,
    regions: Table,
    council_types: Table,
    council_stages: Table,
    council_changes: Table,
    tiers: Table,
    participant_roles: Table,
    partner_roles: Table,
    source_kinds: Table,
    cost_kinds: Table,
    /// Meaning of each level of evidence, from 0.
    pub evidence: Vec<Level>,
    units: BTreeMap<String, [String; 2]>,
    /// Names of the filters.
    pub filters: Table,
    /// Orders of the list.
    pub orders: Table,
    /// Groups of claims, in the order of interest to readers.
    pub claim_groups: Vec<ClaimGroup>,
}

/// A level of evidence.
#[derive(Debug, Deserialize)]
pub struct Level {
    /// Name.
    pub name: String,
    /// Meaning, in a sentence.
    pub means: String,
}

/// A public register of organisations.
#[derive(Debug, Deserialize)]
struct Register {
    name: String,
    /// Address of the page of one organisation, with `{id}` for the identifier in the register.
    page: String,
    /// Letters in front of some identifiers that the address does not have.
    without: String,
}

/// A group of claims. Different kinds are never added up.
#[derive(Debug, Deserialize)]
pub struct ClaimGroup {
    /// Title.
    pub title: String,
    /// Kinds of claim in it.
    pub kinds: Vec<OutcomeKind>,
    /// What to know before reading them; empty for nothing.
    pub note: String,
}

/// All words.
pub static WORDS: LazyLock<Words> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../web/src/words.json")).unwrap_or_default());

/// The words for a value. A value without words is shown as the API writes it, without underscores.
fn of<T: Serialize>(table: &Table, value: &T) -> String {
    named(table, &text(value))
}

/// The words for a value as the API writes it.
pub fn named(table: &Table, value: &str) -> String {
    table.get(value).cloned().unwrap_or_else(|| label(value))
}

/// A readable name for a word without known words: `health-social-care` → `Health social care`.
pub fn label(word: &str) -> String {
    let spaced = word.replace(['-', '_'], " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The words for a value of a filter, if the registry has words for it.
pub fn filter_value(filter: &str, value: &str) -> Option<String> {
    let table = match filter {
        "kind" => &WORDS.kinds,
        "delivery_status" => &WORDS.statuses,
        "nation" => &WORDS.nations,
        "region" => &WORDS.regions,
        "freshness" => &WORDS.freshness,
        _ => return None,
    };
    table.get(value).cloned()
}

/// Kind of a record.
pub fn kind(kind: InitiativeKind) -> String {
    of(&WORDS.kinds, &kind)
}

/// Kind of a claim.
pub fn outcome_kind(kind: OutcomeKind) -> String {
    of(&WORDS.outcome_kinds, &kind)
}

/// How the figure of a claim relates to the true value.
pub fn bound(bound: Bound) -> String {
    of(&WORDS.bounds, &bound)
}

/// Singular and plural of claims that are in no group of figures.
pub fn left_out(reason: LeftOutReason) -> [&'static str; 2] {
    WORDS.left_out.get(&text(&reason)).map_or(["claim", "claims"], |[one, many]| [one, many])
}

/// Kind of an organisation.
pub fn organisation_kind(kind: OrganisationKind) -> String {
    of(&WORDS.organisation_kinds, &kind)
}

/// Name of the register of an identifier, and the page of the organisation in it. `None` for a register without pages.
pub fn register(org_id: &str) -> Option<(&'static str, String)> {
    let found = |(code, register): (&String, &'static Register)| {
        let id = org_id.strip_prefix(code.as_str())?.strip_prefix('-')?;
        let id = id.strip_prefix(register.without.as_str()).unwrap_or(id);
        Some((register.name.as_str(), register.page.replace("{id}", id)))
    };
    WORDS.registers.iter().find_map(found)
}

/// Nation.
pub fn nation(nation: Nation) -> String {
    of(&WORDS.nations, &nation)
}

/// Region of England.
pub fn region(region: Region) -> String {
    of(&WORDS.regions, &region)
}

/// Type of local authority.
pub fn council_type(kind: CouncilType) -> String {
    of(&WORDS.council_types, &kind)
}

/// The stage of a council with its date: `Proposed, from 1 April 2028`, `Abolished on 1 April 2023`. `None` for a
/// living council that has no last day.
pub fn stage(council: &Council) -> Option<String> {
    let said = of(&WORDS.council_stages, &council.status);
    let day = |day: NaiveDate| in_words(&day.to_string());
    match (council.status, council.established_on, council.abolished_on) {
        (CouncilStatus::Living, _, until) => until.map(|until| format!("Until {}", day(until))),
        (CouncilStatus::Abolished, _, Some(on)) => Some(format!("{said} on {}", day(on))),
        (CouncilStatus::Proposed | CouncilStatus::Shadow, Some(from), _) => Some(format!("{said}, from {}", day(from))),
        _ => Some(said),
    }
}

/// Kind of a change of councils.
pub fn council_change(kind: CouncilChangeKind) -> String {
    of(&WORDS.council_changes, &kind)
}

/// Membership of a council: what is known, and as of when. `None` for a council of which no membership is known.
pub fn membership(membership: &MembershipSummary) -> Option<String> {
    (membership.tier != MembershipTier::None).then(|| standing(membership))
}

/// The same, in words for every council: `Full member in October 2024`, `Member in December 2013; not known since`.
pub fn standing(membership: &MembershipSummary) -> String {
    let as_at = membership.as_at.as_deref().map(in_words);
    match (membership.status, as_at) {
        (Some(MembershipStatus::Current), Some(on)) => format!("{} in {on}", of(&WORDS.tiers, &membership.tier)),
        (Some(MembershipStatus::Current), None) => of(&WORDS.tiers, &membership.tier),
        (Some(MembershipStatus::Ended), _) => match membership.ended_on.as_deref() {
            Some(on) => format!("Former member, until {}", in_words(on)),
            None => "Former member".into(),
        },
        (Some(MembershipStatus::NotKnownSince), Some(on)) => format!("Member in {on}; not known since"),
        (Some(MembershipStatus::NotKnownSince), None) => "Member at some time; no source has a date".into(),
        (None, _) => of(&WORDS.tiers, &MembershipTier::None),
    }
}

/// Role of a council that takes part.
pub fn participant_role(role: ParticipantRole) -> String {
    of(&WORDS.participant_roles, &role)
}

/// Role of a partner.
pub fn partner_role(role: PartnerRole) -> String {
    of(&WORDS.partner_roles, &role)
}

/// Kind of a publication.
pub fn source_kind(kind: SourceKind) -> String {
    of(&WORDS.source_kinds, &kind)
}

/// Kind of money.
pub fn cost_kind(kind: CostKind) -> String {
    of(&WORDS.cost_kinds, &kind)
}

/// Name of an evidence level.
pub fn evidence(level: i16) -> String {
    let known = usize::try_from(level).ok().and_then(|level| WORDS.evidence.get(level));
    known.map_or_else(|| format!("level {level}"), |level| level.name.clone())
}

/// Singular and plural of a unit that is a plain word.
pub fn unit(unit: Unit) -> Option<&'static [String; 2]> {
    WORDS.units.get(&text(&unit))
}

/// Lead of an initiative: a council, another organisation or the network. An unknown lead is said, and is not the
/// network.
pub fn lead(record: &Initiative) -> String {
    let council = record.lead_council.as_ref().map(|council| council.name.clone());
    council
        .or_else(|| record.lead.name.as_ref().map(|name| name.to_string()))
        .unwrap_or_else(|| of(&WORDS.other_leads, &record.lead.kind))
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::registry::initiatives::freshness::Freshness;
    use crate::registry::initiatives::model::DeliveryStatus;

    #[test]
    fn the_words_can_be_read_and_every_kind_of_claim_is_in_one_group() {
        assert_eq!(kind(InitiativeKind::CaseStudy), "Case study");
        assert_eq!(evidence(2), "monitored");
        // The API says a status in the same words.
        assert!(DeliveryStatus::iter().all(|status| of(&WORDS.statuses, &status) == status.name()));
        assert!(Freshness::iter().all(|word| WORDS.freshness.contains_key(&text(&word))));
        for kind in WORDS.outcome_kinds.keys() {
            let groups = WORDS.claim_groups.iter().filter(|group| group.kinds.iter().any(|one| text(one) == *kind));
            assert_eq!(groups.count(), 1, "{kind}");
        }
    }

    #[test]
    fn a_membership_is_as_of_the_last_that_is_known_of_it() {
        use MembershipStatus::{Current, Ended, NotKnownSince};
        use MembershipTier::{Associate, Full, None as No, Unknown};
        let said = |tier, status, as_at: Option<&str>, ended_on: Option<&str>| {
            let (as_at, ended_on) = (as_at.map(Into::into), ended_on.map(Into::into));
            standing(&MembershipSummary { tier, status, as_at, joined_on: None, ended_on })
        };
        assert_eq!(said(Full, Some(Current), Some("2024-10"), None), "Full member in October 2024");
        assert_eq!(said(Unknown, Some(Current), Some("2025"), None), "Member in 2025");
        let then = said(Full, Some(NotKnownSince), Some("2013-12"), None);
        assert_eq!(then, "Member in December 2013; not known since");
        let undated = said(Unknown, Some(NotKnownSince), None, None);
        assert_eq!(undated, "Member at some time; no source has a date");
        let ended = said(Associate, Some(Ended), Some("2019"), Some("2020-03"));
        assert_eq!(ended, "Former member, until March 2020");
        assert_eq!(said(No, None, None, None), "No membership known");
        assert_eq!(membership(&MembershipSummary::default()), None);
    }

    #[test]
    fn an_identifier_leads_to_its_page_in_a_register_that_has_one() {
        let page = |id: &str| register(id).map(|(_, page)| page);
        let company = "https://find-and-update.company-information.service.gov.uk/company/IP00525R";
        assert_eq!(page("GB-COH-IP00525R").as_deref(), Some(company));
        for id in ["GB-NIC-100123", "GB-NIC-NIC100123"] {
            assert!(page(id).is_some_and(|page| page.ends_with("?regId=100123")), "{id}");
        }
        assert!(page("GB-SC-SC012345").is_some_and(|page| page.ends_with("?number=SC012345")));
        assert!(page("GB-CHC-1164021").is_some_and(|page| page.contains("?regid=1164021&")));
        for id in ["GB-UKPRN-10007774", "GB-SCO-1", "XM-DAC-41114", ""] {
            assert_eq!(page(id), None, "{id}");
        }
        assert!(OrganisationKind::iter().all(|kind| WORDS.organisation_kinds.contains_key(&text(&kind))));
    }

    #[test]
    fn a_value_without_words_is_readable() {
        assert_eq!(label("health-social_care"), "Health social care");
        assert_eq!(named(&Table::new(), "written_off"), "Written off");
    }
}
