//! Responses: bodies with strong ETags (RFC 9110, section 8.8.3), `Last-Modified`, cache rules, 304.
//!
//! An ETag is the record's version and a digest of the body: `"7-3f2a9c04b1d6e8f0"`. The digest makes it strong for
//! every representation (chosen fields, embedded records, another caller's view). `If-Match` compares the version only.

use std::collections::BTreeMap;
use std::time::SystemTime;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::header::{
    self, AcceptEncoding, Encoding, EntityTag, Header, HeaderMap, HeaderValue, IfNoneMatch, LastModified,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder, web};
use brotli::enc::BrotliEncoderParams;
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response as OpenApiResponse};

use crate::error::ApiError;

const JSON: &str = "application/json";

/// Marks a HEAD request, so that handlers can skip an expensive body.
#[derive(Clone, Copy, Debug)]
pub struct HeadOnly;

/// For the `responses` of an operation: the response has validators, so an unchanged one gets 304.
pub struct Cacheable;

/// For the `responses` of an operation: the record in the address may have moved, which gives 308.
pub struct Moves;

/// A status that an operation declares. The OpenAPI document describes its meaning once.
fn stated(status: &str) -> BTreeMap<String, RefOr<OpenApiResponse>> {
    BTreeMap::from([(status.to_owned(), OpenApiResponse::new("").into())])
}

impl IntoResponses for Cacheable {
    fn responses() -> BTreeMap<String, RefOr<OpenApiResponse>> {
        stated("304")
    }
}

impl IntoResponses for Moves {
    fn responses() -> BTreeMap<String, RefOr<OpenApiResponse>> {
        stated("308")
    }
}

/// A record with a version and a date.
pub trait Versioned: Serialize {
    /// Increases by one with each change.
    fn version(&self) -> i32;
    /// Time of the last change.
    fn updated_at(&self) -> DateTime<Utc>;
}

/// A record that is already JSON. Its tag is known before its text is copied.
pub trait Rendered {
    /// Increases by one with each change.
    fn version(&self) -> i32;
    /// Time of the last change.
    fn updated_at(&self) -> DateTime<Utc>;
    /// Identifies this text among all representations at an address.
    fn fingerprint(&self) -> Fingerprint;
    /// Maximum size in bytes, approximately.
    fn size(&self) -> usize;
    /// Appends the text.
    fn write(&self, out: &mut Vec<u8>);

    /// The text itself.
    fn text(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.size() + 64);
        self.write(&mut out);
        out
    }
}

/// Identifies a text: the first bytes of its SHA-256.
pub type Fingerprint = [u8; 8];

/// The fingerprint of a text.
pub fn fingerprint(text: &[u8]) -> Fingerprint {
    let digest = Sha256::digest(text);
    std::array::from_fn(|at| digest[at])
}

/// The ETag of a body; `version` is `None` for bodies without one, such as lists.
pub fn etag(version: Option<i32>, body: &[u8]) -> String {
    etag_of(version, &fingerprint(body))
}

/// The ETag of a body with this fingerprint.
pub fn etag_of(version: Option<i32>, fingerprint: &[u8]) -> String {
    let digest = HEXLOWER.encode(&fingerprint[..size_of::<Fingerprint>()]);
    version.map_or_else(|| format!("\"{digest}\""), |version| format!("\"{version}-{digest}\""))
}

/// The members that the caller chose with `fields`; all without a choice.
pub fn pick<T: Serialize>(record: &T, fields: Option<&[String]>) -> Result<Value, ApiError> {
    let mut value = serde_json::to_value(record).map_err(ApiError::internal)?;
    if let (Some(fields), Value::Object(members)) = (fields, &mut value) {
        members.retain(|name, _| {
            matches!(name.as_str(), "embedded" | "distance_km" | "highlight" | "revision")
                || fields.iter().any(|field| field == name)
        });
    }
    Ok(value)
}

/// One record.
pub struct Record<T> {
    record: T,
    fields: Option<Vec<String>>,
}

impl<T: Versioned> Record<T> {
    /// The whole record.
    pub fn whole(record: T) -> Self {
        Self { record, fields: None }
    }

    /// The members in `fields`, or all of them.
    pub fn picked(record: T, fields: Option<Vec<String>>) -> Self {
        Self { record, fields }
    }

    /// The ETag of the whole record, as in a plain GET.
    pub fn etag(record: &T) -> Result<String, ApiError> {
        let body = serde_json::to_vec(&pick(record, None)?).map_err(ApiError::internal)?;
        Ok(etag(Some(record.version()), &body))
    }

