//! Queries of themes. All themes that are not withdrawn are public.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, select};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{NewTheme, Theme, ThemeRef, ThemeStatus};
use crate::db::enum_text::Word;
use crate::db::lock;
use crate::db::schema::{initiative_themes, initiatives, themes};
use crate::error::{ApiError, UNKNOWN};
use crate::http::input::Draft;
use crate::registry::references::Resource;
use crate::registry::withdrawal;
use crate::registry::withdrawal::missing;
use crate::registry::{references, slugs};

/// Maximum number of levels of themes.
const LEVELS: usize = 3;

#[derive(Queryable, Selectable)]
#[diesel(table_name = themes, check_for_backend(Pg))]
struct ThemeRow {
    id: Uuid,
    slug: String,
    label: String,
    definition: String,
    scope_note: Option<String>,
    broader_id: Option<Uuid>,
    status: Word<ThemeStatus>,
    replaced_by_id: Option<Uuid>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// Themes that can be read. A merged theme is only an address, so it is left out.
pub fn readable() -> themes::BoxedQuery<'static, Pg> {
    themes::table.filter(themes::withdrawn_at.is_null()).filter(themes::merged.eq(false)).into_boxed()
}

/// The theme that a path segment names, or 404.
pub async fn locate(conn: &mut AsyncPgConnection, segment: &str) -> Result<Theme, ApiError> {
    let id = references::require_id(conn, Resource::Theme, segment).await?;
    find(conn, id).await
}

/// One theme. A withdrawn theme gives 404 with the public reason. A merged theme gives the theme that it was merged
/// into.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Theme, ApiError> {
    let merged_into: Option<Option<Uuid>> = themes::table
        .find(id)
        .filter(themes::merged.eq(true))
        .select(themes::replaced_by_id)
        .first(conn)
        .await
        .optional()?;
    let id = merged_into.flatten().unwrap_or(id);
    let found =
        readable().filter(themes::id.eq(id)).select(ThemeRow::as_select()).first::<ThemeRow>(conn).await.optional()?;
    let Some(row) = found else {
        return Err(missing(conn, "themes", "theme", id).await?);
    };
    let rows = [row];
    let near = neighbours(conn, &rows).await?;
    let [row] = rows;
    Ok(to_model(row, &near))
}

/// Themes by id.
pub async fn load(conn: &mut AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<Theme>, ApiError> {
    let query = readable().filter(themes::id.eq_any(ids.to_vec())).select(ThemeRow::as_select());
    let rows = query.load::<ThemeRow>(conn).await?;
    let near = neighbours(conn, &rows).await?;
    Ok(rows.into_iter().map(|row| to_model(row, &near)).collect())
}

/// Every theme that can be read.
pub async fn load_all(conn: &mut AsyncPgConnection) -> Result<Vec<Theme>, ApiError> {
    let rows: Vec<ThemeRow> = readable().select(ThemeRow::as_select()).load(conn).await?;
    let near = neighbours(conn, &rows).await?;
    Ok(rows.into_iter().map(|row| to_model(row, &near)).collect())
}

/// Broader, narrower and replacement themes of these rows, each with the id of its own broader theme.
async fn neighbours(
    conn: &mut AsyncPgConnection,
    rows: &[ThemeRow],
) -> Result<Vec<(ThemeRef, Option<Uuid>)>, ApiError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let named: Vec<Uuid> = rows.iter().flat_map(|row| [row.broader_id, row.replaced_by_id]).flatten().collect();
    Ok(themes::table
        .filter(themes::withdrawn_at.is_null())
        .filter(
            themes::id.eq_any(named).or(themes::broader_id.eq_any(ids).assume_not_null().and(themes::merged.eq(false))),
        )
        .order(themes::label)
        .select((ThemeRef::as_select(), themes::broader_id))
        .load(conn)
        .await?)
}

