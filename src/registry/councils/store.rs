//! Queries of councils. Each takes the caller's reach, like those of other records; every caller sees every council.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{exists, select};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::lifetime::{AreaCode, CouncilStatus, all_codes, today};
use super::model::{Council, CouncilHtml, CouncilType, Location, MembershipSummary, Nation, NewCouncil, Region};
use crate::access::reach::Reach;
use crate::db::enum_text::Word;
use crate::db::lock;
use crate::db::prepared::Prepared;
use crate::db::schema::{
    council_changes, councils, initiative_leads, initiative_participants, initiatives, memberships, organisations,
    users,
};
use crate::error::{ApiError, Fault};
use crate::registry::memberships::summary;
use crate::registry::references::Resource;
use crate::registry::withdrawal;
use crate::registry::withdrawal::missing;
use crate::registry::{references, slugs, stewards};

#[derive(Queryable, Selectable)]
#[diesel(table_name = councils, check_for_backend(Pg))]
struct CouncilRow {
    id: Uuid,
    slug: String,
    name: String,
    short_name: String,
    welsh_name: Option<String>,
    gss_code: Option<String>,
    code: Option<String>,
    council_type: Word<CouncilType>,
    nation: Word<Nation>,
    region: Option<Word<Region>>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    population: Option<i32>,
    population_year: Option<i32>,
    website: Option<String>,
    description: Option<String>,
    aliases: Vec<Option<String>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    status: Word<CouncilStatus>,
    established_on: Option<NaiveDate>,
    abolished_on: Option<NaiveDate>,
    codes: serde_json::Value,
}

/// The codes in a column. Only this module writes it.
fn codes(column: serde_json::Value) -> Vec<AreaCode> {
    serde_json::from_value(column).unwrap_or_default()
}

impl CouncilRow {
    fn into_model(self, membership: MembershipSummary) -> Council {
        let row = self;
        Council {
            id: row.id,
            slug: row.slug,
            name: row.name,
            short_name: row.short_name,
            welsh_name: row.welsh_name,
            status: row.status.0,
            established_on: row.established_on,
            abolished_on: row.abolished_on,
            codes: all_codes(&codes(row.codes), row.gss_code.as_deref()),
            gss_code: row.gss_code,
            code: row.code,
            council_type: row.council_type.0,
            nation: row.nation.0,
            region: row.region.map(|word| word.0),
            location: row.latitude.zip(row.longitude).map(|(latitude, longitude)| Location { latitude, longitude }),
            population: row.population,
            population_year: row.population_year,
            website: row.website,
            distance_km: None,
            highlight: None,
            html: CouncilHtml { description: row.description.as_deref().map(crate::text::markdown::render) },
            description: row.description,
            aliases: row.aliases.into_iter().flatten().collect(),
            membership,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Columns that a write sets.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = councils, treat_none_as_null = true)]
struct CouncilColumns<'a> {
    slug: &'a str,
    name: &'a str,
    short_name: &'a str,
    welsh_name: Option<&'a str>,
    gss_code: Option<&'a str>,
    code: Option<&'a str>,
    council_type: Word<CouncilType>,
    nation: Word<Nation>,
    region: Option<Word<Region>>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    population: Option<i32>,
    population_year: Option<i32>,
    website: Option<&'a str>,
    description: Option<&'a str>,
    aliases: Vec<&'a str>,
    status: Word<CouncilStatus>,
    established_on: Option<NaiveDate>,
    abolished_on: Option<NaiveDate>,
    codes: serde_json::Value,
}

impl<'a> CouncilColumns<'a> {
    fn new(council: &'a NewCouncil, slug: &'a str) -> Self {
        Self {
            slug,
            name: &council.name,
            short_name: &council.short_name,
            welsh_name: council.welsh_name.as_deref(),
            gss_code: council.gss_code.as_deref(),
            code: council.code.as_deref(),
            council_type: Word(council.council_type),
            nation: Word(council.nation),
            region: council.region.map(Word),
            latitude: council.location.map(|point| point.latitude),
            longitude: council.location.map(|point| point.longitude),
            population: council.population,
            population_year: council.population_year,
            website: council.website.as_deref(),
            description: council.description.as_deref(),
            aliases: council.aliases.iter().map(|alias| &**alias).collect(),
            status: Word(stage_of(council)),
            established_on: council.established_on,
            abolished_on: council.abolished_on,
            codes: serde_json::json!(every_code(council)),
        }
    }
}

/// The stage that a body gives a council today.
fn stage_of(council: &NewCouncil) -> CouncilStatus {
    council.status.unwrap_or_default().on(today(), council.established_on, council.abolished_on)
}

/// The present and former codes of a body.
fn every_code(council: &NewCouncil) -> Vec<AreaCode> {
    all_codes(council.codes.as_deref().unwrap_or_default(), council.gss_code.as_deref())
}

