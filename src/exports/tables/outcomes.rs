//! Outcomes, a row a claim.

use crate::exports::columns::Kind::{Decimal, Text, Time, Whole, Word};
use crate::exports::columns::{Column, Member, Table, council, number, time};

/// Outcomes.
pub fn outcomes() -> Table {
    let plain = |name, cell: &str, kind, said| Member::plain(Column::new(name, cell, kind, said));
    let required = |name, cell: &str, kind, said| Member::plain(Column::new(name, cell, kind, said).required());
    let decimal = |name, column: &str, said| {
        Member::new(name, number(column), vec![Column::new(name, number(column), Decimal, said)])
    };
    let lead = |what: &str| format!("(SELECT {what} FROM councils lead WHERE lead.id = initiatives.lead_council_id)");
    let source = |what: &str| {
        format!(
            "(SELECT {what} FROM sources source
              WHERE source.initiative_id = outcomes.initiative_id AND source.key = outcomes.source_key)"
        )
    };
    let members = vec![
        Member::new(
            "initiative",
            format!(
                "json_build_object('id', initiatives.id, 'slug', initiatives.slug, 'title', initiatives.title,
                    'lead_council', {})",
                lead(&council("lead"))
            ),
            vec![
                Column::new("initiative_id", "initiatives.id", Word, "OutcomeOf/id")
                    .required()
                    .noted("Of the initiative that it belongs to."),
                Column::new("initiative", "initiatives.slug", Word, "OutcomeOf/slug")
                    .required()
                    .noted("Of the initiative that it belongs to."),
                Column::new("initiative_title", "initiatives.title", Text, "OutcomeOf/title")
                    .required()
                    .noted("Of the initiative that it belongs to."),
                Column::new("lead_council", lead("lead.slug"), Word, "OutcomeOf/lead_council").noted("Slug."),
                Column::new("lead_council_gss_code", lead("lead.gss_code"), Word, "NewCouncil/gss_code")
                    .noted("Of the lead council."),
            ],
        ),
        required("position", "outcomes.position", Whole, "OutcomeRecord/position"),
        required("measure", "outcomes.measure", Text, "OutcomeRecord/measure"),
        required("kind", "outcomes.kind", Word, "OutcomeRecord/kind"),
        required("bound", "outcomes.bound", Word, "OutcomeRecord/bound"),
        decimal("value", "outcomes.value", "OutcomeRecord/value"),
        decimal("value_high", "outcomes.value_high", "OutcomeRecord/value_high"),
        plain("direction", "outcomes.direction", Word, "OutcomeRecord/direction"),
        plain("unit", "outcomes.unit", Word, "OutcomeRecord/unit"),
        decimal("baseline", "outcomes.baseline", "OutcomeRecord/baseline"),
        plain("period_from", "outcomes.period_from", Word, "Outcome/period_from"),
        plain("period_to", "outcomes.period_to", Word, "Outcome/period_to"),
        plain("as_at", "outcomes.as_at", Word, "Outcome/as_at"),
        plain("definition", "outcomes.definition", Text, "OutcomeRecord/definition"),
        plain("caveat", "outcomes.caveat", Text, "OutcomeRecord/caveat"),
        required("evidence_level", "outcomes.evidence_level", Whole, "OutcomeRecord/evidence_level"),
        Member::new(
            "source",
            source(&super::initiatives::source("source")),
            vec![
                Column::new("source", "outcomes.source_key", Word, "Source/key"),
                Column::new("source_title", source("source.title"), Text, "Source/title").noted("Of the source."),
                Column::new("source_publisher", source("source.publisher"), Text, "Source/publisher")
                    .noted("Of the source."),
                Column::new("source_kind", source("source.kind"), Word, "Source/kind").noted("Of the source."),
                Column::new("source_published_on", source("source.published_on"), Word, "Source/published_on")
                    .noted("Of the source."),
                Column::new("source_item_reference", source("source.item_reference"), Text, "Source/item_reference")
                    .noted("Of the source."),
                Column::new("source_url", source("source.url"), Text, "Source/url").noted("Of the source."),
            ],
        ),
        required("updated_at", &time("initiatives.updated_at"), Time, "OutcomeRecord/updated_at"),
    ];
    Table {
        name: "outcomes",
        title: "Outcomes",
        about: "Claims with their evidence, a row each: never bare numbers. Different kinds are never to be summed together, \
                and a bound says how a value bounds the truth.",
        members,
        key: &["initiative", "position"],
        links: &[("initiative", "initiatives", "slug"), ("lead_council", "councils", "slug")],
        point: None,
        id: "outcomes.initiative_id",
    }
}
