//! Finds the councils, themes, principles and organisations that a body names, in one round trip.
//!
//! Councils, themes and organisations stay unchanged until the record is written: each is locked with `FOR KEY SHARE`,
//! like a foreign key. Code that withdraws or merges one first locks it with `FOR UPDATE`, and so waits for these
//! writers.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::try_join;
use uuid::Uuid;

use super::lead::{lead_organisation, led_by};
use super::model::NewInitiative;
use crate::access::reach::Reach;
use crate::db::prepared::Prepared;
use crate::db::schema::principles;
use crate::error::ApiError;
use crate::registry::references;
use crate::registry::references::{Names, as_id, is_gss_code, means};
use crate::text::Reference;

const COUNCILS_BY_SLUG: &str = "
    SELECT s.slug, c.id, c.status = 'abolished'
    FROM slugs s
    JOIN councils c ON c.id = s.record_id
    WHERE s.resource = 'council' AND s.slug = ANY ($1)
        AND c.withdrawn_at IS NULL
    FOR KEY SHARE OF c";

/// By a GSS code, present or former, or by id.
const COUNCILS_BY_CODE_OR_ID: &str = "
    SELECT coalesce(held.gss, c.id::text), c.id, c.status = 'abolished'
    FROM councils c
    LEFT JOIN LATERAL (
        SELECT named AS gss FROM unnest($1::text[]) named
        WHERE named = c.gss_code OR c.codes @> jsonb_build_array(jsonb_build_object('gss', named))) held ON true
    WHERE (held.gss IS NOT NULL OR c.id = ANY ($2))
        AND c.withdrawn_at IS NULL
    FOR KEY SHARE OF c";

/// A record can keep a deprecated theme that it already has.
const THEMES_BY_SLUG: &str = "
    SELECT s.slug, t.id, t.status = 'deprecated' AND NOT EXISTS (
        SELECT FROM initiative_themes kept WHERE kept.theme_id = t.id AND kept.initiative_id = $1)
    FROM slugs s
    JOIN themes t ON t.id = s.record_id
    WHERE s.resource = 'theme' AND s.slug = ANY ($2) AND t.withdrawn_at IS NULL AND NOT t.merged
    FOR KEY SHARE OF t";

/// The id of a merged theme leads to the theme that it was merged into.
const THEMES_BY_ID: &str = "
    SELECT named.id::text, t.id, t.status = 'deprecated' AND NOT EXISTS (
        SELECT FROM initiative_themes kept WHERE kept.theme_id = t.id AND kept.initiative_id = $1)
    FROM themes named
    JOIN themes t ON t.id = CASE WHEN named.merged THEN named.replaced_by_id ELSE named.id END
    WHERE named.id = ANY ($2) AND t.withdrawn_at IS NULL AND NOT t.merged
    FOR KEY SHARE OF t";

/// By slug or id, with the present name. What leads to a merged organisation leads to its heir. Nothing leads to a
/// proposal.
const ORGANISATIONS: &str = "
    SELECT named.name, o.id, o.name
    FROM (
        SELECT slug AS name, record_id AS id FROM slugs WHERE resource = 'organisation' AND slug = ANY ($1)
        UNION ALL
        SELECT id::text, coalesce(merged_into_id, id) FROM organisations WHERE id = ANY ($2)
    ) named
    JOIN organisations o ON o.id = named.id
    WHERE o.withdrawn_at IS NULL AND o.merged_into_id IS NULL AND o.proposed_by_id IS NULL
    FOR KEY SHARE OF o";

/// Names from a body, with the ids that they lead to.
pub struct Named {
    /// Councils.
    pub councils: Names,
    /// Those that were abolished.
    pub abolished: Vec<Uuid>,
    /// Themes.
    pub themes: Names,
    /// Deprecated themes that this record cannot use.
    pub deprecated: Vec<Uuid>,
    /// Principles.
    pub principles: Names,
    /// Organisations.
    pub organisations: Names,
    /// Present name of the organisation that leads, if the body has its record.
    pub lead_name: Option<String>,
}

