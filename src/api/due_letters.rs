//! Letters to the editors of a council about its records that are due.

use actix_web::{post, web};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::still_true::Links;
use crate::access::extractors::Admin;
use crate::access::keys::Keys;
use crate::access::scope::ManageUsers;
use crate::accounts::due_links::model::{DueLetters, MOST_RECORDS};
use crate::accounts::due_links::store;
use crate::accounts::due_links::store::Editor;
use crate::accounts::due_links::token::LinkToken;
use crate::audit::action::{Action, RecordKind};
use crate::audit::subject::Subject;
use crate::error::ApiError;
use crate::http::input::{NoParams, Query};
use crate::http::response::Written;
use crate::letters::due::Asked;
use crate::letters::events::Letters;
use crate::read_model::due_list::DueInitiative;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::snapshot::Snapshot;

/// Write letters about what a council should check
///
/// For network admins. Writes to each editor of the council now, as the service does by itself in the first fortnight of
/// a quarter: which records are due, with a one-time link to answer. The link replaces that of an earlier letter. An
/// editor who has nothing to check gets no letter.
#[utoipa::path(tag = "letters", extensions(("x-price" = json!({ "units": 4 }))), params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham")), responses((status = 200, description = "Number of letters", body = DueLetters)), security(("bearer" = []), ("api_key" = [])))]
#[post("/councils/{council}/due/letters")]
pub async fn write_due_letters(
    links: Links,
    snapshot: CurrentSnapshot,
    caller: Admin<ManageUsers>,
    council: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Written, ApiError> {
    let council = snapshot.locate_council(&council)?.record.id;
    let letters = links
        .db
        .transaction(async |conn| {
            let mut letters = 0;
            for editor in store::editors(conn, Some(council), None).await? {
                let written = write_letter(conn, &links.keys, &links.letters, &snapshot, (&editor, None)).await?;
                letters += usize::from(written);
            }
            let subject = Subject { council: Some(council), ..Subject::all(RecordKind::Letter) };
            links.trail.record(conn, &caller.0, Action::LetterWrite, subject).await?;
            Ok(letters)
        })
        .await?;
    Written::said(&DueLetters { letters })
}

/// Writes the letter to an editor, of a quarter or on demand. False if nothing is due, or if the letter of the quarter
/// was written before.
pub async fn write_letter(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    letters: &Letters,
    snapshot: &Snapshot,
    (editor, quarter): (&Editor, Option<&str>),
) -> Result<bool, ApiError> {
    let reach = editor.account(Uuid::nil(), None).reach();
    let mut due = snapshot.all_due(reach, editor.council);
    let more = due.len().saturating_sub(MOST_RECORDS);
    due.truncate(MOST_RECORDS);
    let due: Vec<DueInitiative> =
        due.into_iter().map(|row| DueInitiative::new(row, reach)).collect::<Result<_, _>>()?;
    if due.is_empty() {
        return Ok(false);
    }
    let ids: Vec<Uuid> = due.iter().map(|one| one.initiative.id).collect();
    let token = LinkToken::generate();
    if !store::create(conn, editor, quarter, token.hash(keys), &ids).await? {
        return Ok(false);
    }
    let records = due.into_iter().map(|one| (one.initiative.title, one.why)).collect();
    letters.still_true(conn, &editor.email, &Asked { records, more }, &token).await?;
    Ok(true)
}
