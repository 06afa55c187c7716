//! What the catalogue says of the whole: how far the public records reach.

use chrono::{DateTime, Utc};

use crate::access::reach::Reach;
use crate::read_model::snapshot::Snapshot;
use crate::registry::themes::model::Theme;

/// How far the public records reach in time.
#[derive(Debug, Default)]
pub struct Extent {
    /// When the first initiative was published.
    pub issued: Option<DateTime<Utc>>,
    /// When a public record last changed or was withdrawn.
    pub modified: Option<DateTime<Utc>>,
    /// When the earliest initiative began, as precisely as known.
    pub from: Option<String>,
    /// When the last one to end did so, as precisely as known.
    pub to: Option<String>,
}

/// How far what everybody sees reaches.
pub fn extent(snapshot: &Snapshot) -> Extent {
    let public = snapshot.visible(Reach::PUBLIC);
    let mut extent = Extent::default();
    for entry in snapshot.initiatives(&public) {
        let date = |member: &str| {
            let text = entry.json.value(member)?.strip_prefix('"')?.strip_suffix('"')?;
            Some(text.to_owned())
        };
        extent.issued = [extent.issued, entry.published_at].into_iter().flatten().min();
        extent.modified = extent.modified.max(Some(entry.updated_at));
        extent.from = [extent.from, date("started_on")].into_iter().flatten().min();
        extent.to = extent.to.max(date("ended_on"));
    }
    let councils = snapshot.councils.iter().filter(|one| one.is_seen(Reach::PUBLIC)).map(|one| one.record.updated_at);
    let others = [councils.max(), snapshot.themes.last_change(), snapshot.last_withdrawal()];
    extent.modified = others.into_iter().flatten().chain(extent.modified).max();
    extent
}

/// The themes of the registry, by label.
pub fn concepts(snapshot: &Snapshot) -> Vec<&Theme> {
    let mut themes: Vec<&Theme> = snapshot.themes.iter().map(|entry| &entry.record).collect();
    themes.sort_by(|a, b| (&a.label, a.id).cmp(&(&b.label, b.id)));
    themes
}
