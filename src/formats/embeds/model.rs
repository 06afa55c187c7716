//! Parameters of frames, and oEmbed's parameters and answers.

use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use crate::http::input::some_of;
use crate::registry::initiatives::query::InitiativeQuery;

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

/// Parameters of a frame of initiatives that are its own.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FrameShape {
    /// Layout: a list, or a map above the list.
    #[serde(default)]
    #[param(inline)]
    pub view: FrameView,
    /// Heading above the initiatives.
    #[param(min_length = 1, max_length = 200)]
    pub heading: Option<String>,
}

/// Parameters that a frame shares with the list of initiatives.
const OF_LIST: [&str; 12] = [
    "q",
    "theme",
    "principle",
    "council",
    "participant",
    "organisation",
    "lineage",
    "region",
    "nation",
    "kind",
    "sort",
    "limit",
];

/// Default number of rows in a frame, the same as in the element.
const LIMIT: u64 = 5;

/// Parameters of a frame of initiatives. They match the attributes of the element.
#[derive(Debug, Deserialize)]
pub struct FrameQuery {
    /// Layout and heading.
    #[serde(flatten)]
    pub shape: FrameShape,
    #[serde(flatten)]
    list: InitiativeQuery,
}

impl FrameQuery {
    /// The query for the list.
    pub fn of_list(self) -> InitiativeQuery {
        InitiativeQuery { limit: self.list.limit.or(Some(LIMIT)), ..self.list }
    }
}

impl IntoParams for FrameQuery {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let list = some_of(&InitiativeQuery::into_params(&place), &OF_LIST);
        list.into_iter().chain(FrameShape::into_params(&place)).collect()
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
    /// Address of a page of this registry: an initiative, a council, an organisation, or the permalink of one. The path
    /// alone works too.
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
    /// Title of the initiative, or name of the council or organisation.
    #[schema(example = "Get Oldham Working")]
    pub title: String,
    /// Name of the lead council, of the organisation, or of the network.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub author_name: String,
    /// Page of the council or organisation in the registry, or website of the network.
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
