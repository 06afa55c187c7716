//! A page of records as a response: the records, links to the neighbouring pages, and how a search was interpreted.

use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Page, PageLinks, PageRequest, Pages, Slice};
use crate::error::ApiError;
use crate::http::response::{Answer, Rendered, Versioned, etag_of, pick};
use crate::http::search::SearchNote;

/// A list to send.
pub struct Listing<T> {
    pages: Pages,
    slice: Slice<T>,
    limit: i64,
    fields: Option<Vec<String>>,
    search: Option<SearchNote>,
}

/// The members that follow the records of a page, in the order of [`Page`].
#[derive(Serialize)]
struct ListEnd<'a> {
    page: &'a PageLinks,
    total: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<&'a SearchNote>,
}

impl Pages {
    /// The response to a list request.
    pub fn listing<T: Versioned>(self, slice: Slice<T>, limit: i64, fields: Option<Vec<String>>) -> Listing<T> {
        Listing { pages: self, slice, limit, fields, search: None }
    }

    /// The response to a request for records that are already JSON. `list` gives the rows of a page. It is called again
    /// for a shorter page if the response would be too large.
    pub fn records<R: Rendered>(
        &self,
        request: &HttpRequest,
        page: &PageRequest,
        search: Option<&SearchNote>,
        list: impl Fn(&PageRequest) -> Result<Slice<R>, ApiError>,
    ) -> Result<HttpResponse, ApiError> {
        let whole = list(page)?;
        let sizes: Vec<usize> = whole.rows.iter().map(Rendered::size).collect();
        let slice = match page.cut_to(&sizes) {
            Some(shorter) => list(&shorter)?,
            None => whole,
        };
        let (next, prev) = self.neighbours(&slice);
        let link = self.link_header(next.as_deref(), prev.as_deref());
        let page = PageLinks { limit: page.limit, next, prev };
        let end = ListEnd { page: &page, total: slice.total, search };
        let end = serde_json::to_vec(&end).map_err(ApiError::internal)?;
        let mut digest = Sha256::new_with_prefix(&end);
        for row in &slice.rows {
            digest.update(row.fingerprint());
        }
        let tag = etag_of(None, &digest.finalize());
        let modified = slice.rows.iter().map(|row| row.updated_at()).max();
        let body = || {
            let size = slice.rows.iter().map(|row| row.size() + 1).sum::<usize>();
            let mut body = Vec::with_capacity(size + end.len() + 16);
            body.extend_from_slice(br#"{"data":["#);
            for (at, row) in slice.rows.iter().enumerate() {
                if at > 0 {
                    body.push(b',');
                }
                row.write(&mut body);
            }
            body.extend_from_slice(b"],");
            // Skip the opening brace.
            body.extend_from_slice(&end[1..]);
            body
        };
        Ok(Answer::json(request).tag(tag).modified(modified).link(link).send_lazily(body))
    }
}

impl<T: Versioned> Listing<T> {
    /// The same, with how its search was interpreted.
    pub fn with_search(self, search: Option<SearchNote>) -> Self {
        Self { search, ..self }
    }

    fn answer(self, request: &HttpRequest) -> Result<HttpResponse, ApiError> {
        let modified = self.slice.rows.iter().map(Versioned::updated_at).max();
        let (next, prev) = self.pages.neighbours(&self.slice);
        let links = self.pages.link_header(next.as_deref(), prev.as_deref());
        let data =
            self.slice.rows.iter().map(|row| pick(row, self.fields.as_deref())).collect::<Result<Vec<_>, _>>()?;
        let links_of_page = PageLinks { limit: self.limit, next, prev };
        let page = Page { data, page: links_of_page, total: self.slice.total, search: self.search };
        Answer::json(request).modified(modified).link(links).send_json(&page)
    }
}

impl<T: Versioned> Responder for Listing<T> {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        self.answer(request).unwrap_or_else(|error| actix_web::ResponseError::error_response(&error))
    }
}
