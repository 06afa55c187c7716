//! Councils as they are sent and answered.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::geography::Point;
use crate::http::input::{Check, Faults};
use crate::http::response::Resource;
use crate::http::search::Highlight;
use crate::text::markdown::Markdown;
use crate::text::{HttpUrl, Line, PartialDate, Slug};

/// What kind of authority a council is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// London borough, the City included.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
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

/// Tier of membership.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// Not a member.
    #[default]
    None,
}

/// Standing of a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MembershipStatus {
    /// Runs.
    Active,
    /// Has ended.
    Lapsed,
    /// Hoped for; known to network officers only.
    Prospect,
}

/// Membership of the network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Membership {
    /// Tier; `none` for a council that is not a member.
    #[schema(required)]
    pub tier: MembershipTier,
    /// Standing; absent for a council that never was a member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<MembershipStatus>,
    /// When it began, as far as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_on: Option<PartialDate>,
    /// When it ended, as far as known. May lie before `joined_on`: a council that left and came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<PartialDate>,
}

/// A point on Earth, WGS 84, inside the box around the United Kingdom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Location {
    /// Degrees north.
    #[schema(required, minimum = 49.8, maximum = 60.9, example = 53.55)]
    pub latitude: f64,
    /// Degrees east; most of the country is west, so negative.
    #[schema(required, minimum = -8.7, maximum = 1.8, example = -2.05)]
    pub longitude: f64,
}

impl From<Location> for Point {
    fn from(Location { latitude, longitude }: Location) -> Self {
        Self { latitude, longitude }
    }
}

/// What other records show of a council.
#[derive(Clone, Debug, Serialize, Deserialize, Queryable, Selectable, ToSchema)]
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
    /// GSS code of its boundary.
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
    /// ONS code of its boundary, which changes with the boundary.
    #[schema(required, example = "E08000004")]
    pub gss_code: Option<String>,
    /// Register code of the legal body.
    #[schema(required, example = "OLD")]
    pub code: Option<String>,
    /// What kind of authority it is.
    pub council_type: CouncilType,
    /// Nation.
    pub nation: Nation,
    /// Region, in England.
    #[schema(required)]
    pub region: Option<Region>,
    /// A point within its area.
    #[schema(required)]
    pub location: Option<Location>,
    /// Residents.
    #[schema(required, example = 242_089)]
    pub population: Option<i32>,
    /// Year of the population estimate.
    #[schema(required, example = 2022)]
    pub population_year: Option<i32>,
    /// Its own site.
    #[schema(required, example = "https://www.oldham.gov.uk/")]
    pub website: Option<String>,
    /// Markdown.
    #[schema(required)]
    pub description: Option<String>,
    /// Other spellings of its name.
    #[schema(example = json!(["Oldham MBC", "Oldham Council"]))]
    pub aliases: Vec<String>,
    /// Membership of the network.
    pub membership: Membership,
    /// Markdown members rendered as sanitised HTML.
    pub html: CouncilHtml,
    /// With `near`: kilometres from there to `location`, as the crow flies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = 3.218, minimum = 0)]
    pub distance_km: Option<f64>,
    /// Where the words of a search were found, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub highlight: Option<Highlight>,
    /// Grows by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was entered.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

/// Sanitised HTML of a council's texts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CouncilHtml {
    /// Of `description`.
    #[schema(required)]
    pub description: Option<String>,
}

impl Resource for Council {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A council as it is entered or replaced.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewCouncil {
    /// Official name.
    #[schema(required)]
    pub name: Line<120>,
    /// Name in everyday use.
    #[schema(required)]
    pub short_name: Line<60>,
    /// Name in Welsh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub welsh_name: Option<Line<120>>,
    /// Slug; made of the short name when left out. A former slug goes on leading here. `network` is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// ONS code of its boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[EWSNK][0-9]{8}$", min_length = 9, max_length = 9, example = "E08000004")]
    pub gss_code: Option<String>,
    /// Register code of the legal body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[A-Z]{3,4}$", min_length = 3, max_length = 4, example = "OLD")]
    pub code: Option<String>,
    /// What kind of authority it is.
    #[schema(required)]
    pub council_type: CouncilType,
    /// Nation.
    #[schema(required)]
    pub nation: Nation,
    /// Region; for England only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// A point within its area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Residents; goes with `population_year`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000_000, example = 242_089)]
    pub population: Option<i32>,
    /// Year of the estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1801, maximum = 2200, example = 2022)]
    pub population_year: Option<i32>,
    /// Its own site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<HttpUrl>,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Markdown<5000>>,
    /// Other spellings of its name, for search.
    #[schema(max_items = 20)]
    pub aliases: Vec<Line<120>>,
    /// Membership of the network; `none` when left out.
    pub membership: Membership,
}

impl Check for NewCouncil {}

impl NewCouncil {
    /// Note every change to a member that the network keeps, for a caller who keeps the profile only.
    pub fn keep_official(&self, current: &Council, faults: &mut Faults) {
        let changed = [
            ("slug", self.slug.as_deref().is_some_and(|slug| slug != current.slug)),
            ("gss_code", self.gss_code != current.gss_code),
            ("code", self.code != current.code),
            ("council_type", self.council_type != current.council_type),
            ("nation", self.nation != current.nation),
            ("region", self.region != current.region),
            ("membership", self.membership != current.membership),
        ];
        for (name, _) in changed.iter().filter(|(_, changed)| *changed) {
            faults.add(format!("/{name}"), "not_yours", "is kept by the network's admins; leave it as it is");
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
            council_type: council.council_type,
            nation: council.nation,
            region: council.region,
            location: council.location,
            population: council.population,
            population_year: council.population_year,
            website: council.website.as_deref().map(Into::into),
            description: council.description.as_deref().map(Into::into),
            aliases: council.aliases.iter().map(|alias| alias.as_str().into()).collect(),
            membership: council.membership.clone(),
        }
    }
}
