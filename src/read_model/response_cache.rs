//! Cache of public responses. Its key is the raw request, so a hit needs no parsing.
//!
//! A response is valid until its data change. For a record, its fingerprint is compared. For a list, the positions of
//! the last public changes of its kinds are compared. So a change invalidates only the responses that it affects, and a
//! hidden draft invalidates none. Responses to requests with credentials are not cached.

use std::io::Write;
use std::sync::{Arc, OnceLock};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, AcceptEncoding, Encoding, Header, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{NaiveDate, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::extractor::CurrentSnapshot;
use super::follower::ReadModel;
use super::middleware::REGISTRY_MIN_POSITION;
use super::snapshot::{Snapshot, Stamps};
use crate::access::reach::Reach;
use crate::http::response::{Fingerprint, HeadOnly, is_known, pack};

/// Maximum size of the cache, in bytes.
const MAX_BYTES: u64 = 32 << 20;
/// The longest response to cache, and the longest request to look up.
const MAX_RESPONSE: usize = 4 << 20;
const MAX_KEY: usize = 2_000;
/// Response headers that are cached with the body.
const CACHED_HEADERS: [header::HeaderName; 6] =
    [header::CONTENT_TYPE, header::ETAG, header::LAST_MODIFIED, header::CACHE_CONTROL, header::VARY, header::LINK];

/// The cache of one instance.
pub struct ResponseCache(Cache<String, Arc<CachedResponse>>);

/// A response, in the encodings requested so far.
struct CachedResponse {
    headers: Vec<(header::HeaderName, HeaderValue)>,
    body: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    depends_on: Dependence,
}

/// The data that a response depends on.
enum Dependence {
    /// The initiative of a path segment, with this fingerprint.
    Initiative(String, Fingerprint),
    /// Public records of these kinds, as of their last changes. Due reviews and confirmed statuses depend on the day.
    Kinds(Stamps, NaiveDate),
}

impl Default for ResponseCache {
    fn default() -> Self {
        let weight = |key: &String, answer: &Arc<CachedResponse>| {
            // Reserve space for compressed forms: a third each is more than enough.
            let bytes = key.len() + answer.body.len() * 5 / 3 + 512;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        // Evict the least recently used response. The default policy admits a response only if it is more popular than
        // all the responses that it would replace together, which a long one never is.
        let policy = EvictionPolicy::lru();
        Self(Cache::builder().max_capacity(MAX_BYTES).weigher(weight).eviction_policy(policy).build())
    }
}

/// Marks a request whose every use is counted, so that its response is not cached.
#[derive(Clone, Copy, Debug)]
pub struct CountEveryUse;

/// Middleware: respond from the cache, or else run the handler and cache its response if possible.
pub async fn serve_cached(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some((key, ready, snapshot)) = cache_key(&request) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    if let Some(answer) = ready.0.get(&key).filter(|answer| answer.depends_on.holds(&snapshot)) {
        let response = answer.send(request.request());
        request.extensions_mut().insert(CurrentSnapshot(snapshot));
        return Ok(request.into_response(response));
    }
    request.extensions_mut().insert(CurrentSnapshot(Arc::clone(&snapshot)));
    let is_head = request.extensions().contains::<HeadOnly>();
    let response = next.call(request).await?.map_into_boxed_body();
    if response.status() != StatusCode::OK || is_head || response.request().extensions().contains::<CountEveryUse>() {
        return Ok(response);
    }
    let Some(depends_on) = Dependence::of(response.request(), &snapshot) else { return Ok(response) };
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let response = match body.try_into_bytes() {
        Ok(body) => {
            if body.len() <= MAX_RESPONSE && !head.headers().contains_key(header::CONTENT_ENCODING) {
                let headers = cached_headers(head.headers());
                let (gzip, brotli) = (OnceLock::new(), OnceLock::new());
                ready.0.insert(key, Arc::new(CachedResponse { headers, body: body.clone(), gzip, brotli, depends_on }));
            }
            head.set_body(BoxBody::new(body))
        }
        // Streams are not cached.
        Err(stream) => head.set_body(stream),
    };
    Ok(ServiceResponse::new(request, response))
}

fn cached_headers(headers: &HeaderMap) -> Vec<(header::HeaderName, HeaderValue)> {
    let of = |name: header::HeaderName| headers.get(&name).cloned().map(|value| (name, value));
    CACHED_HEADERS.into_iter().filter_map(of).collect()
}

/// The cache key of a request, with the cache and the snapshot; `None` if the request is not cacheable.
fn cache_key(request: &ServiceRequest) -> Option<(String, web::Data<ResponseCache>, Arc<Snapshot>)> {
    let headers = request.headers();
    let is_own = [header::AUTHORIZATION, header::HeaderName::from_static("x-api-key"), REGISTRY_MIN_POSITION];
    if request.method() != Method::GET || is_own.iter().any(|name| headers.contains_key(name)) {
        return None;
    }
    let text = |name| headers.get(name).map_or(Some(""), |value: &HeaderValue| value.to_str().ok());
    let (accept, host) = (text(header::ACCEPT)?, text(header::HOST)?);
    let (path, query) = (request.path(), request.query_string());
    if path.len() + query.len() + accept.len() + host.len() > MAX_KEY {
        return None;
    }
    let snapshot = request.app_data::<web::Data<ReadModel>>()?.snapshot()?;
    let ready = request.app_data::<web::Data<ResponseCache>>()?.clone();
    // None of the parts can contain a line end.
    Some((format!("{path}\n{query}\n{accept}\n{host}"), ready, snapshot))
}

impl CachedResponse {
    fn send(&self, request: &HttpRequest) -> HttpResponse {
        let tag = self.headers.iter().find(|(name, _)| name == header::ETAG).and_then(|(_, tag)| tag.to_str().ok());
        let is_known = tag.is_some_and(|tag| is_known(request, tag));
        let mut response = HttpResponse::build(if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
        for (name, value) in &self.headers {
            if !is_known || name != header::CONTENT_TYPE {
                response.insert_header((name.clone(), value.clone()));
            }
        }
        if is_known {
            return response.finish();
        }
        let (encoding, body) = self.encoded(request);
        if let Some(encoding) = encoding {
            response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(encoding)));
        }
        response.body(body)
    }

    /// The body in an encoding that the caller accepts. Each encoding is compressed once, on first use.
    fn encoded(&self, request: &HttpRequest) -> (Option<&'static str>, Bytes) {
        if !request.headers().contains_key(header::ACCEPT_ENCODING) {
            return (None, self.body.clone());
        }
        let offered = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
        let wanted = AcceptEncoding::parse(request).ok().and_then(|wanted| wanted.negotiate(offered.iter()));
        match wanted {
            Some(wanted) if wanted == Encoding::brotli() => {
                (Some("br"), self.brotli.get_or_init(|| pack(&self.body).unwrap_or_default().into()).clone())
            }
            Some(wanted) if wanted == Encoding::gzip() => {
                (Some("gzip"), self.gzip.get_or_init(|| gzip(&self.body)).clone())
            }
            _ => (None, self.body.clone()),
        }
    }
}

fn gzip(body: &[u8]) -> Bytes {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    let _ = packed.write_all(body);
    packed.finish().unwrap_or_default().into()
}

impl Dependence {
    /// The dependence of the response to a request; `None` if it is not cacheable.
    fn of(request: &HttpRequest, snapshot: &Snapshot) -> Option<Self> {
        let segments: Vec<&str> = request.path().split('/').skip(1).collect();
        let stamps = snapshot.stamps;
        let only = |stamps| Some(Self::Kinds(stamps, snapshot.day));
        match segments[..] {
            ["v1", "principles" | "values"] => only(Stamps::default()),
            ["v1", "themes"] | ["v1", "themes", _] => {
                only(Stamps { themes: stamps.themes, loads: stamps.loads, ..Stamps::default() })
            }
            ["v1", "councils" | "council-changes"]
            | ["v1", "councils" | "council-changes", _]
            | ["v1", "councils", _, "boundary"] => {
                only(Stamps { themes: 0, initiatives: 0, memberships: 0, organisations: 0, ..stamps })
            }
            ["v1", "memberships"] | ["v1", "memberships", _] => {
                only(Stamps { themes: 0, initiatives: 0, boundaries: 0, ..stamps })
            }
            // They show the number of their initiatives.
            ["v1", "organisations"] | ["v1", "organisations", _] => {
                only(Stamps { themes: 0, boundaries: 0, memberships: 0, ..stamps })
            }
            // A query may include other records.
            ["v1", "initiatives", segment] | ["v1", "initiatives", segment, "citation"]
                if segment != "facets" && request.query_string().is_empty() =>
            {
                let found = snapshot.locate_initiative(Reach::PUBLIC, segment).ok()?;
                Some(Self::Initiative(segment.to_owned(), found.fingerprint))
            }
            ["v1", "initiatives" | "outcomes" | "map" | "tiles" | "search" | "suggest", ..]
            | ["v1", "councils" | "themes", _, "initiatives"]
            | ["v1", "councils", _, "due"] => only(stamps),
            _ => None,
        }
    }

    /// True if the data are unchanged.
    fn holds(&self, snapshot: &Snapshot) -> bool {
        match self {
            Self::Initiative(segment, shown) => {
                let found = snapshot.locate_initiative(Reach::PUBLIC, segment);
                found.is_ok_and(|found| found.fingerprint == *shown)
            }
            Self::Kinds(stamps, day) => {
                let is_same = |shown: i64, now: i64| shown == 0 || shown == now;
                let (now, now_on) = (snapshot.stamps, Utc::now().date_naive());
                is_same(stamps.councils, now.councils)
                    && is_same(stamps.themes, now.themes)
                    && is_same(stamps.initiatives, now.initiatives)
                    && is_same(stamps.boundaries, now.boundaries)
                    && is_same(stamps.memberships, now.memberships)
                    && is_same(stamps.organisations, now.organisations)
                    && is_same(stamps.loads, now.loads)
                    && *day == now_on
                    && snapshot.day == now_on
            }
        }
    }
}
