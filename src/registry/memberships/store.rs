//! Reads and writes of memberships. What a caller sees of one is up to [`StoredMembership::shown`].

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::model::{Member, MemberOrganisation, Membership, NewMembership};
use super::standing::{AsAt, Dates};
use super::vocabulary::{MemberTier, MembershipStatus};
use crate::access::reach::Reach;
use crate::db::enum_text::Word;
use crate::db::lock;
use crate::db::schema::{councils, memberships, organisations};
use crate::error::{ApiError, UNKNOWN};
use crate::http::input::Draft;
use crate::registry::councils::model::CouncilRef;
use crate::registry::organisations::model::OrganisationRef;
use crate::registry::references;
use crate::registry::withdrawal;
use crate::registry::withdrawal::missing;
use crate::text::PartialDate;

#[derive(Queryable, Selectable)]
#[diesel(table_name = memberships, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    council_id: Option<Uuid>,
    organisation: Option<String>,
    organisation_id: Option<Uuid>,
    tier: Word<MemberTier>,
    from_on: Option<String>,
    to_on: Option<String>,
    end_reason: Option<String>,
    observations: Value,
    renewal_on: Option<String>,
    review_on: Option<String>,
    decision: Option<Value>,
    fee: Option<Value>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    public_version: i32,
    public_updated_at: DateTime<Utc>,
}

/// A membership with its terms, and what readers without the terms see in place of its version.
#[derive(Clone, Debug)]
pub struct StoredMembership {
    record: Membership,
    public_version: i32,
    public_updated_at: DateTime<Utc>,
}

impl StoredMembership {
    /// Its id.
    pub fn id(&self) -> Uuid {
        self.record.id
    }

    /// The council that is the member.
    pub fn council_id(&self) -> Option<Uuid> {
        self.record.member.council_id()
    }

    /// The organisation that is the member, if it has a record.
    pub fn organisation_id(&self) -> Option<Uuid> {
        self.record.member.record_of_organisation().map(|record| record.id)
    }

    /// The whole record, as the audit trail and a patch need it. Its status is not computed.
    pub fn whole(&self) -> &Membership {
        &self.record
    }

    /// Its dates.
    pub fn dates(&self) -> Dates<'_> {
        dates(&self.record)
    }

    /// Its tier.
    pub fn tier(&self) -> MemberTier {
        self.record.tier
    }

    /// The record as a caller of this reach sees it, with its status at a date.
    pub fn shown(&self, reach: Reach, at: AsAt) -> Membership {
        let dates = self.dates();
        let (status, last_observed_on) = (dates.status(at), dates.last_evidence(at).cloned());
        let record = Membership { status, last_observed_on, ..self.record.clone() };
        if reach.terms.includes(self.council_id()) {
            return record;
        }
        let (version, updated_at) = (self.public_version, self.public_updated_at);
        Membership { renewal_on: None, review_on: None, decision: None, fee: None, version, updated_at, ..record }
    }

    /// Approximate size in memory, in bytes.
    pub fn size(&self) -> usize {
        let observations = self.record.observations.iter();
        let texts =
            observations.map(|one| size_of_val(one) + one.source.len() + one.url.as_deref().map_or(0, str::len));
        size_of::<Self>() + texts.sum::<usize>()
    }
}

fn dates(record: &Membership) -> Dates<'_> {
    Dates { from: record.from.as_ref(), to: record.to.as_ref(), observations: &record.observations }
}

fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    serde_json::from_value(value).map_err(ApiError::internal)
}

/// Councils and organisations that memberships show, by id.
type Members = (HashMap<Uuid, CouncilRef>, HashMap<Uuid, OrganisationRef>);

