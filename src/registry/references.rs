//! Resolves references (slug, id or GSS code) to records, and loads the short form of records by id.
//!
//! All resources share this code. So `?council=`, a body's `lead_council` and a path segment mean the same thing.
//! Every fault for an unknown name can suggest the nearest known one.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::json;
use uuid::Uuid;

use super::councils::lifetime::{AreaCode, all_codes};
use super::councils::model::CouncilRef;
use super::organisations::model::OrganisationRef;
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::db::enum_text::Word;
use crate::db::schema::{councils, initiatives, organisations, principles, slugs, themes};
use crate::error::{ApiError, UNKNOWN};
use crate::http::input::Faults;
use crate::text::{Reference, nearest};

/// Resources with slugs.
#[derive(Clone, Copy, Debug)]
pub enum Resource {
    /// Councils.
    Council,
    /// Themes.
    Theme,
    /// Initiatives.
    Initiative,
    /// Organisations.
    Organisation,
}

impl Resource {
    /// Name of the resource in the `slugs` table and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Council => "council",
            Self::Theme => "theme",
            Self::Initiative => "initiative",
            Self::Organisation => "organisation",
        }
    }
}

/// Id of the record that a path segment names, or 404.
pub async fn require_id(conn: &mut AsyncPgConnection, resource: Resource, segment: &str) -> Result<Uuid, ApiError> {
    find_id(conn, resource, segment).await?.ok_or_else(|| ApiError::not_found(resource.word()))
}

/// Id of the record that a path segment names, visible or not. The query that reads the record checks visibility.
pub async fn find_id(
    conn: &mut AsyncPgConnection,
    resource: Resource,
    segment: &str,
) -> Result<Option<Uuid>, ApiError> {
    if let Some(id) = as_id(segment) {
        return Ok(Some(id));
    }
    if matches!(resource, Resource::Council) && is_gss_code(segment) {
        return Ok(councils::table
            .filter(councils::gss_code.eq(segment).or(councils::codes.contains(json!([{ "gss": segment }]))))
            .filter(councils::withdrawn_at.is_null())
            .select(councils::id)
            .first(conn)
            .await
            .optional()?);
    }
    // A slug has these characters only. Others need no query, and some are not valid text for PostgreSQL.
    if !segment.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Ok(None);
    }
    Ok(slugs::table.find((resource.word(), segment)).select(slugs::record_id).first(conn).await.optional()?)
}

/// True when a segment is a former slug, or the id of a record that was merged into this one. The canonical address
/// uses the current slug.
pub fn is_former(segment: &str, slug: &str, id: Uuid) -> bool {
    segment != slug && as_id(segment) != Some(id) && !is_gss_code(segment)
}

/// Id of the council that a body names. An unknown council adds a fault at `pointer`.
pub async fn council(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    reference: &Reference,
    pointer: &str,
    faults: &mut Faults,
) -> Result<Option<Uuid>, ApiError> {
    let known = visible_councils(conn, reach).await?;
    Ok(pick(&known, reference, "council", |detail| faults.add(pointer, UNKNOWN, detail)))
}

/// Every name of each record, with its id.
pub type Names = Vec<(String, Uuid)>;

/// Finds the id for `reference` in `known`. If there is none, calls `refuse` with the fault's detail.
pub fn pick(known: &Names, reference: &Reference, noun: &str, refuse: impl FnOnce(String)) -> Option<Uuid> {
    let found = means(known, reference);
    if found.is_none() {
        refuse(format!("is not a {noun} in the registry{}", hint(reference, known.iter().map(|(name, _)| &**name))));
    }
    found
}

/// Suggests the name nearest to an unknown one. Codes and ids are never suggested: a code that looks like another names
/// another council.
pub fn hint<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> String {
    let names = known.filter(|name| as_id(name).is_none() && !is_gss_code(name));
    nearest(unknown, names).map_or(String::new(), |near| format!("; did you mean {near}?"))
}

/// Finds the id for a name or id in `known`.
pub fn means(known: &Names, reference: &Reference) -> Option<Uuid> {
    let id = as_id(reference);
    let fits = |(name, known): &&(String, Uuid)| {
        name == &**reference || (id.is_some() && (id == Some(*known) || id == as_id(name)))
    };
    known.iter().find(fits).map(|(_, id)| *id)
}

/// Slugs, former slugs and GSS codes, former codes included, of the councils that the caller can see: a thousand short
/// rows at most.
pub async fn visible_councils(conn: &mut AsyncPgConnection, _: Reach) -> Result<Names, ApiError> {
    let query = councils::table
        .inner_join(slugs::table.on(slugs::record_id.eq(councils::id)))
        .filter(slugs::resource.eq("council"))
        .filter(councils::withdrawn_at.is_null())
        .select((slugs::slug, councils::id, councils::gss_code, councils::codes));
    let rows: Vec<(String, Uuid, Option<String>, serde_json::Value)> = query.load(conn).await?;
    let mut names = Names::new();
    for (slug, id, present, codes) in rows {
        let codes: Vec<AreaCode> = serde_json::from_value(codes).unwrap_or_default();
        names.extend(all_codes(&codes, present.as_deref()).into_iter().map(|code| (code.gss, id)));
        names.push((slug, id));
    }
    Ok(names)
}

/// Slugs and former slugs of themes that are not withdrawn, and the ids of themes that were merged into them.
pub async fn theme_names(conn: &mut AsyncPgConnection) -> Result<Names, ApiError> {
    let names: Names = themes::table
        .inner_join(slugs::table.on(slugs::record_id.eq(themes::id)))
        .filter(slugs::resource.eq("theme"))
        .filter(themes::withdrawn_at.is_null())
        .select((slugs::slug, themes::id))
        .load(conn)
        .await?;
    let merged: Vec<(Uuid, Uuid)> = themes::table
        .filter(themes::merged.eq(true))
        .filter(themes::replaced_by_id.is_not_null())
        .select((themes::id, themes::replaced_by_id.assume_not_null()))
        .load(conn)
        .await?;
    Ok(with_merged(names, merged))
}

