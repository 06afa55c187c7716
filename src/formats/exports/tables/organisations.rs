//! Columns of organisations.

use crate::formats::exports::columns::Kind::{Text, Time, Whole, Word};
use crate::formats::exports::columns::{Column, Member, Table, among_others, joined, known, number, word};
use crate::registry::organisations::model::Organisation;

type Of = Member<Organisation>;

/// Organisations.
pub fn organisations() -> Table<Organisation> {
    let members = vec![
        Member::plain(Column::new("id", Word, "Organisation/id", |one: &Organisation| word(&one.id)).unique()),
        Member::plain(
            Column::new("slug", Word, "Organisation/slug", |one: &Organisation| known(Some(&one.slug))).unique(),
        ),
        Of::required("name", Text, "Organisation/name", |one| known(Some(&one.name))),
        Member::plain(
            Column::new("aliases", Text, "Organisation/aliases", |one: &Organisation| {
                joined(one.aliases.iter().map(|alias| among_others(alias)))
            })
            .several("Joined by semicolons. A semicolon inside a value becomes a comma."),
        ),
        Of::required("kind", Word, "Organisation/kind", |one| word(&one.kind)),
        Of::optional("org_id", Word, "NewOrganisation/org_id", |one| one.org_id.clone()),
        Of::optional("website", Text, "Organisation/website", |one| one.website.clone()),
        Of::optional("description", Text, "NewOrganisation/description", |one| one.description.clone()),
        Member::plain(
            Column::new("council", Word, "Organisation/council", |one: &Organisation| {
                one.council.as_ref().map(|council| council.slug.clone())
            })
            .noted("Slug."),
        ),
        Of::required("initiative_count", Whole, "Organisation/initiative_count", |one| number(one.initiative_count)),
        Of::required("version", Whole, "Organisation/version", |one| number(Some(one.version))),
        Of::required("created_at", Time, "Organisation/created_at", |one| word(&one.created_at)),
        Of::required("updated_at", Time, "Organisation/updated_at", |one| word(&one.updated_at)),
    ];
    Table {
        name: "organisations",
        title: "Organisations",
        about: "Organisations other than councils, one row each.",
        members,
        key: &["slug"],
        links: &[("council", "councils", "slug")],
    }
}