fn to_model(row: ThemeRow, near: &[(ThemeRef, Option<Uuid>)]) -> Theme {
    let named = |id: Option<Uuid>| near.iter().find(|(theme, _)| Some(theme.id) == id).map(|(theme, _)| theme.clone());
    Theme {
        id: row.id,
        slug: row.slug,
        label: row.label,
        definition: row.definition,
        scope_note: row.scope_note,
        broader: named(row.broader_id),
        narrower: near.iter().filter(|(_, broader)| *broader == Some(row.id)).map(|(theme, _)| theme.clone()).collect(),
        status: row.status.0,
        replaced_by: named(row.replaced_by_id),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// A theme ready to be written, with its references resolved to ids.
pub struct Resolved {
    theme: NewTheme,
    broader: Option<Uuid>,
    replaced_by: Option<Uuid>,
}

/// Resolves the references of a theme and checks its position in the tree. Reports all faults together.
pub async fn resolve(
    conn: &mut AsyncPgConnection,
    draft: Draft<NewTheme>,
    own: Option<Uuid>,
) -> Result<Resolved, ApiError> {
    let Draft { value: theme, mut faults } = draft;
    let known = references::theme_names(conn).await?;
    let mut look_up = |reference: Option<&crate::text::Reference>, pointer: &str| {
        reference.and_then(|reference| {
            references::pick(&known, reference, "theme", |detail| faults.add(pointer, UNKNOWN, detail))
        })
    };
    let broader = look_up(theme.broader.as_ref(), "/broader");
    let replaced_by = look_up(theme.replaced_by.as_ref(), "/replaced_by");
    if replaced_by.is_some() && replaced_by == own {
        faults.add("/replaced_by", "circular", "is the theme itself");
    }
    if let Some(broader) = broader {
        let tree = tree(conn).await?;
        let above = ancestors(&tree, broader);
        if own.is_some_and(|own| own == broader || above.contains(&own)) {
            faults.add("/broader", "circular", "is the theme itself or one of its narrower themes");
        } else if above.len() + 1 + own.map_or(1, |own| height(&tree, own, LEVELS)) > LEVELS {
            faults.add("/broader", "too_deep", format!("would make more than {LEVELS} levels of themes"));
        }
    }
    faults.finish()?;
    Ok(Resolved { theme, broader, replaced_by })
}

/// Readable themes, each with its broader theme.
async fn tree(conn: &mut AsyncPgConnection) -> Result<Vec<(Uuid, Option<Uuid>)>, ApiError> {
    Ok(readable().select((themes::id, themes::broader_id)).load(conn).await?)
}

/// Ancestors of a theme, nearest first.
fn ancestors(tree: &[(Uuid, Option<Uuid>)], id: Uuid) -> Vec<Uuid> {
    let parent = |id: Uuid| tree.iter().find(|(theme, _)| *theme == id).and_then(|(_, broader)| *broader);
    std::iter::successors(parent(id), |above| parent(*above)).take(LEVELS + 1).collect()
}

/// Height of the subtree below a theme, in levels, itself included. Looks at most `most` levels down.
fn height(tree: &[(Uuid, Option<Uuid>)], id: Uuid, most: usize) -> usize {
    if most == 0 {
        return 1;
    }
    let below =
        tree.iter().filter(|(_, broader)| *broader == Some(id)).map(|(theme, _)| height(tree, *theme, most - 1));
    1 + below.max().unwrap_or(0)
}

/// Serialises changes of the tree: two concurrent changes could form a cycle that neither sees. Writers of initiatives
/// do not wait for this lock.
pub async fn lock_tree(conn: &mut AsyncPgConnection) -> Result<(), ApiError> {
    Ok(lock(conn, "themes").await?)
}

/// Locks the theme's row. Waits for transactions that are adding this theme to an initiative, because their rows are
/// not visible yet. Later writers wait until this transaction ends, and then see the theme as it is.
async fn await_namers(conn: &mut AsyncPgConnection, id: Uuid) -> Result<(), ApiError> {
    themes::table.find(id).select(themes::id).for_update().first::<Uuid>(conn).await.optional()?;
    Ok(())
}

/// Creates a theme.
pub async fn create(conn: &mut AsyncPgConnection, resolved: &Resolved) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    let theme = &resolved.theme;
    let slug = slugs::claim(conn, Resource::Theme, theme.slug.as_deref(), &theme.label, id).await?;
    diesel::insert_into(themes::table)
        .values((themes::id.eq(id), ThemeChange::new(resolved, &slug)))
        .execute(conn)
        .await?;
    Ok(id)
}

/// Replaces a theme; false if `current` is not the current version.
pub async fn update(conn: &mut AsyncPgConnection, current: &Theme, resolved: &Resolved) -> Result<bool, ApiError> {
    let slug = resolved.theme.slug.as_deref().unwrap_or(&current.slug);
    if slug != current.slug {
        slugs::take(conn, Resource::Theme, slug, current.id).await?;
    }
    let target = themes::table.find(current.id).filter(themes::version.eq(current.version));
    Ok(diesel::update(target).set(ThemeChange::new(resolved, slug)).execute(conn).await? == 1)
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = themes, treat_none_as_null = true)]
struct ThemeChange<'a> {
    slug: &'a str,
    label: &'a str,
    definition: &'a str,
    scope_note: Option<&'a str>,
    broader_id: Option<Uuid>,
    status: Word<ThemeStatus>,
    replaced_by_id: Option<Uuid>,
}

