//! `If-Match`: a change names the version that the caller edited (RFC 9110, section 13.1.1).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};

use crate::error::ApiError;

/// The caller's `If-Match`: one of its ETags must be that of the current version.
#[derive(Debug)]
pub struct IfMatch(Vec<Tag>);

/// One element of `If-Match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    /// One of our ETags, `"7-3f2a…"`, or `"7"` as some clients shorten it.
    Version(i32),
    /// A weak ETag, which never matches.
    Weak,
    /// A text without quotes, which is no ETag.
    Unquoted,
    /// An ETag of something else.
    Other,
}

impl IfMatch {
    /// 412 unless the record has not changed since the caller read it. `etag` is that of the record as it is now.
    pub fn check(&self, version: i32, etag: impl FnOnce() -> Result<String, ApiError>) -> Result<(), ApiError> {
        if self.allows(version) { Ok(()) } else { Err(self.refusal(&etag()?)) }
    }

    fn allows(&self, version: i32) -> bool {
        self.0.contains(&Tag::Version(version))
    }

    /// The error when nothing matches; `etag` is the current one. An ETag that cannot match is named as the cause.
    fn refusal(&self, etag: &str) -> ApiError {
        let error = ApiError::stale(etag);
        if self.0.contains(&Tag::Weak) {
            return error.with_detail(
                "If-Match has a weak ETag (W/\"…\"), which never matches (RFC 9110, section 13.1.1). A proxy that \
                 compresses answers makes ETags weak. Leave out the W/ and send the rest, quotes included.",
            );
        }
        if self.0.contains(&Tag::Unquoted) {
            return error.with_detail(format!(
                "If-Match has a text that is not an ETag. An ETag has double quotes, as in If-Match: {etag}"
            ));
        }
        error
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
        ready(match tags.peek() {
            None => Err(ApiError::precondition_required()),
            Some(tag) if tag.trim() == "*" => Err(ApiError::precondition_required().with_detail(
                "If-Match: * would overwrite the changes of other editors. Send the ETag of the record as you last \
                 read it.",
            )),
            Some(_) => Ok(Self(tags.flat_map(|tags| tags.split(',')).map(read).collect())),
        })
    }
}

fn read(tag: &str) -> Tag {
    let tag = tag.trim();
    if tag.starts_with("W/") || tag.starts_with("w/") {
        return Tag::Weak;
    }
    let Some(inner) = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return Tag::Unquoted };
    inner.split('-').next().and_then(|version| version.parse().ok()).map_or(Tag::Other, Tag::Version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_an_etag() {
        assert_eq!(read(r#" "7-3f2a" "#), Tag::Version(7));
        assert_eq!(read(r#""7""#), Tag::Version(7));
        assert_eq!(read(r#"W/"7-3f2a""#), Tag::Weak);
        assert_eq!(read("7"), Tag::Unquoted);
        assert_eq!(read(r#""seven""#), Tag::Other);
    }
}
