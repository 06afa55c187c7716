//! Changes as an Atom feed (RFC 4287), with removed records as tombstones (RFC 6721).

use std::collections::BTreeMap;

use atom_syndication::extension::Extension;
use atom_syndication::{Category, Entry, Feed, Link, Person, Text};
use chrono::{DateTime, SecondsFormat, Utc};

use super::citation::work::Work;
use crate::db::enum_text::text as enum_text;
use crate::error::ApiError;
use crate::formats::legible;
use crate::registry::changes::model::{Change, ChangedRecord};
use crate::registry::council_changes::model::CouncilChange;
use crate::registry::councils::model::CouncilRef;

/// Media type of the feeds.
pub const ATOM: &str = "application/atom+xml";
/// Namespace of tombstones.
const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";
/// Author of entries that name none.
const NETWORK: &str = "Co-operative Councils' Innovation Network";

/// Head of a feed.
pub struct Head {
    /// Title.
    pub title: String,
    /// Permanent address of the feed, even if a slug changes: the feed's id.
    pub permanent: String,
    /// Address of the request.
    pub address: String,
    /// Address of the service, without a path.
    pub base: String,
    /// True to include removed records.
    pub tombstones: bool,
}

/// Writes these changes, newest first, as an XML feed.
pub fn write(head: Head, changes: &[Change]) -> Result<String, ApiError> {
    let mut feed = Feed {
        title: plain(&head.title),
        id: head.permanent,
        // A feed without entries also needs a date, and a constant one.
        updated: changes.first().map_or(DateTime::UNIX_EPOCH, |last| last.changed_at).into(),
        authors: vec![person(NETWORK)],
        links: vec![link("self", head.address, ATOM)],
        ..Feed::default()
    };
    let mut gone = Vec::new();
    for change in changes {
        match &change.record {
            Some(record) => feed.entries.push(entry(&head.base, change, record)),
            None => gone.push(tombstone(change)),
        }
    }
    if head.tombstones {
        feed.namespaces.insert("at".into(), TOMBSTONES.into());
        feed.extensions.insert("at".into(), BTreeMap::from([("deleted-entry".to_owned(), gone)]));
    }
    let xml = feed.write_to(Vec::new()).map_err(ApiError::internal)?;
    String::from_utf8(xml).map_err(ApiError::internal)
}

fn entry(base: &str, change: &Change, record: &ChangedRecord) -> Entry {
    let mut entry = Entry { id: urn(change), updated: change.changed_at.into(), ..Entry::default() };
    let path = match record {
        ChangedRecord::Council(council) => {
            entry.title = plain(&council.name);
            entry.summary = council.description.as_deref().map(plain);
            entry.published = Some(council.created_at.into());
            format!("councils/{}", council.slug)
        }
        ChangedRecord::CouncilChange(made) => {
            entry.title = plain(&change_of_councils(made));
            entry.summary = Some(plain(&made.source.title));
            entry.published = Some(made.created_at.into());
            format!("council-changes/{}", change.id)
        }
        ChangedRecord::Theme(theme) => {
            entry.title = plain(&theme.label);
            entry.summary = Some(plain(&theme.definition));
            entry.published = Some(theme.created_at.into());
            format!("themes/{}", theme.slug)
        }
        ChangedRecord::Initiative(initiative) => {
            entry.title = plain(&initiative.title);
            entry.summary = Some(plain(&format!("{} Status: {}.", initiative.summary, initiative.status_text)));
            entry.published = Some(initiative.published_at.unwrap_or(initiative.created_at).into());
            entry.authors = Work { record: initiative, base }.authors().into_iter().map(person).collect();
            entry.categories = initiative
                .themes
                .iter()
                .map(|used| Category {
                    term: used.theme.slug.clone(),
                    scheme: Some(format!("{base}/v1/themes")),
                    label: Some(legible(&used.theme.label)),
                })
                .collect();
            format!("initiatives/{}", initiative.slug)
        }
        ChangedRecord::Organisation(organisation) => {
            entry.title = plain(&organisation.name);
            entry.summary = organisation.description.as_deref().map(plain);
            entry.published = Some(organisation.created_at.into());
            format!("organisations/{}", organisation.slug)
        }
        ChangedRecord::Membership(membership) => {
            entry.title = plain(&format!("Membership of {}", membership.member.name()));
            entry.published = Some(membership.created_at.into());
            format!("memberships/{}", membership.id)
        }
    };
    entry.links = vec![link("alternate", format!("{base}/v1/{path}"), "application/json")];
    entry
}

/// A change of councils in words: "2023-04-01: Mendip District Council, Somerset County Council → Somerset Council".
fn change_of_councils(change: &CouncilChange) -> String {
    let names = |councils: &[CouncilRef]| councils.iter().map(|one| &*one.name).collect::<Vec<_>>().join(", ");
    let sides = [names(&change.from), names(&change.to)];
    let kind = enum_text(&change.kind).replace('_', " ");
    let sides: Vec<String> = sides.into_iter().filter(|names| !names.is_empty()).collect();
    format!("{} {kind}: {}", change.effective_on, sides.join(" → "))
}

fn tombstone(change: &Change) -> Extension {
    let when = DateTime::<Utc>::to_rfc3339_opts(&change.changed_at, SecondsFormat::Micros, true);
    Extension {
        name: "at:deleted-entry".into(),
        attrs: BTreeMap::from([("ref".into(), urn(change)), ("when".into(), when)]),
        ..Extension::default()
    }
}

fn urn(change: &Change) -> String {
    format!("urn:uuid:{}", change.id)
}

fn person(name: &str) -> Person {
    Person { name: legible(name), ..Person::default() }
}

fn link(rel: &str, href: String, media_type: &str) -> Link {
    Link { href, rel: rel.into(), mime_type: Some(media_type.into()), ..Link::default() }
}

fn plain(text: &str) -> Text {
    Text::plain(legible(text))
}
