//! Columns of memberships. The terms, which the public does not see, are in the JSON only.

use crate::formats::exports::columns::Kind::{Text, Time, Whole, Word};
use crate::formats::exports::columns::{Column, Member, Table, known, number, word};
use crate::registry::memberships::model::Membership;

type Of = Member<Membership>;

/// Memberships.
pub fn memberships() -> Table<Membership> {
    let members = vec![
        Member::plain(Column::new("id", Word, "Membership/id", |one: &Membership| word(&one.id)).unique()),
        member(),
        Of::required("tier", Word, "Membership/tier", |one| word(&one.tier)),
        Of::optional("from", Word, "Membership/from", |one| known(one.from.as_deref())),
        Of::optional("to", Word, "Membership/to", |one| known(one.to.as_deref())),
        Of::optional("end_reason", Text, "Membership/end_reason", |one| one.end_reason.clone()),
        Of::required("status", Word, "Membership/status", |one| word(&one.status)),
        Of::optional("last_observed_on", Word, "Membership/last_observed_on", |one| {
            known(one.last_observed_on.as_deref())
        }),
        Member::new(
            "observations",
            vec![
                Column::new("observation_count", Whole, "Membership/observations", |one: &Membership| {
                    number(Some(one.observations.len()))
                })
                .noted("Number of observations. They are in the newline-delimited JSON.")
                .required(),
            ],
        ),
        Of::required("version", Whole, "Membership/version", |one| number(Some(one.version))),
        Of::required("created_at", Time, "Membership/created_at", |one| word(&one.created_at)),
        Of::required("updated_at", Time, "Membership/updated_at", |one| word(&one.updated_at)),
    ];
    Table {
        name: "memberships",
        title: "Memberships",
        about: "Memberships of the network, past and present, one row each.",
        members,
        key: &["id"],
        links: &[("council", "councils", "slug"), ("organisation", "organisations", "slug")],
    }
}

fn member() -> Member<Membership> {
    Member::new(
        "member",
        vec![
            Column::new("member", Text, "", |one: &Membership| known(Some(one.member.name())))
                .noted("Name of the council or other organisation.")
                .required(),
            Column::new("council", Word, "", |one: &Membership| {
                one.member.council.as_ref().map(|council| council.slug.clone())
            })
            .noted("Slug of the council. Empty for another organisation."),
            Column::new("council_gss_code", Word, "NewCouncil/gss_code", |one: &Membership| {
                one.member.council.as_ref().and_then(|council| council.gss_code.clone())
            }),
            Column::new("organisation", Word, "", |one: &Membership| {
                one.member.record_of_organisation().map(|record| record.slug.clone())
            })
            .noted("Slug of the record of the organisation. Empty for a council, and without a record."),
        ],
    )
}
