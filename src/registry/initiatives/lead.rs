//! Who leads an initiative, and who entered its record.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

use crate::http::input::{Faults, forget};
use crate::registry::organisations::model::check_no_person;
use crate::text::{Line, Reference};

/// Stands for the network itself in place of a council.
pub const NETWORK: &str = "network";

/// Kind of lead. `council`: a council. `organisation`: another organisation. `network`: the network itself. `unknown`:
/// nobody has recorded who leads, which does not mean the network.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage,
)]
#[serde(rename_all = "snake_case")]
pub enum LeadKind {
    /// A council.
    Council,
    /// An organisation other than a council.
    Organisation,
    /// The network itself.
    Network,
    /// Nobody has recorded who leads.
    #[default]
    Unknown,
}

/// The lead of an initiative: a council, another organisation, the network, or unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lead {
    /// Kind of lead.
    #[schema(required)]
    pub kind: LeadKind,
    /// The lead council: slug, id or GSS code. Or the record of the lead organisation, if the registry has one: slug or
    /// id. The answer has the slug.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// Name of the lead organisation, as it was then. Default: the present name of its record in `ref`. Only for
    /// organisations. Never the name of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The Active Wellbeing Society")]
    pub name: Option<Line<200>>,
}

impl Lead {
    /// A lead without a reference or name.
    pub fn of(kind: LeadKind) -> Self {
        Self { kind, ..Self::default() }
    }

    /// A council.
    pub fn council(slug: &str) -> Self {
        Self { reference: Some(slug.into()), ..Self::of(LeadKind::Council) }
    }
}

/// Who entered a record: `council`, a user of the lead council, who created or edited it; or `registry`, the staff of
/// the network or the sample data, from published sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum EnteredBy {
    /// A user of the lead council.
    Council,
    /// The staff of the network, or the sample data.
    #[default]
    Registry,
}

/// Who leads, as a body says it: the kind, and the reference of the lead council if it is one.
pub fn led_by<'a>(lead: Option<&'a Lead>, council: Option<&'a Reference>) -> (LeadKind, Option<&'a Reference>) {
    match (lead, council) {
        (_, Some(council)) if &**council == NETWORK => (LeadKind::Network, None),
        (_, Some(council)) => (LeadKind::Council, Some(council)),
        (Some(lead), None) if lead.kind == LeadKind::Council => (lead.kind, lead.reference.as_ref()),
        (Some(lead), None) => (lead.kind, None),
        (None, None) => (LeadKind::Unknown, None),
    }
}

/// The record of the lead organisation, as a body says it.
pub fn lead_organisation<'a>(lead: Option<&'a Lead>, council: Option<&Reference>) -> Option<&'a Reference> {
    let lead = lead.filter(|lead| lead.kind == LeadKind::Organisation && council.is_none());
    lead.and_then(|lead| lead.reference.as_ref())
}

/// Removes from a lead what belongs to another one. A lead of another kind keeps nothing. A new name drops the record
/// of the organisation, and a new record drops the name.
pub fn forget_other_lead(patch: &Value, lead: &mut Map<String, Value>) {
    if patch.get("kind").is_some_and(|kind| lead.get("kind") != Some(kind)) {
        lead.clear();
    }
    forget(patch, lead, &[("name", "ref"), ("ref", "name")]);
}

/// Checks that a body says once who leads. `has_place` is true if it names a council as the place, which only an
/// initiative that no council leads may do.
pub fn check_lead(lead: Option<&Lead>, council: Option<&Reference>, has_place: bool, faults: &mut Faults) {
    if faults.know("/lead_council") || faults.know("/lead") {
        return;
    }
    if let Some(name) = lead.and_then(|lead| lead.name.as_deref()) {
        check_no_person(name, "/lead/name", faults);
    }
    if has_place && led_by(lead, council).0 == LeadKind::Council {
        let detail = "is only for initiatives that no council leads; give a location instead";
        faults.add("/place_of", "not_allowed", detail);
    }
    match (lead, council) {
        (None, None) => faults.add("/lead_council", "required", "is required, unless lead says who leads"),
        (Some(lead), Some(council)) => {
            let is_same = match lead.kind {
                LeadKind::Council => lead.reference.as_ref() == Some(council),
                kind => kind == LeadKind::Network && &**council == NETWORK,
            };
            if !is_same {
                faults.add("/lead", "contradicts", "names another lead than lead_council; send one of the two");
            }
        }
        _ => {}
    }
}
