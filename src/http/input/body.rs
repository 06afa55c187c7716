//! Bodies: JSON for POST and PUT, merge patches (RFC 7396) for PATCH.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderName};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};
use utoipa::ToSchema;

use super::{Faults, MAX_BODY, Schemas, json};
use crate::config::ServeSettings;
use crate::error::{ApiError, Fault};
use crate::http::limits::concurrency::outside;

/// Time that a body can take at any rate.
const GRACE: Duration = Duration::from_secs(5);
/// Minimum rate after that, in bytes per second: less than any telephone line delivers.
const LEAST_RATE: usize = 1024;

/// Rules that a schema cannot express, such as the order of two dates. Most bodies have none.
pub trait Check {
    /// True if no body at all counts as an empty object. For bodies whose members are all optional.
    const MAY_BE_ABSENT: bool = false;

    /// Adds every broken rule to `faults`.
    fn check(&self, _faults: &mut Faults) {}

    /// Removes from the record's members, `held`, those that a patch makes outdated, before it is merged.
    fn forget_outdated(_patch: &Value, _held: &mut Map<String, Value>) {}
}

/// Removes from `held` what a patch makes outdated. Each pair is a member, and the one that a new value of it makes
/// outdated. What the patch sets itself stays.
pub fn forget(patch: &Value, held: &mut Map<String, Value>, pairs: &[(&str, &str)]) {
    for (sent, outdated) in pairs {
        let is_new = patch.get(sent).is_some_and(|value| !value.is_null() && held.get(*sent) != Some(value));
        if is_new && patch.get(outdated).is_none() {
            held.remove(*outdated);
        }
    }
}

/// A value read from a body, with the faults found so far. The store then checks references. [`Faults::finish`] reports
/// all faults at once. Members with faults have their default value.
#[derive(Debug)]
pub struct Draft<T> {
    /// The value.
    pub value: T,
    /// The faults found so far.
    pub faults: Faults,
}

impl<T: ToSchema + DeserializeOwned + Check> Draft<T> {
    /// Checks a JSON value against the schema and the further rules of `T`.
    pub fn new(mut value: Value, schemas: &Schemas) -> Result<Self, ApiError> {
        let found = schemas.body::<T>().faults(&mut value);
        let mut faults = Faults::default();
        // What is untold would be in the way of all that follows.
        if found.is_full() {
            return Err(ApiError::invalid(found));
        }
        for fault in found.reported() {
            if !prune(&mut value, fault.pointer.as_deref().unwrap_or_default()) {
                return Err(ApiError::invalid(found));
            }
        }
        faults.extend(found);
        match serde_path_to_error::deserialize::<_, T>(value) {
            Ok(value) => {
                value.check(&mut faults);
                Ok(Self { value, faults })
            }
            Err(error) => {
                if faults.is_empty() {
                    let pointer = format!("/{}", error.path().to_string().replace(['.', '['], "/").replace(']', ""));
                    faults.add(pointer, "invalid", error.into_inner().to_string());
                }
                faults.finish()?;
                Err(ApiError::unreadable("The body could not be read."))
            }
        }
    }

    /// The value, or 422 with every fault. For bodies without references.
    pub fn checked(mut self) -> Result<T, ApiError> {
        self.faults.finish()?;
        Ok(self.value)
    }
}

/// Removes a faulty member, so that the rest can still be checked. False when the whole body has the fault.
fn prune(value: &mut Value, pointer: &str) -> bool {
    let mut end = pointer.len();
    while let Some(cut) = pointer[..end].rfind('/') {
        let name = pointer[cut + 1..end].replace("~1", "/").replace("~0", "~");
        match value.pointer_mut(&pointer[..cut]) {
            Some(Value::Object(members)) => {
                members.remove(&name);
                return true;
            }
            // Removing an item would change the positions of the others, so remove the whole array.
            _ => end = cut,
        }
    }
    false
}

/// The body of a POST or PUT.
pub struct Body<T> {
    /// The value, and its faults.
    pub draft: Draft<T>,
    /// Digest of method, path and body, to recognise a repeated request.
    pub fingerprint: Vec<u8>,
}

