//! Parameters of citations.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Formats of a citation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CitationFormat {
    /// CSL-JSON.
    Csl,
    /// BibTeX.
    Bibtex,
    /// RIS.
    Ris,
    /// DataCite JSON.
    Datacite,
    /// A reference in plain text, with its address.
    Text,
}

/// Parameters of a citation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CitationQuery {
    /// Format of the citation. Default: the format in `Accept`, or else CSL-JSON.
    #[param(inline)]
    pub format: Option<CitationFormat>,
}
