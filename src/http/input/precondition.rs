//! `If-Match`: a change names the version that the caller edited (RFC 9110, section 13.1.1).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};

use crate::error::ApiError;

/// The versions in the caller's `If-Match`; one of them must be current.
#[derive(Debug)]
pub struct IfMatch(Vec<i32>);

impl IfMatch {
    /// True when the record has not changed since the caller read it.
    pub fn allows(&self, version: i32) -> bool {
        self.0.contains(&version)
    }
}

/// Name of the header.
pub const IF_MATCH: &str = "If-Match";

/// Operations that require it list it in their `params`.
impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let words = "ETag of the version that you edited. If it is missing, you get 428. If it is no longer current, you get 412.";
        let header = ParameterBuilder::new().name(IF_MATCH).parameter_in(ParameterIn::Header).required(Required::True);
        vec![header.description(Some(words)).build()]
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut tags = request.headers().get_all(header::IF_MATCH).filter_map(|value| value.to_str().ok()).peekable();
        // `*` would overwrite the changes of other editors, as if there were no precondition.
        if tags.peek().is_none_or(|tag| tag.trim() == "*") {
            return ready(Err(ApiError::precondition_required()));
        }
        ready(Ok(Self(tags.flat_map(|tags| tags.split(',')).filter_map(version).collect())))
    }
}

/// The version in one of our ETags: `"7-3f2a…"`, or `"7"` as some clients shorten it. Weak tags never match.
fn version(tag: &str) -> Option<i32> {
    let inner = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
    inner.split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_an_etag() {
        assert_eq!(version(r#" "7-3f2a" "#), Some(7));
        assert_eq!(version(r#""7""#), Some(7));
        assert_eq!(version(r#"W/"7-3f2a""#), None);
        assert_eq!(version("7"), None);
    }
}
