//! Answers: bodies with strong ETags (RFC 9110, section 8.8.3), `Last-Modified`, cache rules, 304.
//!
//! An ETag is the record's version and a digest of what was sent: `"7-3f2a9c04b1d6e8f0"`. The digest makes it strong for
//! every representation (chosen fields, embedded records, another caller's view); `If-Match` looks at the version alone.

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

/// Marks a request for the head of an answer alone (HEAD), for whom the body is dear to make.
#[derive(Clone, Copy, Debug)]
pub struct HeadOnly;

/// Among the `responses` of an operation: its answer has validators, and a caller who has it already gets 304.
pub struct Cacheable;

/// Among the `responses` of an operation: the record that the address names may have moved, which is a 308.
pub struct Moves;

/// A status as an operation states it; the document describes what it means once for all.
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

/// A record that has a version and a date.
pub trait Resource: Serialize {
    /// Grows by one with each change.
    fn version(&self) -> i32;
    /// When the record last changed.
    fn updated_at(&self) -> DateTime<Utc>;
}

/// A record that is JSON already. What tells it from others is known before a byte of it is copied.
pub trait Rendered {
    /// Grows by one with each change.
    fn version(&self) -> i32;
    /// When the record last changed.
    fn updated_at(&self) -> DateTime<Utc>;
    /// Tells this text from any other that the same address may answer with.
    fn fingerprint(&self) -> Fingerprint;
    /// Bytes that it takes at the most, about.
    fn size(&self) -> usize;
    /// Append it.
    fn write(&self, out: &mut Vec<u8>);

    /// It alone.
    fn text(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.size() + 64);
        self.write(&mut out);
        out
    }
}

/// Tells one text from another: the first bytes of its SHA-256.
pub type Fingerprint = [u8; 8];

/// The fingerprint of a text.
pub fn fingerprint(text: &[u8]) -> Fingerprint {
    let digest = Sha256::digest(text);
    std::array::from_fn(|at| digest[at])
}

/// The ETag of a body; `version` is `None` for what has none, such as a list.
pub fn etag(version: Option<i32>, body: &[u8]) -> String {
    etag_of(version, &fingerprint(body))
}

/// The ETag of a body with this fingerprint.
pub fn etag_of(version: Option<i32>, fingerprint: &[u8]) -> String {
    let digest = HEXLOWER.encode(&fingerprint[..size_of::<Fingerprint>()]);
    version.map_or_else(|| format!("\"{digest}\""), |version| format!("\"{version}-{digest}\""))
}