impl<'a> ThemeChange<'a> {
    fn new(resolved: &'a Resolved, slug: &'a str) -> Self {
        Self {
            slug,
            label: &resolved.theme.label,
            definition: &resolved.theme.definition,
            scope_note: resolved.theme.scope_note.as_deref(),
            broader_id: resolved.broader,
            status: Word(resolved.theme.status),
            replaced_by_id: resolved.replaced_by,
        }
    }
}

/// Withdraws an unused theme and leaves a tombstone; false if `version` is not current.
pub async fn withdraw(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    reason: Option<&str>,
) -> Result<bool, ApiError> {
    await_namers(conn, id).await?;
    let used = initiative_themes::table
        .inner_join(initiatives::table)
        .filter(initiative_themes::theme_id.eq(id))
        .filter(initiatives::withdrawn_at.is_null());
    if select(exists(used)).get_result::<bool>(conn).await? {
        return Err(ApiError::conflict("Initiatives use this theme. Merge it into another one instead: POST …/merge."));
    }
    let named = themes::table
        .filter(themes::withdrawn_at.is_null())
        .filter(themes::merged.eq(false))
        .filter(themes::broader_id.eq(id).or(themes::replaced_by_id.eq(id)).assume_not_null());
    if select(exists(named)).get_result::<bool>(conn).await? {
        return Err(ApiError::conflict(
            "Other themes have this one as their broader theme or replacement. Change them first.",
        ));
    }
    withdrawal::withdraw(conn, "themes", id, version, reason).await
}

/// Merges `from` into `into`: moves its initiatives, narrower themes and slugs, and deprecates it.
pub async fn merge(conn: &mut AsyncPgConnection, from: &Theme, into: &Theme) -> Result<(), ApiError> {
    await_namers(conn, from.id).await?;
    let before = tree(conn).await?;
    // A target below the merged theme moves up to that theme's position first, so that no cycle forms.
    if ancestors(&before, into.id).contains(&from.id) {
        let above = from.broader.as_ref().map(|theme| theme.id);
        diesel::update(themes::table.find(into.id)).set(themes::broader_id.eq(above)).execute(conn).await?;
    }
    // Each step selects its own rows. Afterwards every initiative has one row for the target, at the better of the two
    // positions, and a new version.
    for step in [
        "UPDATE initiative_themes t SET position = least(t.position, o.position) FROM initiative_themes o
         WHERE o.initiative_id = t.initiative_id AND t.theme_id = $2 AND o.theme_id = $1",
        "INSERT INTO initiative_themes (initiative_id, theme_id, position)
         SELECT initiative_id, $2, position FROM initiative_themes WHERE theme_id = $1 ON CONFLICT DO NOTHING",
        "UPDATE initiatives SET visibility = visibility
         WHERE $1 <> $2 AND id IN (SELECT initiative_id FROM initiative_themes WHERE theme_id = $1)",
        "DELETE FROM initiative_themes WHERE theme_id = $1 AND $1 <> $2",
        "UPDATE themes SET broader_id = $2 WHERE broader_id = $1 AND id <> $2",
        "UPDATE themes SET replaced_by_id = $2 WHERE replaced_by_id = $1 AND id <> $2",
        "UPDATE themes SET replaced_by_id = NULL WHERE replaced_by_id = $1 AND id = $2",
    ] {
        diesel::sql_query(step).bind::<SqlUuid, _>(from.id).bind::<SqlUuid, _>(into.id).execute(conn).await?;
    }
    slugs::transfer(conn, Resource::Theme, from.id, into.id).await?;
    let after = tree(conn).await?;
    if ancestors(&after, into.id).len() + height(&after, into.id, LEVELS) > LEVELS {
        return Err(ApiError::conflict(format!(
            "The merged theme would have more than {LEVELS} levels. Move its narrower themes first."
        )));
    }
    diesel::update(themes::table.find(from.id))
        .set((
            themes::status.eq(Word(ThemeStatus::Deprecated)),
            themes::broader_id.eq(None::<Uuid>),
            themes::replaced_by_id.eq(into.id),
            themes::merged.eq(true),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
