//! The statement that counts.
//!
//! Every facet word has a bit for each initiative (`facet_bits`). The values that are wanted of a facet are an "or" of bits,
//! the filters together an "and", and a count is the number of bits that are left: the work is the same for few hits and
//! for many, and one facet is counted without its own filter by leaving that out of the "and". What is no facet (words, a
//! box, a participant) becomes bits by looking its initiatives up.

use chrono::Datelike;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::auth::caller::Reach;
use crate::db::schema::initiatives;
use crate::db::word::text;
use crate::initiatives::evidence::EVIDENCE_LEVELS;
use crate::initiatives::filter::{InitiativeFilter, filtered};
use crate::initiatives::model::NETWORK;
use crate::search::rank::Initiatives;

/// What is counted, in the order of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Facet {
    Theme,
    Principle,
    Council,
    Region,
    Nation,
    Kind,
    DeliveryStatus,
    Year,
    Evidence,
}

impl Facet {
    /// Every facet.
    pub const ALL: [Self; 9] = [
        Self::Theme,
        Self::Principle,
        Self::Council,
        Self::Region,
        Self::Nation,
        Self::Kind,
        Self::DeliveryStatus,
        Self::Year,
        Self::Evidence,
    ];

    /// What its words begin with, before a colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Principle => "principle",
            Self::Council => "council",
            Self::Region => "region",
            Self::Nation => "nation",
            Self::Kind => "kind",
            Self::DeliveryStatus => "delivery_status",
            Self::Year => "year",
            Self::Evidence => "evidence",
        }
    }
}

/// A filter that is also a facet: any of these words.
struct Choice {
    facet: Facet,
    words: Vec<String>,
}

/// Which initiatives, as bits.
pub struct Selection {
    audience: Vec<String>,
    own: Option<Uuid>,
    choices: Vec<Choice>,
    words: Option<String>,
    rest: Option<Initiatives>,
}

impl Selection {
    /// Those that match a filter.
    pub fn new(reach: Reach, filter: &InitiativeFilter) -> Self {
        let mut rest = filter.clone();
        let choices = take_choices(&mut rest);
        let words = rest.words.take();
        let rest = (rest != InitiativeFilter::default()).then(|| filtered(reach, &rest).select(initiatives::id));
        let audience = (1..=reach.level.rank()).map(|level| format!("audience:{level}")).collect();
        Self { audience, own: reach.council, choices, words, rest }
    }

    /// True when every filter is a facet, so that nothing has to be looked up.
    pub fn is_kept(&self) -> bool {
        self.words.is_none() && self.rest.is_none()
    }

    /// `WITH facing`: by block, the bits that match every filter (`every`), and for each facet that is filtered by those that
    /// match every other filter (`for_` with its name).
    fn push_facing<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.push_seen(out.reborrow())?;
        for choice in &self.choices {
            out.push_sql(&format!(
                ", by_{} AS MATERIALIZED (SELECT block, bit_or(bits) AS bits FROM facet_bits WHERE word = ANY (",
                choice.facet.name()
            ));
            out.push_bind_param::<Array<Text>, _>(&choice.words)?;
            out.push_sql(") GROUP BY block)");
        }
        if !self.is_kept() {
            self.push_looked_up(out.reborrow())?;
        }
        out.push_sql(&format!(", facing AS MATERIALIZED (SELECT block, {} AS every", self.bits(None)));
        for Choice { facet, .. } in &self.choices {
            out.push_sql(&format!(", {} AS for_{}", self.bits(Some(*facet)), facet.name()));
        }
        out.push_sql(" FROM seen");
        for part in self.parts(None) {
            // A block without any bit of one part has none of the others together, but may have some for a single facet.
            out.push_sql(&format!(" LEFT JOIN {part} USING (block)"));
        }
        out.push_sql(") ");
        Ok(())
    }

    /// Bits of the initiatives that the caller sees.
    fn push_seen<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH seen AS MATERIALIZED (SELECT block, bit_or(bits) AS bits FROM (");
        out.push_sql("SELECT block, bits FROM facet_bits WHERE word = ANY (");
        out.push_bind_param::<Array<Text>, _>(&self.audience)?;
        out.push_sql(")");
        if let Some(own) = &self.own {
            out.push_sql(
                " UNION ALL SELECT f.block, facet_bit(f.place) FROM initiative_facets f
                  JOIN initiatives i ON i.id = f.initiative_id WHERE i.lead_council_id = ",
            );
            out.push_bind_param::<SqlUuid, _>(own)?;
        }
        out.push_sql(") may GROUP BY block)");
        Ok(())
    }

    /// Bits of the initiatives that match what is no facet.
    fn push_looked_up<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            ", found AS MATERIALIZED (SELECT block, bit_or(facet_bit(place)) AS bits FROM initiative_facets WHERE true",
        );
        if let Some(words) = &self.words {
            out.push_sql(" AND document @@ search_query(");
            out.push_bind_param::<Text, _>(words)?;
            out.push_sql(")");
        }
        if let Some(rest) = &self.rest {
            out.push_sql(" AND initiative_id IN (");
            QueryFragment::<Pg>::walk_ast(rest, out.reborrow())?;
            out.push_sql(")");
        }
        out.push_sql(" GROUP BY block)");
        Ok(())
    }

    /// Names of what is joined to `seen`, but for a facet's own filter.
    fn parts(&self, own: Option<Facet>) -> Vec<String> {
        let found = (!self.is_kept()).then(|| "found".to_owned());
        let others = self.choices.iter().filter(|choice| Some(choice.facet) != own);
        found.into_iter().chain(others.map(|choice| format!("by_{}", choice.facet.name()))).collect()
    }

    /// The bits for one facet, without its own filter; for `None` with all filters. Null where one of them has none.
    fn bits(&self, own: Option<Facet>) -> String {
        let others = self.parts(own).into_iter().map(|part| format!(" & {part}.bits"));
        std::iter::once("seen.bits".to_owned()).chain(others).collect()
    }
}

