//! What a frame shows, and what oEmbed is asked and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::search::SearchText;
use crate::registry::councils::model::{Nation, Region};
use crate::registry::initiatives::model::InitiativeKind;
use crate::registry::initiatives::query::{InitiativeQuery, InitiativeSort};
use crate::text::Reference;

/// How a frame shows initiatives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrameView {
    /// As a list.
    #[default]
    List,
    /// On a map, above the list.
    Map,
}

/// What a frame of initiatives shows: the attributes of the element, as parameters.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FrameQuery {
    /// Words to search for.
    #[param(inline)]
    pub q: Option<SearchText>,
    /// Only on these themes.
    #[serde(default)]
    #[param(inline)]
    pub theme: Vec<Reference>,
    /// Only by these principles.
    #[serde(default)]
    #[param(inline)]
    pub principle: Vec<Reference>,
    /// Only led by these councils.
    #[serde(default)]
    #[param(inline)]
    pub council: Vec<Reference>,
    /// Only led by these councils, or with their part.
    #[serde(default)]
    #[param(inline)]
    pub participant: Vec<Reference>,
    /// Only of these English regions.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only of these nations.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only these kinds of record.
    #[serde(default)]
    #[param(inline)]
    pub kind: Vec<InitiativeKind>,
    /// Order.
    #[param(inline)]
    pub sort: Option<InitiativeSort>,
    /// How many: 5 when left out.
    #[param(minimum = 1)]
    pub limit: Option<u64>,
    /// As a list, or on a map.
    #[serde(default)]
    #[param(inline)]
    pub view: FrameView,
    /// What stands above them.
    #[param(min_length = 1, max_length = 200)]
    pub heading: Option<String>,
}

/// Rows in a frame when nothing is said, as the element has it.
const LIMIT: u64 = 5;

impl FrameQuery {
    /// As the list is asked.
    pub fn of_list(self) -> InitiativeQuery {
        InitiativeQuery {
            q: self.q,
            theme: self.theme,
            principle: self.principle,
            council: self.council,
            participant: self.participant,
            region: self.region,
            nation: self.nation,
            kind: self.kind,
            sort: self.sort,
            limit: Some(self.limit.unwrap_or(LIMIT)),
            ..InitiativeQuery::default()
        }
    }
}

/// Formats in which oEmbed answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OembedFormat {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

/// What oEmbed is asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OembedQuery {
    /// Address of a page of this registry: of an initiative or a council, or a permalink of one.
    #[param(format = "uri", max_length = 2000, example = "http://127.0.0.1:8080/initiatives/get-oldham-working")]
    pub url: String,
    /// The frame is not to be wider, in pixels.
    #[param(minimum = 1, example = 600)]
    pub maxwidth: Option<u64>,
    /// The frame is not to be higher, in pixels.
    #[param(minimum = 1, example = 400)]
    pub maxheight: Option<u64>,
    /// Format; what `Accept` asks for when left out, and JSON when that does not say either.
    #[param(inline)]
    pub format: Option<OembedFormat>,
}

/// A frame for a page of the registry, as oEmbed 1.0 has it (<https://oembed.com>).
#[derive(Debug, Serialize, ToSchema)]
pub struct Oembed {
    /// Always `rich`.
    #[serde(rename = "type")]
    #[schema(example = "rich")]
    pub kind: &'static str,
    /// Of oEmbed.
    #[schema(example = "1.0")]
    pub version: &'static str,
    /// Title of the initiative, or name of the council.
    #[schema(example = "Get Oldham Working")]
    pub title: String,
    /// The council that leads, or the network.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub author_name: String,
    /// Where the author is at home in the registry, or the network on the web.
    #[schema(format = "uri", example = "http://127.0.0.1:8080/councils/oldham")]
    pub author_url: String,
    /// Who provides it.
    #[schema(example = "CCIN registry")]
    pub provider_name: &'static str,
    /// Where they are.
    #[schema(format = "uri", example = "http://127.0.0.1:8080/")]
    pub provider_url: String,
    /// Seconds for which this may be kept.
    #[schema(example = 3600, minimum = 0)]
    pub cache_age: u32,
    /// The frame, to be put on a page as it is.
    #[schema(example = "<iframe src=\"http://127.0.0.1:8080/embed/initiatives/get-oldham-working\"></iframe>")]
    pub html: String,
    /// Width of the frame in pixels.
    #[schema(example = 600, minimum = 1)]
    pub width: u64,
    /// Height of the frame in pixels.
    #[schema(example = 480, minimum = 1)]
    pub height: u64,
}
