//! Representations of a record other than plain JSON.

use actix_web::{HttpRequest, HttpResponse};

use super::linked::LinkedData;
use super::work::Work;
use super::{linked, markdown};
use crate::error::{ApiError, Fault};
use crate::http::negotiate;
use crate::http::page::base;
use crate::http::response::{Answer, Versioned};
use crate::registry::initiatives::answer::Initiative;

/// A representation of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Plain JSON, the default.
    Json,
    /// JSON-LD with shared vocabularies.
    LinkedData,
    /// A document for people.
    Markdown,
}

impl Form {
    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::LinkedData => linked::MEDIA_TYPE,
            Self::Markdown => markdown::MEDIA_TYPE,
        }
    }

    /// The representation that the request asks for, from those on offer. The first is the default. 406 for any other.
    pub fn wanted(request: &HttpRequest, offers: &[Self]) -> Result<Self, ApiError> {
        let offers: Vec<(Self, &str)> = offers.iter().map(|form| (*form, form.media_type())).collect();
        negotiate::choose(request, &offers)
    }

    /// 400 for parameters that shape plain JSON when the request asks for another representation. `shaping` says which
    /// were given.
    pub fn allows(self, shaping: &[(&str, bool)]) -> Result<(), ApiError> {
        let detail = || format!("works with application/json only, but Accept asks for {}", self.media_type());
        let given = shaping.iter().filter(|(_, is_given)| *is_given && self != Self::Json);
        let faults: Vec<Fault> = given.map(|(name, _)| Fault::parameter(*name, "not_in_this_form", detail())).collect();
        if faults.is_empty() { Ok(()) } else { Err(ApiError::bad_query(faults)) }
    }

    /// An initiative in this representation.
    pub fn initiative(self, request: &HttpRequest, record: &Initiative) -> Result<HttpResponse, ApiError> {
        if self != Self::Markdown {
            return Self::linked(request, record, linked::initiative);
        }
        let document = markdown::write(&Work { record, base: &base(request) });
        Ok(Answer::new(request, &format!("{}; charset=utf-8", markdown::MEDIA_TYPE)).of(record).send(document))
    }

    /// A record as linked data.
    pub fn linked<T: Versioned>(
        request: &HttpRequest,
        record: &T,
        write: impl FnOnce(&T, &str) -> LinkedData,
    ) -> Result<HttpResponse, ApiError> {
        let document = serde_json::to_string(&write(record, &base(request))).map_err(ApiError::internal)?;
        Ok(Answer::new(request, linked::MEDIA_TYPE).of(record).send(document))
    }
}
