//! Parameters of frames, and oEmbed's parameters and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::search::SearchText;
use crate::registry::council_changes::lineage::LineageScope;
use crate::registry::councils::model::{Nation, Region};
use crate::registry::initiatives::model::InitiativeKind;
use crate::registry::initiatives::query::{InitiativeQuery, InitiativeSort};
use crate::text::Reference;

/// Layout of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrameView {
    /// A list.
    #[default]
    List,
    /// A map above the list.
    Map,
}

/// Parameters of a frame of initiatives. They match the attributes of the element.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FrameQuery {
    /// Words to search for.
    #[param(inline)]
    pub q: Option<SearchText>,
    /// Only initiatives on these themes.
    #[serde(default)]
    #[param(inline)]
    pub theme: Vec<Reference>,
    /// Only initiatives that follow these principles.
    #[serde(default)]
    #[param(inline)]
    pub principle: Vec<Reference>,
    /// Only initiatives led by these councils.
    #[serde(default)]
    #[param(inline)]
    pub council: Vec<Reference>,
    /// Only initiatives that these councils lead or take part in.
    #[serde(default)]
    #[param(inline)]
    pub participant: Vec<Reference>,
    /// Councils to add to those in `council` and `participant`: the ones that followed them, the ones that they followed,
    /// or both.
    #[param(inline)]
    pub lineage: Option<LineageScope>,
    /// Only initiatives in these English regions.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only initiatives in these nations.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only these kinds of record.
    #[serde(default)]
    #[param(inline)]
    pub kind: Vec<InitiativeKind>,
    /// Order of the initiatives.
    #[param(inline)]
    pub sort: Option<InitiativeSort>,
    /// Number of initiatives. Default: 5.
    #[param(minimum = 1)]
    pub limit: Option<u64>,
    /// Layout: a list, or a map above the list.
    #[serde(default)]
    #[param(inline)]
    pub view: FrameView,
    /// Heading above the initiatives.
    #[param(min_length = 1, max_length = 200)]
    pub heading: Option<String>,
}

/// Default number of rows in a frame, the same as in the element.
const LIMIT: u64 = 5;

impl FrameQuery {
    /// The query for the list.
    pub fn of_list(self) -> InitiativeQuery {
        InitiativeQuery {
            q: self.q,
            theme: self.theme,
            principle: self.principle,
            council: self.council,
            participant: self.participant,
            lineage: self.lineage,
            region: self.region,
            nation: self.nation,
            kind: self.kind,
            sort: self.sort,
            limit: Some(self.limit.unwrap_or(LIMIT)),
            ..InitiativeQuery::default()
        }
    }
}

/// Formats of an oEmbed answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OembedFormat {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

/// Parameters of oEmbed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OembedQuery {
    /// Address of a page of this registry: an initiative, a council, or the permalink of one. The path alone works too.
    #[param(format = "uri-reference", max_length = 2000, example = "/initiatives/get-oldham-working")]
    pub url: String,
    /// Maximum width of the frame in pixels.
    #[param(minimum = 1, example = 600)]
    pub maxwidth: Option<u64>,
    /// Maximum height of the frame in pixels.
    #[param(minimum = 1, example = 400)]
    pub maxheight: Option<u64>,
    /// Format of the answer. Default: the format in `Accept`, or else JSON.
    #[param(inline)]
    pub format: Option<OembedFormat>,
}

/// A frame for a page of the registry (oEmbed 1.0, <https://oembed.com>).
#[derive(Debug, Serialize, ToSchema)]
pub struct Oembed {
    /// Always `rich`.
    #[serde(rename = "type")]
    #[schema(example = "rich")]
    pub kind: &'static str,
    /// Version of oEmbed.
    #[schema(example = "1.0")]
    pub version: &'static str,
    /// Title of the initiative, or name of the council.
    #[schema(example = "Get Oldham Working")]
    pub title: String,
    /// Name of the lead council, or of the network.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub author_name: String,
    /// Page of the council in the registry, or website of the network.
    #[schema(format = "uri", example = "http://127.0.0.1:8080/councils/oldham")]
    pub author_url: String,
    /// Name of the provider.
    #[schema(example = "CCIN registry")]
    pub provider_name: &'static str,
    /// Address of the provider.
    #[schema(format = "uri", example = "http://127.0.0.1:8080/")]
    pub provider_url: String,
    /// Seconds for which you can cache this answer.
    #[schema(example = 3600, minimum = 0)]
    pub cache_age: u32,
    /// HTML of the frame, ready to put on a page. Before the frame is a hidden link to the page, which WordPress shows
    /// until the frame is there.
    #[schema(example = "<iframe src=\"http://127.0.0.1:8080/embed/initiatives/get-oldham-working\"></iframe>")]
    pub html: String,
    /// Width of the frame in pixels.
    #[schema(example = 600, minimum = 1)]
    pub width: u64,
    /// Height of the frame in pixels.
    #[schema(example = 480, minimum = 1)]
    pub height: u64,
}