/// Take out of a filter what is a facet.
fn take_choices(filter: &mut InitiativeFilter) -> Vec<Choice> {
    let mut choices = Vec::new();
    let mut choose = |facet: Facet, values: Vec<String>| {
        let words = values.into_iter().map(|value| format!("{}:{value}", facet.name())).collect();
        choices.push(Choice { facet, words });
    };
    let ids = |ids: Vec<Uuid>| ids.iter().map(Uuid::to_string).collect::<Vec<_>>();
    if let Some(themes) = filter.themes.take() {
        choose(Facet::Theme, ids(themes.named));
    }
    if let Some(principles) = filter.principles.take() {
        choose(Facet::Principle, ids(principles));
    }
    let network = std::mem::take(&mut filter.network);
    if network || filter.leads.is_some() {
        let mut leads = ids(filter.leads.take().unwrap_or_default());
        leads.extend(network.then(|| NETWORK.to_owned()));
        choose(Facet::Council, leads);
    }
    let mut any = |facet, values: Vec<String>| {
        if !values.is_empty() {
            choose(facet, values);
        }
    };
    any(Facet::Region, std::mem::take(&mut filter.regions).iter().map(text).collect());
    any(Facet::Nation, std::mem::take(&mut filter.nations).iter().map(text).collect());
    any(Facet::Kind, std::mem::take(&mut filter.kinds).iter().map(text).collect());
    any(Facet::DeliveryStatus, std::mem::take(&mut filter.stages).iter().map(text).collect());
    let (from, to) = (filter.from.take(), filter.to.take());
    if from.is_some() || to.is_some() {
        // Nothing is older or younger than this: the document's own bounds.
        let years = from.map_or(1800, |day| day.year())..=to.map_or(2199, |day| day.year());
        choose(Facet::Year, years.map(|year| year.to_string()).collect());
    }
    if let Some(least) = filter.min_evidence.take() {
        choose(
            Facet::Evidence,
            (0..EVIDENCE_LEVELS.len() as i16).filter(|level| *level >= least).map(|level| level.to_string()).collect(),
        );
    }
    choices
}

/// Counts of facet words: the word, its slug and label where it means a record, and how many initiatives. The word `all` is
/// for the initiatives that match every filter.
pub struct Count(pub Selection);

impl QueryFragment<Pg> for Count {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        self.0.push_facing(out.reborrow())?;
        let own: String = self
            .0
            .choices
            .iter()
            .map(|choice| choice.facet.name())
            .fold(String::new(), |cases, name| cases + &format!(" WHEN '{name}' THEN facing.for_{name}"));
        let facing =
            if own.is_empty() { "facing.every".into() } else { format!("CASE b.facet{own} ELSE facing.every END") };
        out.push_sql(&format!(
            "SELECT counted.word, coalesce(t.slug, p.slug, c.slug), coalesce(t.label, p.label, c.name), counted.records FROM (
                SELECT 'all' AS word, sum(bit_count(every))::bigint AS records FROM facing
                UNION ALL
                SELECT b.word, sum(bit_count(b.bits & {facing}))::bigint AS records
                FROM facet_bits b JOIN facing USING (block)
                WHERE b.facet <> 'audience'
                GROUP BY b.word
             ) counted
             LEFT JOIN themes t ON counted.word = 'theme:' || t.id
             LEFT JOIN principles p ON counted.word = 'principle:' || p.id
             LEFT JOIN councils c ON counted.word = 'council:' || c.id
             WHERE counted.records > 0"
        ));
        Ok(())
    }
}

impl QueryId for Count {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Count {
    type SqlType = (Text, Nullable<Text>, Nullable<Text>, BigInt);
}

/// How many initiatives match every filter.
pub struct Total(pub Selection);

impl QueryFragment<Pg> for Total {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        self.0.push_facing(out.reborrow())?;
        out.push_sql("SELECT coalesce(sum(bit_count(every)), 0)::bigint FROM facing");
        Ok(())
    }
}

impl QueryId for Total {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Total {
    type SqlType = BigInt;
}
