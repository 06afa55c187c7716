//! Columns of themes.

use crate::formats::exports::columns::Kind::{Text, Time, Whole, Word};
use crate::formats::exports::columns::{Column, Member, Table, joined, known, number, word};
use crate::registry::themes::model::Theme;

type Of = Member<Theme>;

/// Themes.
pub fn themes() -> Table<Theme> {
    let members = vec![
        Member::plain(Column::new("id", Word, "Theme/id", |one: &Theme| word(&one.id)).unique()),
        Member::plain(Column::new("slug", Word, "Theme/slug", |one: &Theme| known(Some(&one.slug))).unique()),
        Of::required("label", Text, "Theme/label", |one| known(Some(&one.label))),
        Of::required("definition", Text, "Theme/definition", |one| known(Some(&one.definition))),
        Member::plain(Column::new("scope_note", Text, "Theme/scope_note", |one: &Theme| one.scope_note.clone())),
        Member::plain(
            Column::new("broader", Word, "Theme/broader", |one: &Theme| {
                one.broader.as_ref().map(|theme| theme.slug.clone())
            })
            .noted("Slug."),
        ),
        Member::plain(
            Column::new("narrower", Word, "Theme/narrower", |one: &Theme| {
                joined(one.narrower.iter().map(|theme| theme.slug.clone()))
            })
            .several("Slugs, joined by semicolons."),
        ),
        Of::required("status", Word, "Theme/status", |one| word(&one.status)),
        Member::plain(
            Column::new("replaced_by", Word, "Theme/replaced_by", |one: &Theme| {
                one.replaced_by.as_ref().map(|theme| theme.slug.clone())
            })
            .noted("Slug."),
        ),
        Of::required("version", Whole, "Theme/version", |one| number(Some(one.version))),
        Of::required("created_at", Time, "Theme/created_at", |one| word(&one.created_at)),
        Of::required("updated_at", Time, "Theme/updated_at", |one| word(&one.updated_at)),
    ];
    Table {
        name: "themes",
        title: "Themes",
        about: "Areas of practice, a row each.",
        members,
        key: &["slug"],
        links: &[("broader", "", "slug"), ("replaced_by", "", "slug")],
    }
}
