//! CSL-JSON, for Zotero, Mendeley, Pandoc and every processor of the Citation Style Language. Follows the schema
//! csl-data.json of CSL 1.0.2: `type` and `id` are required, and unknown members are not allowed.

use chrono::Datelike;
use serde_json::{Value, json};

use super::work::{LANGUAGE, NETWORK_NAME, REGISTRY, Work};
use crate::db::enum_text::text;

/// The media type in CSL's own documentation.
pub const MEDIA_TYPE: &str = "application/vnd.citationstyles.csl+json";

/// Writes the work as a list of one item, as the schema requires. Leaves out the date of access, which only the reader
/// knows.
pub fn write(work: &Work) -> Value {
    let record = work.record;
    let names: Vec<Value> = work.authors().into_iter().map(|name| json!({ "literal": name })).collect();
    let mut item = json!({
        "id": work.permalink(),
        "type": "webpage",
        "title": record.title,
        "author": names,
        "container-title": REGISTRY,
        "publisher": NETWORK_NAME,
        "genre": work.kind(),
        "version": record.version.to_string(),
        "abstract": record.summary,
        "keyword": work.keywords().collect::<Vec<_>>().join(", "),
        "language": LANGUAGE,
        "URL": work.permalink(),
        // CSL has no variables for a status and for terms of use.
        "note": work.notes(),
        "custom": { "licence": text(&record.licence), "licence_url": record.licence.url() },
    });
    if let Some(issued) = work.issued() {
        item["issued"] = json!({ "date-parts": [[issued.year(), issued.month(), issued.day()]] });
    }
    if let Some(source) = work.after() {
        item["original-title"] = json!(source.title);
        if let Some(publisher) = &source.publisher {
            item["original-publisher"] = json!(publisher);
        }
        if let Some(date) = &source.published_on {
            let parts: Vec<u32> = date.split('-').filter_map(|part| part.parse().ok()).collect();
            item["original-date"] = json!({ "date-parts": [parts] });
        }
    }
    if work.is_draft() {
        item["status"] = json!("draft");
    }
    json!([item])
}
