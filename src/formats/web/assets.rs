//! The files of the page, as built by `build.rs`.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header};
use actix_web::{HttpRequest, HttpResponse};

use crate::http::response::{etag, is_known};

include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// The document that all addresses of the page share. It has no address of its own.
const SHELL: &str = "index.html";
/// Folder in which Vite puts files with a content digest in their names.
const HASHED: &str = "assets/";
/// Caching of these files: a changed file gets a new name.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Caching of files with a constant name.
const FOR_AN_HOUR: &str = "public, max-age=3600, stale-if-error=86400";

/// A file of the page.
pub struct File {
    /// Address without the leading slash.
    pub name: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// Every file with its own address.
pub fn files() -> impl Iterator<Item = &'static File> {
    FILES.iter().filter(|file| file.name != SHELL)
}

/// The document that all addresses of the page share, or the reason why it is missing.
pub fn shell() -> Result<&'static str, &'static str> {
    let shell = FILES.iter().find(|file| file.name == SHELL);
    let why = MISSING.unwrap_or("npm built nothing");
    shell.and_then(|file| std::str::from_utf8(file.plain).ok()).ok_or(why)
}

impl File {
    /// Sends the file with an encoding that the caller accepts, or 304.
    pub fn send(&self, request: &HttpRequest) -> HttpResponse {
        let tag = etag(None, self.plain);
        let (encoding, body) = self.packed(request);
        let known = is_known(request, &tag);
        let mut response = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
        let rule = if self.name.starts_with(HASHED) { FOR_EVER } else { FOR_AN_HOUR };
        response
            .insert_header((header::ETAG, tag))
            .insert_header((header::CACHE_CONTROL, rule))
            .insert_header((header::VARY, "Accept-Encoding"));
        if known {
            return response.finish();
        }
        if encoding != ContentEncoding::Identity {
            response.insert_header(encoding);
        }
        response.content_type(self.media_type()).body(body)
    }

    fn packed(&self, request: &HttpRequest) -> (ContentEncoding, &'static [u8]) {
        let forms = [
            (ContentEncoding::Brotli, self.brotli),
            (ContentEncoding::Gzip, self.gzip),
            (ContentEncoding::Identity, Some(self.plain)),
        ];
        let on_offer: Vec<Encoding> =
            forms.iter().filter(|(_, body)| body.is_some()).map(|(encoding, _)| Encoding::Known(*encoding)).collect();
        let accepted =
            AcceptEncoding::parse(request).ok().filter(|_| request.headers().contains_key("accept-encoding"));
        let chosen = accepted.and_then(|accepted| accepted.negotiate(on_offer.iter()));
        forms
            .into_iter()
            .find(|(encoding, _)| chosen == Some(Encoding::Known(*encoding)))
            .and_then(|(encoding, body)| Some((encoding, body?)))
            .unwrap_or((ContentEncoding::Identity, self.plain))
    }

    fn media_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("json") => "application/json",
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            Some("woff2") => "font/woff2",
            Some("txt") => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }
}
