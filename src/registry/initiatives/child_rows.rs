//! Rows of an initiative's child tables, as JSON objects with one member per column.
//!
//! A statement takes all rows of a table as one parameter, so one prepared statement serves any number of rows.

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::lead::LeadKind;
use super::model::NewInitiative;
use super::resolve::Resolved;
use crate::text::Quantity;

/// The statement that inserts the rows of a table. PostgreSQL takes columns and types from the table.
macro_rules! insert_into {
    ($table:literal) => {
        concat!("INSERT INTO ", $table, " SELECT * FROM jsonb_populate_recordset(NULL::", $table, ", $1)")
    };
}

/// For each child table, the statement that inserts its rows, and the rows.
pub fn child_rows(id: Uuid, resolved: &Resolved) -> [(&'static str, Vec<Value>); 9] {
    let new = &resolved.new;
    [
        (insert_into!("initiative_narratives"), vec![narrative(id, new)]),
        (insert_into!("initiative_leads"), other_lead(id, resolved)),
        (
            insert_into!("initiative_participants"),
            numbered(
                &resolved.participants,
                |position, (council, role)| json!({ "initiative_id": id, "council_id": council, "role": role, "position": position }),
            ),
        ),
        (insert_into!("initiative_partners"), partners(id, new)),
        (
            insert_into!("initiative_themes"),
            numbered(
                &resolved.themes,
                |position, theme| json!({ "initiative_id": id, "theme_id": theme, "position": position }),
            ),
        ),
        (
            insert_into!("initiative_principles"),
            numbered(&resolved.principles, |position, principle| {
                let how = new.principles.get(position).and_then(|used| used.how.as_deref());
                json!({ "initiative_id": id, "principle_id": principle, "position": position, "how": how })
            }),
        ),
        (insert_into!("sources"), sources(id, new)),
        (insert_into!("outcomes"), outcomes(id, new)),
        (insert_into!("costs"), costs(id, new)),
    ]
}

/// Makes a row for each item from its position, starting at 0, and the item.
fn numbered<T>(items: &[T], row: impl Fn(usize, &T) -> Value) -> Vec<Value> {
    items.iter().enumerate().map(|(position, item)| row(position, item)).collect()
}

fn narrative(id: Uuid, new: &NewInitiative) -> Value {
    json!({
        "initiative_id": id,
        "body": new.body.as_deref(),
        "challenge": new.challenge.as_deref(),
        "approach": new.approach.as_deref(),
        "what_worked": new.what_worked.as_deref(),
        "what_did_not": new.what_did_not.as_deref(),
        "transfer_conditions": new.transfer_conditions.as_deref(),
        "who_for": new.who_for.as_deref(),
        "provenance_note": new.provenance_note.as_deref(),
    })
}

/// The lead, if it is no council.
fn other_lead(id: Uuid, resolved: &Resolved) -> Vec<Value> {
    if resolved.lead_kind == LeadKind::Council {
        return Vec::new();
    }
    let name = resolved.new.lead.as_ref().and_then(|lead| lead.name.as_deref());
    vec![json!({ "initiative_id": id, "kind": resolved.lead_kind, "name": name, "place_of_id": resolved.place_of })]
}

fn partners(id: Uuid, new: &NewInitiative) -> Vec<Value> {
    numbered(&new.partners, |position, partner| {
        json!({
            "initiative_id": id,
            "position": position,
            "name": &*partner.name,
            "role": partner.role,
            "url": partner.url.as_deref(),
        })
    })
}

fn sources(id: Uuid, new: &NewInitiative) -> Vec<Value> {
    numbered(&new.sources, |position, source| {
        json!({
            "initiative_id": id,
            "key": source.key,
            "position": position,
            "title": &*source.title,
            "publisher": source.publisher.as_deref(),
            "kind": source.kind,
            "published_on": source.published_on.as_deref(),
            "item_reference": source.item_reference.as_deref(),
            "url": source.url.as_deref(),
            "accessed_on": source.accessed_on.as_deref(),
        })
    })
}

fn outcomes(id: Uuid, new: &NewInitiative) -> Vec<Value> {
    numbered(&new.outcomes, |position, outcome| {
        json!({
            "initiative_id": id,
            "position": position,
            "measure": &*outcome.measure,
            "kind": outcome.kind,
            "bound": outcome.bound,
            "value": decimal(outcome.value),
            "value_high": decimal(outcome.value_high),
            "direction": outcome.direction,
            "unit": outcome.unit,
            "baseline": decimal(outcome.baseline),
            "period_from": outcome.period_from.as_deref(),
            "period_to": outcome.period_to.as_deref(),
            "as_at": outcome.as_at.as_deref(),
            "definition": outcome.definition.as_deref(),
            "caveat": outcome.caveat.as_deref(),
            "evidence_level": outcome.evidence_level,
            "source_key": outcome.source,
            "evaluator": outcome.independence.as_ref().map(|by| &*by.evaluator),
            "declared_interest": outcome.independence.as_ref().and_then(|by| by.declared_interest.as_deref()),
        })
    })
}

fn costs(id: Uuid, new: &NewInitiative) -> Vec<Value> {
    numbered(&new.costs, |position, cost| {
        json!({
            "initiative_id": id,
            "position": position,
            "description": &*cost.description,
            "amount_pence": cost.amount_pence,
            "bound": cost.bound,
            "kind": cost.kind,
            "payer": cost.payer.as_deref(),
            "period_from": cost.period_from.as_deref(),
            "period_to": cost.period_to.as_deref(),
            "programme": cost.programme.as_deref(),
            "round": cost.round.as_deref(),
            "caveat": cost.caveat.as_deref(),
            "source_key": cost.source,
        })
    })
}

/// A number as text, so that it keeps its decimal digits in JSON.
fn decimal(quantity: Option<Quantity>) -> impl Serialize {
    quantity.and_then(Quantity::decimal).map(|exact| exact.to_string())
}
