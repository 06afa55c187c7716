//! Rows of an initiative's child tables, as JSON objects with one member per column.
//!
//! A statement takes all rows of a table as one parameter, so one prepared statement serves any number of rows.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::lead::{LeadKind, lead_organisation};
use super::resolve::Resolved;
use super::rows::narrative;
use crate::error::ApiError;
use crate::text::Reference;

/// The statement that inserts the rows of a table. PostgreSQL takes columns and types from the table.
macro_rules! insert_into {
    ($table:literal) => {
        concat!("INSERT INTO ", $table, " SELECT * FROM jsonb_populate_recordset(NULL::", $table, ", $1)")
    };
}

/// For each child table, the statement that inserts its rows, and the rows.
pub fn child_rows(id: Uuid, resolved: &Resolved) -> Result<[(&'static str, Vec<Value>); 9], ApiError> {
    let new = &resolved.new;
    let participants =
        resolved.participants.iter().map(|(council, role)| json!({ "council_id": council, "role": role }));
    let themes = resolved.themes.iter().map(|theme| json!({ "theme_id": theme }));
    let principles = resolved.principles.iter().enumerate().map(|(position, principle)| {
        let how = new.principles.get(position).and_then(|used| used.how.as_deref());
        json!({ "principle_id": principle, "how": how })
    });
    let record = |reference: Option<&Reference>| resolved.organisation(reference);
    let partners = new.partners.iter().map(|one| beside(one, "organisation_id", record(one.organisation.as_ref())));
    let outcomes = new.outcomes.iter().map(|one| {
        let evaluator = one.independence.as_ref().and_then(|by| by.organisation.as_ref());
        beside(one, "evaluator_id", record(evaluator))
    });
    let costs = new.costs.iter().map(|one| beside(one, "payer_id", record(one.payer_organisation.as_ref())));
    Ok([
        (insert_into!("initiative_narratives"), vec![narrative(id, new)]),
        (insert_into!("initiative_leads"), other_lead(id, resolved)),
        (insert_into!("initiative_participants"), rows(id, participants)?),
        (insert_into!("initiative_partners"), rows(id, partners)?),
        (insert_into!("initiative_themes"), rows(id, themes)?),
        (insert_into!("initiative_principles"), rows(id, principles)?),
        (insert_into!("sources"), rows(id, &new.sources)?),
        (insert_into!("outcomes"), rows(id, outcomes)?),
        (insert_into!("costs"), rows(id, costs)?),
    ])
}

/// The lead, if it is no council.
fn other_lead(id: Uuid, resolved: &Resolved) -> Vec<Value> {
    if resolved.lead_kind == LeadKind::Council {
        return Vec::new();
    }
    let record = lead_organisation(resolved.new.lead.as_ref(), resolved.new.lead_council.as_ref());
    vec![json!({
        "initiative_id": id,
        "kind": resolved.lead_kind,
        "name": resolved.lead_name,
        "place_of_id": resolved.place_of,
        "organisation_id": resolved.organisation(record),
    })]
}

/// A child that names an organisation, and the id of its record as a further column.
#[derive(Serialize)]
struct Beside<'a, T: Serialize> {
    #[serde(flatten)]
    child: &'a T,
    #[serde(flatten)]
    record: BTreeMap<&'static str, Option<Uuid>>,
}

fn beside<'a, T: Serialize>(child: &'a T, column: &'static str, id: Option<Uuid>) -> Beside<'a, T> {
    Beside { child, record: BTreeMap::from([(column, id)]) }
}

/// Rows of children: their members are the columns, besides the initiative and the position, which starts at 0. A member
/// without a column, such as the name of a reference, is passed over.
fn rows<T: Serialize>(id: Uuid, children: impl IntoIterator<Item = T>) -> Result<Vec<Value>, ApiError> {
    let row = |(position, child): (usize, T)| -> serde_json::Result<Value> {
        let mut row = serde_json::to_value(child)?;
        // The evaluator of a claim and the declared interest are columns of the claim.
        if let Some(Value::Object(independence)) = row.get_mut("independence").map(Value::take) {
            independence.into_iter().for_each(|(name, value)| row[name.as_str()] = value);
        }
        // A claim or a cost cites its source by key.
        if let Some(key) = row.get_mut("source").map(Value::take) {
            row["source_key"] = key;
        }
        row["initiative_id"] = json!(id);
        row["position"] = json!(position);
        Ok(row)
    };
    children.into_iter().enumerate().map(row).collect::<Result<_, _>>().map_err(ApiError::internal)
}
