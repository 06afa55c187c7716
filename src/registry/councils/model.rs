//! Council models for requests and responses.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;
use uuid::Uuid;

use super::lifetime::{AreaCode, CouncilStatus};
use crate::geography::Point;
use crate::http::input::Faults;
use crate::http::response::Versioned;
use crate::http::search::Highlight;
use crate::registry::memberships::vocabulary::MembershipStatus;
use crate::text::markdown::Markdown;
use crate::text::{HttpUrl, Name, PartialDate, Slug};

/// Type of local authority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum CouncilType {
    /// Upper tier of a two-tier area.
    County,
    /// Lower tier of a two-tier area.
    #[default]
    District,
    /// English unitary authority.
    Unitary,
    /// District of a metropolitan county.
    MetropolitanDistrict,
    /// London borough, or the City of London.
    LondonBorough,
    /// Scottish council area.
    ScottishUnitary,
    /// Welsh principal area.
    WelshUnitary,
    /// Northern Ireland district.
    NiDistrict,
    /// Combined authority.
    CombinedAuthority,
    /// Town, parish or community council.
    TownOrParish,
}

/// Nation of the United Kingdom.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage,
)]
#[serde(rename_all = "snake_case")]
pub enum Nation {
    /// England.
    #[default]
    England,
    /// Scotland.
    Scotland,
    /// Wales.
    Wales,
    /// Northern Ireland.
    NorthernIreland,
}

/// Region of England.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage,
)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// North East.
    NorthEast,
    /// North West.
    NorthWest,
    /// Yorkshire and the Humber.
    YorkshireAndTheHumber,
    /// East Midlands.
    EastMidlands,
    /// West Midlands.
    WestMidlands,
    /// East of England.
    EastOfEngland,
    /// London.
    London,
    /// South East.
    SouthEast,
    /// South West.
    SouthWest,
}

/// Tier of membership of the network. `none` for a council that was never a member, as far as the registry knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum MembershipTier {
    /// Full member.
    Full,
    /// Associate.
    Associate,
    /// Affiliate.
    Affiliate,
    /// Supporter.
    Supporter,
    /// A member whose tier no source states.
    Unknown,
    /// No membership is known.
    #[default]
    None,
}

/// A summary of the council's current or latest membership. Network admins write memberships at `/v1/memberships`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct MembershipSummary {
    /// Tier of membership. `none` for a council that was never a member, as far as the registry knows.
    pub tier: MembershipTier,
    /// Status of the membership today. Left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub status: Option<MembershipStatus>,
    /// Date of the latest evidence of the membership. Left out if no source has a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub as_at: Option<PartialDate>,
    /// Date of joining, as far as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub joined_on: Option<PartialDate>,
    /// Date of leaving, as far as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub ended_on: Option<PartialDate>,
}

/// A point inside the box around the United Kingdom (WGS 84).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Location {
    /// Latitude in degrees. North is positive.
    #[schema(required, minimum = 49.8, maximum = 60.9, example = 53.55)]
    pub latitude: f64,
    /// Longitude in degrees. West is negative, as in most of the country.
    #[schema(required, minimum = -8.7, maximum = 1.8, example = -2.05)]
    pub longitude: f64,
}

impl Location {
    /// True inside the box, in degrees.
    pub fn lies_in_the_uk(latitude: f64, longitude: f64) -> bool {
        (49.8..=60.9).contains(&latitude) && (-8.7..=1.8).contains(&longitude)
    }
}

impl From<Location> for Point {
    fn from(Location { latitude, longitude }: Location) -> Self {
        Self { latitude, longitude }
    }
}

/// Short form of a council, as other records contain it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = crate::db::schema::councils, check_for_backend(diesel::pg::Pg))]
pub struct CouncilRef {
    /// Id.
    pub id: Uuid,
    /// Slug.
    #[schema(example = "oldham")]
    pub slug: String,
    /// Official name.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub name: String,
    /// ONS (GSS) code of the council's area.
    #[schema(required, example = "E08000004")]
    pub gss_code: Option<String>,
}

/// A council.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Council {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Slug.
    #[schema(example = "oldham")]
    pub slug: String,
    /// Official name.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub name: String,
    /// Name in everyday use.
    #[schema(example = "Oldham")]
    pub short_name: String,
    /// Name in Welsh.
    #[schema(required)]
    pub welsh_name: Option<String>,
    /// ONS (GSS) code of the council's area. It changes when the boundary changes.
    #[schema(required, example = "E08000004")]
    pub gss_code: Option<String>,
    /// Register code of the council as a legal body.
    #[schema(required, example = "OLD")]
    pub code: Option<String>,
    /// Type of local authority.
    pub council_type: CouncilType,
    /// Nation.
    pub nation: Nation,
    /// Region. England only.
    #[schema(required)]
    pub region: Option<Region>,
    /// A point within the council's area.
    #[schema(required)]
    pub location: Option<Location>,
    /// Number of residents.
    #[schema(required, example = 242_089)]
    pub population: Option<i32>,
    /// Year of the population estimate.
    #[schema(required, example = 2022)]
    pub population_year: Option<i32>,
    /// Website of the council.
    #[schema(required, example = "https://www.oldham.gov.uk/")]
    pub website: Option<String>,
    /// Description (Markdown).
    #[schema(required)]
    pub description: Option<String>,
    /// Other spellings of its name.
    #[schema(example = json!(["Oldham MBC", "Oldham Council"]))]
    pub aliases: Vec<String>,
    /// Membership of the network: a summary, read-only.
    pub membership: MembershipSummary,
    /// Stage of the council today.
    pub status: CouncilStatus,
    /// First day as a council, as far as known.
    #[schema(required, example = "1974-04-01")]
    pub established_on: Option<NaiveDate>,
    /// First day on which it is no longer a council. Null if no end is known.
    #[schema(required)]
    pub abolished_on: Option<NaiveDate>,
    /// GSS codes over time, the present one last. Each leads to this council.
    #[schema(max_items = 21)]
    pub codes: Vec<AreaCode>,
    /// Markdown fields rendered as sanitised HTML.
    pub html: CouncilHtml,
    /// Straight-line distance in kilometres from `near` to `location`. Only with `near`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = 3.218, minimum = 0)]
    pub distance_km: Option<f64>,
    /// Where the search words were found. Only with `highlight`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub highlight: Option<Highlight>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was created.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

