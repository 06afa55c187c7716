//! Advice on a text before it is submitted.

use std::collections::HashSet;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use uuid::Uuid;

use crate::access::extractors::Author;
use crate::access::reach::Reach;
use crate::access::scope::WriteInitiatives;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::input::{Body, NoParams, Query};
use crate::http::page::Pages;
use crate::http::response::{Answer, Cacheable};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::initiatives::InitiativeOrder;
use crate::read_model::snapshot::Snapshot;
use crate::registry::checks::{Checks, advise, completeness, reading_age};
use crate::registry::initiatives::answer::InitiativeRef;
use crate::registry::initiatives::model::NewInitiative;
use crate::registry::initiatives::query::InitiativeQuery;
use crate::registry::initiatives::store;

/// Share of the words of two titles that both have, from which they are much alike.
const ALIKE: f64 = 0.6;
/// Most similar initiatives to show.
const MOST_SIMILAR: usize = 3;

/// Check a text
///
/// Advice on an initiative before you enter or submit it: personal data, exempt information, plans that read like results,
/// figures without a source, acronyms, reading age, links, similar initiatives, and how complete it is. Nothing is stored.
/// Only personal data and exempt information block the submission.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 5 }))), request_body = NewInitiative, responses((status = 200, description = "Advice", body = Checks)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/checks")]
pub async fn check_text(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Author<WriteInitiatives>,
    pages: Pages,
    body: Body<NewInitiative>,
) -> Result<HttpResponse, ApiError> {
    let body = body.draft.checked()?;
    Answer::json(&request).send_json(&checks(&snapshot, caller.0.reach(), &pages, &body, None)?)
}

/// Check an initiative
///
/// The same for the present text of an initiative, for its council and network officers.
#[utoipa::path(tag = "review", extensions(("x-price" = json!({ "units": 5 }))), params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working")), responses(Cacheable, (status = 200, description = "Advice", body = Checks)), security(("bearer" = []), ("api_key" = [])))]
#[get("/initiatives/{initiative}/checks")]
pub async fn check_initiative(
    request: HttpRequest,
    db: Data<Db>,
    snapshot: CurrentSnapshot,
    caller: Author<WriteInitiatives>,
    pages: Pages,
    initiative: web::Path<String>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let reach = caller.0.reach();
    let record = store::locate(&mut *db.get().await?, reach, &initiative).await?;
    let body = NewInitiative::from(&record);
    Answer::json(&request).send_json(&checks(&snapshot, reach, &pages, &body, Some(record.id))?)
}

fn checks(
    snapshot: &Snapshot,
    reach: Reach,
    pages: &Pages,
    body: &NewInitiative,
    own: Option<Uuid>,
) -> Result<Checks, ApiError> {
    let advice = advise(body);
    let (completeness, missing) = completeness(body);
    Ok(Checks {
        can_be_submitted: !advice.iter().any(|one| one.blocking),
        similar: similar(snapshot, reach, pages, &body.title, own)?,
        completeness,
        missing,
        reading_age: reading_age(body),
        advice,
    })
}

/// Initiatives that the caller can see, with a title of much the same words: of those that a search for it finds first.
fn similar(
    snapshot: &Snapshot,
    reach: Reach,
    pages: &Pages,
    title: &str,
    own: Option<Uuid>,
) -> Result<Vec<InitiativeRef>, ApiError> {
    let wanted: HashSet<String> = words(title);
    let typed: String = title.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let query = InitiativeQuery { q: Some(typed.as_str().into()), ..InitiativeQuery::default() };
    let filter = InitiativeFilter::new(snapshot, reach, &query)?;
    let first = snapshot.list_initiatives(reach, &filter, InitiativeOrder::Relevance, &pages.page(None, None)?);
    let alike = first.rows.into_iter().filter(|row| Some(row.id) != own).filter_map(|row| {
        let other: HashSet<String> = words(&row.title);
        let shared = wanted.intersection(&other).count() as f64;
        let is_alike = shared / wanted.union(&other).count().max(1) as f64 >= ALIKE;
        is_alike.then(|| InitiativeRef { id: row.id, slug: row.slug.to_string(), title: row.title.to_string() })
    });
    Ok(alike.take(MOST_SIMILAR).collect())
}

/// The words of a title, without regard to case.
fn words(title: &str) -> HashSet<String> {
    title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
