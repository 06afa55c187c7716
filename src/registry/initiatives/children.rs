//! Child records of initiatives, read for a whole page together: one query per table, all at the same time.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::try_join;
use uuid::Uuid;

use super::answer::{Participant, PrincipleUse, ThemeUse};
use super::evidence::{
    Bound, Cost, CostBound, CostKind, Currency, Direction, Independence, Outcome, OutcomeKind, Source, SourceKind, Unit,
};
use super::lead::{Lead, LeadKind};
use super::model::{ParticipantRole, Partner, PartnerRole};
use super::relatives::{Related, load_components, load_parents};
use super::rows::Narrative;
use crate::db::enum_text::Word;
use crate::db::schema::{
    costs, councils, initiative_leads, initiative_narratives, initiative_participants, initiative_partners,
    initiative_principles, initiative_themes, organisations, outcomes, principles, sources, themes,
};
use crate::error::ApiError;
use crate::registry::councils::model::CouncilRef;
use crate::registry::organisations::model::OrganisationRef;
use crate::registry::themes::model::ThemeRef;
use crate::text::{Quantity, Reference};

#[derive(Queryable, Selectable)]
#[diesel(table_name = outcomes)]
struct OutcomeRow {
    initiative_id: Uuid,
    measure: String,
    kind: Word<OutcomeKind>,
    bound: Word<Bound>,
    value: Option<bigdecimal::BigDecimal>,
    value_high: Option<bigdecimal::BigDecimal>,
    direction: Option<Word<Direction>>,
    unit: Option<Word<Unit>>,
    baseline: Option<bigdecimal::BigDecimal>,
    period_from: Option<String>,
    period_to: Option<String>,
    as_at: Option<String>,
    definition: Option<String>,
    caveat: Option<String>,
    evidence_level: i16,
    source_key: Option<String>,
    evaluator: Option<String>,
    declared_interest: Option<String>,
}

/// With the evaluator's record.
impl From<(OutcomeRow, Named)> for Outcome {
    fn from((row, organisation): (OutcomeRow, Named)) -> Self {
        Self {
            measure: row.measure.as_str().into(),
            kind: row.kind.0,
            bound: row.bound.0,
            value: row.value.as_ref().map(Quantity::from),
            value_high: row.value_high.as_ref().map(Quantity::from),
            direction: row.direction.map(|word| word.0),
            unit: row.unit.map(|word| word.0),
            baseline: row.baseline.as_ref().map(Quantity::from),
            period_from: row.period_from.as_deref().map(Into::into),
            period_to: row.period_to.as_deref().map(Into::into),
            as_at: row.as_at.as_deref().map(Into::into),
            definition: row.definition.as_deref().map(Into::into),
            caveat: row.caveat.as_deref().map(Into::into),
            evidence_level: row.evidence_level,
            independence: row.evaluator.map(|evaluator| Independence {
                evaluator: evaluator.as_str().into(),
                organisation: slug(organisation),
                declared_interest: row.declared_interest.as_deref().map(Into::into),
            }),
            source: row.source_key,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sources)]
struct SourceRow {
    initiative_id: Uuid,
    key: String,
    title: String,
    publisher: Option<String>,
    kind: Word<SourceKind>,
    published_on: Option<String>,
    item_reference: Option<String>,
    url: Option<String>,
    accessed_on: Option<String>,
}

impl From<SourceRow> for Source {
    fn from(row: SourceRow) -> Self {
        Self {
            key: row.key,
            title: row.title.as_str().into(),
            publisher: row.publisher.as_deref().map(Into::into),
            kind: row.kind.0,
            published_on: row.published_on.as_deref().map(Into::into),
            item_reference: row.item_reference.as_deref().map(Into::into),
            url: row.url.as_deref().map(Into::into),
            accessed_on: row.accessed_on.as_deref().map(Into::into),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = costs)]
struct CostRow {
    initiative_id: Uuid,
    description: String,
    amount_pence: i64,
    bound: Word<CostBound>,
    kind: Word<CostKind>,
    payer: Option<String>,
    period_from: Option<String>,
    period_to: Option<String>,
    programme: Option<String>,
    round: Option<String>,
    caveat: Option<String>,
    source_key: Option<String>,
}

/// With the payer's record.
impl From<(CostRow, Named)> for Cost {
    fn from((row, organisation): (CostRow, Named)) -> Self {
        Self {
            description: row.description.as_str().into(),
            amount_pence: row.amount_pence,
            currency: Currency::Gbp,
            bound: row.bound.0,
            kind: row.kind.0,
            payer: row.payer.as_deref().map(Into::into),
            payer_organisation: slug(organisation),
            period_from: row.period_from.as_deref().map(Into::into),
            period_to: row.period_to.as_deref().map(Into::into),
            programme: row.programme.as_deref().map(Into::into),
            round: row.round.as_deref().map(Into::into),
            caveat: row.caveat.as_deref().map(Into::into),
            source: row.source_key,
        }
    }
}

/// The lead of an initiative that no council leads, and its place.
#[derive(Clone, Debug, Default)]
pub struct OtherLead {
    /// The lead.
    pub lead: Lead,
    /// Record of the organisation that leads.
    pub organisation: Option<OrganisationRef>,
    /// Council in whose area it happens.
    pub place_of: Option<CouncilRef>,
    /// Location of that council: latitude and longitude.
    pub place: Option<(f64, f64)>,
}

/// A row of the lead's table, as a query returns it.
type LeadRow = (Uuid, Word<LeadKind>, Option<String>, Option<OrganisationRef>, PlaceRow);
type PlaceRow = (Option<CouncilRef>, Option<f64>, Option<f64>);
type PartnerRow = (Uuid, String, Word<PartnerRole>, Option<String>, Named);

impl From<LeadRow> for OtherLead {
    fn from((_, kind, name, organisation, (place_of, latitude, longitude)): LeadRow) -> Self {
        let reference = organisation.as_ref().map(|one| one.slug.as_str().into());
        let lead = Lead { name: name.as_deref().map(Into::into), reference, ..Lead::of(kind.0) };
        Self { lead, organisation, place_of, place: latitude.zip(longitude) }
    }
}

/// Lists of children, by initiative id.
type Lists<T> = HashMap<Uuid, Vec<T>>;

/// The record of an organisation that a child names: id and slug.
type Named = Option<(Uuid, String)>;
/// Children, and each initiative with the organisations that they name.
type Naming<T> = (T, Vec<(Uuid, Uuid)>);

fn named<'a>(rows: impl Iterator<Item = (Uuid, &'a Named)>) -> Vec<(Uuid, Uuid)> {
    rows.filter_map(|(initiative, organisation)| Some((initiative, organisation.as_ref()?.0))).collect()
}

