//! Initiatives, a row each.

use crate::auth::caller::Reach;
use crate::exports::columns::Kind::{Date, Decimal, Text, Time, Whole, Word};
use crate::exports::columns::{Column, Member, Table, among_others, array, council, joined, number, seen, time};

const OWN: &str = "initiative_id = initiatives.id";
const JOINED_SLUGS: &str = "Slugs, joined by semicolons.";
const JOINED_TEXTS: &str = "Joined by semicolons; a semicolon within one is written as a comma.";

/// SQL of a source as the records have it: members that are not known are left out.
pub(super) fn source(table: &str) -> String {
    format!(
        "json_strip_nulls(json_build_object('key', {table}.key, 'title', {table}.title, 'publisher', {table}.publisher,
            'kind', {table}.kind, 'published_on', {table}.published_on, 'item_reference', {table}.item_reference,
            'url', {table}.url, 'accessed_on', {table}.accessed_on))"
    )
}

/// Initiatives; parents and components as far as a caller of this reach sees them.
pub fn initiatives(reach: Reach) -> Table {
    let plain = |name, cell: &str, kind, said| Member::plain(Column::new(name, cell, kind, said));
    let required = |name, cell: &str, kind, said| Member::plain(Column::new(name, cell, kind, said).required());
    let mut members = vec![
        Member::plain(Column::new("id", "initiatives.id", Word, "Initiative/id").unique()),
        Member::plain(Column::new("slug", "initiatives.slug", Word, "Initiative/slug").unique()),
        required("title", "initiatives.title", Text, "Initiative/title"),
        required("summary", "initiatives.summary", Text, "Initiative/summary"),
        narrative("body", "Initiative/body"),
        required("kind", "initiatives.kind", Word, "Initiative/kind"),
        required("delivery_status", "initiatives.delivery_status", Word, "Initiative/delivery_status"),
        plain("started_on", "initiatives.started_on", Word, "NewInitiative/started_on"),
        plain("ended_on", "initiatives.ended_on", Word, "NewInitiative/ended_on"),
    ];
    members.extend(councils());
    members.extend(relatives(reach));
    members.extend(words());
    members.push(location());
    members.extend([
        narrative("challenge", "Initiative/challenge"),
        narrative("approach", "Initiative/approach"),
        narrative("what_worked", "Initiative/what_worked"),
        narrative("what_did_not", "Initiative/what_did_not"),
        narrative("transfer_conditions", "Initiative/transfer_conditions"),
    ]);
    members.extend(evidence());
    members.extend([
        required("licence", "initiatives.licence", Word, "Initiative/licence"),
        required("visibility", "initiatives.visibility", Word, "Initiative/visibility"),
        required("state", "initiatives.state", Word, "Initiative/state"),
        plain("verified_at", &time("initiatives.verified_at"), Time, "Initiative/verified_at"),
        plain("review_due_on", "initiatives.review_due_on", Date, "Initiative/review_due_on"),
        plain("source_url", "initiatives.source_url", Text, "Initiative/source_url"),
        plain("published_at", &time("initiatives.published_at"), Time, "Initiative/published_at"),
        required("version", "initiatives.version", Whole, "Initiative/version"),
        required("created_at", &time("initiatives.created_at"), Time, "Initiative/created_at"),
        required("updated_at", &time("initiatives.updated_at"), Time, "Initiative/updated_at"),
    ]);
    let coordinate = |name: &str| {
        format!(
            "CASE WHEN initiatives.latitude IS NULL THEN {} ELSE initiatives.{name} END",
            lead(&format!("lead.{name}"))
        )
    };
    Table {
        name: "initiatives",
        title: "Initiatives",
        about: "Pieces of co-operative practice, a row each. The outcomes have a table of their own.",
        members,
        key: &["slug"],
        links: &[("lead_council", "councils", "slug"), ("parent", "", "slug"), ("primary_theme", "themes", "slug")],
        point: Some([coordinate("longitude"), coordinate("latitude")]),
        id: "initiatives.id",
    }
}

