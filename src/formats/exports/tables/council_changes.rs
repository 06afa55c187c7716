//! Columns of changes of councils.

use crate::formats::exports::columns::Kind::{Date, Text, Time, Whole, Word};
use crate::formats::exports::columns::{Cell, Column, Member, Table, among_others, joined, known, number, word};
use crate::registry::council_changes::model::CouncilChange;
use crate::registry::councils::model::CouncilRef;

type Of = Member<CouncilChange>;

const SLUGS: &str = "Slugs, joined by semicolons.";
const NAMES: &str = "Names, joined by semicolons, in the same order.";

/// Changes of councils.
pub fn council_changes() -> Table<CouncilChange> {
    let members = vec![
        Member::plain(Column::new("id", Word, "CouncilChange/id", |one: &CouncilChange| word(&one.id)).unique()),
        Of::required("kind", Word, "CouncilChange/kind", |one| word(&one.kind)),
        Of::required("effective_on", Date, "CouncilChange/effective_on", |one| word(&one.effective_on)),
        Member::new(
            "order",
            vec![
                Column::new("order", Text, "CouncilChange/order", |one: &CouncilChange| {
                    known(one.order.as_ref().map(|order| &*order.title))
                }),
                Column::new("order_url", Text, "CitedDocument/url", |one: &CouncilChange| {
                    known(one.order.as_ref()?.url.as_deref())
                }),
            ],
        ),
        Member::new(
            "from",
            vec![
                Column::new("from", Word, "CouncilChange/from", |one: &CouncilChange| slugs(&one.from)).several(SLUGS),
                Column::new("from_names", Text, "CouncilChange/from", |one: &CouncilChange| names(&one.from))
                    .several(NAMES),
            ],
        ),
        Member::new(
            "to",
            vec![
                Column::new("to", Word, "CouncilChange/to", |one: &CouncilChange| slugs(&one.to)).several(SLUGS),
                Column::new("to_names", Text, "CouncilChange/to", |one: &CouncilChange| names(&one.to)).several(NAMES),
            ],
        ),
        Member::new(
            "source",
            vec![
                Column::new("source", Text, "CouncilChange/source", |one: &CouncilChange| {
                    known(Some(&*one.source.title))
                })
                .required(),
                Column::new("source_url", Text, "CitedDocument/url", |one: &CouncilChange| {
                    known(one.source.url.as_deref())
                }),
            ],
        ),
        Of::required("version", Whole, "CouncilChange/version", |one| number(Some(one.version))),
        Of::required("created_at", Time, "CouncilChange/created_at", |one| word(&one.created_at)),
        Of::required("updated_at", Time, "CouncilChange/updated_at", |one| word(&one.updated_at)),
    ];
    Table {
        name: "council-changes",
        title: "Changes of councils",
        about: "Which councils became which, on which day and by which order, one row each.",
        members,
        key: &["id"],
        links: &[],
    }
}

fn slugs(councils: &[CouncilRef]) -> Cell {
    joined(councils.iter().map(|council| council.slug.clone()))
}

fn names(councils: &[CouncilRef]) -> Cell {
    joined(councils.iter().map(|council| among_others(&council.name)))
}
