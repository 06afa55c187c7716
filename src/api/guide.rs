//! Handlers of the guide. Its pages and files are the same for everyone. They need neither records nor an account.

use actix_web::guard::Get;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, Accept, Header, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::error::ApiError;
use crate::formats::guide::contents::ASSETS;
use crate::formats::guide::layout::ROOT;
use crate::formats::guide::site::SITE;
use crate::http::negotiate::wants_page;
use crate::http::response::Answer;

/// Routes of the guide.
pub const PAGES: [&str; 2] = ["/docs/guide", "/docs/guide/{page:.*}"];

/// Content security policy of a page. It can load scripts, styles, charts and the index from this site, but nothing
/// inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Content security policy of a file. It loads nothing.
const STRICT: &str = "default-src 'none'; frame-ancestors 'none'";
const HTML: &str = "text/html; charset=utf-8";
const INDEX: &str = "search.json";

/// Mounts the guide. Must come before `/docs/`, which takes every address below it.
pub fn mount(config: &mut web::ServiceConfig) {
    let [folder, page] = PAGES.map(|path| web::resource(path).guard(Get()));
    config.service(folder.to(find_folder)).service(page.to(find_page));
}

async fn find_folder() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, ROOT)).finish()
}

async fn find_page(request: HttpRequest, page: web::Path<String>) -> Result<HttpResponse, ApiError> {
    if let Some(html) = SITE.page(&page) {
        return Ok(with(POLICY, Answer::new(&request, HTML).send(html.to_owned())));
    }
    if *page == INDEX {
        return Ok(with(STRICT, Answer::new(&request, "application/json").send(SITE.index.clone())));
    }
    if let Some(asset) = ASSETS.iter().find(|asset| asset.path == *page) {
        return Ok(with(STRICT, Answer::new(&request, asset.media_type).send(asset.text.to_owned())));
    }
    if wants_page(Accept::parse(&request).ok().as_ref()) {
        let mut response = HttpResponse::build(StatusCode::NOT_FOUND);
        response.insert_header((header::CACHE_CONTROL, "no-cache"));
        return Ok(with(POLICY, response.content_type(HTML).body(SITE.missing.as_str())));
    }
    Err(ApiError::not_found("page"))
}

fn with(policy: &'static str, mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}
