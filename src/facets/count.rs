//! The statement that counts, in one pass over a narrow table.
//!
//! Every initiative has four sets of facet words (form, leads, themes, principles), and most sets are shared by many. A row
//! that fails no filter counts for every facet; one that fails exactly one filter counts for the facet of that filter alone;
//! others do not count. So rows are grouped by set and by the filter that they fail, and only the few groups are taken apart
//! into words. Without any filter the kept tallies are the answer.

use chrono::Datelike;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Text, Uuid as SqlUuid};
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
    Theme = 1,
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

    /// What its words begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Theme => "theme:",
            Self::Principle => "principle:",
            Self::Council => "council:",
            Self::Region => "region:",
            Self::Nation => "nation:",
            Self::Kind => "kind:",
            Self::DeliveryStatus => "delivery_status:",
            Self::Year => "year:",
            Self::Evidence => "evidence:",
        }
    }

    /// The column whose sets have its words.
    fn column(self) -> &'static str {
        match self {
            Self::Theme => "themes",
            Self::Principle => "principles",
            Self::Council | Self::Region | Self::Nation => "leads",
            Self::Kind | Self::DeliveryStatus | Self::Year | Self::Evidence => "form",
        }
    }
}

/// A filter that is also a facet: any of these words.
struct Choice {
    facet: i32,
    column: &'static str,
    words: Vec<String>,
}

/// Counts of facet words: which facet alone they are for (0: for all), the word, its slug and label where it means a record,
/// and how many initiatives.
pub struct Count {
    reach: Reach,
    level: i16,
    choices: Vec<Choice>,
    words: Option<String>,
    rest: Option<Initiatives>,
}

impl Count {
    /// Of the initiatives that match a filter, each facet without its own.
    pub fn new(reach: Reach, filter: &InitiativeFilter) -> Self {
        let mut rest = filter.clone();
        let choices = take_choices(&mut rest);
        let words = rest.words.take();
        let is_open = rest == InitiativeFilter::default();
        let rest = (!is_open).then(|| filtered(reach, &rest).select(initiatives::id));
        Self { reach, level: reach.level.rank(), choices, words, rest }
    }

    /// True when nothing is filtered, so that the kept tallies say it all.
    fn is_plain(&self) -> bool {
        self.reach.council.is_none() && self.choices.is_empty() && self.words.is_none() && self.rest.is_none()
    }
}

/// Take out of a filter what is a facet.
fn take_choices(filter: &mut InitiativeFilter) -> Vec<Choice> {
    let mut choices = Vec::new();
    let mut choose = |facet: Facet, values: Vec<String>| {
        let words = values.into_iter().map(|value| format!("{}{value}", facet.prefix())).collect();
        choices.push(Choice { facet: facet as i32, column: facet.column(), words });
    };
    let ids = |ids: Vec<Uuid>| ids.iter().map(Uuid::to_string).collect::<Vec<_>>();
    if let Some(themes) = filter.themes.take() {
        choose(Facet::Theme, ids(themes.all));
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

impl Count {
    fn push_counted<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT failed, form, leads, themes, principles, count(*) AS rows FROM (SELECT failed");
        // A row that fails a filter counts for the facet of that filter alone: its other sets are of no interest.
        for column in ["form", "leads", "themes", "principles"] {
            let own: Vec<String> =
                self.choices.iter().filter(|one| one.column == column).map(|one| one.facet.to_string()).collect();
            let counted = [vec!["0".to_owned()], own].concat().join(", ");
            out.push_sql(&format!(", CASE WHEN failed IN ({counted}) THEN {column} END AS {column}"));
        }
        out.push_sql(" FROM (SELECT form, leads, themes, principles, CASE");
        for choice in &self.choices {
            out.push_sql(&format!(" WHEN fails_{} THEN {}", choice.facet, choice.facet));
        }
        out.push_sql(" WHEN true THEN 0 END AS failed FROM (SELECT form, leads, themes, principles");
        for choice in &self.choices {
            out.push_sql(&format!(", {} NOT IN (SELECT id FROM facet_sets WHERE members && ", choice.column));
            out.push_bind_param::<Array<Text>, _>(&choice.words)?;
            out.push_sql(&format!(") AS fails_{}", choice.facet));
        }
        out.push_sql(" FROM initiative_facets WHERE (audience <= ");
        out.push_bind_param::<SmallInt, _>(&self.level)?;
        if let Some(own) = &self.reach.council {
            out.push_sql(" OR lead_council_id = ");
            out.push_bind_param::<SqlUuid, _>(own)?;
        }
        out.push_sql(")");
        if let Some(words) = &self.words {
            out.push_sql(
                " AND initiative_id IN (SELECT initiative_id FROM initiative_search WHERE document @@ search_query(",
            );
            out.push_bind_param::<Text, _>(words)?;
            out.push_sql("))");
        }
        if let Some(rest) = &self.rest {
            out.push_sql(" AND initiative_id IN (");
            QueryFragment::<Pg>::walk_ast(rest, out.reborrow())?;
            out.push_sql(")");
        }
        // Worked out once for each row: whether it fails is looked at twice.
        out.push_sql(" OFFSET 0) facing");
        if self.choices.len() > 1 {
            let failures: Vec<String> =
                self.choices.iter().map(|choice| format!("fails_{}::integer", choice.facet)).collect();
            out.push_sql(&format!(" WHERE {} <= 1", failures.join(" + ")));
        }
        out.push_sql(
            ") judged) narrowed GROUP BY GROUPING SETS ((failed, form), (failed, leads), (failed, themes), (failed, principles))",
        );
        Ok(())
    }
}

impl QueryFragment<Pg> for Count {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql(
            "SELECT words.failed, words.word, coalesce(t.slug, p.slug, c.slug), coalesce(t.label, p.label, c.name), words.rows FROM (",
        );
        if self.is_plain() {
            out.push_sql("SELECT 0 AS failed, word, sum(records)::bigint AS rows FROM facet_tallies WHERE word <> 'all' AND audience <= ");
            out.push_bind_param::<SmallInt, _>(&self.level)?;
            out.push_sql(" GROUP BY word HAVING sum(records) > 0");
        } else {
            out.push_sql("SELECT failed, word, sum(rows)::bigint AS rows FROM (");
            self.push_counted(out.reborrow())?;
            out.push_sql(
                ") counted JOIN facet_sets s ON s.id = coalesce(form, leads, themes, principles), unnest(s.members) word
                 GROUP BY failed, word",
            );
        }
        out.push_sql(
            ") words LEFT JOIN themes t ON words.word = 'theme:' || t.id
             LEFT JOIN principles p ON words.word = 'principle:' || p.id
             LEFT JOIN councils c ON words.word = 'council:' || c.id",
        );
        Ok(())
    }
}

impl QueryId for Count {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Count {
    type SqlType = (Integer, Text, Nullable<Text>, Nullable<Text>, BigInt);
}
