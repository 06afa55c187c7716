//! Columns of organisations.

use crate::formats::exports::columns::Kind::{Text, Time, Whole, Word};
use crate::formats::exports::columns::{Cell, Column, Kind, Member, Table, among_others, joined, known, number, word};
use crate::registry::organisations::model::Organisation;

fn plain(
    name: &'static str,
    kind: Kind,
    schema_member: &'static str,
    cell: fn(&Organisation) -> Cell,
) -> Member<Organisation> {
    Member::plain(Column::new(name, kind, schema_member, cell))
}

fn required(
    name: &'static str,
    kind: Kind,
    schema_member: &'static str,
    cell: fn(&Organisation) -> Cell,
) -> Member<Organisation> {
    Member::plain(Column::new(name, kind, schema_member, cell).required())
}

/// Organisations.
pub fn organisations() -> Table<Organisation> {
    let members = vec![
        Member::plain(Column::new("id", Word, "Organisation/id", |one: &Organisation| word(&one.id)).unique()),
        Member::plain(
            Column::new("slug", Word, "Organisation/slug", |one: &Organisation| known(Some(&one.slug))).unique(),
        ),
        required("name", Text, "Organisation/name", |one| known(Some(&one.name))),
        Member::plain(
            Column::new("aliases", Text, "Organisation/aliases", |one: &Organisation| {
                joined(one.aliases.iter().map(|alias| among_others(alias)))
            })
            .several("Joined by semicolons. A semicolon inside a value becomes a comma."),
        ),
        required("kind", Word, "Organisation/kind", |one| word(&one.kind)),
        plain("org_id", Word, "NewOrganisation/org_id", |one| one.org_id.clone()),
        plain("website", Text, "Organisation/website", |one| one.website.clone()),
        plain("description", Text, "NewOrganisation/description", |one| one.description.clone()),
        Member::plain(
            Column::new("council", Word, "Organisation/council", |one: &Organisation| {
                one.council.as_ref().map(|council| council.slug.clone())
            })
            .noted("Slug."),
        ),
        required("initiative_count", Whole, "Organisation/initiative_count", |one| number(one.initiative_count)),
        required("version", Whole, "Organisation/version", |one| number(Some(one.version))),
        required("created_at", Time, "Organisation/created_at", |one| word(&one.created_at)),
        required("updated_at", Time, "Organisation/updated_at", |one| word(&one.updated_at)),
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
