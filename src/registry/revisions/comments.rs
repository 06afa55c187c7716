//! Comments on fields of a revision.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::model::{Comment, NewComment};
use crate::db::schema::revision_comments;
use crate::error::ApiError;
use crate::http::input::Faults;
use crate::registry::people::names_of;
use crate::registry::references;

/// Most comments on a revision, so that an answer stays bounded.
const MOST: i64 = 200;

/// The comments on a revision, oldest first.
pub async fn of(conn: &mut AsyncPgConnection, revision: Uuid) -> Result<Vec<Comment>, ApiError> {
    type Row = (Uuid, String, String, Uuid, DateTime<Utc>, Option<Uuid>, Option<DateTime<Utc>>);
    use revision_comments as one;
    let columns =
        (one::id, one::pointer, one::comment, one::author_id, one::created_at, one::resolved_by, one::resolved_at);
    let of = one::table.filter(one::revision_id.eq(revision)).order((one::created_at, one::id));
    let rows: Vec<Row> = of.select(columns).load(conn).await?;
    let people = rows.iter().flat_map(|row| [Some(row.3), row.5]).flatten().collect();
    let people = names_of(conn, people).await?;
    let comment = |(id, pointer, comment, author, created_at, resolved_by, resolved_at): Row| {
        Some(Comment {
            id,
            pointer,
            comment,
            author: people.get(&author)?.clone(),
            created_at,
            resolved_by: resolved_by.and_then(|id| people.get(&id).cloned()),
            resolved_at,
        })
    };
    Ok(rows.into_iter().filter_map(comment).collect())
}

/// How many comments on each of these revisions nobody has resolved.
pub async fn open(conn: &mut AsyncPgConnection, revisions: Vec<Uuid>) -> Result<HashMap<Uuid, i64>, ApiError> {
    use revision_comments as one;
    let open = one::table.filter(one::revision_id.eq_any(revisions)).filter(one::resolved_at.is_null());
    let counts: Vec<(Uuid, i64)> =
        open.group_by(one::revision_id).select((one::revision_id, count_star())).load(conn).await?;
    Ok(counts.into_iter().collect())
}

/// Adds a comment on a member of a text. 422 if the text has no such member.
pub async fn add(
    conn: &mut AsyncPgConnection,
    revision: Uuid,
    text: &Value,
    (new, mut faults): (&NewComment, Faults),
    author: Uuid,
) -> Result<(), ApiError> {
    if text.pointer(&new.pointer).is_none() {
        let member = new.pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        let known = text.as_object().into_iter().flat_map(|members| members.keys()).map(String::as_str);
        let detail = format!("leads to no member of the text{}", references::hint(member, known));
        faults.add("/pointer", "unknown_member", detail);
    }
    faults.finish()?;
    let held: i64 = revision_comments::table
        .filter(revision_comments::revision_id.eq(revision))
        .select(count_star())
        .first(conn)
        .await?;
    if held >= MOST {
        return Err(ApiError::conflict(format!("A revision has at most {MOST} comments. Write to its authors.")));
    }
    diesel::insert_into(revision_comments::table)
        .values((
            revision_comments::id.eq(Uuid::now_v7()),
            revision_comments::revision_id.eq(revision),
            revision_comments::pointer.eq(&new.pointer),
            revision_comments::comment.eq(&*new.comment),
            revision_comments::author_id.eq(author),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks a comment as resolved. 404 if the revision has no such comment, 409 if it is resolved already.
pub async fn resolve(conn: &mut AsyncPgConnection, revision: Uuid, comment: Uuid, by: Uuid) -> Result<(), ApiError> {
    let target = revision_comments::table.find(comment).filter(revision_comments::revision_id.eq(revision));
    let resolved: Option<Option<DateTime<Utc>>> =
        target.select(revision_comments::resolved_at).first(conn).await.optional()?;
    match resolved {
        None => Err(ApiError::not_found("comment")),
        Some(Some(_)) => Err(ApiError::conflict("This comment is resolved already.")),
        Some(None) => {
            let change = (revision_comments::resolved_by.eq(by), revision_comments::resolved_at.eq(Utc::now()));
            diesel::update(target).set(change).execute(conn).await?;
            Ok(())
        }
    }
}