fn slug(organisation: Named) -> Option<Reference> {
    organisation.map(|(_, slug)| slug.as_str().into())
}

/// Child records and relatives of some initiatives, by initiative id.
#[derive(Default)]
pub struct Children {
    /// Markdown texts.
    pub narratives: HashMap<Uuid, Narrative>,
    /// Leads of those that no council leads.
    pub leads: HashMap<Uuid, OtherLead>,
    /// Participating councils.
    pub participants: Lists<Participant>,
    /// Partners other than councils.
    pub partners: Lists<Partner>,
    /// Themes, primary first.
    pub themes: Lists<ThemeUse>,
    /// Principles.
    pub principles: Lists<PrincipleUse>,
    /// Sources.
    pub sources: Lists<Source>,
    /// Outcomes.
    pub outcomes: Lists<Outcome>,
    /// Costs.
    pub costs: Lists<Cost>,
    /// Organisations that lead, are partners, have evaluated or pay; one may be there several times.
    pub organisations: Lists<Uuid>,
    /// All components, visible to the caller or not.
    pub components: Lists<Related>,
    /// All parents, visible to the caller or not, by the parent's id.
    pub parents: HashMap<Uuid, Related>,
}

impl Children {
    /// Loads the child records. All queries run at the same time: they share the connection as a pipeline.
    pub async fn load(conn: &AsyncPgConnection, ids: &[Uuid], parents: &[Uuid]) -> Result<Self, ApiError> {
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let (
            narratives,
            participants,
            partners,
            themes,
            principles,
            sources,
            outcomes,
            costs,
            components,
            parents,
            leads,
        ) = try_join!(
            load_narratives(conn, ids),
            load_participants(conn, ids),
            load_partners(conn, ids),
            load_themes(conn, ids),
            load_principles(conn, ids),
            load_sources(conn, ids),
            load_outcomes(conn, ids),
            load_costs(conn, ids),
            load_components(conn, ids),
            load_parents(conn, parents),
            load_leads(conn, ids),
        )?;
        let (leads, leading) = leads;
        let (partners, helping) = partners;
        let (outcomes, evaluating) = outcomes;
        let (costs, paying) = costs;
        let named = [leading, helping, evaluating, paying].concat();
        Ok(Self {
            narratives,
            leads,
            participants,
            partners,
            themes,
            principles,
            sources,
            outcomes,
            costs,
            organisations: group(named, |row| row),
            components,
            parents,
        })
    }
}

