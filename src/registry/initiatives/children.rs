//! Child records of initiatives, read for a whole page together: one query per table, all at the same time.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::try_join;
use uuid::Uuid;

use super::answer::{InitiativeRef, Participant, PrincipleUse, ThemeUse};
use super::evidence::{
    Bound, Cost, CostBound, CostKind, Currency, Direction, Independence, Outcome, OutcomeKind, Source, SourceKind, Unit,
};
use super::lead::{Lead, LeadKind};
use super::model::{ParticipantRole, Partner, PartnerRole};
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::db::enum_text::Word;
use crate::db::schema::{
    costs, councils, initiative_leads, initiative_narratives, initiative_participants, initiative_partners,
    initiative_principles, initiative_themes, initiatives, outcomes, principles, sources, themes,
};
use crate::error::ApiError;
use crate::registry::councils::model::CouncilRef;
use crate::registry::themes::model::ThemeRef;
use crate::text::Quantity;

/// Markdown texts of an initiative.
#[derive(Clone, Default, Queryable, Selectable)]
#[diesel(table_name = initiative_narratives)]
pub struct Narrative {
    /// The initiative.
    pub initiative_id: Uuid,
    /// Full description.
    pub body: Option<String>,
    /// The problem this set out to solve.
    pub challenge: Option<String>,
    /// How the initiative tackled the problem.
    pub approach: Option<String>,
    /// Things that worked.
    pub what_worked: Option<String>,
    /// Things that did not work.
    pub what_did_not: Option<String>,
    /// Conditions that another council needs to do the same.
    pub transfer_conditions: Option<String>,
    /// The people it is for.
    pub who_for: Option<String>,
    /// Where the record comes from and what is missing.
    pub provenance_note: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = outcomes)]
pub(crate) struct OutcomeRow {
    pub initiative_id: Uuid,
    pub measure: String,
    pub kind: Word<OutcomeKind>,
    pub bound: Word<Bound>,
    pub value: Option<bigdecimal::BigDecimal>,
    pub value_high: Option<bigdecimal::BigDecimal>,
    pub direction: Option<Word<Direction>>,
    pub unit: Option<Word<Unit>>,
    pub baseline: Option<bigdecimal::BigDecimal>,
    pub period_from: Option<String>,
    pub period_to: Option<String>,
    pub as_at: Option<String>,
    pub definition: Option<String>,
    pub caveat: Option<String>,
    pub evidence_level: i16,
    pub source_key: Option<String>,
    pub evaluator: Option<String>,
    pub declared_interest: Option<String>,
}

impl From<OutcomeRow> for Outcome {
    fn from(row: OutcomeRow) -> Self {
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
                declared_interest: row.declared_interest.as_deref().map(Into::into),
            }),
            source: row.source_key,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sources)]
