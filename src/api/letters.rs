//! Letters to people, for network admins: which wait, which were sent, which failed.

use actix_web::{get, post, web};

use crate::access::extractors::Admin;
use crate::access::scope::ManageUsers;
use crate::audit::action::{Action, RecordKind};
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::db::enum_text::text;
use crate::error::ApiError;
use crate::http::input::{NoParams, Query};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, Written};
use crate::letters::model::{Letter, LetterQuery, LetterState, NEWEST_FIRST};
use crate::letters::store;
use crate::registry::references;

/// List letters
///
/// For network admins. Letters to people about requests for keys, revisions and suggestions, newest first, with their state.
/// The text is not shown, because it can hold a one-time token; it is deleted when the letter has been sent. Letters are
/// deleted after 90 days.
#[utoipa::path(tag = "letters", extensions(("x-price" = json!({ "units": 2 }))), params(LetterQuery), responses(Cacheable, (status = 200, description = "Letters", body = Page<Letter>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/letters")]
pub async fn list_letters(
    db: web::Data<Db>,
    caller: Admin<ManageUsers>,
    trail: Trail,
    pages: Pages,
    query: Query<LetterQuery>,
) -> Result<Listing<Letter>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), NEWEST_FIRST)?;
    let slice = db
        .transaction(async |conn| {
            let slice = store::list(conn, &query, &window).await?;
            trail.record(conn, &caller.0, Action::LetterList, Subject::all(RecordKind::Letter)).await?;
            Ok(slice)
        })
        .await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Retry a failed letter
///
/// For network admins. The letter waits again, and leaves within seconds. Use it after you have mended what stood in the
/// way.
#[utoipa::path(tag = "letters", params(("id" = Uuid, Path, description = "Id of the letter")), responses((status = 200, description = "The letter", body = Letter), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/letters/{id}/retry")]
pub async fn retry_letter(
    db: web::Data<Db>,
    caller: Admin<ManageUsers>,
    trail: Trail,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Written, ApiError> {
    let id = references::id(&id, "letter")?;
    db.transaction(async |conn| {
        let failed = store::lock(conn, id).await?;
        if failed.state.0 != LetterState::Failed {
            return Err(ApiError::conflict(format!(
                "Only a failed letter can be retried. This one is {}.",
                text(&failed.state.0)
            )));
        }
        let retried = store::retry(conn, id).await?;
        trail.record(conn, &caller.0, Action::LetterRetry, Subject::changed(&failed, &retried)).await?;
        Written::changed(&retried)
    })
    .await
}
