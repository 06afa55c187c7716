//! The page behind a one-time link: a record after the other, with three buttons each. Works without scripts.
//!
//! The address has the secret, so it is in no log, no cache and no `Referer`. Opening the page changes nothing, because
//! programs that check mail open links too.

use actix_web::guard::{Get, Post};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError, web};
use serde_json::{Map, Value};

use super::still_true::Links;
use crate::accounts::due_links::model::DueAnswer;
use crate::accounts::due_links::token::LinkToken;
use crate::error::ApiError;
use crate::formats::web::pages::plain;
use crate::formats::web::pages::still_true::{Attempt, view};
use crate::formats::web::shell::{Head, Page, personal};
use crate::http::input::{Draft, Form};

/// Route of the page.
pub const PAGE: &str = "/still-true/{token}";

/// Mounts the page.
pub fn mount(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(PAGE).guard(Get()).to(find_page))
        .service(web::resource(PAGE).guard(Post()).to(answer_page));
}

async fn find_page(links: Links, token: web::Path<String>) -> HttpResponse {
    shown(&links, token.into_inner(), None).await
}

async fn answer_page(links: Links, token: web::Path<String>, form: Result<Form, ApiError>) -> HttpResponse {
    let token = token.into_inner();
    let fields = match form {
        Ok(Form(fields)) => fields,
        Err(error) => return failed(&error),
    };
    let answered = match read(&links, &token, fields.clone()) {
        Ok(answer) => links.answer(&answer).await,
        Err(error) => Err(error),
    };
    match answered {
        // The browser asks again, so that to load the page once more does not answer once more.
        Ok(()) => {
            let place = fields.get("initiative").and_then(Value::as_str).unwrap_or_default();
            HttpResponse::SeeOther()
                .insert_header((header::LOCATION, format!("/still-true/{token}#{place}")))
                .insert_header((header::CACHE_CONTROL, "private, no-store"))
                .finish()
        }
        Err(error) => shown(&links, token, Some(Attempt { fields, error })).await,
    }
}

/// The answer in a form.
fn read(links: &Links, token: &str, mut fields: Map<String, Value>) -> Result<DueAnswer, ApiError> {
    let version = fields.get("version").and_then(Value::as_str).and_then(|version| version.parse::<i32>().ok());
    fields.insert("version".into(), version.into());
    fields.insert("token".into(), token.into());
    Draft::<DueAnswer>::new(Value::Object(fields), links.schemas())?.checked()
}

async fn shown(links: &Links, token: String, attempt: Option<Attempt>) -> HttpResponse {
    match links.find(&LinkToken::from(token)).await {
        Ok(link) => {
            let status = attempt.as_ref().map_or(StatusCode::OK, |attempt| attempt.error.status_code());
            let head = Head::new("Still true?", "Records of your council that are due for a check.").unlisted();
            personal(status, &Page { head, view: view(&link, attempt.as_ref()), entry: "" })
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &ApiError) -> HttpResponse {
    let title = if error.status_code() == StatusCode::NOT_FOUND { "This link has ended" } else { error.title() };
    let head = Head::new(title, error.detail()).unlisted();
    let view = plain::note(title, error.detail(), ("/", "All initiatives"));
    personal(error.status_code(), &Page { head, view, entry: "" })
}
