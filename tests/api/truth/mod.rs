//! What the sample says, held against what its sources say.
//!
//! Somebody read the five founding papers again and held 74 facts against the sample; 28 were wrong, left out or had no
//! place. Each of them is a line here. The rules hold for every record, so that a new record cannot repeat the faults.

mod claims;
mod later;
mod leads;
mod rules;
mod status;
mod wording;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::TestApp;

/// The initiatives of the sample, by slug, as the API shows them to everybody.
struct Sample(BTreeMap<String, Value>);

impl Sample {
    async fn read() -> Self {
        let app = TestApp::with_sample().await;
        let page = app.anonymous().get("/v1/initiatives?limit=200").await.expect(200);
        let records = page.json["data"].as_array().unwrap();
        assert_eq!(page.json["total"], records.len());
        Self(records.iter().map(|one| (one["slug"].as_str().unwrap().to_owned(), one.clone())).collect())
    }

    fn record(&self, slug: &str) -> &Value {
        self.0.get(slug).unwrap_or_else(|| panic!("no {slug}"))
    }

    /// The one claim of a record whose measure has these words.
    fn claim(&self, slug: &str, measure: &str) -> &Value {
        let found: Vec<&Value> =
            each(self.record(slug), "outcomes").filter(|one| has(one, "measure", measure)).collect();
        assert_eq!(found.len(), 1, "{slug}: {measure}");
        found[0]
    }

    /// Every claim with the slug of its record.
    fn claims(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|(slug, record)| each(record, "outcomes").map(move |claim| (slug.as_str(), claim)))
    }
}

fn each<'a>(record: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    record[list].as_array().into_iter().flatten()
}

fn has(value: &Value, member: &str, words: &str) -> bool {
    text(value, member).contains(words)
}

/// A text member, or nothing.
fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// Every text that people wrote for a record, in one: without addresses, slugs and the titles of its sources.
fn prose(record: &Value) -> String {
    const OF_RECORD: [&str; 8] =
        ["title", "summary", "body", "challenge", "approach", "what_worked", "what_did_not", "transfer_conditions"];
    let own = OF_RECORD.iter().map(|member| text(record, member));
    let principles = each(record, "principles").map(|one| text(one, "how"));
    let partners = each(record, "partners").map(|one| text(one, "name"));
    let claims = each(record, "outcomes")
        .chain(each(record, "costs"))
        .flat_map(|one| ["measure", "description", "definition", "caveat"].map(|member| text(one, member)));
    own.chain(principles).chain(partners).chain(claims).collect::<Vec<_>>().join("\n")
}