fn to_model(row: Row, (councils, organisations): &Members) -> Result<StoredMembership, ApiError> {
    let date = |text: Option<String>| text.as_deref().map(PartialDate::from);
    let record = Membership {
        id: row.id,
        member: Member {
            council: row.council_id.and_then(|id| councils.get(&id).cloned()),
            organisation: row.organisation.map(|name| {
                let record = row.organisation_id.and_then(|id| organisations.get(&id).cloned());
                MemberOrganisation { name, record }
            }),
        },
        tier: row.tier.0,
        from: date(row.from_on),
        to: date(row.to_on),
        end_reason: row.end_reason,
        status: MembershipStatus::default(),
        last_observed_on: None,
        observations: parsed(row.observations)?,
        renewal_on: date(row.renewal_on),
        review_on: date(row.review_on),
        decision: row.decision.map(parsed).transpose()?,
        fee: row.fee.map(parsed).transpose()?,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(StoredMembership { record, public_version: row.public_version, public_updated_at: row.public_updated_at })
}

async fn to_models(conn: &mut AsyncPgConnection, rows: Vec<Row>) -> Result<Vec<StoredMembership>, ApiError> {
    let councils: Vec<Uuid> = rows.iter().filter_map(|row| row.council_id).collect();
    let bodies: Vec<Uuid> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let councils = references::councils_by_id(conn, &councils).await?;
    let members = (councils, references::organisations_by_id(conn, &bodies).await?);
    rows.into_iter().map(|row| to_model(row, &members)).collect()
}

fn living() -> memberships::BoxedQuery<'static, diesel::pg::Pg> {
    memberships::table.filter(memberships::withdrawn_at.is_null()).into_boxed()
}

/// All memberships that are not withdrawn.
pub async fn load_all(conn: &mut AsyncPgConnection) -> Result<Vec<StoredMembership>, ApiError> {
    let rows = living().order(memberships::id).select(Row::as_select()).load(conn).await?;
    to_models(conn, rows).await
}

/// Memberships by id.
pub async fn load(conn: &mut AsyncPgConnection, ids: &[Uuid]) -> Result<Vec<StoredMembership>, ApiError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = living().filter(memberships::id.eq_any(ids.to_vec())).select(Row::as_select()).load(conn).await?;
    to_models(conn, rows).await
}

/// Withdrawn memberships: id, time and public reason.
pub async fn load_withdrawn(
    conn: &mut AsyncPgConnection,
) -> Result<Vec<(Uuid, DateTime<Utc>, Option<String>)>, ApiError> {
    Ok(memberships::table
        .filter(memberships::withdrawn_at.is_not_null())
        .select((memberships::id, memberships::withdrawn_at.assume_not_null(), memberships::withdrawn_reason))
        .load(conn)
        .await?)
}

/// One membership. A withdrawn one gives 404 with the public reason.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<StoredMembership, ApiError> {
    if let Some(found) = load(conn, &[id]).await?.pop() {
        return Ok(found);
    }
    Err(missing(conn, "memberships", "membership", id).await?)
}

/// Writers of memberships of organisations take turns, because one organisation may be there by two names. Call it
/// before any row of an organisation is locked.
pub async fn take_turns(conn: &mut AsyncPgConnection) -> Result<(), ApiError> {
    Ok(lock(conn, "memberships of organisations").await?)
}

/// A membership ready to be written, with its council or organisation resolved to an id.
pub struct Resolved {
    membership: NewMembership,
    council: Option<Uuid>,
    organisation: Option<Uuid>,
}