fn lead(what: &str) -> String {
    format!("(SELECT {what} FROM councils lead WHERE lead.id = initiatives.lead_council_id)")
}

fn narrative(name: &'static str, said: &'static str) -> Member {
    let text = format!("(SELECT told.{name} FROM initiative_narratives told WHERE told.{OWN})");
    Member::plain(Column::new(name, text, Text, said))
}

fn councils() -> [Member; 3] {
    let from =
        format!("initiative_participants part JOIN councils council ON council.id = part.council_id WHERE part.{OWN}");
    let part = format!("json_build_object('council', {}, 'role', part.role)", council("council"));
    let partners = format!("initiative_partners partner WHERE partner.{OWN}");
    let partner = "json_strip_nulls(json_build_object('name', partner.name, 'role', partner.role, 'url', partner.url))";
    [
        Member::new(
            "lead_council",
            lead(&council("lead")),
            vec![
                Column::new("lead_council", lead("lead.slug"), Word, "Initiative/lead_council").noted("Slug."),
                Column::new("lead_council_gss_code", lead("lead.gss_code"), Word, "NewCouncil/gss_code")
                    .noted("Of the lead council."),
            ],
        ),
        Member::new(
            "participants",
            array(&part, "part.position", &from),
            vec![
                Column::new(
                    "participants",
                    joined("council.slug", "part.position", &from),
                    Word,
                    "Initiative/participants",
                )
                .several(JOINED_SLUGS),
                Column::new("participant_roles", joined("part.role", "part.position", &from), Word, "").several(
                    "What each of `participants` does: lead, co_lead or partner, in their order, joined by semicolons.",
                ),
            ],
        ),
        Member::new(
            "partners",
            array(partner, "partner.position", &partners),
            vec![
                Column::new(
                    "partners",
                    joined(&among_others("partner.name"), "partner.position", &partners),
                    Text,
                    "Initiative/partners",
                )
                .several(JOINED_TEXTS),
            ],
        ),
    ]
}

fn relatives(reach: Reach) -> [Member; 2] {
    let shown = |name: &str| format!("json_build_object('id', {name}.id, 'slug', {name}.slug, 'title', {name}.title)");
    let parent = |what: &str| {
        let seen = seen(reach, "above");
        format!("(SELECT {what} FROM initiatives above WHERE above.id = initiatives.parent_id AND {seen})")
    };
    let parts = format!("initiatives part WHERE part.parent_id = initiatives.id AND {}", seen(reach, "part"));
    [
        Member::new(
            "parent",
            parent(&shown("above")),
            vec![Column::new("parent", parent("above.slug"), Word, "Initiative/parent").noted("Slug.")],
        ),
        Member::new(
            "components",
            array(&shown("part"), "part.title, part.id", &parts),
            vec![
                Column::new(
                    "components",
                    joined("part.slug", "part.title, part.id", &parts),
                    Word,
                    "Initiative/components",
                )
                .several(JOINED_SLUGS),
            ],
        ),
    ]
}

fn words() -> [Member; 2] {
    let themes = format!(
        "(SELECT theme.*, row_number() OVER (ORDER BY used.position, theme.label) AS place
          FROM initiative_themes used JOIN themes theme ON theme.id = used.theme_id WHERE used.{OWN}) theme"
    );
    let theme =
        "json_build_object('id', theme.id, 'slug', theme.slug, 'label', theme.label, 'primary', theme.place = 1)";
    let principles =
        format!("initiative_principles used JOIN principles word ON word.id = used.principle_id WHERE used.{OWN}");
    let principle = "json_build_object('id', word.id, 'slug', word.slug, 'label', word.label, 'how', used.how)";
    [
        Member::new(
            "themes",
            array(theme, "theme.place", &themes),
            vec![
                Column::new(
                    "primary_theme",
                    format!("(SELECT theme.slug FROM {themes} WHERE theme.place = 1)"),
                    Word,
                    "",
                )
                .noted("Slug of its primary theme."),
                Column::new("themes", joined("theme.slug", "theme.place", &themes), Word, "Initiative/themes")
                    .several(JOINED_SLUGS),
            ],
        ),
        Member::new(
            "principles",
            array(principle, "used.position", &principles),
            vec![
                Column::new(
                    "principles",
                    joined("word.slug", "used.position", &principles),
                    Word,
                    "Initiative/principles",
                )
                .several(JOINED_SLUGS),
            ],
        ),
    ]
}

