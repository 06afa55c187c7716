//! Answers that are ready to send: what strangers asked for once is looked up under the raw request, before anything is parsed.
//!
//! An answer is good for as long as what it shows is as it was: for a record its own fingerprint is compared, for a list when
//! a public record of its kinds last changed. So a change drops what it touches and nothing else, and a draft that nobody may
//! see drops nothing. Nothing that was made for a credential is kept.

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

/// Bytes that all ready answers may take.
const MOST: u64 = 32 << 20;
/// The longest answer that is kept, and the longest request that is looked up.
const LONGEST: usize = 4 << 20;
const LONGEST_KEY: usize = 2_000;
/// Headers of an answer that belong to its body, and are sent with it again.
const KEPT: [header::HeaderName; 6] =
    [header::CONTENT_TYPE, header::ETAG, header::LAST_MODIFIED, header::CACHE_CONTROL, header::VARY, header::LINK];

/// The answers of one instance.
pub struct ReadyAnswers(Cache<String, Arc<Answer>>);

/// An answer, in the encodings that were asked for.
struct Answer {
    headers: Vec<(header::HeaderName, HeaderValue)>,
    body: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    depends_on: Dependence,
}

/// What an answer shows.
enum Dependence {
    /// The initiative that a path segment names, as it was.
    Initiative(String, Fingerprint),
    /// Public records of these kinds, as of their last changes. What is due for a check depends on the day.
    Kinds(Stamps, NaiveDate),
}

impl Default for ReadyAnswers {
    fn default() -> Self {
        let weight = |key: &String, answer: &Arc<Answer>| {
            // Compressed forms come later: a third each is more than they take.
            let bytes = key.len() + answer.body.len() * 5 / 3 + 512;
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        // Keep what was asked for last. The default policy lets an answer in only when it is asked for more often than all the
        // answers together that it would replace, which a long one never is.
        let policy = EvictionPolicy::lru();
        Self(Cache::builder().max_capacity(MOST).weigher(weight).eviction_policy(policy).build())
    }
}

/// Marks a request that is counted each time it is made: its answer is not kept.
#[derive(Clone, Copy, Debug)]
pub struct CountEach;

/// Answer from what is ready; otherwise make the answer, and keep it if it may be asked for again.
pub async fn answer_again(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some((key, ready, snapshot)) = asked(&request) else {
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
    if response.status() != StatusCode::OK || is_head || response.request().extensions().contains::<CountEach>() {
        return Ok(response);
    }
    let Some(depends_on) = Dependence::of(response.request(), &snapshot) else { return Ok(response) };
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let response = match body.try_into_bytes() {
        Ok(body) => {
            if body.len() <= LONGEST && !head.headers().contains_key(header::CONTENT_ENCODING) {
                let headers = kept(head.headers());
                let (gzip, brotli) = (OnceLock::new(), OnceLock::new());
                ready.0.insert(key, Arc::new(Answer { headers, body: body.clone(), gzip, brotli, depends_on }));
            }
            head.set_body(BoxBody::new(body))
        }
        // A stream goes out as it comes.
        Err(stream) => head.set_body(stream),
    };
    Ok(ServiceResponse::new(request, response))
}

fn kept(headers: &HeaderMap) -> Vec<(header::HeaderName, HeaderValue)> {
    let of = |name: header::HeaderName| headers.get(&name).cloned().map(|value| (name, value));
    KEPT.into_iter().filter_map(of).collect()
}

/// The key of a request that may be answered again, with what answers it.
fn asked(request: &ServiceRequest) -> Option<(String, web::Data<ReadyAnswers>, Arc<Snapshot>)> {
    let headers = request.headers();
    let is_own = [header::AUTHORIZATION, header::HeaderName::from_static("x-api-key"), REGISTRY_MIN_POSITION];
    if request.method() != Method::GET || is_own.iter().any(|name| headers.contains_key(name)) {
        return None;
    }
    let text = |name| headers.get(name).map_or(Some(""), |value: &HeaderValue| value.to_str().ok());
    let (accept, host) = (text(header::ACCEPT)?, text(header::HOST)?);
    let (path, query) = (request.path(), request.query_string());
    if path.len() + query.len() + accept.len() + host.len() > LONGEST_KEY {
        return None;
    }
    let snapshot = request.app_data::<web::Data<ReadModel>>()?.snapshot()?;
    let ready = request.app_data::<web::Data<ReadyAnswers>>()?.clone();
    // A line end is in none of the parts.
    Some((format!("{path}\n{query}\n{accept}\n{host}"), ready, snapshot))
}

impl Answer {
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

    /// The body as the caller takes it; compressed when it is first asked for so, and never again.
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
    /// What the answer to a request depends on; `None` where it is not kept.
    fn of(request: &HttpRequest, snapshot: &Snapshot) -> Option<Self> {
        let segments: Vec<&str> = request.path().split('/').skip(1).collect();
        let stamps = snapshot.stamps;
        let only = |stamps| Some(Self::Kinds(stamps, Utc::now().date_naive()));
        match segments[..] {
            ["v1", "principles" | "values"] => only(Stamps::default()),
            ["v1", "themes"] | ["v1", "themes", _] => {
                only(Stamps { themes: stamps.themes, loads: stamps.loads, ..Stamps::default() })
            }
            ["v1", "councils"] | ["v1", "councils", _] | ["v1", "councils", _, "boundary"] => {
                only(Stamps { themes: 0, initiatives: 0, ..stamps })
            }
            // What a query asks for may show other records too.
            ["v1", "initiatives", segment] | ["v1", "initiatives", segment, "citation"]
                if segment != "facets" && request.query_string().is_empty() =>
            {
                let found = snapshot.locate_initiative(Reach::PUBLIC, segment).ok()?;
                Some(Self::Initiative(segment.to_owned(), found.fingerprint))
            }
            ["v1", "initiatives" | "outcomes" | "map" | "tiles" | "search" | "suggest", ..]
            | ["v1", "councils" | "themes", _, "initiatives"] => only(stamps),
            _ => None,
        }
    }

    /// True while what was shown is as it was.
    fn holds(&self, snapshot: &Snapshot) -> bool {
        match self {
            Self::Initiative(segment, shown) => {
                let found = snapshot.locate_initiative(Reach::PUBLIC, segment);
                found.is_ok_and(|found| found.fingerprint == *shown)
            }
            Self::Kinds(stamps, day) => {
                let is_same = |shown: i64, now: i64| shown == 0 || shown == now;
                let now = snapshot.stamps;
                is_same(stamps.councils, now.councils)
                    && is_same(stamps.themes, now.themes)
                    && is_same(stamps.initiatives, now.initiatives)
                    && is_same(stamps.boundaries, now.boundaries)
                    && is_same(stamps.loads, now.loads)
                    && *day == Utc::now().date_naive()
            }
        }
    }
}
