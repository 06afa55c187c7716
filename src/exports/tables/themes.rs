//! Themes, a row each.

use crate::exports::columns::Kind::{Text, Time, Whole, Word};
use crate::exports::columns::{Column, Member, Table, array, joined, time};

const REF: &str = "json_build_object('id', near.id, 'slug', near.slug, 'label', near.label)";

/// A theme that another one names.
fn named(name: &'static str, by: &str, said: &'static str) -> Member {
    let of = |what: &str| {
        format!("(SELECT {what} FROM themes near WHERE near.id = themes.{by} AND near.withdrawn_at IS NULL)")
    };
    Member::new(name, of(REF), vec![Column::new(name, of("near.slug"), Word, said).noted("Slug.")])
}

/// Themes.
pub fn themes() -> Table {
    let required = |name, cell: &str, kind, said| Member::plain(Column::new(name, cell, kind, said).required());
    let within = "themes near WHERE near.broader_id = themes.id AND near.withdrawn_at IS NULL AND NOT near.merged";
    let members = vec![
        Member::plain(Column::new("id", "themes.id", Word, "Theme/id").unique()),
        Member::plain(Column::new("slug", "themes.slug", Word, "Theme/slug").unique()),
        required("label", "themes.label", Text, "Theme/label"),
        required("definition", "themes.definition", Text, "Theme/definition"),
        Member::plain(Column::new("scope_note", "themes.scope_note", Text, "Theme/scope_note")),
        named("broader", "broader_id", "Theme/broader"),
        Member::new(
            "narrower",
            array(REF, "near.label", within),
            vec![
                Column::new("narrower", joined("near.slug", "near.label", within), Word, "Theme/narrower")
                    .several("Slugs, joined by semicolons."),
            ],
        ),
        required("status", "themes.status", Word, "Theme/status"),
        named("replaced_by", "replaced_by_id", "Theme/replaced_by"),
        required("version", "themes.version", Whole, "Theme/version"),
        required("created_at", &time("themes.created_at"), Time, "Theme/created_at"),
        required("updated_at", &time("themes.updated_at"), Time, "Theme/updated_at"),
    ];
    Table {
        name: "themes",
        title: "Themes",
        about: "Areas of practice, a row each.",
        members,
        key: &["slug"],
        links: &[("broader", "", "slug"), ("replaced_by", "", "slug")],
        point: None,
        id: "themes.id",
    }
}