async fn load_narratives(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Narrative>, ApiError> {
    let own = initiative_narratives::table.filter(initiative_narratives::initiative_id.eq_any(ids));
    let rows: Vec<Narrative> = own.select(Narrative::as_select()).load(&mut conn).await?;
    Ok(rows.into_iter().map(|one| (one.initiative_id, one)).collect())
}

async fn load_participants(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Lists<Participant>, ApiError> {
    use initiative_participants as one;
    let own = one::table.inner_join(councils::table).filter(one::initiative_id.eq_any(ids)).order(one::position);
    let rows: Vec<(Uuid, CouncilRef, Word<ParticipantRole>)> =
        own.select((one::initiative_id, CouncilRef::as_select(), one::role)).load(&mut conn).await?;
    Ok(group(rows, |(id, council, role)| (id, Participant { council, role: role.0 })))
}

async fn load_partners(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Naming<Lists<Partner>>, ApiError> {
    use initiative_partners as one;
    let own = one::table.left_join(organisations::table).filter(one::initiative_id.eq_any(ids)).order(one::position);
    let organisation = (organisations::id, organisations::slug).nullable();
    let columns = (one::initiative_id, one::name, one::role, one::url, organisation);
    let rows: Vec<PartnerRow> = own.select(columns).load(&mut conn).await?;
    let named = named(rows.iter().map(|(id, .., organisation)| (*id, organisation)));
    let partners = group(rows, |(id, name, role, url, organisation)| {
        let (organisation, url) = (slug(organisation), url.as_deref().map(Into::into));
        (id, Partner { name: name.as_str().into(), organisation, role: role.0, url })
    });
    Ok((partners, named))
}

async fn load_themes(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Lists<ThemeUse>, ApiError> {
    use initiative_themes as one;
    let own = one::table.inner_join(themes::table).filter(one::initiative_id.eq_any(ids));
    let own = own.order((one::position, themes::label));
    let rows: Vec<(Uuid, ThemeRef)> = own.select((one::initiative_id, ThemeRef::as_select())).load(&mut conn).await?;
    let mut lists = group(rows, |(id, theme)| (id, ThemeUse { theme, primary: false }));
    // After a merge, the first position need not be 0.
    for first in lists.values_mut().filter_map(|themes| themes.first_mut()) {
        first.primary = true;
    }
    Ok(lists)
}

async fn load_principles(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Lists<PrincipleUse>, ApiError> {
    use initiative_principles as one;
    let own = one::table.inner_join(principles::table).filter(one::initiative_id.eq_any(ids)).order(one::position);
    let columns = (one::initiative_id, principles::id, principles::slug, principles::label, one::how);
    let rows: Vec<(Uuid, Uuid, String, String, Option<String>)> = own.select(columns).load(&mut conn).await?;
    Ok(group(rows, |(of, id, slug, label, how)| (of, PrincipleUse { id, slug, label, how })))
}

async fn load_sources(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Lists<Source>, ApiError> {
    let own = sources::table.filter(sources::initiative_id.eq_any(ids)).order(sources::position);
    let rows: Vec<SourceRow> = own.select(SourceRow::as_select()).load(&mut conn).await?;
    Ok(group(rows, |row| (row.initiative_id, row.into())))
}

async fn load_outcomes(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Naming<Lists<Outcome>>, ApiError> {
    let own = outcomes::table.left_join(organisations::table).filter(outcomes::initiative_id.eq_any(ids));
    let organisation = (organisations::id, organisations::slug).nullable();
    let own = own.order(outcomes::position).select((OutcomeRow::as_select(), organisation));
    let rows: Vec<(OutcomeRow, Named)> = own.load(&mut conn).await?;
    let named = named(rows.iter().map(|(row, organisation)| (row.initiative_id, organisation)));
    Ok((group(rows, |row| (row.0.initiative_id, row.into())), named))
}

async fn load_costs(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Naming<Lists<Cost>>, ApiError> {
    let own = costs::table.left_join(organisations::table).filter(costs::initiative_id.eq_any(ids));
    let organisation = (organisations::id, organisations::slug).nullable();
    let own = own.order(costs::position).select((CostRow::as_select(), organisation));
    let rows: Vec<(CostRow, Named)> = own.load(&mut conn).await?;
    let named = named(rows.iter().map(|(row, organisation)| (row.initiative_id, organisation)));
    Ok((group(rows, |row| (row.0.initiative_id, row.into())), named))
}

async fn load_leads(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> Result<Naming<HashMap<Uuid, OtherLead>>, ApiError> {
    use initiative_leads as one;
    let own = one::table.left_join(councils::table).left_join(organisations::table);
    let own = own.filter(one::initiative_id.eq_any(ids));
    let place = (Option::<CouncilRef>::as_select(), councils::latitude.nullable(), councils::longitude.nullable());
    let columns = (one::initiative_id, one::kind, one::name, Option::<OrganisationRef>::as_select(), place);
    let rows: Vec<LeadRow> = own.select(columns).load(&mut conn).await?;
    let named = rows.iter().filter_map(|(id, _, _, organisation, _)| Some((*id, organisation.as_ref()?.id))).collect();
    Ok((rows.into_iter().map(|row| (row.0, row.into())).collect(), named))
}

/// Children of each initiative, in their order.
fn group<R, T>(rows: Vec<R>, child: impl Fn(R) -> (Uuid, T)) -> Lists<T> {
    let mut lists = Lists::new();
    for (id, one) in rows.into_iter().map(child) {
        lists.entry(id).or_default().push(one);
    }
    lists
}
