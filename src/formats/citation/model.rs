//! What a citation is asked for with.

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
}

/// Shape of a citation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CitationQuery {
    /// Format; what `Accept` asks for when left out, and CSL-JSON when that does not say either.
    #[param(inline)]
    pub format: Option<CitationFormat>,
}
