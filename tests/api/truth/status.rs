//! Status: a record says when it was true, and not more often than a source does.

use serde_json::Value;

use super::{Sample, each, prose, text};

/// The days of the founding papers.
const PAPERS: [(&str, &str); 5] = [
    ("birmingham-business-management-2020", "2020-06-29"),
    ("ccin-sig-report-2014", "2014-06"),
    ("ccin-taskforce-submission-2013", "2013-12"),
    ("norwich-cabinet-2013", "2013-02-13"),
    ("norwich-scrutiny-2015", "2015-09-17"),
];

fn from_papers(record: &Value) -> Option<&'static str> {
    let dates = each(record, "sources").filter_map(|one| PAPERS.iter().find(|(key, _)| one["key"] == *key));
    dates.map(|(_, date)| *date).max()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_the_founding_papers_has_the_date_of_the_newest_that_tells_of_it() {
    let sample = Sample::read().await;
    let mut papers = 0;
    for (slug, record) in &sample.0 {
        let Some(newest) = from_papers(record) else { continue };
        // The report of 2014 tells of the evaluator, not of the programme.
        let newest = if slug == "sunderland-community-leadership-programme" { "2013-12" } else { newest };
        assert_eq!(record["status_as_at"], newest, "{slug}");
        papers += 1;
    }
    assert_eq!(papers, 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_status_is_dated_that_no_source_dates() {
    let sample = Sample::read().await;
    let mut undated = Vec::new();
    for (slug, record) in sample.0.iter().filter(|(_, record)| from_papers(record).is_none()) {
        let published: Vec<&str> = each(record, "sources").map(|one| text(one, "published_on")).collect();
        let words = format!("{} {}", text(record, "provenance_note"), text(record, "body"));
        let Some(date) = record["status_as_at"].as_str() else {
            undated.push(slug.as_str());
            let says_so =
                ["no date", "no year", "undated"].iter().any(|say| text(record, "provenance_note").contains(say));
            assert!(says_so, "{slug} does not say why its status has no date");
            continue;
        };
        let year = &date[..4];
        assert!(published.iter().any(|on| on.starts_with(year)) || words.contains(year), "{slug}: {date} is nowhere");
        let started = record["started_on"].as_str().unwrap_or("0000");
        assert!(date >= &started[..started.len().min(date.len())], "{slug}: true before it began");
    }
    assert_eq!(undated.len(), UNDATED, "{undated:?}");
}

/// Statuses that rest on a page without a date.
const UNDATED: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn running_is_never_said_without_a_date_or_that_there_is_none() {
    let sample = Sample::read().await;
    for (slug, record) in sample.0.iter().filter(|(_, record)| record["delivery_status"] == "live") {
        let note = text(record, "provenance_note");
        let dated = record["status_as_at"].is_string();
        assert!(
            dated || note.contains("nothing says whether the work still runs") || note.contains("no year"),
            "{slug}"
        );
    }
}

/// Where a title came from and what was not read is for a note, not for what a reader searches and cites.
#[tokio::test(flavor = "multi_thread")]
async fn notes_on_what_was_read_are_apart_from_the_body() {
    let sample = Sample::read().await;
    for (slug, record) in &sample.0 {
        for words in [
            "taken from the address",
            "comes from the address",
            "older copy",
            "material used here",
            "principles are listed",
            "Only the title was available",
            "The year is not stated",
            "The page is dated",
            "does not show which council",
        ] {
            assert!(!prose(record).contains(words), "{slug}: {words}");
        }
    }
    let noted = sample.0.values().filter(|one| !text(one, "provenance_note").is_empty()).count();
    assert_eq!(noted, 73 + 1 + 2, "what came later, the publications, and two start years that are worked out");
}
