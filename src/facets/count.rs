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
use diesel::sql_types::{Array, BigInt, Nullable, Text};
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
        let levels = (1..=reach.level.rank()).map(|level| format!("audience:{level}"));
        let audience = levels.chain(reach.council.map(|own| format!("lead:{own}"))).collect();
        Self { audience, choices, words, rest }
    }

    /// True when every filter is a facet, so that nothing has to be looked up.
    pub fn is_kept(&self) -> bool {
        self.words.is_none() && self.rest.is_none()
    }

    /// `WITH facing (facet, block, bits)`: the bits that match every filter, for the facet '', and for each facet that is
    /// filtered by those that match every other filter.
    fn push_facing<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let any = "AS MATERIALIZED (SELECT block, bit_or(bits) AS bits FROM facet_bits WHERE word = ANY (";
        out.push_sql(&format!("WITH seen {any}"));
        out.push_bind_param::<Array<Text>, _>(&self.audience)?;
        out.push_sql(") GROUP BY block)");
        for choice in &self.choices {
            out.push_sql(&format!(", by_{} {any}", choice.facet.name()));
            out.push_bind_param::<Array<Text>, _>(&choice.words)?;
            out.push_sql(") GROUP BY block)");
        }
        if !self.is_kept() {
            self.push_looked_up(out.reborrow())?;
        }
        out.push_sql(", facing (facet, block, bits) AS MATERIALIZED (");
        self.push_selected(None, &mut out);
        for choice in &self.choices {
            out.push_sql(" UNION ALL ");
            self.push_selected(Some(choice.facet), &mut out);
        }
        out.push_sql(") ");
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

    /// The bits for one facet, without its own filter; for `None` with all filters.
    fn push_selected(&self, own: Option<Facet>, out: &mut AstPass<'_, '_, Pg>) {
        let mut parts = vec!["seen".to_owned()];
        parts.extend((!self.is_kept()).then(|| "found".to_owned()));
        let others = self.choices.iter().filter(|choice| Some(choice.facet) != own);
        parts.extend(others.map(|choice| format!("by_{}", choice.facet.name())));
        let bits = parts.iter().map(|part| format!("{part}.bits")).collect::<Vec<_>>().join(" & ");
        out.push_sql(&format!("SELECT '{}', block, {bits} FROM seen", own.map_or("", Facet::name)));
        for part in &parts[1..] {
            out.push_sql(&format!(" JOIN {part} USING (block)"));
        }
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
        let own: Vec<String> = self.0.choices.iter().map(|choice| format!("'{}'", choice.facet.name())).collect();
        let facing = match own.as_slice() {
            [] => "''".to_owned(),
            own => format!("CASE WHEN b.facet IN ({}) THEN b.facet ELSE '' END", own.join(", ")),
        };
        out.push_sql(&format!(
            "SELECT counted.word, coalesce(t.slug, p.slug, c.slug), coalesce(t.label, p.label, c.name), counted.records FROM (
                SELECT 'all' AS word, sum(bit_count(bits))::bigint AS records FROM facing WHERE facet = ''
                UNION ALL
                SELECT b.word, sum(bit_count(b.bits & facing.bits))::bigint AS records
                FROM facet_bits b JOIN facing ON facing.block = b.block AND facing.facet = {facing}
                WHERE b.facet NOT IN ('audience', 'lead')
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
        out.push_sql("SELECT coalesce(sum(bit_count(bits)), 0)::bigint FROM facing WHERE facet = ''");
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
