//! Errors as pages.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::pages::plain;
use super::shell::{Head, Page, failed};
use crate::error::ApiError;

/// The page for an error, with its status. A withdrawn record says when and why.
pub fn explained(error: &ApiError, what: &str, list: (&str, &str)) -> HttpResponse {
    let (title, heading, text) = if error.is_withdrawn() {
        ("Withdrawn", format!("{what} withdrawn"), error.detail())
    } else if error.status_code() == StatusCode::NOT_FOUND {
        let text = "Check the address. The page may have moved, or the record may no longer be public.";
        ("Not found", format!("{what} not found"), text)
    } else {
        (error.title(), error.title().to_owned(), error.detail())
    };
    let head = Head::new(title, text).unlisted();
    failed(error.error_response(), &Page { head, view: plain::note(&heading, text, list), entry: "" })
}

/// The page for an address with no content.
pub fn nothing_here() -> HttpResponse {
    explained(&ApiError::not_found("page"), "Page", ("/", "All initiatives"))
}
