//! Formats of exports, and how callers request one: by the ending of the address, or by `Accept`.

use actix_web::http::header::Accept;
use serde::Deserialize;
use utoipa::ToSchema;

use super::negotiate::preferred;
use crate::error::ApiError;

/// Media type of Excel workbooks, as registered with IANA.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// Newline-delimited JSON: one record per line.
    Ndjson,
    /// A GeoJSON feature collection (RFC 7946).
    Geojson,
    /// An Excel workbook (Office Open XML): the rows, and a sheet that explains the columns.
    Xlsx,
}

/// Format of an export without locations.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlainFormat {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// Newline-delimited JSON: one record per line.
    Ndjson,
    /// An Excel workbook (Office Open XML): the rows, and a sheet that explains the columns.
    Xlsx,
}

impl Format {
    /// For lists with locations.
    pub const OF_PLACES: &[Self] = &[Self::Csv, Self::Xlsx, Self::Ndjson, Self::Geojson];
    /// For lists without locations.
    pub const PLAIN: &[Self] = &[Self::Csv, Self::Xlsx, Self::Ndjson];

    /// Ending of an export's address, and of its file name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Geojson => "geojson",
            Self::Xlsx => "xlsx",
        }
    }

    /// Media type that names it in `Accept`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
            Self::Geojson => "application/geo+json",
            Self::Xlsx => XLSX,
        }
    }

    /// Value of `Content-Type`; RFC 4180, section 3, has the parameters of CSV.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            other => other.media_type(),
        }
    }

    /// The format for the ending of an address; otherwise the nearest one, if any is similar.
    pub fn from_suffix(suffix: &str, offered: &[Self]) -> Result<Self, Option<&'static str>> {
        let found = offered.iter().find(|format| format.suffix() == suffix).copied();
        // `nearest` is for words; with three letters, it does not match two that are swapped.
        let far = |known: &&str| strsim::osa_distance(&suffix.to_lowercase(), known);
        let near = || offered.iter().map(|format| format.suffix()).min_by_key(far).filter(|known| far(known) <= 2);
        found.ok_or_else(near)
    }

    /// The caller's choice by `Accept`: a page (`Ok(None)`), an export, or nothing on offer.
    pub fn negotiated(accept: Option<&Accept>, offered: &[Self]) -> Result<Option<Self>, ApiError> {
        let formats = offered.iter().map(|format| (Some(*format), format.media_type()));
        let offers: Vec<_> = std::iter::once((None, "application/json")).chain(formats).collect();
        preferred(accept, &offers)
            .ok_or_else(|| ApiError::not_acceptable(offers.iter().map(|(_, media_type)| *media_type)))
    }
}
