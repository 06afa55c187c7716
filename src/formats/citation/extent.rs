//! Extent of the public records, for the catalogue.

use chrono::{DateTime, Utc};

use crate::access::reach::Reach;
use crate::read_model::snapshot::Snapshot;
use crate::registry::themes::model::Theme;

/// Extent of the public records in time.
#[derive(Debug, Default)]
pub struct Extent {
    /// Time of the first publication of an initiative.
    pub issued: Option<DateTime<Utc>>,
    /// Time of the last change or withdrawal of a public record.
    pub modified: Option<DateTime<Utc>>,
    /// Start of the earliest initiative, as precise as known.
    pub from: Option<String>,
    /// End of the latest initiative, as precise as known.
    pub to: Option<String>,
}

/// Extent of the records that everybody can see.
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
    let councils = snapshot.councils.iter().map(|one| one.record.updated_at);
    let others = [councils.max(), snapshot.themes.last_change, snapshot.last_withdrawal()];
    extent.modified = others.into_iter().flatten().chain(extent.modified).max();
    extent
}

/// The themes of the registry, by label.
pub fn concepts(snapshot: &Snapshot) -> Vec<&Theme> {
    let mut themes: Vec<&Theme> = snapshot.themes.iter().map(|entry| &entry.record).collect();
    themes.sort_by(|a, b| (&a.label, a.id).cmp(&(&b.label, b.id)));
    themes
}
