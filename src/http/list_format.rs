//! The formats in which a list is handed out whole, and how callers ask for one: by the end of the address, or by `Accept`.

use actix_web::http::header::Accept;
use serde::Deserialize;
use utoipa::ToSchema;

use super::negotiate::preferred;
use crate::error::ApiError;

/// A format in which a list is handed out whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// Newline-delimited JSON: a record a line.
    Ndjson,
    /// A GeoJSON feature collection (RFC 7946).
    Geojson,
}

/// A format in which a list without places is handed out whole.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlainFormat {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// Newline-delimited JSON: a record a line.
    Ndjson,
}

impl Format {
    /// Of lists with places.
    pub const OF_PLACES: &[Self] = &[Self::Csv, Self::Ndjson, Self::Geojson];
    /// Of lists without.
    pub const PLAIN: &[Self] = &[Self::Csv, Self::Ndjson];

    /// How the address of an export ends, and the name of its file.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Geojson => "geojson",
        }
    }

    /// By which `Accept` names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
            Self::Geojson => "application/geo+json",
        }
    }

    /// As `Content-Type` says it; RFC 4180, section 3, has the parameters of CSV.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
            Self::Geojson => "application/geo+json",
        }
    }

    /// The format that the end of an address names; otherwise the nearest, if any is near.
    pub fn from_suffix(suffix: &str, offered: &[Self]) -> Result<Self, Option<&'static str>> {
        let found = offered.iter().find(|format| format.suffix() == suffix).copied();
        // `nearest` is for words; it takes none for near that has two of three letters swapped.
        let far = |known: &&str| strsim::osa_distance(&suffix.to_lowercase(), known);
        let near = || offered.iter().map(|format| format.suffix()).min_by_key(far).filter(|known| far(known) <= 2);
        found.ok_or_else(near)
    }

    /// What the caller of a list wants by `Accept`: a page of it (`Ok(None)`), an export, or nothing that is offered.
    pub fn negotiated(accept: Option<&Accept>, offered: &[Self]) -> Result<Option<Self>, ApiError> {
        let formats = offered.iter().map(|format| (Some(*format), format.media_type()));
        let offers: Vec<_> = std::iter::once((None, "application/json")).chain(formats).collect();
        preferred(accept, &offers)
            .ok_or_else(|| ApiError::not_acceptable(offers.iter().map(|(_, media_type)| *media_type)))
    }
}
