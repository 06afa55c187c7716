//! Columns of councils.

use crate::formats::exports::columns::Kind::{Date, Decimal, Text, Time, Whole, Word};
use crate::formats::exports::columns::{Column, Member, Table, among_others, joined, known, number, word};
use crate::registry::councils::model::Council;

type Of = Member<Council>;

/// Councils.
pub fn councils() -> Table<Council> {
    let members = vec![
        Member::plain(Column::new("id", Word, "Council/id", |one: &Council| word(&one.id)).unique()),
        Member::plain(Column::new("slug", Word, "Council/slug", |one: &Council| known(Some(&one.slug))).unique()),
        Of::required("name", Text, "Council/name", |one| known(Some(&one.name))),
        Of::required("short_name", Text, "Council/short_name", |one| known(Some(&one.short_name))),
        Of::optional("welsh_name", Text, "Council/welsh_name", |one| one.welsh_name.clone()),
        Of::optional("gss_code", Word, "NewCouncil/gss_code", |one| one.gss_code.clone()),
        Of::optional("code", Word, "NewCouncil/code", |one| one.code.clone()),
        Of::required("council_type", Word, "Council/council_type", |one| word(&one.council_type)),
        Of::required("nation", Word, "Council/nation", |one| word(&one.nation)),
        Of::optional("region", Word, "Council/region", |one| one.region.as_ref().and_then(word)),
        Member::new(
            "location",
            vec![
                Column::new("latitude", Decimal, "Location/latitude", |one: &Council| {
                    number(one.location.map(|at| at.latitude))
                }),
                Column::new("longitude", Decimal, "Location/longitude", |one: &Council| {
                    number(one.location.map(|at| at.longitude))
                }),
            ],
        ),
        Of::optional("population", Whole, "NewCouncil/population", |one| number(one.population)),
        Of::optional("population_year", Whole, "NewCouncil/population_year", |one| number(one.population_year)),
        Of::optional("website", Text, "Council/website", |one| one.website.clone()),
        Of::optional("description", Text, "NewCouncil/description", |one| one.description.clone()),
        Member::plain(
            Column::new("aliases", Text, "Council/aliases", |one: &Council| {
                joined(one.aliases.iter().map(|alias| among_others(alias)))
            })
            .several("Joined by semicolons. A semicolon inside a value becomes a comma."),
        ),
        membership(),
        Of::required("status", Word, "Council/status", |one| word(&one.status)),
        Of::optional("established_on", Date, "Council/established_on", |one| {
            one.established_on.as_ref().and_then(word)
        }),
        Of::optional("abolished_on", Date, "Council/abolished_on", |one| one.abolished_on.as_ref().and_then(word)),
        Member::plain(
            Column::new("codes", Word, "Council/codes", |one: &Council| {
                joined(one.codes.iter().map(|code| code.gss.clone()))
            })
            .several("Joined by semicolons. The present code comes last."),
        ),
        Of::required("version", Whole, "Council/version", |one| number(Some(one.version))),
        Of::required("created_at", Time, "Council/created_at", |one| word(&one.created_at)),
        Of::required("updated_at", Time, "Council/updated_at", |one| word(&one.updated_at)),
    ];
    Table {
        name: "councils",
        title: "Councils",
        about: "Local authorities and their membership of the network, one row each.",
        members,
        key: &["slug"],
        links: &[],
    }
}

fn membership() -> Member<Council> {
    Member::new(
        "membership",
        vec![
            Column::new("membership_tier", Word, "MembershipSummary/tier", |one: &Council| word(&one.membership.tier))
                .required(),
            Column::new("membership_status", Word, "MembershipSummary/status", |one: &Council| {
                one.membership.status.as_ref().and_then(word)
            }),
            Column::new("membership_as_at", Word, "MembershipSummary/as_at", |one: &Council| {
                known(one.membership.as_at.as_deref())
            }),
            Column::new("membership_joined_on", Word, "MembershipSummary/joined_on", |one: &Council| {
                known(one.membership.joined_on.as_deref())
            }),
            Column::new("membership_ended_on", Word, "MembershipSummary/ended_on", |one: &Council| {
                known(one.membership.ended_on.as_deref())
            }),
        ],
    )
}
