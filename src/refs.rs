//! From a reference (slug, id, GSS code) to the record it means, and back from ids to what an answer shows of them.
//!
//! One place for every resource, so that `?council=`, a body's `lead_council` and a path segment mean the same thing,
//! and an unknown name always gets the nearest known one.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::auth::caller::Reach;
use crate::councils::model::CouncilRef;
use crate::db::lock;
use crate::db::schema::{councils, initiatives, principles, slugs, themes};
use crate::error::{ApiError, Fault, UNKNOWN};
use crate::initiatives::model::Visibility;
use crate::input::Faults;
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

/// Give a slug to a record. A slug that any other record has or had is refused by the table's key; one that looks like
/// the id of another would never lead anywhere.
pub async fn take_slug(
    conn: &mut AsyncPgConnection,
    resource: Resource,
    slug: &str,
    record: Uuid,
) -> Result<(), ApiError> {
    if as_id(slug).is_some_and(|id| id != record) {
        return Err(ApiError::unfit(vec![Fault::at("/slug", "reserved", "has the form of an id; choose another")]));
    }
    let key = (resource.word(), slug);
    let owner: Option<Uuid> = slugs::table.find(key).select(slugs::record_id).first(conn).await.optional()?;
    if owner != Some(record) {
        diesel::insert_into(slugs::table)
            .values((slugs::resource.eq(key.0), slugs::slug.eq(slug), slugs::record_id.eq(record)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// A slug for a new record: the one wished for, or one made of the title that nobody has.
pub async fn free_slug(
    conn: &mut AsyncPgConnection,
    resource: Resource,
    wished: Option<&str>,
    title: &str,
    id: Uuid,
) -> Result<String, ApiError> {
    if let Some(wished) = wished {
        return Ok(wished.to_owned());
    }
    let Some(base) = crate::text::Slug::from_title(title) else { return Ok(id.to_string()) };
    // Two records of one title at once would be given the same slug: one waits for the other.
    lock(conn, &format!("slug {} {}", resource.word(), &*base)).await?;
    let like = format!("{}%", &*base);
    let taken: Vec<String> = slugs::table
        .filter(slugs::resource.eq(resource.word()))
        .filter(slugs::slug.like(like))
        .select(slugs::slug)
        .load(conn)
        .await?;
    let reserved = |slug: &str| matches!(resource, Resource::Council) && slug == "network";
    let free = |slug: &String| !taken.contains(slug) && !reserved(slug);
    Ok(std::iter::once(base.to_string())
        .chain((2..).map(|n| format!("{}-{n}", &*base)))
        .find(free)
        .unwrap_or_else(|| id.to_string()))
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

/// The ids of the councils of a query parameter; `None` when the parameter is absent.
pub async fn any_council(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    parameter: &str,
    references: &[Reference],
    faults: &mut Vec<Fault>,
) -> Result<Option<Vec<Uuid>>, ApiError> {
    if references.is_empty() {
        return Ok(None);
    }
    let known = visible_councils(conn, reach).await?;
    Ok(Some(pick_all(&known, references, "council", parameter, faults)))
}

/// Themes that were named, with all that lie within them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Themes {
    /// Those that were named.
    pub named: Vec<Uuid>,
    /// Those and all that are narrower.
    pub all: Vec<Uuid>,
}

/// The themes of a query parameter with all themes narrower than them; `None` when the parameter is absent.
pub async fn any_theme(
    conn: &mut AsyncPgConnection,
    references: &[Reference],
    faults: &mut Vec<Fault>,
) -> Result<Option<Themes>, ApiError> {
    if references.is_empty() {
        return Ok(None);
    }
    let named = direct_themes(conn, "theme", references, faults).await?.unwrap_or_default();
    let mut ids = named.clone();
    let broader: Vec<(Uuid, Option<Uuid>)> = themes::table
        .filter(themes::withdrawn_at.is_null())
        .select((themes::id, themes::broader_id))
        .load(conn)
        .await?;
    let mut checked = 0;
    while checked < ids.len() {
        let parent = ids[checked];
        let narrower = broader.iter().filter(|(_, above)| *above == Some(parent)).map(|(id, _)| *id);
        let new: Vec<Uuid> = narrower.filter(|id| !ids.contains(id)).collect();
        ids.extend(new);
        checked += 1;
    }
    Ok(Some(Themes { named, all: ids }))
}

/// The ids of exactly the themes of a query parameter; `None` when the parameter is absent.
pub async fn direct_themes(
    conn: &mut AsyncPgConnection,
    parameter: &str,
    references: &[Reference],
    faults: &mut Vec<Fault>,
) -> Result<Option<Vec<Uuid>>, ApiError> {
    if references.is_empty() {
        return Ok(None);
    }
    let known = theme_names(conn).await?;
    Ok(Some(pick_all(&known, references, "theme", parameter, faults)))
}

/// The ids of principles of a query parameter; `None` when the parameter is absent.
pub async fn any_principle(
    conn: &mut AsyncPgConnection,
    references: &[Reference],
    faults: &mut Vec<Fault>,
) -> Result<Option<Vec<Uuid>>, ApiError> {
    if references.is_empty() {
        return Ok(None);
    }
    let known = principle_names(conn).await?;
    Ok(Some(pick_all(&known, references, "principle", "principle", faults)))
}

/// Every name by which a record may be meant, with its id.
pub type Names = Vec<(String, Uuid)>;

/// The id that `reference` means among `known`; otherwise `refuse` gets to hear what is wrong.
pub fn pick(known: &Names, reference: &Reference, noun: &str, refuse: impl FnOnce(String)) -> Option<Uuid> {
    let id = as_id(reference);
    let means = |(name, known): &&(String, Uuid)| {
        name == &**reference || (id.is_some() && (id == Some(*known) || id == as_id(name)))
    };
    let found = known.iter().find(means).map(|(_, id)| *id);
    if found.is_none() {
        let near = nearest(reference, known.iter().map(|(name, _)| name.as_str()).filter(|name| as_id(name).is_none()));
        let hint = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
        refuse(format!("names no {noun} of the registry{hint}"));
    }
    found
}

fn pick_all(
    known: &Names,
    references: &[Reference],
    noun: &str,
    parameter: &str,
    faults: &mut Vec<Fault>,
) -> Vec<Uuid> {
    references
        .iter()
        .filter_map(|reference| {
            pick(known, reference, noun, |detail| {
                faults.push(Fault::parameter(parameter, UNKNOWN, format!("{:?} {detail}", &**reference)));
            })
        })
        .collect()
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
    let row: Option<(crate::db::word::Word<Visibility>, Option<Uuid>)> = initiatives::table
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
fn as_id(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

fn is_gss_code(text: &str) -> bool {
    text.len() == 9
        && text.starts_with(['E', 'W', 'S', 'N', 'K'])
        && text[1..].bytes().all(|byte| byte.is_ascii_digit())
}
