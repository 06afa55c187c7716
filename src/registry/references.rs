//! From a reference (slug, id, GSS code) to the record it means, and back from ids to what an answer shows of them.
//!
//! One place for every resource, so that `?council=`, a body's `lead_council` and a path segment mean the same thing,
//! and an unknown name always gets the nearest known one.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::councils::model::CouncilRef;
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::db::schema::{councils, initiatives, principles, slugs, themes};
use crate::error::{ApiError, UNKNOWN};
use crate::http::input::Faults;
use crate::text::{Reference, nearest};

/// The resources whose records have slugs.
#[derive(Clone, Copy, Debug)]
pub enum Resource {
    /// Councils.
    Council,
    /// Themes.
    Theme,
    /// Initiatives.
    Initiative,
}

impl Resource {
    /// The word for it, as the `slugs` table has it and people read it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Council => "council",
            Self::Theme => "theme",
            Self::Initiative => "initiative",
        }
    }
}

/// The id that a path segment means, or 404.
pub async fn located(conn: &mut AsyncPgConnection, resource: Resource, segment: &str) -> Result<Uuid, ApiError> {
    locate(conn, resource, segment).await?.ok_or_else(|| ApiError::not_found(resource.word()))
}

/// The id that a path segment means, hidden or not: what the caller may see is the record query's business.
pub async fn locate(conn: &mut AsyncPgConnection, resource: Resource, segment: &str) -> Result<Option<Uuid>, ApiError> {
    if let Some(id) = as_id(segment) {
        return Ok(Some(id));
    }
    if matches!(resource, Resource::Council) && is_gss_code(segment) {
        return Ok(councils::table
            .filter(councils::gss_code.eq(segment))
            .filter(councils::withdrawn_at.is_null())
            .select(councils::id)
            .first(conn)
            .await
            .optional()?);
    }
    // A segment may hold anything, also what PostgreSQL takes for no text; a slug holds these only.
    if !segment.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Ok(None);
    }
    Ok(slugs::table.find((resource.word(), segment)).select(slugs::record_id).first(conn).await.optional()?)
}

/// True when a segment names the record that it led to by a former slug, or by the id of one that was merged into it: the
/// address to use has the slug.
pub fn is_former(segment: &str, slug: &str, id: Uuid) -> bool {
    segment != slug && as_id(segment) != Some(id) && !is_gss_code(segment)
}

/// The id of a council named in a body; an unknown one is a fault at `pointer`.
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

/// Every name by which a record may be meant, with its id.
pub type Names = Vec<(String, Uuid)>;

/// The id that `reference` means among `known`; otherwise `refuse` gets to hear what is wrong.
pub fn pick(known: &Names, reference: &Reference, noun: &str, refuse: impl FnOnce(String)) -> Option<Uuid> {
    let found = means(known, reference);
    if found.is_none() {
        let near = nearest(reference, known.iter().map(|(name, _)| name.as_str()).filter(|name| as_id(name).is_none()));
        let hint = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
        refuse(format!("names no {noun} of the registry{hint}"));
    }
    found
}

/// The id that `reference` means among `known`, be it a name or an id.
pub fn means(known: &Names, reference: &Reference) -> Option<Uuid> {
    let id = as_id(reference);
    let fits = |(name, known): &&(String, Uuid)| {
        name == &**reference || (id.is_some() && (id == Some(*known) || id == as_id(name)))
    };
    known.iter().find(fits).map(|(_, id)| *id)
}

/// Slugs, former slugs and GSS codes of the councils that the caller sees. A few hundred short rows at the most.
pub async fn visible_councils(conn: &mut AsyncPgConnection, reach: Reach) -> Result<Names, ApiError> {
    let mut query = councils::table
        .inner_join(slugs::table.on(slugs::record_id.eq(councils::id)))
        .filter(slugs::resource.eq("council"))
        .filter(councils::withdrawn_at.is_null())
        .select((slugs::slug, councils::id, councils::gss_code))
        .into_boxed();
    if !reach.is_officer() {
        query = query.filter(councils::membership_status.is_distinct_from("prospect"));
    }
    let rows: Vec<(String, Uuid, Option<String>)> = query.load(conn).await?;
    let codes: Names = rows.iter().filter_map(|(_, id, code)| code.clone().map(|code| (code, *id))).collect();
    Ok(rows.into_iter().map(|(slug, id, _)| (slug, id)).chain(codes).collect())
}

/// Slugs and former slugs of the themes that are not withdrawn, and the ids of those merged into them.
pub async fn theme_names(conn: &mut AsyncPgConnection) -> Result<Names, ApiError> {
    let mut names: Names = themes::table
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
    let merged = merged.into_iter().filter(|(_, into)| names.iter().any(|(_, id)| id == into));
    let merged: Names = merged.map(|(id, into)| (id.to_string(), into)).collect();
    names.extend(merged);
    Ok(names)
}

/// Slugs of CCIN's principles, the scheme that initiatives use.
pub async fn principle_names(conn: &mut AsyncPgConnection) -> Result<Names, ApiError> {
    Ok(principles::table
        .filter(principles::scheme.eq("ccin"))
        .select((principles::slug, principles::id))
        .load(conn)
        .await?)
}

/// The id of an initiative named in a body, among those that the caller sees.
pub async fn initiative(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    reference: &Reference,
    pointer: &str,
    faults: &mut Faults,
) -> Result<Option<Uuid>, ApiError> {
    let Some(id) = locate(conn, Resource::Initiative, reference).await? else {
        faults.add(pointer, UNKNOWN, "names no initiative of the registry");
        return Ok(None);
    };
    let seen = sees(conn, reach, id).await?;
    if !seen {
        faults.add(pointer, UNKNOWN, "names no initiative of the registry");
    }
    Ok(seen.then_some(id))
}

/// True when the caller sees an initiative.
pub async fn sees(conn: &mut AsyncPgConnection, reach: Reach, id: Uuid) -> Result<bool, ApiError> {
    let row: Option<(crate::db::enum_text::Word<Visibility>, Option<Uuid>)> = initiatives::table
        .find(id)
        .filter(initiatives::withdrawn_at.is_null())
        .select((initiatives::effective_visibility, initiatives::lead_council_id))
        .first(conn)
        .await
        .optional()?;
    Ok(row.is_some_and(|(level, lead)| level.0 <= reach.level || (lead.is_some() && lead == reach.council)))
}

/// What an answer shows of councils, by id.
pub async fn councils_by_id(conn: &mut AsyncPgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, CouncilRef>, ApiError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<CouncilRef> =
        councils::table.filter(councils::id.eq_any(ids)).select(CouncilRef::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The id in an address; 404 for what is none.
pub fn id(segment: &str, what: &str) -> Result<Uuid, ApiError> {
    as_id(segment).ok_or_else(|| ApiError::not_found(what))
}

/// An id in its usual form; other forms of a UUID are slugs.
pub fn as_id(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

/// True for a text in the form of a GSS code.
pub fn is_gss_code(text: &str) -> bool {
    text.len() == 9
        && text.starts_with(['E', 'W', 'S', 'N', 'K'])
        && text[1..].bytes().all(|byte| byte.is_ascii_digit())
}