/// Markdown fields of a council, rendered as sanitised HTML.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CouncilHtml {
    /// `description` as HTML.
    #[schema(required)]
    pub description: Option<String>,
}

impl Versioned for Council {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A council to create, or the new content of an existing council.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewCouncil {
    /// Official name.
    #[schema(required)]
    pub name: Name<120>,
    /// Name in everyday use.
    #[schema(required)]
    pub short_name: Name<60>,
    /// Name in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub welsh_name: Option<Name<120>>,
    /// Slug. Default: made from the short name. Former slugs still lead to this council. `network` is reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// ONS (GSS) code of the council's area. Its first letter is that of the nation: E, W, S or N.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[EWSN][0-9]{8}$", min_length = 9, max_length = 9, example = "E08000004")]
    pub gss_code: Option<String>,
    /// Register code of the council as a legal body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Z]{3,4}$", min_length = 3, max_length = 4, example = "OLD")]
    pub code: Option<String>,
    /// Type of local authority.
    #[schema(required)]
    pub council_type: CouncilType,
    /// Nation.
    #[schema(required)]
    pub nation: Nation,
    /// Region. England only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// A point within the council's area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Number of residents. Needs `population_year`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000_000, example = 242_089)]
    pub population: Option<i32>,
    /// Year of the population estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1801, maximum = 2200, example = 2022)]
    pub population_year: Option<i32>,
    /// Website of the council.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<HttpUrl>,
    /// Description (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Markdown<5000>>,
    /// Other spellings of its name, for search.
    #[schema(max_items = 20)]
    pub aliases: Vec<Name<120>>,
    /// Stage of the council. Default: `living`. A shadow council becomes `living` on `established_on` by itself, and
    /// every council becomes `abolished` on `abolished_on`. If you leave it out of a `PUT`, it stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CouncilStatus>,
    /// First day as a council. If you leave it out of a `PUT`, it stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2019-04-01")]
    pub established_on: Option<NaiveDate>,
    /// First day on which it is no longer a council. Required for an abolished council. If you leave it out of a `PUT`,
    /// it stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-04-01")]
    pub abolished_on: Option<NaiveDate>,
    /// Former GSS codes, and the days of the present one. No two councils can share a code. If you leave them out of a
    /// `PUT`, they stay as they are. A code that you replace in `gss_code` stays as a former code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub codes: Option<Vec<AreaCode>>,
}

impl NewCouncil {
    /// Keeps the stage, days and codes that a body leaves out. Clients that do not know them cannot lose them.
    pub fn keep_lifetime(&mut self, current: &Council) {
        self.status = self.status.or(Some(current.status));
        self.established_on = self.established_on.or(current.established_on);
        self.abolished_on = self.abolished_on.or(current.abolished_on);
        self.codes.get_or_insert_with(|| current.codes.clone());
    }

    /// Adds a fault for each changed field that only the network's admins can change.
    pub fn check_official_fields(&self, current: &Council, faults: &mut Faults) {
        let changed = [
            ("slug", self.slug.as_deref().is_some_and(|slug| slug != current.slug)),
            ("gss_code", self.gss_code != current.gss_code),
            ("code", self.code != current.code),
            ("status", self.status.unwrap_or_default() != current.status),
            ("established_on", self.established_on != current.established_on),
            ("abolished_on", self.abolished_on != current.abolished_on),
            ("codes", self.codes.as_ref() != Some(&current.codes)),
            ("council_type", self.council_type != current.council_type),
            ("nation", self.nation != current.nation),
            ("region", self.region != current.region),
        ];
        for (name, _) in changed.iter().filter(|(_, changed)| *changed) {
            faults.add(format!("/{name}"), "not_yours", "is maintained by the network's admins; leave it unchanged");
        }
    }
}

impl From<&Council> for NewCouncil {
    fn from(council: &Council) -> Self {
        Self {
            name: council.name.as_str().into(),
            short_name: council.short_name.as_str().into(),
            welsh_name: council.welsh_name.as_deref().map(Into::into),
            slug: Some(council.slug.as_str().into()),
            gss_code: council.gss_code.clone(),
            code: council.code.clone(),
            status: Some(council.status),
            established_on: council.established_on,
            abolished_on: council.abolished_on,
            codes: Some(council.codes.clone()),
            council_type: council.council_type,
            nation: council.nation,
            region: council.region,
            location: council.location,
            population: council.population,
            population_year: council.population_year,
            website: council.website.as_deref().map(Into::into),
            description: council.description.as_deref().map(Into::into),
            aliases: council.aliases.iter().map(|alias| alias.as_str().into()).collect(),
        }
    }
}
