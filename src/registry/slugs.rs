//! Assigns slugs. The table `slugs` has every slug ever assigned. A slug never passes to an unrelated record.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::references::{Resource, as_id};
use crate::db::lock;
use crate::db::schema::slugs;
use crate::error::{ApiError, Fault};
use crate::text::Slug;

/// Slugs that would clash with another address or with a reserved word of a filter.
pub const fn reserved(resource: Resource) -> &'static [&'static str] {
    match resource {
        Resource::Council => &["network"],
        Resource::Initiative => &["checks", "facets"],
        _ => &[],
    }
}

/// Attempts to append a number before the record's id becomes its slug. An attempt fails when another record has just
/// taken the slug.
const ATTEMPTS: usize = 5;

/// Assigns a slug to a new record: the requested one, or an unused one made from the title.
///
/// Fails with a conflict if another record has, or had, the requested slug.
pub async fn claim(
    conn: &mut AsyncPgConnection,
    resource: Resource,
    wished: Option<&str>,
    title: &str,
    record: Uuid,
) -> Result<String, ApiError> {
    if let Some(wished) = wished {
        take(conn, resource, wished, record).await?;
        return Ok(wished.to_owned());
    }
    let Some(base) = Slug::from_title(title) else {
        let slug = record.to_string();
        take(conn, resource, &slug, record).await?;
        return Ok(slug);
    };
    // Most titles are new, so try to insert before reading the table.
    if !reserved(resource).contains(&&*base) && insert(conn, resource, &base, record).await? {
        return Ok(base.to_string());
    }
    // Records with the same title would all try the same numbers, so they take turns.
    lock(conn, &format!("slug {} {}", resource.word(), &*base)).await?;
    for _ in 0..ATTEMPTS {
        let taken: Vec<String> = slugs::table
            .filter(slugs::resource.eq(resource.word()))
            .filter(slugs::slug.like(format!("{}-%", &*base)))
            .select(slugs::slug)
            .load(conn)
            .await?;
        let free = (2..).map(|n| format!("{}-{n}", &*base)).find(|slug| !taken.contains(slug));
        if let Some(slug) = free
            && insert(conn, resource, &slug, record).await?
        {
            return Ok(slug);
        }
    }
    let slug = record.to_string();
    take(conn, resource, &slug, record).await?;
    Ok(slug)
}

/// Assigns this slug to a record, which may have had it before. Fails with a conflict if another record has, or had,
/// the slug. Refuses the form of another record's id: paths would read it as that id.
pub async fn take(conn: &mut AsyncPgConnection, resource: Resource, slug: &str, record: Uuid) -> Result<(), ApiError> {
    check_form(resource, slug, record)?;
    if insert(conn, resource, slug, record).await? || owner(conn, resource, slug).await? == Some(record) {
        return Ok(());
    }
    insert_or_fail(conn, resource, slug, record).await
}

/// Fails as [`take`] would, and takes nothing: for a slug that a record is to have later.
pub async fn check_free(
    conn: &mut AsyncPgConnection,
    resource: Resource,
    slug: &str,
    record: Uuid,
) -> Result<(), ApiError> {
    check_form(resource, slug, record)?;
    match owner(conn, resource, slug).await? {
        Some(owner) if owner != record => insert_or_fail(conn, resource, slug, record).await,
        _ => Ok(()),
    }
}

fn check_form(resource: Resource, slug: &str, record: Uuid) -> Result<(), ApiError> {
    let detail = if as_id(slug).is_some_and(|id| id != record) {
        "has the form of an id; choose another"
    } else if reserved(resource).contains(&slug) {
        "is reserved; choose another"
    } else {
        return Ok(());
    };
    Err(ApiError::unfit(vec![Fault::at("/slug", "reserved", detail)]))
}

async fn owner(conn: &mut AsyncPgConnection, resource: Resource, slug: &str) -> Result<Option<Uuid>, ApiError> {
    Ok(slugs::table.find((resource.word(), slug)).select(slugs::record_id).first(conn).await.optional()?)
}

/// Inserts a slug. The primary key refuses one that is taken, so that all slug conflicts have the same error.
async fn insert_or_fail(
    conn: &mut AsyncPgConnection,
    resource: Resource,
    slug: &str,
    record: Uuid,
) -> Result<(), ApiError> {
    let row = (slugs::resource.eq(resource.word()), slugs::slug.eq(slug), slugs::record_id.eq(record));
    diesel::insert_into(slugs::table).values(row).execute(conn).await?;
    Ok(())
}

/// Inserts a slug; true if it was free. Waits for a concurrent transaction that is taking the same slug.
async fn insert(conn: &mut AsyncPgConnection, resource: Resource, slug: &str, record: Uuid) -> Result<bool, ApiError> {
    let row = (slugs::resource.eq(resource.word()), slugs::slug.eq(slug), slugs::record_id.eq(record));
    let added = diesel::insert_into(slugs::table).values(row).on_conflict_do_nothing().execute(conn).await?;
    Ok(added == 1)
}

/// Deletes the slugs of a record that was never published, so that others can take them.
pub async fn release(conn: &mut AsyncPgConnection, resource: Resource, record: Uuid) -> Result<(), ApiError> {
    let own = slugs::table.filter(slugs::resource.eq(resource.word())).filter(slugs::record_id.eq(record));
    diesel::delete(own).execute(conn).await?;
    Ok(())
}

/// Moves every slug of one record to another.
pub async fn transfer(conn: &mut AsyncPgConnection, resource: Resource, from: Uuid, to: Uuid) -> Result<(), ApiError> {
    let own = slugs::table.filter(slugs::resource.eq(resource.word())).filter(slugs::record_id.eq(from));
    diesel::update(own).set(slugs::record_id.eq(to)).execute(conn).await?;
    Ok(())
}
