//! Initiatives as at a moment. These answers come from the database, because the read model has the present only.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::{DateTime, Utc};

use crate::access::reach::Reach;
use crate::db::Db;
use crate::db::enum_text::picked;
use crate::error::{ApiError, Fault};
use crate::http::page::Pages;
use crate::http::response::{Answer, moved, pick};
use crate::read_model::facet_index::FacetKey;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::registry::initiatives::answer::InitiativeField;
use crate::registry::initiatives::query::{InitiativeQuery, InitiativeSort};
use crate::registry::references;
use crate::registry::references::Resource;
use crate::registry::revisions::past;
use crate::registry::revisions::past_filter::PastFilter;
use crate::text::moment::Moment;

/// Parameters that a list as at a moment can answer: they are part of the texts, or shape the page.
const ANSWERED: [&str; 11] = [
    "as_at",
    "council",
    "lineage",
    "participant",
    "theme",
    "kind",
    "delivery_status",
    "sort",
    "fields",
    "limit",
    "cursor",
];

/// The moment that a request asks for; 400 if it is in the future.
fn moment(as_at: Moment) -> Result<DateTime<Utc>, ApiError> {
    as_at.up_to(Utc::now()).ok_or_else(|| {
        let detail = "is in the future; nobody has seen the registry of that day yet";
        ApiError::bad_query(vec![Fault::parameter("as_at", "in_future", detail)])
    })
}

/// Refuses parameters besides some; 400 that names each.
fn only(request: &HttpRequest, answered: &[&str]) -> Result<(), ApiError> {
    let detail = "does not work with as_at: it concerns the present, or what is not part of a text";
    let given: BTreeSet<String> =
        form_urlencoded::parse(request.query_string().as_bytes()).map(|(name, _)| name.into_owned()).collect();
    let others = given.into_iter().filter(|name| !answered.contains(&name.as_str()));
    let faults: Vec<Fault> = others.map(|name| Fault::parameter(name, "not_with_as_at", detail)).collect();
    if faults.is_empty() { Ok(()) } else { Err(ApiError::bad_query(faults)) }
}

/// An initiative as at a moment.
pub async fn find(
    request: &HttpRequest,
    db: &Db,
    reach: Reach,
    (segment, as_at): (&str, Moment),
    fields: Option<&[InitiativeField]>,
) -> Result<HttpResponse, ApiError> {
    only(request, &["as_at", "fields"])?;
    let at = moment(as_at)?;
    let conn = &mut *db.get().await?;
    let id = references::require_id(conn, Resource::Initiative, segment).await?;
    let found = past::find(conn, reach, id, at).await?;
    if references::is_former(segment, &found.slug, found.id) {
        return Ok(moved(request, &found.slug));
    }
    let shown = pick(&found, picked(fields).as_deref())?;
    // No version in the ETag: nobody is to change the present text by an earlier one.
    Answer::json(request).modified(found.updated_at).send_json(&shown)
}

/// The initiatives as at a moment that match a query, whose names `filter` has resolved.
pub async fn list(
    request: &HttpRequest,
    db: &Db,
    reach: Reach,
    pages: Pages,
    as_at: Moment,
    (query, filter): (InitiativeQuery, InitiativeFilter),
) -> Result<HttpResponse, ApiError> {
    only(request, &ANSWERED)?;
    let at = moment(as_at)?;
    let descending = match query.sort {
        None | Some(InitiativeSort::Title) => false,
        Some(InitiativeSort::TitleDescending) => true,
        Some(_) => {
            let detail = "does not work with as_at; sort by title or -title";
            return Err(ApiError::bad_query(vec![Fault::parameter("sort", "not_with_as_at", detail)]));
        }
    };
    let window = pages.window(query.limit, query.cursor.as_deref(), past::by_title(descending))?;
    let leads = filter.leads.unwrap_or_default();
    let filter = PastFilter {
        by_network: leads.contains(&FacetKey::Network),
        leads: leads.iter().filter_map(|key| if let FacetKey::Council(id) = key { Some(*id) } else { None }).collect(),
        participants: filter.participants.unwrap_or_default(),
        themes: filter.themes.map_or_else(Vec::new, |themes| themes.all),
        kinds: filter.kinds,
        stages: filter.stages,
    };
    let slice = past::list(&mut *db.get().await?, reach, at, &window, |shown| filter.narrow(shown)).await?;
    Ok(pages.listing(slice, window.limit, picked(query.fields.as_deref())).respond_to(request))
}