/// The members that the caller chose with `fields`; everything without a choice.
pub fn pick<T: Serialize>(record: &T, fields: Option<&[String]>) -> Result<Value, ApiError> {
    let mut value = serde_json::to_value(record).map_err(ApiError::internal)?;
    if let (Some(fields), Value::Object(members)) = (fields, &mut value) {
        members.retain(|name, _| {
            matches!(name.as_str(), "embedded" | "distance_km" | "highlight")
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

impl<T: Resource> Record<T> {
    /// The whole record.
    pub fn whole(record: T) -> Self {
        Self { record, fields: None }
    }

    /// The members in `fields`, or all.
    pub fn picked(record: T, fields: Option<Vec<String>>) -> Self {
        Self { record, fields }
    }

    /// The ETag of the whole record, as a plain GET shows it.
    pub fn etag(record: &T) -> Result<String, ApiError> {
        let body = serde_json::to_vec(&pick(record, None)?).map_err(ApiError::internal)?;
        Ok(etag(Some(record.version()), &body))
    }

    fn answer(self, request: &HttpRequest) -> Result<HttpResponse, ApiError> {
        let value = pick(&self.record, self.fields.as_deref())?;
        send(request, &value, Some(self.record.version()), Some(self.record.updated_at()), None)
    }
}

impl<T: Resource> Responder for Record<T> {
    type Body = BoxBody;
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        self.answer(request).unwrap_or_else(|error| actix_web::ResponseError::error_response(&error))
    }
}

/// Send a readable body: 200 with its validators, or 304 when the caller has it already.
pub fn send(
    request: &HttpRequest,
    value: &impl Serialize,
    version: Option<i32>,
    modified: Option<DateTime<Utc>>,
    link: Option<String>,
) -> Result<HttpResponse, ApiError> {
    let body = serde_json::to_string(value).map_err(ApiError::internal)?;
    Ok(answer(request, JSON, body, version, modified, link))
}

/// The same for JSON with a tag that is known before the body: that is made only for a caller who has not got it.
pub fn send_tagged(
    request: &HttpRequest,
    tag: &str,
    modified: Option<DateTime<Utc>>,
    link: Option<String>,
    body: impl FnOnce() -> Vec<u8>,
) -> HttpResponse {
    tagged(request, JSON, body, tag, modified, link)
}

/// The same for one record.
pub fn send_rendered(request: &HttpRequest, record: &impl Rendered) -> HttpResponse {
    let tag = etag_of(Some(record.version()), &record.fingerprint());
    send_tagged(request, &tag, Some(record.updated_at()), None, || record.text())
}

/// The same for JSON that is text already.
pub fn send_text(request: &HttpRequest, text: &str) -> Result<HttpResponse, ApiError> {
    Ok(answer(request, JSON, text.to_owned(), None, None, None))
}

/// The same for a record in another media type, written out already.
pub fn send_as(request: &HttpRequest, record: &impl Resource, media_type: &str, body: String) -> HttpResponse {
    answer(request, media_type, body, Some(record.version()), Some(record.updated_at()), None)
}

/// The same for what is made of many records, of which the newest changed at `modified`.
pub fn send_overview(
    request: &HttpRequest,
    media_type: &str,
    body: String,
    modified: Option<DateTime<Utc>>,
) -> HttpResponse {
    answer(request, media_type, body, None, modified, None)
}

/// The same for a long answer without a version: who takes brotli (RFC 7932) gets it compressed as well as is worth the time,
/// which is twice as well as on the fly. Takes some 0.1 s for each 4 MB, on a thread of its own.
pub async fn send_packed(request: &HttpRequest, media_type: &str, body: String) -> Result<HttpResponse, ApiError> {
    let wanted = AcceptEncoding::parse(request)
        .ok()
        .and_then(|wanted| wanted.negotiate([Encoding::brotli(), Encoding::gzip(), Encoding::identity()].iter()));
    let mut response = answer(request, media_type, body, None, None, None);
    if wanted != Some(Encoding::brotli()) || response.status() != StatusCode::OK || request.method() == Method::HEAD {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let bytes = actix_web::body::to_bytes(body).await.map_err(ApiError::internal)?;
    let packed = web::block(move || pack(&bytes)).await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    response = head.set_body(BoxBody::new(packed));
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    Ok(response)
}

/// Compress with brotli, as well as is worth the time for an answer that is sent again or is long.
pub(crate) fn pack(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let settings = BrotliEncoderParams { quality: 9, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &settings)?;
    Ok(packed)
}

/// The same for what has links of its own.
pub fn send_linked(request: &HttpRequest, media_type: &str, body: String, link: String) -> HttpResponse {
    answer(request, media_type, body, None, None, Some(link))
}

/// The same for a body that says when it was made: its tag is that of `said`, what does not change meanwhile, and therefore
/// weak (RFC 9110, section 8.8.1).
pub fn send_stamped(request: &HttpRequest, media_type: &str, body: String, said: &str, link: String) -> HttpResponse {
    let tag = format!("W/{}", etag(None, said.as_bytes()));
    tagged(request, media_type, || body, &tag, None, Some(link))
}

/// The same for bytes of a media type of their own.
pub fn send_bytes(request: &HttpRequest, media_type: &str, body: Vec<u8>) -> HttpResponse {
    answer(request, media_type, body, None, None, None)
}

fn answer(
    request: &HttpRequest,
    media_type: &str,
    body: impl MessageBody + AsRef<[u8]> + 'static,
    version: Option<i32>,
    modified: Option<DateTime<Utc>>,
    link: Option<String>,
) -> HttpResponse {
    let tag = etag(version, body.as_ref());
    tagged(request, media_type, || body, &tag, modified, link)
}

fn tagged<B: MessageBody + 'static>(
    request: &HttpRequest,
    media_type: &str,
    body: impl FnOnce() -> B,
    tag: &str,
    modified: Option<DateTime<Utc>>,
    link: Option<String>,
) -> HttpResponse {
    let known = is_known(request, tag);
    let mut response = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    validators(&mut response, tag, modified);
    cache(&mut response, request.headers());
    if let Some(link) = link {
        response.insert_header((header::LINK, link));
    }
    if known { response.finish() } else { response.content_type(media_type).body(body()) }
}

/// True when the caller has this already: `If-None-Match`, compared weakly (RFC 9110, section 13.1.2).
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

/// What was asked with credentials is nobody else's; the rest may be kept for a minute, longer when the service is away.
pub fn cache(response: &mut HttpResponseBuilder, headers: &HeaderMap) {
    let private = headers.contains_key(header::AUTHORIZATION) || headers.contains_key("x-api-key");
    let rule = if private { "private, no-store" } else { "public, max-age=60, stale-if-error=86400" };
    response.insert_header((header::CACHE_CONTROL, rule));
    response.insert_header((header::VARY, "Accept, Accept-Encoding, Authorization, X-API-Key"));
}

/// The answer to a write, kept as text so that an `Idempotency-Key` can give it again.
#[derive(Debug, Clone)]
pub struct Written {
    /// 200 or 201.
    pub status: StatusCode,
    /// Address of what was created.
    pub location: Option<String>,
    /// The record's new ETag.
    pub etag: Option<String>,
    /// The record as JSON.
    pub body: String,
}

impl Written {
    /// 201 with the new record and its address.
    pub fn created<T: Resource>(location: String, record: &T) -> Result<Self, ApiError> {
        Ok(Self { location: Some(location), status: StatusCode::CREATED, ..Self::changed(record)? })
    }

    /// 200 with the record as it is now.
    pub fn changed<T: Resource>(record: &T) -> Result<Self, ApiError> {
        let body = serde_json::to_string(&pick(record, None)?).map_err(ApiError::internal)?;
        let etag = Some(etag(Some(record.version()), body.as_bytes()));
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

/// 204: done, and nothing to show.
pub fn no_content() -> HttpResponse {
    HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "private, no-store")).finish()
}

/// 308 to where the record of a former slug or of a merged theme lives now, query string and all.
pub fn moved(request: &HttpRequest, slug: &str) -> HttpResponse {
    // The route, such as `/v1/councils/{council}/initiatives.{format}`, says which segment names the record.
    let route = request.match_pattern().unwrap_or_default();
    let steps = route.split('/').zip(request.path().split('/'));
    let path: Vec<&str> = steps.map(|(step, said)| if step.starts_with('{') { slug } else { said }).collect();
    let path = path.join("/");
    let query = request.query_string();
    let location = if query.is_empty() { path } else { format!("{path}?{query}") };
    let mut response = HttpResponse::PermanentRedirect();
    response.insert_header((header::LOCATION, location));
    // Of a record that not everybody may see, the new slug is as secret as the record.
    cache(&mut response, request.headers());
    response.finish()
}

/// 303 to where a record lives now, for an address that stays the same whatever becomes of the record's own.
pub fn see_other(request: &HttpRequest, location: &str) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, location));
    cache(&mut response, request.headers());
    response.finish()
}

/// An answer with a secret that is shown this once: 201 with an address, else 200. Never kept, by nobody.
pub fn issued(value: &impl Serialize, location: Option<String>) -> Result<HttpResponse, ApiError> {
    let status = if location.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    if let Some(location) = location {
        response.insert_header((header::LOCATION, location));
    }
    response.insert_header((header::CACHE_CONTROL, "private, no-store"));
    Ok(response.content_type("application/json").body(serde_json::to_string(value).map_err(ApiError::internal)?))
}