/// Councils that the caller can see: everybody sees every council. Every query starts from this.
pub fn visible(_: Reach) -> councils::BoxedQuery<'static, Pg> {
    councils::table.filter(councils::withdrawn_at.is_null()).into_boxed()
}

/// The council that a path segment names, if the caller can see it; otherwise 404.
pub async fn locate(conn: &mut AsyncPgConnection, reach: Reach, segment: &str) -> Result<Council, ApiError> {
    let id = references::require_id(conn, Resource::Council, segment).await?;
    find(conn, reach, id).await
}

/// One council. A withdrawn council gives 404 with the public reason.
pub async fn find(conn: &mut AsyncPgConnection, reach: Reach, id: Uuid) -> Result<Council, ApiError> {
    match load(conn, reach, &[id]).await?.pop() {
        Some(council) => Ok(council),
        None => Err(missing(conn, "councils", "council", id).await?),
    }
}

/// Councils by id, if the caller can see them.
pub async fn load(conn: &mut AsyncPgConnection, reach: Reach, ids: &[Uuid]) -> Result<Vec<Council>, ApiError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = visible(reach).filter(councils::id.eq_any(ids.to_vec())).select(CouncilRow::as_select());
    let rows: Vec<CouncilRow> = query.load(conn).await?;
    Ok(to_models(rows, summary::of(conn, Some(ids)).await?))
}

/// All councils that are not withdrawn, ordered by slug.
pub async fn load_all(conn: &mut AsyncPgConnection) -> Result<Vec<Council>, ApiError> {
    let query = visible(Reach::ALL).select(CouncilRow::as_select()).order(councils::slug);
    let rows: Vec<CouncilRow> = query.load(conn).await?;
    Ok(to_models(rows, summary::of(conn, None).await?))
}

fn to_models(rows: Vec<CouncilRow>, mut memberships: HashMap<Uuid, MembershipSummary>) -> Vec<Council> {
    let with_membership = |row: CouncilRow| {
        let membership = memberships.remove(&row.id).unwrap_or_default();
        row.into_model(membership)
    };
    rows.into_iter().map(with_membership).collect()
}

/// Creates a council.
pub async fn create(conn: &mut AsyncPgConnection, council: &NewCouncil) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    refuse_taken_codes(conn, id, council).await?;
    insert(conn, id, council).await?;
    Ok(id)
}

/// Creates a council of the reference data, whose former codes are known to be of no other council.
pub async fn create_known(conn: &mut AsyncPgConnection, council: &NewCouncil) -> Result<(), ApiError> {
    insert(conn, Uuid::now_v7(), council).await
}

async fn insert(conn: &mut AsyncPgConnection, id: Uuid, council: &NewCouncil) -> Result<(), ApiError> {
    let slug = slugs::claim(conn, Resource::Council, council.slug.as_deref(), &council.short_name, id).await?;
    diesel::insert_into(councils::table)
        .values((councils::id.eq(id), CouncilColumns::new(council, &slug)))
        .execute(conn)
        .await?;
    Ok(())
}

const HOLDERS_OF_CODES: &str = "
    SELECT c.name, c.gss_code, c.codes
    FROM (SELECT $1::uuid AS own, $2::text[] AS codes) wanted
    JOIN councils c ON c.id <> wanted.own AND c.withdrawn_at IS NULL
    WHERE c.gss_code = ANY (wanted.codes)
        OR EXISTS (SELECT FROM jsonb_array_elements(c.codes) held WHERE held ->> 'gss' = ANY (wanted.codes))";