impl<T> Body<T> {
    /// The value, and the digest of the request.
    pub fn into_parts(self) -> (Draft<T>, Vec<u8>) {
        (self.draft, self.fingerprint)
    }
}

impl<T: ToSchema + DeserializeOwned + Check + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            no_query(&request)?;
            let schemas = schemas(&request)?;
            if T::MAY_BE_ABSENT && is_absent(&request) {
                let draft = Draft::new(Value::Object(Map::new()), schemas)?;
                return Ok(Self { draft, fingerprint: fingerprint(&request, b"") });
            }
            media_type(&request, &["application/json"])?;
            let bytes = read(&request, payload, schemas.body::<T>().most_bytes().min(MAX_BODY)).await?;
            let draft = Draft::new(json::parse(&bytes).map_err(ApiError::unreadable)?, schemas)?;
            Ok(Self { draft, fingerprint: fingerprint(&request, &bytes) })
        })
    }
}

/// The body of a PATCH: a merge patch for a record's writable members, `T`.
pub struct Patch<T> {
    patch: Value,
    schemas: web::Data<Schemas>,
    of: PhantomData<T>,
}

impl<T> Patch<T> {
    /// A merge patch that the service itself makes.
    pub fn new(patch: Value, schemas: web::Data<Schemas>) -> Self {
        Self { patch, schemas, of: PhantomData }
    }
}

/// The body of a PUT or a PATCH.
pub trait Edited<T> {
    /// Whether the body sends a member of this name. A PUT sends them all.
    fn sends(&self, name: &str) -> bool;

    /// The writable members after the change of those in `current`, with every fault.
    fn draft(self, current: T) -> Result<Draft<T>, ApiError>;
}

impl<T> Edited<T> for Body<T> {
    fn sends(&self, _: &str) -> bool {
        true
    }

    fn draft(self, _: T) -> Result<Draft<T>, ApiError> {
        Ok(self.draft)
    }
}

impl<T: ToSchema + DeserializeOwned + Check + Serialize> Edited<T> for Patch<T> {
    fn sends(&self, name: &str) -> bool {
        self.patch.get(name).is_some()
    }

    fn draft(self, current: T) -> Result<Draft<T>, ApiError> {
        let mut merged = serde_json::to_value(current).map_err(ApiError::internal)?;
        if let Some(members) = merged.as_object_mut() {
            T::forget_outdated(&self.patch, members);
        }
        merge(&mut merged, self.patch);
        Draft::new(merged, &self.schemas)
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(target) = target {
        for (name, value) in patch {
            if value.is_null() {
                target.remove(&name);
            } else {
                merge(target.entry(name).or_insert(Value::Null), value);
            }
        }
    }
}

impl<T: ToSchema> FromRequest for Patch<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            no_query(&request)?;
            media_type(&request, &["application/merge-patch+json", "application/json"]).map_err(|error| {
                error.with_header(
                    HeaderName::from_static("accept-patch"),
                    "application/merge-patch+json, application/json",
                )
            })?;
            let schemas = request.app_data::<web::Data<Schemas>>().cloned();
            let schemas = schemas.ok_or_else(|| ApiError::internal("the schemas are not mounted"))?;
            // A useful patch is never longer than the whole record.
            let bytes = read(&request, payload, schemas.body::<T>().most_bytes().min(MAX_BODY)).await?;
            let patch = json::parse(&bytes).map_err(ApiError::unreadable)?;
            if !patch.is_object() {
                return Err(ApiError::invalid(vec![Fault::at(
                    "",
                    "wrong_type",
                    "the patch is not an object; it must be an object",
                )]));
            }
            Ok(Self { patch, schemas, of: PhantomData })
        })
    }
}

/// Maximum size of a form, in bytes.
const MAX_FORM: usize = 16 * 1024;

/// The fields of an HTML form, as texts. A field without content is left out, like one that is not there.
pub struct Form(pub Map<String, Value>);

