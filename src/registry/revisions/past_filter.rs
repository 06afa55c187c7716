//! Filters of the list of initiatives as at a moment. They look at the text of then: in its JSON or, for the text that is
//! still the present one, in the rows. Councils and themes are those of today that its slugs lead to.

use diesel::dsl::{AsExprOf, sql};
use diesel::expression::{SqlLiteral, UncheckedBind};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use uuid::Uuid;

use super::past::Shown;
use crate::db::enum_text::text;
use crate::registry::initiatives::model::{DeliveryStatus, InitiativeKind};

/// Conditions that all must hold. An empty list is no condition.
#[derive(Clone, Debug, Default)]
pub struct PastFilter {
    /// Led by one of these councils, alone or jointly.
    pub leads: Vec<Uuid>,
    /// Or led by the network.
    pub by_network: bool,
    /// Led by one of these councils, or with their participation.
    pub participants: Vec<Uuid>,
    /// Has one of these themes.
    pub themes: Vec<Uuid>,
    /// Has one of these kinds.
    pub kinds: Vec<InitiativeKind>,
    /// Has one of these delivery statuses.
    pub stages: Vec<DeliveryStatus>,
}

impl PastFilter {
    /// The shown revisions that match.
    pub fn narrow(&self, mut query: Shown) -> Shown {
        if self.by_network || !self.leads.is_empty() {
            query = involving(query, &self.leads, &["lead", "co_lead"], self.by_network);
        }
        if !self.participants.is_empty() {
            query = involving(query, &self.participants, &["lead", "co_lead", "partner"], false);
        }
        if !self.themes.is_empty() {
            query = about(query, &self.themes);
        }
        if !self.kinds.is_empty() {
            query = query.filter(one_of("coalesce(revisions.content ->> 'kind', initiatives.kind)", &self.kinds));
        }
        if !self.stages.is_empty() {
            const STAGE: &str = "coalesce(revisions.content ->> 'delivery_status', initiatives.delivery_status)";
            query = query.filter(one_of(STAGE, &self.stages));
        }
        query
    }
}

type OneOf = UncheckedBind<SqlLiteral<Bool>, AsExprOf<Vec<String>, Array<Text>>>;

/// True if a word of the text is one of some.
fn one_of<T: serde::Serialize>(word: &str, words: &[T]) -> SqlLiteral<Bool, OneOf> {
    let words: Vec<String> = words.iter().map(text).collect();
    sql::<Bool>(&format!("{word} = ANY (")).bind::<Array<Text>, _>(words).sql(")")
}

/// Those that councils lead or in which they have one of these roles; or that the network leads.
fn involving(query: Shown, councils: &[Uuid], roles: &'static [&'static str], by_network: bool) -> Shown {
    let (ids, roles) = (councils.to_vec(), roles.to_vec());
    let now = sql::<Bool>("CASE WHEN revisions.content IS NULL THEN initiatives.lead_council_id = ANY (")
        .bind::<Array<SqlUuid>, _>(ids.clone())
        .sql(
            ") OR EXISTS (SELECT FROM initiative_participants p
                WHERE p.initiative_id = initiatives.id AND p.council_id = ANY (",
        )
        .bind::<Array<SqlUuid>, _>(ids.clone())
        .sql(") AND p.role = ANY (")
        .bind::<Array<Text>, _>(roles.clone())
        .sql(
            ")) OR EXISTS (SELECT FROM initiative_leads l
                WHERE l.initiative_id = initiatives.id AND l.kind = 'network' AND ",
        )
        .bind::<Bool, _>(by_network);
    let then = now
        .sql(") ELSE EXISTS (SELECT FROM slugs s WHERE s.resource = 'council' AND s.record_id = ANY (")
        .bind::<Array<SqlUuid>, _>(ids)
        .sql(
            ") AND (s.slug = revisions.content ->> 'lead_council'
                OR EXISTS (SELECT FROM jsonb_array_elements(revisions.content -> 'participants') p
                    WHERE p ->> 'council' = s.slug AND p ->> 'role' = ANY (",
        )
        .bind::<Array<Text>, _>(roles)
        .sql(")))) OR (revisions.content ->> 'lead_council' IS NOT DISTINCT FROM 'network' AND ")
        .bind::<Bool, _>(by_network)
        .sql(") END");
    query.filter(then)
}

/// Those with one of these themes.
fn about(query: Shown, themes: &[Uuid]) -> Shown {
    let ids = themes.to_vec();
    query.filter(
        sql::<Bool>(
            "CASE WHEN revisions.content IS NULL THEN EXISTS (SELECT FROM initiative_themes t
                WHERE t.initiative_id = initiatives.id AND t.theme_id = ANY (",
        )
        .bind::<Array<SqlUuid>, _>(ids.clone())
        .sql(
            ")) ELSE EXISTS (SELECT FROM slugs s WHERE s.resource = 'theme'
                AND revisions.content -> 'themes' ? s.slug AND s.record_id = ANY (",
        )
        .bind::<Array<SqlUuid>, _>(ids)
        .sql(")) END"),
    )
}