/// Refuses a code that leads to another council. An index refuses two councils with the same present code.
async fn refuse_taken_codes(conn: &mut AsyncPgConnection, id: Uuid, council: &NewCouncil) -> Result<(), ApiError> {
    let own = every_code(council);
    if own.is_empty() {
        return Ok(());
    }
    // Two writers who take the same code would not see each other.
    lock(conn, "council codes").await?;
    let names: Vec<&str> = own.iter().map(|code| &*code.gss).collect();
    let query = Prepared::new(HOLDERS_OF_CODES).bind::<SqlUuid, _>(id).bind::<Array<Text>, _>(names);
    let rows: Vec<(String, Option<String>, serde_json::Value)> =
        query.returning::<(Text, Nullable<Text>, Jsonb)>().load(conn).await?;
    let mut faults = Vec::new();
    for (name, present, column) in rows {
        for code in all_codes(&codes(column), present.as_deref()) {
            let index = council.codes.iter().flatten().position(|one| one.gss == code.gss);
            let pointer = match (index, council.gss_code.as_ref() == Some(&code.gss)) {
                (_, true) if present.as_ref() == Some(&code.gss) => continue,
                (_, true) => "/gss_code".to_owned(),
                (Some(index), false) => format!("/codes/{index}/gss"),
                (None, false) => continue,
            };
            let now = present.as_ref().filter(|present| **present != code.gss);
            let now = now.map_or(String::new(), |present| format!(", which has {present} now"));
            faults.push(Fault::at(pointer, "taken", format!("is a code of {name}{now}")));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(ApiError::unfit(faults)) }
}

/// Replaces a council; false if `current` is not the current version.
pub async fn update(conn: &mut AsyncPgConnection, current: &Council, council: &NewCouncil) -> Result<bool, ApiError> {
    if every_code(council) != current.codes {
        refuse_taken_codes(conn, current.id, council).await?;
    }
    let slug = council.slug.as_deref().unwrap_or(&current.slug);
    if slug != current.slug {
        slugs::take(conn, Resource::Council, slug, current.id).await?;
    }
    let target = councils::table.find(current.id).filter(councils::version.eq(current.version));
    let is_current = diesel::update(target).set(CouncilColumns::new(council, slug)).execute(conn).await? == 1;
    // Its area is that of its code.
    if is_current && (current.status, &current.gss_code) != (stage_of(council), &council.gss_code) {
        stewards::restate(conn, &[current.id]).await?;
    }
    Ok(is_current)
}

/// Councils whose stage on a day is another than the stored one, visible or not.
pub async fn due(conn: &mut AsyncPgConnection, day: NaiveDate) -> Result<Vec<Council>, ApiError> {
    let ends = councils::abolished_on.le(day).and(councils::status.ne("abolished"));
    let begins = councils::established_on.le(day).and(councils::status.eq("shadow"));
    let query = visible(Reach::ALL).filter(ends.or(begins).assume_not_null()).order(councils::slug);
    let rows: Vec<CouncilRow> = query.select(CouncilRow::as_select()).load(conn).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    Ok(to_models(rows, summary::of(conn, Some(&ids)).await?))
}

/// Writes the stage that a council has on a day, and leaves it to the caller to restate stewards; false if `current` is
/// not the current version.
pub async fn move_on(conn: &mut AsyncPgConnection, current: &Council, day: NaiveDate) -> Result<bool, ApiError> {
    let stage = current.status.on(day, current.established_on, current.abolished_on);
    let target = councils::table.find(current.id).filter(councils::version.eq(current.version));
    Ok(diesel::update(target).set(councils::status.eq(Word(stage))).execute(conn).await? == 1)
}

/// Locks the council's row. Waits for transactions that are naming this council in an initiative, because their rows
/// are not visible yet. Later writers wait until this transaction ends.
async fn await_namers(conn: &mut AsyncPgConnection, id: Uuid) -> Result<(), ApiError> {
    councils::table.find(id).select(councils::id).for_update().first::<Uuid>(conn).await.optional()?;
    Ok(())
}

/// True when an initiative has this council as its lead, as its place or as a participant, or when a change of councils
/// or an organisation names it.
async fn is_named(conn: &mut AsyncPgConnection, id: Uuid) -> Result<bool, ApiError> {
    let leads =
        initiatives::table.filter(initiatives::lead_council_id.eq(id)).filter(initiatives::withdrawn_at.is_null());
    let is_place = initiative_leads::table
        .inner_join(initiatives::table)
        .filter(initiative_leads::place_of_id.eq(id))
        .filter(initiatives::withdrawn_at.is_null());
    let takes_part = initiative_participants::table
        .inner_join(initiatives::table)
        .filter(initiative_participants::council_id.eq(id))
        .filter(initiatives::withdrawn_at.is_null());
    let changed = council_changes::table
        .filter(council_changes::withdrawn_at.is_null())
        .filter(council_changes::from_ids.contains(vec![id]).or(council_changes::to_ids.contains(vec![id])));
    let owns = organisations::table
        .filter(organisations::council_id.eq(id).or(organisations::proposed_by_id.eq(id)))
        .filter(organisations::withdrawn_at.is_null())
        .filter(organisations::merged_into_id.is_null());
    Ok(select(exists(leads)).get_result::<bool>(conn).await?
        || select(exists(is_place)).get_result::<bool>(conn).await?
        || select(exists(takes_part)).get_result::<bool>(conn).await?
        || select(exists(changed)).get_result::<bool>(conn).await?
        || select(exists(owns)).get_result::<bool>(conn).await?)
}

/// Withdraws an unreferenced council and leaves a tombstone; false if `version` is not current.
pub async fn withdraw(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    reason: Option<&str>,
) -> Result<bool, ApiError> {
    await_namers(conn, id).await?;
    let employs = users::table.filter(users::council_id.eq(id));
    let is_member =
        memberships::table.filter(memberships::council_id.eq(id)).filter(memberships::withdrawn_at.is_null());
    if is_named(conn, id).await?
        || select(exists(employs)).get_result::<bool>(conn).await?
        || select(exists(is_member)).get_result::<bool>(conn).await?
    {
        return Err(ApiError::conflict(
            "Initiatives, users, memberships, organisations or changes of councils name this council. Move or withdraw them \
             first. To keep a council that no longer exists, set its abolished_on.",
        ));
    }
    withdrawal::withdraw(conn, "councils", id, version, reason).await
}