    fn answer(self, request: &HttpRequest) -> Result<HttpResponse, ApiError> {
        let value = pick(&self.record, self.fields.as_deref())?;
        Answer::json(request).of(&self.record).send_json(&value)
    }
}

impl<T: Versioned> Responder for Record<T> {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        self.answer(request).unwrap_or_else(|error| actix_web::ResponseError::error_response(&error))
    }
}

/// An answer with a readable body: 200 with validators and cache rules, or 304 when the caller has it already.
pub struct Answer<'a> {
    request: &'a HttpRequest,
    media_type: &'a str,
    version: Option<i32>,
    modified: Option<DateTime<Utc>>,
    link: Option<String>,
    tag: Option<String>,
}

impl<'a> Answer<'a> {
    /// To a request, in a media type.
    pub fn new(request: &'a HttpRequest, media_type: &'a str) -> Self {
        Self { request, media_type, version: None, modified: None, link: None, tag: None }
    }

    /// To a request, as JSON.
    pub fn json(request: &'a HttpRequest) -> Self {
        Self::new(request, JSON)
    }

    /// With the version and the date of a record.
    pub fn of(self, record: &impl Versioned) -> Self {
        self.version(record.version()).modified(record.updated_at())
    }

    /// With the version of a record.
    pub fn version(self, version: impl Into<Option<i32>>) -> Self {
        Self { version: version.into(), ..self }
    }

    /// With the date of the last change of what it shows.
    pub fn modified(self, modified: impl Into<Option<DateTime<Utc>>>) -> Self {
        Self { modified: modified.into(), ..self }
    }

    /// With a `Link` header (RFC 8288).
    pub fn link(self, link: impl Into<Option<String>>) -> Self {
        Self { link: link.into(), ..self }
    }

    /// With an ETag that is known before the body. Otherwise the ETag is a digest of the body.
    pub fn tag(self, tag: String) -> Self {
        Self { tag: Some(tag), ..self }
    }

    /// With a weak ETag (RFC 9110, section 8.8.1), for a body that says when it was made: a digest of `stated`, the
    /// part that does not change meanwhile.
    pub fn stamp(self, stated: &str) -> Self {
        self.tag(format!("W/{}", etag(None, stated.as_bytes())))
    }

    /// Send a body.
    pub fn send(mut self, body: impl MessageBody + AsRef<[u8]> + 'static) -> HttpResponse {
        let tag = self.tag.take().unwrap_or_else(|| etag(self.version, body.as_ref()));
        self.respond(&tag, || body)
    }

    /// Send a value as JSON.
    pub fn send_json(self, value: &impl Serialize) -> Result<HttpResponse, ApiError> {
        Ok(self.send(serde_json::to_string(value).map_err(ApiError::internal)?))
    }

    /// Send a record that is JSON already.
    pub fn send_rendered(self, record: &impl Rendered) -> HttpResponse {
        let tag = etag_of(Some(record.version()), &record.fingerprint());
        self.tag(tag).modified(record.updated_at()).send_lazily(|| record.text())
    }

    /// Send a body whose [`tag`](Self::tag) is known. It is made only for a caller who does not have it.
    pub fn send_lazily(mut self, body: impl FnOnce() -> Vec<u8>) -> HttpResponse {
        match self.tag.take() {
            Some(tag) => self.respond(&tag, body),
            None => self.send(body()),
        }
    }

    /// Send a long body. A caller who accepts brotli (RFC 7932) gets it compressed on a thread of its own, twice as
    /// well as on the fly. That takes some 0.1 s for each 4 MB.
    pub async fn send_packed(self, body: String) -> Result<HttpResponse, ApiError> {
        let request = self.request;
        let wanted = AcceptEncoding::parse(request)
            .ok()
            .and_then(|wanted| wanted.negotiate([Encoding::brotli(), Encoding::gzip(), Encoding::identity()].iter()));
        let mut response = self.send(body);
        let is_head = request.method() == Method::HEAD;
        if wanted != Some(Encoding::brotli()) || response.status() != StatusCode::OK || is_head {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        let bytes = actix_web::body::to_bytes(body).await.map_err(ApiError::internal)?;
        let packed = web::block(move || pack(&bytes)).await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
        response = head.set_body(BoxBody::new(packed));
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        Ok(response)
    }

    fn respond<B: MessageBody + 'static>(self, tag: &str, body: impl FnOnce() -> B) -> HttpResponse {
        let known = is_known(self.request, tag);
        let mut response = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
        validators(&mut response, tag, self.modified);
        cache(&mut response, self.request.headers());
        if let Some(link) = self.link {
            response.insert_header((header::LINK, link));
        }
        if known { response.finish() } else { response.content_type(self.media_type).body(body()) }
    }
}