pub(crate) struct SourceRow {
    pub initiative_id: Uuid,
    pub key: String,
    pub title: String,
    pub publisher: Option<String>,
    pub kind: Word<SourceKind>,
    pub published_on: Option<String>,
    pub item_reference: Option<String>,
    pub url: Option<String>,
    pub accessed_on: Option<String>,
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
pub(super) struct CostRow {
    pub initiative_id: Uuid,
    pub description: String,
    pub amount_pence: i64,
    pub bound: Word<CostBound>,
    pub kind: Word<CostKind>,
    pub payer: Option<String>,
    pub period_from: Option<String>,
    pub period_to: Option<String>,
    pub programme: Option<String>,
    pub round: Option<String>,
    pub caveat: Option<String>,
    pub source_key: Option<String>,
}

impl From<CostRow> for Cost {
    fn from(row: CostRow) -> Self {
        Self {
            description: row.description.as_str().into(),
            amount_pence: row.amount_pence,
            currency: Currency::Gbp,
            bound: row.bound.0,
            kind: row.kind.0,
            payer: row.payer.as_deref().map(Into::into),
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
    /// Council in whose area it happens.
    pub place_of: Option<CouncilRef>,
    /// Location of that council: latitude and longitude.
    pub place: Option<(f64, f64)>,
}

/// A row of the lead's table, as a query returns it.
type LeadRow = (Uuid, Word<LeadKind>, Option<String>, Option<CouncilRef>, Option<f64>, Option<f64>);

impl From<LeadRow> for OtherLead {
    fn from((_, kind, name, place_of, latitude, longitude): LeadRow) -> Self {
        let lead = Lead { name: name.as_deref().map(Into::into), ..Lead::of(kind.0) };
        Self { lead, place_of, place: latitude.zip(longitude) }
    }
}

/// Child records and relatives of some initiatives, by initiative id.
#[derive(Default)]
pub struct Children {
    /// Markdown texts.
    pub narratives: HashMap<Uuid, Narrative>,
    /// Leads of those that no council leads.
    pub leads: HashMap<Uuid, OtherLead>,
    /// Participating councils.
    pub participants: HashMap<Uuid, Vec<Participant>>,
    /// Partners other than councils.
    pub partners: HashMap<Uuid, Vec<Partner>>,
    /// Themes, primary first.
    pub themes: HashMap<Uuid, Vec<ThemeUse>>,
    /// Principles.
    pub principles: HashMap<Uuid, Vec<PrincipleUse>>,
    /// Sources.
    pub sources: HashMap<Uuid, Vec<Source>>,
    /// Outcomes.
    pub outcomes: HashMap<Uuid, Vec<Outcome>>,
    /// Costs.
    pub costs: HashMap<Uuid, Vec<Cost>>,
    /// All components, visible to the caller or not.
    pub components: HashMap<Uuid, Vec<Related>>,
    /// All parents, visible to the caller or not, by the parent's id.
    pub parents: HashMap<Uuid, Related>,
}

/// A parent or component, with the fields that decide who can see it.
#[derive(Clone, Debug)]
pub struct Related {
    /// Short form of the initiative.
    pub reference: InitiativeRef,
    /// Its effective visibility.
    pub level: Visibility,
    /// Its lead council.
    pub lead: Option<Uuid>,
}

impl Related {
    /// True when a caller with this reach can see it.
    pub fn is_seen(&self, reach: Reach) -> bool {
        self.level <= reach.level || (self.lead.is_some() && self.lead == reach.council)
    }
}

/// A related initiative, as a query returns it.
type RelatedRow = (InitiativeRef, Word<Visibility>, Option<Uuid>);

impl From<RelatedRow> for Related {
    fn from((reference, level, lead): RelatedRow) -> Self {
        Self { reference, level: level.0, lead }
    }
}

impl Children {
    /// Loads the child records. All queries run at the same time on one connection.
    pub async fn load(conn: &AsyncPgConnection, ids: &[Uuid], parents: &[Uuid]) -> Result<Self, ApiError> {
        if ids.is_empty() {
            return Ok(Self::default());
        }
        // Shared references to the connection let the queries run as a pipeline.
        let (mut c1, mut c2, mut c3, mut c4, mut c5) = (conn, conn, conn, conn, conn);
        let (mut c6, mut c7, mut c8, mut c9, mut c10, mut c11) = (conn, conn, conn, conn, conn, conn);
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
            initiative_narratives::table
                .filter(initiative_narratives::initiative_id.eq_any(ids))
                .select(Narrative::as_select())
                .load::<Narrative>(&mut c1),
            initiative_participants::table
                .inner_join(councils::table)
                .filter(initiative_participants::initiative_id.eq_any(ids))
                .order(initiative_participants::position)
                .select((
                    initiative_participants::initiative_id,
                    CouncilRef::as_select(),
                    initiative_participants::role
                ))
                .load::<(Uuid, CouncilRef, Word<ParticipantRole>)>(&mut c2),
            initiative_partners::table
                .filter(initiative_partners::initiative_id.eq_any(ids))
                .order(initiative_partners::position)
                .select((
                    initiative_partners::initiative_id,
                    initiative_partners::name,
                    initiative_partners::role,
                    initiative_partners::url
                ))
                .load::<(Uuid, String, Word<PartnerRole>, Option<String>)>(&mut c3),
            initiative_themes::table
                .inner_join(themes::table)
                .filter(initiative_themes::initiative_id.eq_any(ids))
                .order((initiative_themes::position, themes::label))
                .select((initiative_themes::initiative_id, ThemeRef::as_select()))
                .load::<(Uuid, ThemeRef)>(&mut c4),
            initiative_principles::table
                .inner_join(principles::table)
                .filter(initiative_principles::initiative_id.eq_any(ids))
                .order(initiative_principles::position)
                .select((
                    initiative_principles::initiative_id,
                    principles::id,
                    principles::slug,
                    principles::label,
                    initiative_principles::how
                ))
                .load::<(Uuid, Uuid, String, String, Option<String>)>(&mut c5),
            sources::table
                .filter(sources::initiative_id.eq_any(ids))
                .order(sources::position)
                .select(SourceRow::as_select())
                .load::<SourceRow>(&mut c6),
            outcomes::table
                .filter(outcomes::initiative_id.eq_any(ids))
                .order(outcomes::position)
                .select(OutcomeRow::as_select())
                .load::<OutcomeRow>(&mut c7),
            costs::table
                .filter(costs::initiative_id.eq_any(ids))
                .order(costs::position)
                .select(CostRow::as_select())
                .load::<CostRow>(&mut c8),
            initiatives::table
                .filter(initiatives::withdrawn_at.is_null())
                .filter(initiatives::parent_id.eq_any(ids))
                .order((initiatives::title, initiatives::id))
                .select((
                    initiatives::parent_id,
                    (
                        (initiatives::id, initiatives::slug, initiatives::title),
                        initiatives::effective_visibility,
                        initiatives::lead_council_id
                    )
                ))
                .load::<(Option<Uuid>, RelatedRow)>(&mut c9),
            initiatives::table
                .filter(initiatives::withdrawn_at.is_null())
                .filter(initiatives::id.eq_any(parents))
                .select((
                    (initiatives::id, initiatives::slug, initiatives::title),
                    initiatives::effective_visibility,
                    initiatives::lead_council_id
                ))
                .load::<RelatedRow>(&mut c10),
            initiative_leads::table
                .left_join(councils::table)
                .filter(initiative_leads::initiative_id.eq_any(ids))
                .select((
                    initiative_leads::initiative_id,
                    initiative_leads::kind,
                    initiative_leads::name,
                    Option::<CouncilRef>::as_select(),
                    councils::latitude.nullable(),
                    councils::longitude.nullable()
                ))
                .load::<LeadRow>(&mut c11),
        )?;
        Ok(Self {
            narratives: narratives.into_iter().map(|one| (one.initiative_id, one)).collect(),
            leads: leads.into_iter().map(|row| (row.0, row.into())).collect(),
            participants: group(
                participants.into_iter().map(|(id, council, role)| (id, Participant { council, role: role.0 })),
            ),
            partners: group(partners.into_iter().map(|(id, name, role, url)| {
                (id, Partner { name: name.as_str().into(), role: role.0, url: url.as_deref().map(Into::into) })
            })),
            themes: primary_first(group(
                themes.into_iter().map(|(id, theme)| (id, ThemeUse { theme, primary: false })),
            )),
            principles: group(
                principles.into_iter().map(|(of, id, slug, label, how)| (of, PrincipleUse { id, slug, label, how })),
            ),
            sources: group(sources.into_iter().map(|row| (row.initiative_id, row.into()))),
            outcomes: group(outcomes.into_iter().map(|row| (row.initiative_id, row.into()))),
            costs: group(costs.into_iter().map(|row| (row.initiative_id, row.into()))),
            components: group(
                components.into_iter().filter_map(|(parent, one)| parent.map(|parent| (parent, one.into()))),
            ),
            parents: parents.into_iter().map(|parent| (parent.0.id, parent.into())).collect(),
        })
    }
}

fn group<T>(rows: impl Iterator<Item = (Uuid, T)>) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for (id, row) in rows {
        groups.entry(id).or_default().push(row);
    }
    groups
}

/// Marks the first theme as primary. After a merge, the first position need not be 0.
fn primary_first(mut groups: HashMap<Uuid, Vec<ThemeUse>>) -> HashMap<Uuid, Vec<ThemeUse>> {
    for themes in groups.values_mut() {
        if let Some(first) = themes.first_mut() {
            first.primary = true;
        }
    }
    groups
}
