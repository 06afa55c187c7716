//! Columns of initiatives.

use crate::formats::exports::columns::Kind::{Date, Decimal, Text, Time, Whole, Word};
use crate::formats::exports::columns::{Column, Member, Table, among_others, joined, known, number, word};
use crate::formats::exports::rows::WithLead;
use crate::registry::initiatives::answer::Initiative as Answer;
use crate::registry::initiatives::lead::NETWORK;

type Of = Member<Initiative>;

type Initiative = WithLead<Answer>;

const JOINED_SLUGS: &str = "Slugs, joined by semicolons.";
const JOINED_TEXTS: &str = "Joined by semicolons. A semicolon inside a value becomes a comma.";

/// Initiatives.
pub fn initiatives() -> Table<Initiative> {
    let mut members = vec![
        Member::plain(Column::new("id", Word, "Initiative/id", |one: &Initiative| word(&one.id)).unique()),
        Member::plain(Column::new("slug", Word, "Initiative/slug", |one: &Initiative| known(Some(&one.slug))).unique()),
        Of::required("title", Text, "Initiative/title", |one| known(Some(&one.title))),
        Of::required("summary", Text, "Initiative/summary", |one| known(Some(&one.summary))),
        Of::optional("body", Text, "Initiative/body", |one| one.body.clone()),
        Of::required("kind", Word, "Initiative/kind", |one| word(&one.kind)),
        Of::required("delivery_status", Word, "Initiative/delivery_status", |one| word(&one.delivery_status)),
        Of::optional("status_as_at", Word, "NewInitiative/status_as_at", |one| one.status_as_at.clone()),
        Of::required("status_confirmation", Word, "Initiative/status_confirmation", |one| {
            word(&one.status_confirmation)
        }),
        Of::required("status_text", Text, "Initiative/status_text", |one| known(Some(&one.status_text))),
        Of::optional("started_on", Word, "NewInitiative/started_on", |one| one.started_on.clone()),
        Of::optional("ended_on", Word, "NewInitiative/ended_on", |one| one.ended_on.clone()),
    ];
    members.extend(councils());
    members.extend(relatives());
    members.extend(vocabularies());
    members.push(location());
    members.extend([
        Of::optional("challenge", Text, "Initiative/challenge", |one| one.challenge.clone()),
        Of::optional("approach", Text, "Initiative/approach", |one| one.approach.clone()),
        Of::optional("what_worked", Text, "Initiative/what_worked", |one| one.what_worked.clone()),
        Of::optional("what_did_not", Text, "Initiative/what_did_not", |one| one.what_did_not.clone()),
        Of::optional("transfer_conditions", Text, "Initiative/transfer_conditions", |one| {
            one.transfer_conditions.clone()
        }),
        Of::optional("who_for", Text, "Initiative/who_for", |one| one.who_for.clone()),
    ]);
    members.extend(evidence());
    members.extend([
        Of::optional("provenance_note", Text, "Initiative/provenance_note", |one| one.provenance_note.clone()),
        Of::required("entered_by", Word, "Initiative/entered_by", |one| word(&one.entered_by)),
        Of::required("licence", Word, "Initiative/licence", |one| word(&one.licence)),
        Of::required("visibility", Word, "Initiative/visibility", |one| word(&one.visibility)),
        Of::required("state", Word, "Initiative/state", |one| word(&one.state)),
        Of::optional("verified_at", Time, "Initiative/verified_at", |one| one.verified_at.as_ref().and_then(word)),
        Of::optional("verified_method", Word, "Initiative/verified_method", |one| {
            one.verified_method.as_ref().and_then(word)
        }),
        Of::optional("review_due_on", Date, "Initiative/review_due_on", |one| {
            one.review_due_on.as_ref().and_then(word)
        }),
        Of::required("freshness", Word, "Initiative/freshness", |one| word(&one.freshness)),
        Of::required("freshness_text", Text, "Initiative/freshness_text", |one| known(Some(&one.freshness_text))),
        Of::optional("source_url", Text, "Initiative/source_url", |one| one.source_url.clone()),
        Of::optional("published_at", Time, "Initiative/published_at", |one| one.published_at.as_ref().and_then(word)),
        Of::required("version", Whole, "Initiative/version", |one| number(Some(one.version))),
        Of::required("created_at", Time, "Initiative/created_at", |one| word(&one.created_at)),
        Of::required("updated_at", Time, "Initiative/updated_at", |one| word(&one.updated_at)),
    ]);
    Table {
        name: "initiatives",
        title: "Initiatives",
        about: "Pieces of co-operative practice, one row each. Outcomes have their own table.",
        members,
        key: &["slug"],
        links: &[
            ("lead_council", "councils", "slug"),
            ("lead_organisation", "organisations", "slug"),
            ("place_of", "councils", "slug"),
            ("parent", "", "slug"),
            ("primary_theme", "themes", "slug"),
        ],
    }
}

