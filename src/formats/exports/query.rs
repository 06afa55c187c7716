//! Query parameters of exports: those of the list, and those of the file.

use serde::Deserialize;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

/// Parameters of the export of a list.
#[derive(Debug, Deserialize)]
pub struct ExportQuery<Q> {
    /// The parameters of the list.
    #[serde(flatten)]
    pub list: Q,
    /// The parameters of the file.
    #[serde(flatten)]
    pub file: FileQuery,
}

/// Parameters of a file.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// `true`: begin a CSV with a byte order mark. Excel then reads it as UTF-8. Only for CSV.
    #[param(example = true)]
    pub bom: Option<bool>,
}

impl<Q: IntoParams> IntoParams for ExportQuery<Q> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Q::into_params(&place).into_iter().chain(FileQuery::into_params(&place)).collect()
    }
}