impl Named {
    /// Finds the records that a body names. `own` is the id of the record that is being changed.
    ///
    /// For an unknown name, loads every name of its kind, so that the fault can suggest the nearest one.
    pub async fn of(conn: &mut AsyncPgConnection, new: &NewInitiative, own: Option<Uuid>) -> Result<Self, ApiError> {
        let mut named = Self::look_up(conn, new, own).await?;
        if !named.has_all(new) {
            // A theme may have been merged while this waited for its lock. The second attempt finds its new id.
            named = Self::look_up(conn, new, own).await?;
        }
        if !has_all(&named.councils, councils(new)) {
            named.councils = references::visible_councils(conn, Reach::PUBLIC).await?;
        }
        if !has_all(&named.themes, &new.themes) {
            named.themes = references::theme_names(conn).await?;
        }
        if !has_all(&named.principles, new.principles.iter().map(|used| &used.principle)) {
            named.principles = references::principle_names(conn).await?;
        }
        if !has_all(&named.organisations, organisations(new).iter().map(|(_, reference)| *reference)) {
            named.organisations = references::organisation_names(conn).await?;
        }
        Ok(named)
    }

    async fn look_up(conn: &AsyncPgConnection, new: &NewInitiative, own: Option<Uuid>) -> Result<Self, ApiError> {
        let mut third = conn;
        let (names, ids) = names_and_ids(new.principles.iter().map(|used| &used.principle));
        let principles = principles::table
            .filter(principles::scheme.eq("ccin"))
            .filter(principles::slug.eq_any(names).or(principles::id.eq_any(ids)))
            .select((principles::slug, principles::id))
            .load::<(String, Uuid)>(&mut third);
        let (councils, themes, principles, organisations) = try_join!(
            named_councils(conn, new),
            named_themes(conn, new, own),
            principles,
            named_organisations(conn, new)
        )?;
        let abolished = councils.iter().filter(|(.., is_abolished)| *is_abolished).map(|(_, id, _)| *id).collect();
        let councils = councils.into_iter().map(|(name, id, _)| (name, id)).collect();
        let deprecated = themes.iter().filter(|(.., is_deprecated)| *is_deprecated).map(|(_, id, _)| *id).collect();
        let themes = themes.into_iter().map(|(name, id, _)| (name, id)).collect();
        let names: Names = organisations.iter().map(|(named, id, _)| (named.clone(), *id)).collect();
        let lead = lead_organisation(new.lead.as_ref(), new.lead_council.as_ref());
        let lead = lead.and_then(|lead| means(&names, lead));
        let lead_name = organisations.into_iter().find(|(_, id, _)| Some(*id) == lead).map(|(.., name)| name);
        Ok(Self { councils, abolished, themes, deprecated, principles, organisations: names, lead_name })
    }

    fn has_all(&self, new: &NewInitiative) -> bool {
        has_all(&self.councils, councils(new))
            && has_all(&self.themes, &new.themes)
            && has_all(&self.principles, new.principles.iter().map(|used| &used.principle))
            && has_all(&self.organisations, organisations(new).iter().map(|(_, reference)| *reference))
    }
}

/// Councils by name, each with true if it was abolished.
async fn named_councils(conn: &AsyncPgConnection, new: &NewInitiative) -> QueryResult<Vec<(String, Uuid, bool)>> {
    let (mut first, mut second) = (conn, conn);
    let (names, ids) = names_and_ids(councils(new));
    let by_slug = Prepared::new(COUNCILS_BY_SLUG)
        .bind::<Array<Text>, _>(names.clone())
        .returning::<(Text, SqlUuid, Bool)>()
        .load::<(String, Uuid, bool)>(&mut first);
    // Bodies rarely use codes or ids, so most need no second query.
    let by_code_or_id = async {
        if !names.iter().any(|name| is_gss_code(name) || as_id(name).is_some()) {
            return Ok(Vec::new());
        }
        Prepared::new(COUNCILS_BY_CODE_OR_ID)
            .bind::<Array<Text>, _>(names.clone())
            .bind::<Array<SqlUuid>, _>(ids)
            .returning::<(Text, SqlUuid, Bool)>()
            .load::<(String, Uuid, bool)>(&mut second)
            .await
    };
    let (by_slug, by_code_or_id) = try_join!(by_slug, by_code_or_id)?;
    Ok([by_slug, by_code_or_id].concat())
}