impl FromRequest for Form {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            media_type(&request, &["application/x-www-form-urlencoded"])?;
            let bytes = read(&request, payload, MAX_FORM).await?;
            // A rule of texts is one line, and a text area breaks lines.
            let plain = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
            let fields = form_urlencoded::parse(&bytes).map(|(name, value)| (name.into_owned(), plain(&value)));
            Ok(Self(fields.filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.into())).collect()))
        })
    }
}

/// True for a request without a body: neither a length nor chunks are announced (RFC 9112, section 6.3).
fn is_absent(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let length = headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    !length && !headers.contains_key(header::TRANSFER_ENCODING)
}

fn fingerprint(request: &HttpRequest, body: &[u8]) -> Vec<u8> {
    let mut fingerprint = format!("{} {}\n", request.method(), request.path()).into_bytes();
    fingerprint.extend_from_slice(body);
    fingerprint
}

fn schemas(request: &HttpRequest) -> Result<&Schemas, ApiError> {
    request
        .app_data::<web::Data<Schemas>>()
        .map(|schemas| schemas.get_ref())
        .ok_or_else(|| ApiError::internal("the schemas are not mounted"))
}

/// Operations with a body have no query parameters. Ignoring one would mislead the caller.
fn no_query(request: &HttpRequest) -> Result<(), ApiError> {
    let faults: Vec<Fault> = form_urlencoded::parse(request.query_string().as_bytes())
        .map(|(name, _)| Fault::parameter(name, "unknown_parameter", "is not a parameter: this operation has none"))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(ApiError::bad_query(faults)) }
}

fn media_type(request: &HttpRequest, accepted: &[&str]) -> Result<(), ApiError> {
    let sent = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if accepted.iter().any(|media_type| essence.eq_ignore_ascii_case(media_type)) {
        Ok(())
    } else {
        Err(ApiError::unsupported_media_type(&accepted.join(" or ")))
    }
}

/// Reads a body of at most this many bytes, in a place for uploads.
async fn read(request: &HttpRequest, payload: Payload, most: usize) -> Result<Vec<u8>, ApiError> {
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(ApiError::too_large(most));
    }
    let settings = request
        .app_data::<web::Data<ServeSettings>>()
        .ok_or_else(|| ApiError::internal("the settings are not mounted"))?;
    let seconds = settings.limits.body_seconds;
    outside(request, collect(payload, announced.unwrap_or_default(), most, seconds)).await
}

/// Reads a whole body, unless it is too large or too slow. It must end within this many seconds. After [`GRACE`], it
/// must keep to the rate in [`LEAST_RATE`].
async fn collect(mut payload: Payload, announced: usize, most: usize, seconds: u16) -> Result<Vec<u8>, ApiError> {
    let (began, patience) = (Instant::now(), Duration::from_secs(seconds.into()));
    let mut bytes = Vec::with_capacity(announced);
    loop {
        let earned = GRACE + Duration::from_secs((bytes.len() / LEAST_RATE) as u64);
        let next = timeout_at(began + earned.min(patience), payload.next()).await;
        let Some(chunk) = next.map_err(|_| ApiError::too_slow(seconds))? else { return Ok(bytes) };
        let chunk = chunk.map_err(|error| ApiError::unreadable(format!("The body ended early: {error}.")))?;
        if bytes.len() + chunk.len() > most {
            return Err(ApiError::too_large(most));
        }
        bytes.extend_from_slice(&chunk);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_is_merged_as_rfc_7396_has_it() {
        let cases = [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ];
        for (mut target, patch, expected) in cases {
            merge(&mut target, patch);
            assert_eq!(target, expected);
        }
    }

    #[test]
    fn a_faulty_member_is_taken_out_and_a_faulty_item_takes_its_array() {
        let mut value = json!({"title": 1, "themes": ["a", 2], "outcomes": [{"value": "x", "unit": "gbp"}]});
        for pointer in ["/title", "/themes/1", "/outcomes/0/value"] {
            assert!(prune(&mut value, pointer));
        }
        assert_eq!(value, json!({"outcomes": [{"unit": "gbp"}]}));
        assert!(!prune(&mut value, ""));
    }
}
