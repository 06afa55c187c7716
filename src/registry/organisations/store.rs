//! Reads and writes of organisations. All organisations that are not withdrawn are public.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{NewOrganisation, Organisation, OrganisationHtml, OrganisationKind};
use crate::access::reach::Reach;
use crate::db::enum_text::Word;
use crate::db::lock;
use crate::db::prepared::Prepared;
use crate::db::schema::{councils, organisations};
use crate::error::{ApiError, UNKNOWN};
use crate::http::input::Draft;
use crate::registry::councils::model::CouncilRef;
use crate::registry::references::Resource;
use crate::registry::withdrawal;
use crate::registry::withdrawal::missing;
use crate::registry::{references, slugs};
use crate::text::markdown::render;

#[derive(Queryable, Selectable)]
#[diesel(table_name = organisations, check_for_backend(Pg))]
struct Row {
    id: Uuid,
    slug: String,
    name: String,
    aliases: Vec<Option<String>>,
    kind: Word<OrganisationKind>,
    org_id: Option<String>,
    website: Option<String>,
    description: Option<String>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn to_model((row, council): (Row, Option<CouncilRef>)) -> Organisation {
    Organisation {
        id: row.id,
        slug: row.slug,
        name: row.name,
        aliases: row.aliases.into_iter().flatten().collect(),
        kind: row.kind.0,
        org_id: row.org_id,
        website: row.website,
        html: OrganisationHtml { description: row.description.as_deref().map(render) },
        description: row.description,
        council,
        initiative_count: None,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// Organisations that can be read, by id or all of them. A merged one is only an address, so it is left out.
async fn read(conn: &mut AsyncPgConnection, ids: Option<&[Uuid]>) -> Result<Vec<Organisation>, ApiError> {
    let mut query = organisations::table
        .left_join(councils::table)
        .filter(organisations::withdrawn_at.is_null())
        .filter(organisations::merged_into_id.is_null())
        .select((Row::as_select(), Option::<CouncilRef>::as_select()))
        .into_boxed();
    if let Some(ids) = ids {
        query = query.filter(organisations::id.eq_any(ids.to_vec()));
    }
    let rows: Vec<(Row, Option<CouncilRef>)> = query.load(conn).await?;
    Ok(rows.into_iter().map(to_model).collect())
}

/// Every organisation that can be read.
pub async fn load_all(conn: &mut AsyncPgConnection) -> Result<Vec<Organisation>, ApiError> {
    read(conn, None).await
}

/// Organisations by id.
pub async fn load(conn: &mut AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<Organisation>, ApiError> {
    if ids.is_empty() { Ok(Vec::new()) } else { read(conn, Some(ids)).await }
}

/// What is left of an organisation that cannot be read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = organisations, check_for_backend(Pg))]
pub struct Gone {
    /// Its id.
    pub id: Uuid,
    /// The one that it was merged into.
    pub merged_into_id: Option<Uuid>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// The public reason.
    pub withdrawn_reason: Option<String>,
}

/// Merged and withdrawn organisations.
pub async fn load_gone(conn: &mut AsyncPgConnection) -> Result<Vec<Gone>, ApiError> {
    let gone = organisations::withdrawn_at.is_not_null().or(organisations::merged_into_id.is_not_null());
    Ok(organisations::table.filter(gone).select(Gone::as_select()).load(conn).await?)
}

/// The organisation that a path segment names, or 404.
pub async fn locate(conn: &mut AsyncPgConnection, segment: &str) -> Result<Organisation, ApiError> {
    let id = references::require_id(conn, Resource::Organisation, segment).await?;
    find(conn, id).await
}

/// One organisation. A withdrawn one gives 404 with the public reason. A merged one gives the organisation that it was
/// merged into.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Organisation, ApiError> {
    let heir: Option<Option<Uuid>> =
        organisations::table.find(id).select(organisations::merged_into_id).first(conn).await.optional()?;
    let id = heir.flatten().unwrap_or(id);
    if let Some(found) = load(conn, &[id]).await?.pop() {
        return Ok(found);
    }
    Err(missing(conn, "organisations", "organisation", id).await?)
}

/// Serialises writes of organisations: two concurrent ones could take the same identifier, or merge in a circle, and
/// neither would see the other. Writers of initiatives do not wait for this lock.
pub async fn take_turns(conn: &mut AsyncPgConnection) -> Result<(), ApiError> {
    Ok(lock(conn, "organisations").await?)
}

/// An organisation ready to be written, with its council resolved to an id.
pub struct Resolved {
    organisation: NewOrganisation,
    council: Option<Uuid>,
}

/// Resolves the council and checks that the identifier is free. Reports all faults together. `own` is the organisation
/// to replace. Call [`take_turns`] first.
pub async fn resolve(
    conn: &mut AsyncPgConnection,
    draft: Draft<NewOrganisation>,
    own: Option<Uuid>,
) -> Result<Resolved, ApiError> {
    let Draft { value: organisation, mut faults } = draft;
    let mut council = match &organisation.council {
        Some(council) => references::council(conn, Reach::ALL, council, "/council", &mut faults).await?,
        None => None,
    };
    if let Some(id) = council {
        // Held until the end, so that nobody withdraws the council meanwhile.
        let living = councils::table.find(id).filter(councils::withdrawn_at.is_null()).select(councils::id);
        council = living.for_key_share().first(conn).await.optional()?;
        if council.is_none() {
            faults.add("/council", UNKNOWN, "is not a council in the registry");
        }
    }
    if let Some(org_id) = organisation.org_id.as_deref() {
        let holder: Option<(Uuid, String, String)> = organisations::table
            .filter(organisations::org_id.eq(org_id))
            .filter(organisations::withdrawn_at.is_null())
            .filter(organisations::merged_into_id.is_null())
            .select((organisations::id, organisations::name, organisations::slug))
            .first(conn)
            .await
            .optional()?;
        if let Some((_, name, slug)) = holder.filter(|(id, ..)| Some(*id) != own) {
            let detail = format!("is the identifier of {name} ({slug}); use that record, or merge the two");
            faults.add("/org_id", "taken", detail);
        }
    }
    faults.finish()?;
    Ok(Resolved { organisation, council })
}

/// Columns that a write sets.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = organisations, treat_none_as_null = true)]
struct Change<'a> {
    slug: &'a str,
    name: &'a str,
    aliases: Vec<&'a str>,
    kind: Word<OrganisationKind>,
    org_id: Option<&'a str>,
    website: Option<&'a str>,
    description: Option<&'a str>,
    council_id: Option<Uuid>,
}

impl<'a> Change<'a> {
    fn new(Resolved { organisation, council }: &'a Resolved, slug: &'a str) -> Self {
        Self {
            slug,
            name: &organisation.name,
            aliases: organisation.aliases.iter().map(|alias| &**alias).collect(),
            kind: Word(organisation.kind),
            org_id: organisation.org_id.as_deref(),
            website: organisation.website.as_deref(),
            description: organisation.description.as_deref(),
            council_id: *council,
        }
    }
}

/// Creates an organisation.
pub async fn create(conn: &mut AsyncPgConnection, resolved: &Resolved) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    let new = &resolved.organisation;
    let slug = slugs::claim(conn, Resource::Organisation, new.slug.as_deref(), &new.name, id).await?;
    let values = (organisations::id.eq(id), Change::new(resolved, &slug));
    diesel::insert_into(organisations::table).values(values).execute(conn).await?;
    Ok(id)
}

/// Replaces an organisation; false if `current` is not the current version.
pub async fn update(
    conn: &mut AsyncPgConnection,
    current: &Organisation,
    resolved: &Resolved,
) -> Result<bool, ApiError> {
    let slug = resolved.organisation.slug.as_deref().unwrap_or(&current.slug);
    if slug != current.slug {
        slugs::take(conn, Resource::Organisation, slug, current.id).await?;
    }
    let target = organisations::table.find(current.id).filter(organisations::version.eq(current.version));
    Ok(diesel::update(target).set(Change::new(resolved, slug)).execute(conn).await? == 1)
}

/// Locks the organisation's row. Waits for transactions that are naming it in another record, because their rows are not
/// visible yet. Later writers wait until this transaction ends, and then see the organisation as it is.
pub(super) async fn await_namers(conn: &mut AsyncPgConnection, id: Uuid) -> Result<(), ApiError> {
    let row = organisations::table.find(id).select(organisations::id);
    row.for_update().first::<Uuid>(conn).await.optional()?;
    Ok(())
}

/// True while an initiative or membership that is not withdrawn names the organisation.
const IS_NAMED: &str = "
    SELECT EXISTS (
        SELECT FROM initiatives i WHERE withdrawn_at IS NULL AND (
            EXISTS (SELECT FROM initiative_leads WHERE initiative_id = i.id AND organisation_id = named.id)
            OR EXISTS (SELECT FROM initiative_partners WHERE initiative_id = i.id AND organisation_id = named.id)
            OR EXISTS (SELECT FROM outcomes WHERE initiative_id = i.id AND evaluator_id = named.id)
            OR EXISTS (SELECT FROM costs WHERE initiative_id = i.id AND payer_id = named.id))
    ) OR EXISTS (SELECT FROM memberships WHERE organisation_id = named.id AND withdrawn_at IS NULL)
    FROM (SELECT $1::uuid AS id) named";

/// Withdraws an unused organisation and leaves a tombstone; false if `version` is not current.
pub async fn withdraw(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    reason: Option<&str>,
) -> Result<bool, ApiError> {
    await_namers(conn, id).await?;
    let query = Prepared::new(IS_NAMED).bind::<SqlUuid, _>(id).returning::<(Bool,)>();
    let (is_named,): (bool,) = query.get_result(conn).await?;
    if is_named {
        return Err(ApiError::conflict(
            "Initiatives or memberships name this organisation. If it is in the registry twice, merge the two instead: \
             POST …/merge.",
        ));
    }
    withdrawal::withdraw(conn, "organisations", id, version, reason).await
}