/// Resolves the council or organisation and checks that no other membership of the member overlaps. Reports all faults
/// together. Holds other writers of this member's memberships back until the transaction ends. `own` is the membership
/// to replace.
pub async fn resolve(
    conn: &mut AsyncPgConnection,
    draft: Draft<NewMembership>,
    own: Option<Uuid>,
) -> Result<Resolved, ApiError> {
    let Draft { value: mut membership, mut faults } = draft;
    let mut council = match &membership.member.council {
        Some(council) => references::council(conn, Reach::ALL, council, "/member/council", &mut faults).await?,
        None => None,
    };
    if let Some(id) = council {
        // Held until the end, so that nobody withdraws the council meanwhile.
        let living = councils::table.find(id).filter(councils::withdrawn_at.is_null()).select(councils::id);
        council = living.for_key_share().first(conn).await.optional()?;
        if council.is_none() {
            faults.add("/member/council", UNKNOWN, "is not a council in the registry");
        }
    }
    let mut record = None;
    if membership.member.council.is_none() {
        take_turns(conn).await?;
    }
    if let Some(reference) = &membership.member.organisation_ref {
        let pointer = "/member/organisation_ref";
        let known = references::organisation_names(conn).await?;
        record = references::pick(&known, reference, "organisation", |detail| faults.add(pointer, UNKNOWN, detail));
    }
    if let Some(id) = record {
        // Held until the end, so that nobody withdraws or merges it meanwhile.
        let living = organisations::table
            .find(id)
            .filter(organisations::withdrawn_at.is_null())
            .filter(organisations::merged_into_id.is_null())
            .select((organisations::id, organisations::name));
        let found: Option<(Uuid, String)> = living.for_key_share().first(conn).await.optional()?;
        if found.is_none() {
            faults.add("/member/organisation_ref", UNKNOWN, "is not an organisation in the registry");
        }
        record = found.as_ref().map(|(id, _)| *id);
        if membership.member.organisation.is_none() {
            membership.member.organisation = found.map(|(_, name)| name.as_str().into());
        }
    }
    membership.observations.sort_by(|a, b| a.on.as_deref().cmp(&b.on.as_deref()));
    let organisation = membership.member.organisation.as_deref().map(str::to_lowercase);
    // One body may be there by its record and by its name.
    let is_same = |row: &Row| {
        (record.is_some() && row.organisation_id == record)
            || row.organisation.as_deref().map(str::to_lowercase) == organisation
    };
    if council.is_some() || organisation.is_some() {
        if let Some(council) = council {
            lock(conn, &format!("memberships of {council}")).await?;
        }
        let dates = Dates {
            from: membership.from.as_ref(),
            to: membership.to.as_ref(),
            observations: &membership.observations,
        };
        let candidates = match council {
            Some(council) => living().filter(memberships::council_id.eq(council)),
            None => living().filter(memberships::organisation.is_not_null()),
        };
        let rows = candidates.select(Row::as_select()).load::<Row>(conn).await?.into_iter();
        let rows = rows.filter(|row| Some(row.id) != own);
        let rows = rows.filter(is_same);
        let others = to_models(conn, rows.collect()).await?;
        if let Some(other) = others.iter().find(|other| other.dates().overlaps(dates)) {
            let pointer = if membership.from.is_some() { "/from" } else { "/member" };
            let detail = format!("overlaps another membership of this member ({}); end that one first", other.id());
            faults.add(pointer, "overlaps", detail);
        }
    }
    faults.finish()?;
    Ok(Resolved { membership, council, organisation: record })
}

/// Columns that a write sets.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = memberships, treat_none_as_null = true)]
struct Change<'a> {
    council_id: Option<Uuid>,
    organisation: Option<&'a str>,
    organisation_id: Option<Uuid>,
    tier: Word<MemberTier>,
    from_on: Option<&'a str>,
    to_on: Option<&'a str>,
    end_reason: Option<&'a str>,
    observations: Value,
    renewal_on: Option<&'a str>,
    review_on: Option<&'a str>,
    decision: Option<Value>,
    fee: Option<Value>,
}

impl<'a> Change<'a> {
    fn new(Resolved { membership, council, organisation }: &'a Resolved) -> Result<Self, ApiError> {
        fn json(value: &impl Serialize) -> Result<Value, ApiError> {
            serde_json::to_value(value).map_err(ApiError::internal)
        }
        Ok(Self {
            council_id: *council,
            organisation: membership.member.organisation.as_deref(),
            organisation_id: *organisation,
            tier: Word(membership.tier),
            from_on: membership.from.as_deref(),
            to_on: membership.to.as_deref(),
            end_reason: membership.end_reason.as_deref(),
            observations: json(&membership.observations)?,
            renewal_on: membership.renewal_on.as_deref(),
            review_on: membership.review_on.as_deref(),
            decision: membership.decision.as_ref().map(json).transpose()?,
            fee: membership.fee.as_ref().map(json).transpose()?,
        })
    }
}

/// Creates a membership.
pub async fn create(conn: &mut AsyncPgConnection, resolved: &Resolved) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    let values = (memberships::id.eq(id), Change::new(resolved)?);
    diesel::insert_into(memberships::table).values(values).execute(conn).await?;
    Ok(id)
}

/// Replaces a membership; false if `version` is not the current one.
pub async fn update(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    resolved: &Resolved,
) -> Result<bool, ApiError> {
    let target = memberships::table.find(id).filter(memberships::version.eq(version));
    Ok(diesel::update(target).set(Change::new(resolved)?).execute(conn).await? == 1)
}

/// Withdraws a membership and leaves a tombstone; false if `version` is not the current one.
pub async fn withdraw(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    reason: Option<&str>,
) -> Result<bool, ApiError> {
    withdrawal::withdraw(conn, "memberships", id, version, reason).await
}
