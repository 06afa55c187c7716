//! Reads and writes of organisations. Accepted ones are public. What a council proposes is read with a reach.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{NewOrganisation, Organisation, OrganisationHtml, OrganisationKind};
use super::taken::{holder, namesake};
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
    proposed_by_id: Option<Uuid>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn to_model((row, council): (Row, Option<CouncilRef>), proposers: &HashMap<Uuid, CouncilRef>) -> Organisation {
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
        proposed_by: row.proposed_by_id.and_then(|id| proposers.get(&id).cloned()),
        initiative_count: None,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// Organisations that the caller can see, by id or all of them. A merged one is only an address, so it is left out.
async fn read(conn: &mut AsyncPgConnection, reach: Reach, ids: Option<&[Uuid]>) -> Result<Vec<Organisation>, ApiError> {
    let mut query = organisations::table
        .left_join(councils::table.on(organisations::council_id.eq(councils::id.nullable())))
        .filter(organisations::withdrawn_at.is_null())
        .filter(organisations::merged_into_id.is_null())
        .select((Row::as_select(), Option::<CouncilRef>::as_select()))
        .into_boxed();
    if let Some(ids) = ids {
        query = query.filter(organisations::id.eq_any(ids.to_vec()));
    }
    if !reach.is_officer() {
        let own = reach.council.unwrap_or_default();
        let is_accepted = organisations::proposed_by_id.is_null();
        query = query.filter(is_accepted.or(organisations::proposed_by_id.is_not_distinct_from(own)));
    }
    let rows: Vec<(Row, Option<CouncilRef>)> = query.load(conn).await?;
    let proposers: Vec<Uuid> = rows.iter().filter_map(|(row, _)| row.proposed_by_id).collect();
    let proposers = references::councils_by_id(conn, &proposers).await?;
    Ok(rows.into_iter().map(|row| to_model(row, &proposers)).collect())
}

/// Every organisation that can be read, proposals included. For the service itself.
pub async fn load_all(conn: &mut AsyncPgConnection) -> Result<Vec<Organisation>, ApiError> {
    read(conn, Reach::ALL, None).await
}

/// Organisations by id, if the caller can see them.
pub async fn load(conn: &mut AsyncPgConnection, reach: Reach, ids: &[Uuid]) -> Result<Vec<Organisation>, ApiError> {
    if ids.is_empty() { Ok(Vec::new()) } else { read(conn, reach, Some(ids)).await }
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
    /// The reason, which everybody sees who could see the organisation.
    pub withdrawn_reason: Option<String>,
    /// The council that proposed it, if it was never accepted.
    pub proposed_by_id: Option<Uuid>,
}

/// Merged and withdrawn organisations.
pub async fn load_gone(conn: &mut AsyncPgConnection) -> Result<Vec<Gone>, ApiError> {
    let gone = organisations::withdrawn_at.is_not_null().or(organisations::merged_into_id.is_not_null());
    Ok(organisations::table.filter(gone).select(Gone::as_select()).load(conn).await?)
}

/// The organisation that a path segment names, or 404.
pub async fn locate(conn: &mut AsyncPgConnection, reach: Reach, segment: &str) -> Result<Organisation, ApiError> {
    let id = references::require_id(conn, Resource::Organisation, segment).await?;
    find(conn, reach, id).await
}

/// One organisation. A withdrawn one gives 404 with the reason. A merged one gives the organisation that it was merged
/// into. A proposal that the caller cannot see gives 404, whatever became of it.
pub async fn find(conn: &mut AsyncPgConnection, reach: Reach, id: Uuid) -> Result<Organisation, ApiError> {
    let row = organisations::table.find(id).select((organisations::merged_into_id, organisations::proposed_by_id));
    let row: Option<(Option<Uuid>, Option<Uuid>)> = row.first(conn).await.optional()?;
    let (heir, proposer) = row.unwrap_or_default();
    if proposer.is_some_and(|council| !reach.sees_proposals_of(council)) {
        return Err(ApiError::not_found("organisation"));
    }
    let id = heir.unwrap_or(id);
    if let Some(found) = load(conn, reach, &[id]).await?.pop() {
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

/// Resolves the council and checks that the identifier is free and, for a proposal, that no record has its name.
/// Reports all faults together. `own` is the organisation to replace, `proposer` the council that proposes it. Call
/// [`take_turns`] first.
///
/// A proposal is held against accepted organisations and against those of its own council. Another council's, which it
/// cannot see, makes no difference: the network officer who accepts one of them sees both.
pub async fn resolve(
    conn: &mut AsyncPgConnection,
    draft: Draft<NewOrganisation>,
    own: Option<Uuid>,
    proposer: Option<Uuid>,
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
    if let Some(org_id) = organisation.org_id.as_deref()
        && let Some((name, slug)) = holder(conn, org_id, own, proposer).await?
    {
        let detail = format!("is the identifier of {name} ({slug}); use that record, or merge the two");
        faults.add("/org_id", "taken", detail);
    }
    if let Some(proposer) = proposer {
        let slug = organisation.slug.as_deref();
        if slug.is_some_and(|slug| own.is_none_or(|own| own.to_string() != slug)) {
            faults.add(
                "/slug",
                "not_allowed",
                "is for accepted organisations; a proposal gets one when it is accepted",
            );
        }
        if let Some((name, slug)) = namesake(conn, &organisation.name, own, proposer).await? {
            faults.add("/name", "taken", format!("is a name of {name} ({slug}); use that record"));
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

/// Creates an organisation: an accepted one, or one that a council proposes.
pub async fn create(
    conn: &mut AsyncPgConnection,
    resolved: &Resolved,
    proposer: Option<Uuid>,
) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    let new = &resolved.organisation;
    // A proposal takes no slug: others could tell from one that is taken that it is there.
    let slug = match proposer {
        Some(_) => id.to_string(),
        None => slugs::claim(conn, Resource::Organisation, new.slug.as_deref(), &new.name, id).await?,
    };
    let proposed_by = organisations::proposed_by_id.eq(proposer);
    let values = (organisations::id.eq(id), proposed_by, Change::new(resolved, &slug));
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

/// Locks the organisation's row. Waits for transactions that are naming it in another record, because their rows are
/// not visible yet. Later writers wait until this transaction ends, and then see the organisation as it is.
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