fn location() -> Member {
    let place = |table: &str, of: &str| {
        format!("json_build_object('latitude', {table}.latitude, 'longitude', {table}.longitude, 'of', '{of}')")
    };
    let else_lead = |own: &str, what: &str| {
        format!(
            "CASE WHEN initiatives.latitude IS NOT NULL THEN {own} ELSE
                (SELECT {what} FROM councils lead WHERE lead.id = initiatives.lead_council_id AND lead.latitude IS NOT NULL) END"
        )
    };
    Member::new(
        "location",
        else_lead(&place("initiatives", "initiative"), &place("lead", "lead_council")),
        vec![
            Column::new("latitude", else_lead("initiatives.latitude", "lead.latitude"), Decimal, "Place/latitude"),
            Column::new("longitude", else_lead("initiatives.longitude", "lead.longitude"), Decimal, "Place/longitude"),
            Column::new("location_of", else_lead("'initiative'", "'lead_council'"), Word, "Place/of"),
        ],
    )
}

fn evidence() -> [Member; 3] {
    let sources = format!("sources source WHERE source.{OWN}");
    let outcomes = format!("outcomes claim WHERE claim.{OWN}");
    let costs = format!("costs cost WHERE cost.{OWN}");
    let outcome = format!(
        "json_strip_nulls(json_build_object('measure', claim.measure, 'kind', claim.kind, 'bound', claim.bound,
            'value', {}, 'value_high', {}, 'direction', claim.direction, 'unit', claim.unit, 'baseline', {},
            'period_from', claim.period_from, 'period_to', claim.period_to, 'as_at', claim.as_at,
            'definition', claim.definition, 'caveat', claim.caveat, 'evidence_level', claim.evidence_level,
            'source', claim.source_key))",
        number("claim.value"),
        number("claim.value_high"),
        number("claim.baseline")
    );
    let cost = "json_strip_nulls(json_build_object('description', cost.description, 'amount_pence', cost.amount_pence,
            'currency', 'GBP', 'bound', cost.bound, 'kind', cost.kind, 'payer', cost.payer,
            'period_from', cost.period_from, 'period_to', cost.period_to, 'programme', cost.programme,
            'round', cost.round, 'caveat', cost.caveat, 'source', cost.source_key))";
    let count = |from: &str| format!("(SELECT count(*) FROM {from})");
    [
        Member::new(
            "sources",
            array(&source("source"), "source.position", &sources),
            vec![
                Column::new(
                    "sources",
                    joined(&among_others("source.title"), "source.position", &sources),
                    Text,
                    "Initiative/sources",
                )
                .several("Titles. Joined by semicolons; a semicolon within one is written as a comma."),
            ],
        ),
        Member::new(
            "outcomes",
            array(&outcome, "claim.position", &outcomes),
            vec![
                Column::new("outcome_count", count(&outcomes), Whole, "Initiative/outcomes")
                    .noted("Their number; the table `outcomes` has them.")
                    .required(),
                Column::new(
                    "best_evidence",
                    format!("(SELECT max(claim.evidence_level) FROM {outcomes})"),
                    Whole,
                    "Outcome/evidence_level",
                )
                .noted("The highest among its outcomes."),
            ],
        ),
        Member::new(
            "costs",
            array(cost, "cost.position", &costs),
            vec![
                Column::new("cost_count", count(&costs), Whole, "Initiative/costs")
                    .noted("Their number; the newline-delimited JSON has them.")
                    .required(),
            ],
        ),
    ]
}
