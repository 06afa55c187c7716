//! Initiative models for requests; `answer.rs` has those for responses.

use chrono::{NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

use super::evidence::{Cost, Outcome, Source, check_sources};
use super::lead::{Lead, check_lead, forget_other_lead};
use crate::access::visibility::Visibility;
use crate::http::input::{Check, Faults, check_period, forget};
use crate::registry::councils::model::Location;
use crate::registry::organisations::model::check_no_person;
use crate::text::dates::first_day;
use crate::text::markdown::Markdown;
use crate::text::{HttpUrl, Line, PartialDate, Reference, Slug};

/// Kind of record. `case_study`: a description of practice. `policy_lab`: several councils develop a policy together.
/// `policy_prototype`: a small-scale trial of a policy. `commission`: an inquiry with evidence and a report.
/// `challenge`: an open question to others. `idea`: not started.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage,
)]
#[serde(rename_all = "snake_case")]
pub enum InitiativeKind {
    /// A description of practice.
    #[default]
    CaseStudy,
    /// Several councils develop a policy together.
    PolicyLab,
    /// A small-scale trial of a policy.
    PolicyPrototype,
    /// An inquiry with evidence and a report.
    Commission,
    /// An open question to others.
    Challenge,
    /// Not started.
    Idea,
}

/// Stage of delivery. `scaled`: running in more places than at the start. `stopped`: ended before completion.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage,
)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// An idea.
    Idea,
    /// Decided on.
    #[default]
    Planned,
    /// Being tried out.
    Pilot,
    /// Running.
    Live,
    /// Running in more places than at the start.
    Scaled,
    /// Completed.
    Completed,
    /// Ended before completion.
    Stopped,
}

/// Publication status. Only the council that looks after the record (`steward`) and network officers can see a `draft`.
/// Everybody whom `visibility` allows can see a `published` record. An `archived` record was published and is no longer
/// kept up. Readers see it as before, with a note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Visible only to the council that looks after the record, and to network officers.
    #[default]
    Draft,
    /// Visible to everybody whom its visibility allows.
    Published,
    /// Published, and no longer kept up.
    Archived,
}

/// How somebody confirmed that a record is still true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum VerificationMethod {
    /// The council that looks after the record says that it is true.
    #[default]
    OwnerConfirmed,
    /// Somebody held the record against its sources or other documents.
    DocumentChecked,
    /// Somebody without an interest in the initiative checked it.
    Independent,
}

impl VerificationMethod {
    /// What happened, for readers.
    pub fn name(self) -> &'static str {
        match self {
            Self::OwnerConfirmed => "Confirmed by the council",
            Self::DocumentChecked => "Checked against documents",
            Self::Independent => "Checked independently",
        }
    }
}

/// A confirmation that a record is still true.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Verification {
    /// How it was confirmed. `independent` is for network officers: nobody checks their own record
    /// independently.
    #[schema(required, example = "owner_confirmed")]
    pub method: VerificationMethod,
}

impl Check for Verification {}

/// Licence for reuse (SPDX identifier).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
pub enum Licence {
    /// Open Government Licence v3.0.
    #[default]
    #[serde(rename = "OGL-UK-3.0")]
    OglUk3,
    /// Creative Commons Attribution 4.0.
    #[serde(rename = "CC-BY-4.0")]
    CcBy4,
    /// Creative Commons Attribution-ShareAlike 4.0.
    #[serde(rename = "CC-BY-SA-4.0")]
    CcBySa4,
    /// Creative Commons Zero: no rights reserved.
    #[serde(rename = "CC0-1.0")]
    Cc0,
}

impl Licence {
    /// Full name of the licence.
    pub fn title(self) -> &'static str {
        match self {
            Self::OglUk3 => "Open Government Licence v3.0",
            Self::CcBy4 => "Creative Commons Attribution 4.0 International",
            Self::CcBySa4 => "Creative Commons Attribution-ShareAlike 4.0 International",
            Self::Cc0 => "Creative Commons Zero v1.0 Universal",
        }
    }

    /// Address of the licence terms.
    pub fn url(self) -> &'static str {
        match self {
            Self::OglUk3 => "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            Self::CcBy4 => "https://creativecommons.org/licenses/by/4.0/",
            Self::CcBySa4 => "https://creativecommons.org/licenses/by-sa/4.0/",
            Self::Cc0 => "https://creativecommons.org/publicdomain/zero/1.0/",
        }
    }
}

/// Role of a participating council. `lead`: leads a part. `co_lead`: leads jointly with the lead council. `partner`:
/// takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantRole {
    /// Leads a part.
    Lead,
    /// Leads jointly with the lead council.
    CoLead,
    /// Takes part.
    #[default]
    Partner,
}

/// Role of a partner other than a council. `delivery`: delivers. `funder`: pays. `evaluator`: evaluates. `academic`:
/// does research. `other`: any other role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerRole {
    /// Delivers.
    #[default]
    Delivery,
    /// Pays.
    Funder,
    /// Evaluates.
    Evaluator,
    /// Does research.
    Academic,
    /// Any other role.
    Other,
}

/// A council that takes part, in addition to the lead council.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewParticipant {
    /// The council: slug, id or GSS code.
    #[schema(required)]
    pub council: Reference,
    /// Role of the council.
    #[schema(required)]
    pub role: ParticipantRole,
}

/// A partner other than a council.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Partner {
    /// Name of the partner, as it was then.
    #[schema(required)]
    pub name: Line<200>,
    /// Record of the partner, if the registry has one: slug or id of an organisation. The answer has the slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "co-operatives-uk")]
    pub organisation: Option<Reference>,
    /// Role of the partner.
    #[schema(required)]
    pub role: PartnerRole,
    /// Website of the partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<HttpUrl>,
}

