//! Organisation models for requests and responses.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::input::{Check, Faults};
use crate::http::response::Versioned;
use crate::registry::councils::model::CouncilRef;
use crate::text::markdown::Markdown;
use crate::text::org_id::OrgId;
use crate::text::person::is_person;
use crate::text::{HttpUrl, Name, Reference, Slug};

/// Kind of organisation. `co_operative`: its members own and run it. `charity`: a registered charity, including
/// foundations. `community_interest_company`: a CIC. `company`: another company, including partnerships. `university`:
/// a university or college of higher education. `public_body`: a public body other than a council. `professional_body`:
/// a body of a profession or trade, including trade unions. `think_tank`: a body for research and policy.
/// `political_group`: a group of councillors or a party. `other`: any other kind, or not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationKind {
    /// Its members own and run it.
    CoOperative,
    /// A registered charity, including foundations.
    Charity,
    /// A community interest company (CIC).
    CommunityInterestCompany,
    /// Another company, including partnerships.
    Company,
    /// A university or college of higher education.
    University,
    /// A public body other than a council.
    PublicBody,
    /// A body of a profession or trade, including trade unions.
    ProfessionalBody,
    /// A body for research and policy.
    ThinkTank,
    /// A group of councillors or a party.
    PoliticalGroup,
    /// Any other kind, or not known.
    #[default]
    Other,
}

/// Short form of an organisation, as other records contain it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = crate::db::schema::organisations, check_for_backend(diesel::pg::Pg))]
pub struct OrganisationRef {
    /// Id.
    pub id: Uuid,
    /// Slug.
    #[schema(example = "co-operatives-uk")]
    pub slug: String,
    /// Present name.
    #[schema(example = "Co-operatives UK")]
    pub name: String,
    /// Identifier in a public list (org-id.guide).
    #[schema(required, example = "GB-COH-01234567")]
    pub org_id: Option<String>,
}

/// An organisation other than a council. A person is never an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Organisation {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Slug.
    #[schema(example = "co-operatives-uk")]
    pub slug: String,
    /// Present name. Other records keep the name that the organisation had then.
    #[schema(example = "Co-operatives UK")]
    pub name: String,
    /// Other names and spellings, including former ones.
    pub aliases: Vec<String>,
    /// Kind of organisation.
    pub kind: OrganisationKind,
    /// Identifier in a public list (org-id.guide): list code, hyphen, identifier.
    #[schema(required, example = "GB-CHC-1164021")]
    pub org_id: Option<String>,
    /// Website.
    #[schema(required, example = "https://www.uk.coop/")]
    pub website: Option<String>,
    /// Description (Markdown).
    #[schema(required)]
    pub description: Option<String>,
    /// Council that owns it. Null for other organisations.
    #[schema(required)]
    pub council: Option<CouncilRef>,
    /// Council that proposes the record. Only for a proposal: network officers and that council see it until an officer
    /// accepts it. Its slug is its id until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub proposed_by: Option<CouncilRef>,
    /// Markdown fields rendered as sanitised HTML.
    pub html: OrganisationHtml,
    /// Number of initiatives that you can see and that name the organisation as lead, partner, evaluator or payer. Only
    /// from `GET`: not in the answer to a write, and not in the change feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, minimum = 0, example = 2)]
    pub initiative_count: Option<u64>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was created.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

/// Markdown fields of an organisation, rendered as sanitised HTML.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganisationHtml {
    /// `description` as HTML.
    #[schema(required)]
    pub description: Option<String>,
}

impl Organisation {
    /// The council that proposes it; `None` for an accepted organisation.
    pub fn proposer(&self) -> Option<Uuid> {
        self.proposed_by.as_ref().map(|council| council.id)
    }

    /// Its name and its aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.aliases).map(String::as_str)
    }
}

impl Versioned for Organisation {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// An organisation to create, or the new content of an existing one. A person is never an organisation: not even one
/// who works alone or is an affiliate of the network.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewOrganisation {
    /// Name in use today. Never the name of a person.
    #[schema(required)]
    pub name: Name<160>,
    /// Slug. Default: made from the name. Former slugs still lead to this organisation. Not for a proposal, which gets
    /// its slug when it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// Other names and spellings, including former ones, for search.
    #[schema(max_items = 20)]
    pub aliases: Vec<Name<160>>,
    /// Kind of organisation.
    #[schema(required)]
    pub kind: OrganisationKind,
    /// Identifier in a public list (org-id.guide). No two organisations share one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<OrgId>,
    /// Website.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<HttpUrl>,
    /// Description (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Markdown<5000>>,
    /// Council that owns it, for a council's own company: slug, id or GSS code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub council: Option<Reference>,
}

impl Check for NewOrganisation {
    fn check(&self, faults: &mut Faults) {
        check_no_person(&self.name, "/name", faults);
        for (at, alias) in self.aliases.iter().enumerate() {
            check_no_person(alias, &format!("/aliases/{at}"), faults);
        }
        if let Some(wrong) = self.org_id.as_ref().and_then(OrgId::wrong_form) {
            faults.add("/org_id", "malformed", wrong);
        }
    }
}

/// Adds a fault at `pointer` for a name that has the form of a person's.
pub fn check_no_person(name: &str, pointer: &str, faults: &mut Faults) {
    if is_person(name) {
        let detail = "is the name of a person; name the organisation, or leave the person out";
        faults.add(pointer, "person", detail);
    }
}

impl From<&Organisation> for NewOrganisation {
    fn from(record: &Organisation) -> Self {
        Self {
            name: record.name.as_str().into(),
            slug: Some(record.slug.as_str().into()),
            aliases: record.aliases.iter().map(|alias| alias.as_str().into()).collect(),
            kind: record.kind,
            org_id: record.org_id.as_deref().map(Into::into),
            website: record.website.as_deref().map(Into::into),
            description: record.description.as_deref().map(Into::into),
            council: record.council.as_ref().map(|council| council.slug.as_str().into()),
        }
    }
}

/// Target of a merge of organisations.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OrganisationMerge {
    /// The other record of the same body, which takes over everything: slug or id.
    #[schema(required)]
    pub into: Reference,
}

impl Check for OrganisationMerge {}