/// Compresses with brotli, at the quality for responses that are long or sent again.
pub(crate) fn pack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let settings = BrotliEncoderParams { quality: 9, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &settings)?;
    Ok(packed)
}

/// True when the caller already has this: `If-None-Match`, compared weakly (RFC 9110, section 13.1.2).
pub fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let Ok(tag) = tag.parse::<EntityTag>() else { return false };
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    }
}

fn validators(response: &mut HttpResponseBuilder, tag: &str, modified: Option<DateTime<Utc>>) {
    response.insert_header((header::ETAG, tag));
    if let Some(modified) = modified {
        response.insert_header(LastModified(SystemTime::from(modified).into()));
    }
}

/// Caches must not store responses to requests with credentials. Others can be stored for a minute, and longer while
/// the service is unavailable.
pub fn cache(response: &mut HttpResponseBuilder, headers: &HeaderMap) {
    let private = headers.contains_key(header::AUTHORIZATION) || headers.contains_key("x-api-key");
    let rule = if private { "private, no-store" } else { "public, max-age=60, stale-if-error=86400" };
    response.insert_header((header::CACHE_CONTROL, rule));
    response.insert_header((header::VARY, "Accept, Accept-Encoding, Authorization, X-API-Key"));
}

/// The response to a write, stored as text so that an `Idempotency-Key` can repeat it.
#[derive(Debug, Clone)]
pub struct Written {
    /// 200 or 201.
    pub status: StatusCode,
    /// Address of the new record.
    pub location: Option<String>,
    /// The record's new ETag.
    pub etag: Option<String>,
    /// The record as JSON.
    pub body: String,
}

impl Written {
    /// 201 with the new record and its address.
    pub fn created<T: Versioned>(location: String, record: &T) -> Result<Self, ApiError> {
        Ok(Self { location: Some(location), status: StatusCode::CREATED, ..Self::changed(record)? })
    }

    /// 200 with the current record.
    pub fn changed<T: Versioned>(record: &T) -> Result<Self, ApiError> {
        let body = serde_json::to_string(&pick(record, None)?).map_err(ApiError::internal)?;
        let etag = Some(etag(Some(record.version()), body.as_bytes()));
        Ok(Self { status: StatusCode::OK, location: None, etag, body })
    }

    /// 200 with a value that is no record, such as a count.
    pub fn said(value: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_string(value).map_err(ApiError::internal)?;
        let etag = Some(etag(None, body.as_bytes()));
        Ok(Self { status: StatusCode::OK, location: None, etag, body })
    }
}

impl Responder for Written {
    type Body = BoxBody;
    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        response.insert_header((header::CACHE_CONTROL, "private, no-store"));
        response.content_type("application/json").body(self.body)
    }
}

/// 204: success, without content.
pub fn no_content() -> HttpResponse {
    HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "private, no-store")).finish()
}

/// 308 to the current address of a record with a former slug or of a merged theme, with the query string.
pub fn moved(request: &HttpRequest, slug: &str) -> HttpResponse {
    // The route, such as `/v1/councils/{council}/initiatives.{format}`, tells which segment names the record.
    let route = request.match_pattern().unwrap_or_default();
    let steps = route.split('/').zip(request.path().split('/'));
    let path: Vec<&str> = steps.map(|(step, said)| if step.starts_with('{') { slug } else { said }).collect();
    let path = path.join("/");
    let query = request.query_string();
    let location = if query.is_empty() { path } else { format!("{path}?{query}") };
    let mut response = HttpResponse::PermanentRedirect();
    response.insert_header((header::LOCATION, location));
    // The new slug of a hidden record is as secret as the record.
    cache(&mut response, request.headers());
    response.finish()
}

/// 303 to the current address of a record, for a permanent address.
pub fn see_other(request: &HttpRequest, location: &str) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, location));
    cache(&mut response, request.headers());
    response.finish()
}

/// A response that no cache stores, such as a secret that is shown only once: 201 with an address, otherwise 200.
pub fn issued(value: &impl Serialize, location: Option<String>) -> Result<HttpResponse, ApiError> {
    let status = if location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    if let Some(location) = location {
        response.insert_header((header::LOCATION, location));
    }
    response.insert_header((header::CACHE_CONTROL, "private, no-store"));
    Ok(response.content_type("application/json").body(serde_json::to_string(value).map_err(ApiError::internal)?))
}