/// Organisations by name, each with its present name.
async fn named_organisations(
    conn: &AsyncPgConnection,
    new: &NewInitiative,
) -> QueryResult<Vec<(String, Uuid, String)>> {
    let mut conn = conn;
    let named = organisations(new);
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let (names, ids) = names_and_ids(named.iter().map(|(_, reference)| *reference));
    Prepared::new(ORGANISATIONS)
        .bind::<Array<Text>, _>(names)
        .bind::<Array<SqlUuid>, _>(ids)
        .returning::<(Text, SqlUuid, Text)>()
        .load::<(String, Uuid, String)>(&mut conn)
        .await
}

/// Themes by name, each with true if it is deprecated and new to this record.
async fn named_themes(
    conn: &AsyncPgConnection,
    new: &NewInitiative,
    own: Option<Uuid>,
) -> QueryResult<Vec<(String, Uuid, bool)>> {
    let (mut first, mut second) = (conn, conn);
    let (names, ids) = names_and_ids(&new.themes);
    let by_slug = Prepared::new(THEMES_BY_SLUG)
        .bind::<Nullable<SqlUuid>, _>(own)
        .bind::<Array<Text>, _>(names)
        .returning::<(Text, SqlUuid, Bool)>()
        .load::<(String, Uuid, bool)>(&mut first);
    let by_id = async {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Prepared::new(THEMES_BY_ID)
            .bind::<Nullable<SqlUuid>, _>(own)
            .bind::<Array<SqlUuid>, _>(ids)
            .returning::<(Text, SqlUuid, Bool)>()
            .load::<(String, Uuid, bool)>(&mut second)
            .await
    };
    let (by_slug, by_id) = try_join!(by_slug, by_id)?;
    Ok([by_slug, by_id].concat())
}

/// The councils that a body names.
pub(super) fn councils(new: &NewInitiative) -> impl Iterator<Item = &Reference> {
    let (_, lead) = led_by(new.lead.as_ref(), new.lead_council.as_ref());
    lead.into_iter().chain(&new.place_of).chain(new.participants.iter().map(|participant| &participant.council))
}

/// The organisations that a body names, each with its place in the body: lead, partners, evaluators, payers.
pub fn organisations(new: &NewInitiative) -> Vec<(String, &Reference)> {
    let lead = lead_organisation(new.lead.as_ref(), new.lead_council.as_ref());
    let partners = new.partners.iter().map(|one| one.organisation.as_ref());
    let evaluators = new.outcomes.iter().map(|one| one.independence.as_ref().and_then(|by| by.organisation.as_ref()));
    let payers = new.costs.iter().map(|one| one.payer_organisation.as_ref());
    let at = |list: &'static str, member: &'static str| move |index: usize| format!("/{list}/{index}/{member}");
    let placed = (lead.into_iter().map(|lead| ("/lead/ref".to_owned(), lead)))
        .chain(each(partners, at("partners", "organisation")))
        .chain(each(evaluators, at("outcomes", "independence/organisation")))
        .chain(each(payers, at("costs", "payer_organisation")));
    placed.collect()
}

/// The references among the items of a list, each with its place.
fn each<'a>(
    references: impl Iterator<Item = Option<&'a Reference>>,
    place: impl Fn(usize) -> String,
) -> impl Iterator<Item = (String, &'a Reference)> {
    references.enumerate().filter_map(move |(index, reference)| Some((place(index), reference?)))
}

fn has_all<'a>(names: &Names, references: impl IntoIterator<Item = &'a Reference>) -> bool {
    references.into_iter().all(|reference| means(names, reference).is_some())
}

/// All references as text, and the ids among them.
fn names_and_ids<'a>(references: impl IntoIterator<Item = &'a Reference>) -> (Vec<&'a str>, Vec<Uuid>) {
    let names: Vec<&str> = references.into_iter().map(|reference| &**reference).collect();
    let ids = names.iter().filter_map(|name| as_id(name)).collect();
    (names, ids)
}
