//! Giving out slugs. The table `slugs` has every slug that was ever given out, and no slug goes to a second record.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::references::{Resource, as_id};
use crate::db::lock;
use crate::db::schema::slugs;
use crate::error::{ApiError, Fault};
use crate::text::Slug;

/// Slugs that would hide a record behind another address, or behind a word of the filters.
pub const fn reserved(resource: Resource) -> &'static [&'static str] {
    match resource {
        Resource::Council => &["network"],
        Resource::Initiative => &["facets"],
        _ => &[],
    }
}

/// How often a number is appended before a record gets its id for a slug. An attempt fails when another record has just been
/// given the slug by name.
const ATTEMPTS: usize = 5;

/// Give a slug to a new record: the one wished for, or one made of the title that no record has or had.
///
/// A slug wished for that another record has or had is a conflict.
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
    // Most titles are new: the first attempt needs no look at the table.
    if !reserved(resource).contains(&&*base) && insert(conn, resource, &base, record).await? {
        return Ok(base.to_string());
    }
    // Records of one title would all try the same numbers: one waits for the other.
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

/// Give this slug to a record, which may have had it before. A slug that another record has or had is a conflict; one that
/// looks like the id of another would never lead anywhere.
pub async fn take(conn: &mut AsyncPgConnection, resource: Resource, slug: &str, record: Uuid) -> Result<(), ApiError> {
    if as_id(slug).is_some_and(|id| id != record) {
        return Err(ApiError::unfit(vec![Fault::at("/slug", "reserved", "has the form of an id; choose another")]));
    }
    if reserved(resource).contains(&slug) {
        let detail = "is taken by the registry itself; choose another";
        return Err(ApiError::unfit(vec![Fault::at("/slug", "reserved", detail)]));
    }
    if insert(conn, resource, slug, record).await? {
        return Ok(());
    }
    let key = (resource.word(), slug);
    let owner: Option<Uuid> = slugs::table.find(key).select(slugs::record_id).first(conn).await.optional()?;
    if owner != Some(record) {
        // The table's key refuses it, by the error that every conflict of slugs has.
        let row = (slugs::resource.eq(key.0), slugs::slug.eq(slug), slugs::record_id.eq(record));
        diesel::insert_into(slugs::table).values(row).execute(conn).await?;
    }
    Ok(())
}

/// True when the slug was free. Waits for another transaction that is just taking it.
async fn insert(conn: &mut AsyncPgConnection, resource: Resource, slug: &str, record: Uuid) -> Result<bool, ApiError> {
    let row = (slugs::resource.eq(resource.word()), slugs::slug.eq(slug), slugs::record_id.eq(record));
    let added = diesel::insert_into(slugs::table).values(row).on_conflict_do_nothing().execute(conn).await?;
    Ok(added == 1)
}

/// Give back the slugs of a record that nobody has ever seen.
pub async fn give_back(conn: &mut AsyncPgConnection, resource: Resource, record: Uuid) -> Result<(), ApiError> {
    let own = slugs::table.filter(slugs::resource.eq(resource.word())).filter(slugs::record_id.eq(record));
    diesel::delete(own).execute(conn).await?;
    Ok(())
}

/// Let every slug of one record lead to another.
pub async fn hand_over(conn: &mut AsyncPgConnection, resource: Resource, from: Uuid, to: Uuid) -> Result<(), ApiError> {
    let own = slugs::table.filter(slugs::resource.eq(resource.word())).filter(slugs::record_id.eq(from));
    diesel::update(own).set(slugs::record_id.eq(to)).execute(conn).await?;
    Ok(())
}