fn councils() -> [Member<Initiative>; 7] {
    [
        Member::new(
            "lead_council",
            vec![
                Column::new("lead_council", Word, "Initiative/lead_council", |one: &Initiative| {
                    one.lead_council.as_ref().map(|lead| lead.slug.clone())
                })
                .noted("Slug."),
                Column::new("lead_council_name", Text, "CouncilRef/name", |one: &Initiative| {
                    known(one.lead_council.as_ref().map(|lead| &lead.name))
                })
                .noted("Of the lead council."),
                Column::new("lead_council_gss_code", Word, "NewCouncil/gss_code", |one: &Initiative| {
                    one.lead_council.as_ref().and_then(|lead| lead.gss_code.clone())
                })
                .noted("Of the lead council."),
                Column::new("lead_council_nation", Word, "Council/nation", |one: &Initiative| {
                    one.nation.as_ref().and_then(word)
                })
                .noted("Of the lead council."),
                Column::new("lead_council_region", Word, "Council/region", |one: &Initiative| {
                    one.region.as_ref().and_then(word)
                })
                .noted("Of the lead council."),
            ],
        ),
        Member::plain(
            Column::new("steward", Word, "Initiative/steward", |one: &Initiative| {
                Some(one.steward.council.as_ref().map_or(NETWORK, |council| &council.slug).to_owned())
            })
            .required()
            .noted("Slug of the council, or `network`."),
        ),
        Member::new(
            "lead",
            vec![
                Column::new("lead_kind", Word, "Lead/kind", |one: &Initiative| word(&one.lead.kind)).required(),
                Column::new("lead_name", Text, "Lead/name", |one: &Initiative| known(one.lead.name.as_deref())),
            ],
        ),
        Member::plain(
            Column::new("lead_organisation", Word, "Initiative/lead_organisation", |one: &Initiative| {
                one.lead_organisation.as_ref().map(|organisation| organisation.slug.clone())
            })
            .noted("Slug."),
        ),
        Member::plain(
            Column::new("place_of", Word, "Initiative/place_of", |one: &Initiative| {
                one.place_of.as_ref().map(|council| council.slug.clone())
            })
            .noted("Slug."),
        ),
        Member::new(
            "participants",
            vec![
                Column::new("participants", Word, "Initiative/participants", |one: &Initiative| {
                    joined(one.participants.iter().map(|part| part.council.slug.clone()))
                })
                .several(JOINED_SLUGS),
                Column::new("participant_names", Text, "CouncilRef/name", |one: &Initiative| {
                    joined(one.participants.iter().map(|part| among_others(&part.council.name)))
                })
                .several(
                    "In the order of `participants`, joined by semicolons. A semicolon inside a name becomes a comma.",
                ),
                Column::new("participant_roles", Word, "Participant/role", |one: &Initiative| {
                    joined(one.participants.iter().filter_map(|part| word(&part.role)))
                })
                .several("In the order of `participants`, joined by semicolons."),
            ],
        ),
        Member::plain(
            Column::new("partners", Text, "Initiative/partners", |one: &Initiative| {
                joined(one.partners.iter().map(|partner| among_others(&partner.name)))
            })
            .several(JOINED_TEXTS),
        ),
    ]
}

fn relatives() -> [Member<Initiative>; 2] {
    [
        Member::plain(
            Column::new("parent", Word, "Initiative/parent", |one: &Initiative| {
                one.parent.as_ref().map(|parent| parent.slug.clone())
            })
            .noted("Slug."),
        ),
        Member::plain(
            Column::new("components", Word, "Initiative/components", |one: &Initiative| {
                joined(one.components.iter().map(|part| part.slug.clone()))
            })
            .several(JOINED_SLUGS),
        ),
    ]
}

fn vocabularies() -> [Member<Initiative>; 2] {
    [
        Member::new(
            "themes",
            vec![
                Column::new("primary_theme", Word, "", |one: &Initiative| {
                    one.themes.first().map(|used| used.theme.slug.clone())
                })
                .noted("Slug of its primary theme."),
                Column::new("themes", Word, "Initiative/themes", |one: &Initiative| {
                    joined(one.themes.iter().map(|used| used.theme.slug.clone()))
                })
                .several(JOINED_SLUGS),
            ],
        ),
        Member::plain(
            Column::new("principles", Word, "Initiative/principles", |one: &Initiative| {
                joined(one.principles.iter().map(|used| used.slug.clone()))
            })
            .several(JOINED_SLUGS),
        ),
    ]
}

fn location() -> Member<Initiative> {
    Member::new(
        "location",
        vec![
            Column::new("latitude", Decimal, "Place/latitude", |one| number(one.location.map(|at| at.latitude))),
            Column::new("longitude", Decimal, "Place/longitude", |one| number(one.location.map(|at| at.longitude))),
            Column::new("location_of", Word, "Place/of", |one| one.location.and_then(|at| word(&at.of))),
        ],
    )
}

fn evidence() -> [Member<Initiative>; 3] {
    [
        Member::plain(
            Column::new("sources", Text, "Initiative/sources", |one: &Initiative| {
                joined(one.sources.iter().map(|source| among_others(&source.title)))
            })
            .several("Titles, joined by semicolons. A semicolon inside a title becomes a comma."),
        ),
        Member::new(
            "outcomes",
            vec![
                Column::new("outcome_count", Whole, "Initiative/outcomes", |one: &Initiative| {
                    number(Some(one.outcomes.len()))
                })
                .noted("Number of outcomes, context included. They are in the table `outcomes`.")
                .required(),
                Column::new("best_evidence", Whole, "Outcome/evidence_level", |one: &Initiative| {
                    number(one.best_evidence())
                })
                .noted("The highest level among its outcomes, without context."),
            ],
        ),
        Member::new(
            "costs",
            vec![
                Column::new("cost_count", Whole, "Initiative/costs", |one: &Initiative| number(Some(one.costs.len())))
                    .noted("Number of costs. They are in the newline-delimited JSON.")
                    .required(),
            ],
        ),
    ]
}
