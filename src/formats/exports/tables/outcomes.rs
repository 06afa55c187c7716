//! Columns of outcomes, one row for each claim.

use crate::formats::exports::columns::Kind::{Decimal, Text, Time, Whole, Word};
use crate::formats::exports::columns::{Column, Member, Table, known, number, word};
use crate::formats::exports::rows::WithLead;
use crate::read_model::outcomes::OutcomeRecord;

type Of = Member<Claim>;

type Claim = WithLead<OutcomeRecord>;

/// Outcomes.
pub fn outcomes() -> Table<Claim> {
    let members = vec![
        initiative(),
        Of::required("position", Whole, "OutcomeRecord/position", |one| number(Some(one.position))),
        Of::required("measure", Text, "OutcomeRecord/measure", |one| known(Some(&one.measure))),
        Of::required("kind", Word, "OutcomeRecord/kind", |one| word(&one.kind)),
        Of::required("bound", Word, "OutcomeRecord/bound", |one| word(&one.bound)),
        Of::optional("value", Decimal, "OutcomeRecord/value", |one| number(one.value.map(|value| value.get()))),
        Of::optional("value_high", Decimal, "OutcomeRecord/value_high", |one| {
            number(one.value_high.map(|value| value.get()))
        }),
        Of::optional("direction", Word, "OutcomeRecord/direction", |one| one.direction.as_ref().and_then(word)),
        Of::optional("unit", Word, "OutcomeRecord/unit", |one| one.unit.as_ref().and_then(word)),
        Of::optional("baseline", Decimal, "OutcomeRecord/baseline", |one| {
            number(one.baseline.map(|value| value.get()))
        }),
        Of::optional("period_from", Word, "Outcome/period_from", |one| one.period_from.clone()),
        Of::optional("period_to", Word, "Outcome/period_to", |one| one.period_to.clone()),
        Of::optional("as_at", Word, "Outcome/as_at", |one| one.as_at.clone()),
        Of::optional("definition", Text, "OutcomeRecord/definition", |one| one.definition.clone()),
        Of::optional("caveat", Text, "OutcomeRecord/caveat", |one| one.caveat.clone()),
        Of::required("evidence_level", Whole, "OutcomeRecord/evidence_level", |one| number(Some(one.evidence_level))),
        independence(),
        source(),
        Of::required("updated_at", Time, "OutcomeRecord/updated_at", |one| word(&one.updated_at)),
    ];
    Table {
        name: "outcomes",
        title: "Outcomes",
        about: "Claims with their evidence, one row each. Do not add up claims of different kinds. The bound says how the \
                value limits the true figure.",
        members,
        key: &["initiative", "position"],
        links: &[("initiative", "initiatives", "slug"), ("lead_council", "councils", "slug")],
    }
}

fn initiative() -> Member<Claim> {
    let of = "Of the initiative that it belongs to.";
    Member::new(
        "initiative",
        vec![
            Column::new("initiative_id", Word, "OutcomeOf/id", |one: &Claim| word(&one.initiative.id))
                .required()
                .noted(of),
            Column::new("initiative", Word, "OutcomeOf/slug", |one: &Claim| known(Some(&one.initiative.slug)))
                .required()
                .noted(of),
            Column::new("initiative_title", Text, "OutcomeOf/title", |one: &Claim| known(Some(&one.initiative.title)))
                .required()
                .noted(of),
            Column::new("lead_council", Word, "OutcomeOf/lead_council", |one: &Claim| {
                one.initiative.lead_council.as_ref().map(|lead| lead.slug.clone())
            })
            .noted("Slug."),
            Column::new("lead_council_name", Text, "CouncilRef/name", |one: &Claim| {
                known(one.initiative.lead_council.as_ref().map(|lead| &lead.name))
            })
            .noted("Of the lead council."),
            Column::new("lead_council_gss_code", Word, "NewCouncil/gss_code", |one: &Claim| {
                one.initiative.lead_council.as_ref().and_then(|lead| lead.gss_code.clone())
            })
            .noted("Of the lead council."),
            Column::new("lead_council_nation", Word, "Council/nation", |one: &Claim| {
                one.nation.as_ref().and_then(word)
            })
            .noted("Of the lead council."),
            Column::new("lead_council_region", Word, "Council/region", |one: &Claim| {
                one.region.as_ref().and_then(word)
            })
            .noted("Of the lead council."),
        ],
    )
}

fn independence() -> Member<Claim> {
    Member::new(
        "independence",
        vec![
            Column::new("evaluator", Text, "Independence/evaluator", |one: &Claim| {
                one.independence.as_ref().map(|by| by.evaluator.to_string())
            }),
            Column::new("declared_interest", Text, "Independence/declared_interest", |one: &Claim| {
                one.independence.as_ref().and_then(|by| known(by.declared_interest.as_deref()))
            })
            .noted("Of the evaluator."),
        ],
    )
}

fn source() -> Member<Claim> {
    let of = "Of the source.";
    Member::new(
        "source",
        vec![
            Column::new("source", Word, "Source/key", |one: &Claim| one.source.as_ref().map(|from| from.key.clone())),
            Column::new("source_title", Text, "Source/title", |one: &Claim| {
                one.source.as_ref().map(|from| from.title.to_string())
            })
            .noted(of),
            Column::new("source_publisher", Text, "Source/publisher", |one: &Claim| {
                one.source.as_ref().and_then(|from| known(from.publisher.as_deref()))
            })
            .noted(of),
            Column::new("source_kind", Word, "Source/kind", |one: &Claim| {
                one.source.as_ref().and_then(|from| word(&from.kind))
            })
            .noted(of),
            Column::new("source_published_on", Word, "Source/published_on", |one: &Claim| {
                one.source.as_ref().and_then(|from| known(from.published_on.as_deref()))
            })
            .noted(of),
            Column::new("source_item_reference", Text, "Source/item_reference", |one: &Claim| {
                one.source.as_ref().and_then(|from| known(from.item_reference.as_deref()))
            })
            .noted(of),
            Column::new("source_url", Text, "Source/url", |one: &Claim| {
                one.source.as_ref().and_then(|from| known(from.url.as_deref()))
            })
            .noted(of),
        ],
    )
}