/// A principle that an initiative applies.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewPrincipleUse {
    /// One of the ten CCIN principles: slug or id.
    #[schema(required)]
    pub principle: Reference,
    /// How the initiative applies the principle, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<Line<200>>,
}

/// An initiative to create, or the new content of an existing initiative, with its participants, partners, sources,
/// outcomes and costs.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewInitiative {
    /// Title.
    #[schema(required)]
    pub title: Line<160, 5>,
    /// Slug. Default: made from the title. Former slugs still lead to this initiative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// Summary in two or three sentences.
    #[schema(required)]
    pub summary: Line<400, 20>,
    /// Full description (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Markdown<50000>>,
    /// Kind of record.
    #[schema(required)]
    pub kind: InitiativeKind,
    /// Stage of delivery.
    #[schema(required)]
    pub delivery_status: DeliveryStatus,
    /// Date on which the delivery status was true: give it with every status that you state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_as_at: Option<PartialDate>,
    /// Start date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_on: Option<PartialDate>,
    /// End date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<PartialDate>,
    /// Lead council: slug, id or GSS code. Use `network` if the network leads the initiative. Required unless `lead`
    /// says who leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_council: Option<Reference>,
    /// The lead, in place of `lead_council`: for an initiative that another organisation leads, or nobody knows who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Lead>,
    /// Council in whose area it happens: slug, id or GSS code. Only for an initiative that no council leads. Puts it on
    /// the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_of: Option<Reference>,
    /// Councils that take part, in addition to the lead council.
    #[schema(max_items = 100)]
    pub participants: Vec<NewParticipant>,
    /// Partners other than councils.
    #[schema(max_items = 50)]
    pub partners: Vec<Partner>,
    /// Initiative that this one is a component of: slug or id. A component cannot have components itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Reference>,
    /// Themes, the primary one first: slug or id.
    #[schema(required, min_items = 1, max_items = 5)]
    pub themes: Vec<Reference>,
    /// Co-operative principles that the initiative applies.
    #[schema(max_items = 10)]
    pub principles: Vec<NewPrincipleUse>,
    /// Location. Default: the lead council's location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The problem this set out to solve (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Markdown<5000>>,
    /// How the initiative tackled the problem (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approach: Option<Markdown<5000>>,
    /// Things that worked (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_worked: Option<Markdown<5000>>,
    /// Things that did not work (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_did_not: Option<Markdown<5000>>,
    /// Conditions that another council needs to do the same (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_conditions: Option<Markdown<5000>>,
    /// The people it is for, such as their ages and other conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Young people aged 16 and 17")]
    pub who_for: Option<Line<200>>,
    /// Note on where the record comes from and what is missing. Neither searched nor cited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance_note: Option<Line<1000>>,
    /// Licence for reuse (SPDX identifier). Default: `OGL-UK-3.0`.
    pub licence: Licence,
    /// Who can see the record once published. Default: `public`.
    pub visibility: Visibility,
    /// Date by which the record should be checked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-04-01")]
    pub review_due_on: Option<NaiveDate>,
    /// Web page about the initiative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<HttpUrl>,
    /// Sources of the facts.
    #[schema(max_items = 50)]
    pub sources: Vec<Source>,
    /// Outcomes, with their evidence.
    #[schema(max_items = 100)]
    pub outcomes: Vec<Outcome>,
    /// Costs, and who paid them.
    #[schema(max_items = 50)]
    pub costs: Vec<Cost>,
}

impl Check for NewInitiative {
    fn check(&self, faults: &mut Faults) {
        check_period(self.started_on.as_ref(), self.ended_on.as_ref(), "", ["started_on", "ended_on"], faults);
        self.check_status(faults);
        check_lead(self.lead.as_ref(), self.lead_council.as_ref(), self.place_of.is_some(), faults);
        for (index, partner) in self.partners.iter().enumerate() {
            check_no_person(&partner.name, &format!("/partners/{index}/name"), faults);
        }
        check_sources(&self.sources, faults);
        for (index, outcome) in self.outcomes.iter().enumerate() {
            outcome.check(&format!("/outcomes/{index}"), &self.sources, faults);
        }
        for (index, cost) in self.costs.iter().enumerate() {
            cost.check(&format!("/costs/{index}"), &self.sources, faults);
        }
    }

    /// The other form of the lead, what belongs to another lead, and the date of another status.
    fn forget_outdated(patch: &Value, held: &mut Map<String, Value>) {
        forget(patch, held, &[("lead_council", "lead"), ("lead", "lead_council"), ("delivery_status", "status_as_at")]);
        if let Some(lead) = held.get_mut("lead").and_then(Value::as_object_mut) {
            forget_other_lead(&patch["lead"], lead);
        }
    }
}

impl NewInitiative {
    /// Checks that the date of the status is not in the future, and that nothing ran before it started.
    fn check_status(&self, faults: &mut Faults) {
        let Some(as_at) = &self.status_as_at else { return };
        if first_day(as_at).is_some_and(|day| day > Utc::now().date_naive()) {
            faults.add("/status_as_at", "in_future", "is in the future; give the date on which the status was true");
        }
        if !matches!(self.delivery_status, DeliveryStatus::Idea | DeliveryStatus::Planned) {
            check_period(self.started_on.as_ref(), Some(as_at), "", ["started_on", "status_as_at"], faults);
        }
    }
}