/// Slugs and former slugs of organisations that are not withdrawn, and the ids of those that were merged into them.
pub async fn organisation_names(conn: &mut AsyncPgConnection) -> Result<Names, ApiError> {
    let names: Names = organisations::table
        .inner_join(slugs::table.on(slugs::record_id.eq(organisations::id)))
        .filter(slugs::resource.eq("organisation"))
        .filter(organisations::withdrawn_at.is_null())
        .select((slugs::slug, organisations::id))
        .load(conn)
        .await?;
    let merged: Vec<(Uuid, Uuid)> = organisations::table
        .filter(organisations::merged_into_id.is_not_null())
        .select((organisations::id, organisations::merged_into_id.assume_not_null()))
        .load(conn)
        .await?;
    Ok(with_merged(names, merged))
}

/// The names, and the ids of merged records, each with the one that it was merged into.
fn with_merged(mut names: Names, merged: Vec<(Uuid, Uuid)>) -> Names {
    let merged = merged.into_iter().filter(|(_, into)| names.iter().any(|(_, id)| id == into));
    let merged: Names = merged.map(|(id, into)| (id.to_string(), into)).collect();
    names.extend(merged);
    names
}

/// The record that `from` is to be merged into. Adds a fault at `/into` if it is unknown or the record itself.
pub fn merge_target(known: &Names, into: &Reference, from: Uuid, noun: &str, faults: &mut Faults) -> Option<Uuid> {
    if into.is_empty() {
        return None;
    }
    let found = pick(known, into, noun, |detail| faults.add("/into", UNKNOWN, detail));
    if found == Some(from) {
        faults.add("/into", "circular", format!("is the {noun} itself"));
    }
    found
}

/// Slugs of the CCIN principles, the scheme that initiatives use.
pub async fn principle_names(conn: &mut AsyncPgConnection) -> Result<Names, ApiError> {
    Ok(principles::table
        .filter(principles::scheme.eq("ccin"))
        .select((principles::slug, principles::id))
        .load(conn)
        .await?)
}

/// Id of the initiative that a body names, if the caller can see it. Otherwise adds a fault at `pointer`.
pub async fn initiative(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    reference: &Reference,
    pointer: &str,
    faults: &mut Faults,
) -> Result<Option<Uuid>, ApiError> {
    if let Some(id) = find_id(conn, Resource::Initiative, reference).await?
        && sees(conn, reach, id).await?
    {
        return Ok(Some(id));
    }
    let alike = slugs_like(conn, reach, reference).await?;
    let hint = hint(reference, alike.iter().map(|slug| &**slug));
    faults.add(pointer, UNKNOWN, format!("is not an initiative in the registry{hint}"));
    Ok(None)
}

/// Slugs of initiatives that the caller can see and that begin as this one does, at most a thousand: slips of the pen are
/// rare in the first letters.
async fn slugs_like(conn: &mut AsyncPgConnection, reach: Reach, slug: &str) -> Result<Vec<String>, ApiError> {
    const LETTERS: usize = 2;
    let is_slug = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let Some(start) = slug.get(..LETTERS).filter(|start| is_slug(start)) else { return Ok(Vec::new()) };
    let rows: Vec<(String, Word<Visibility>, Option<Uuid>)> = initiatives::table
        .filter(initiatives::withdrawn_at.is_null())
        .filter(initiatives::slug.like(format!("{start}%")))
        .select((initiatives::slug, initiatives::effective_visibility, initiatives::steward_id))
        .limit(1000)
        .load(conn)
        .await?;
    let seen = rows.into_iter().filter(|(_, level, steward)| reach.includes(level.0, *steward));
    Ok(seen.map(|(slug, ..)| slug).collect())
}

/// True when the caller can see an initiative.
pub async fn sees(conn: &mut AsyncPgConnection, reach: Reach, id: Uuid) -> Result<bool, ApiError> {
    let row: Option<(Word<Visibility>, Option<Uuid>)> = initiatives::table
        .find(id)
        .filter(initiatives::withdrawn_at.is_null())
        .select((initiatives::effective_visibility, initiatives::steward_id))
        .first(conn)
        .await
        .optional()?;
    Ok(row.is_some_and(|(level, steward)| reach.includes(level.0, steward)))
}

/// Short form of councils, by id.
pub async fn councils_by_id(conn: &mut AsyncPgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, CouncilRef>, ApiError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CouncilRef> =
        councils::table.filter(councils::id.eq_any(ids)).select(CouncilRef::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Short form of organisations, by id.
pub async fn organisations_by_id(
    conn: &mut AsyncPgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, OrganisationRef>, ApiError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = organisations::table.filter(organisations::id.eq_any(ids)).select(OrganisationRef::as_select());
    let rows: Vec<OrganisationRef> = query.load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Parses the id in an address; 404 if it is not one.
pub fn id(segment: &str, what: &str) -> Result<Uuid, ApiError> {
    as_id(segment).ok_or_else(|| ApiError::not_found(what))
}

/// Parses an id in its usual hyphenated form. Other forms of a UUID count as slugs.
pub fn as_id(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

/// True for text in the form of a GSS code.
pub fn is_gss_code(text: &str) -> bool {
    text.len() == 9
        && text.starts_with(['E', 'W', 'S', 'N', 'K'])
        && text[1..].bytes().all(|byte| byte.is_ascii_digit())
}
