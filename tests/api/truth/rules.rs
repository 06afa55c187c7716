//! Rules for every record: a plan is no result, and a level of evidence has its reason.

use serde_json::json;

use super::{Sample, each, has, prose, text};

/// Words of a claim that looks ahead.
const AHEAD: [&str; 12] = [
    "an aim",
    "aim of",
    "budgeted",
    "commitment",
    "designed for",
    "designed to",
    "expected",
    "expects",
    "forecast",
    "planned",
    "projected",
    "proposed",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_ahead_is_a_target_or_a_projection_without_evidence() {
    let sample = Sample::read().await;
    let mut ahead = 0;
    for (slug, claim) in sample.claims() {
        let words = ["measure", "definition", "caveat"].map(|member| text(claim, member)).join(" ").to_lowercase();
        let looks_ahead = AHEAD.iter().any(|word| words.contains(word)) || words.contains(" will ");
        let is_ahead = ["target", "projection"].contains(&text(claim, "kind"));
        assert!(!looks_ahead || is_ahead, "{slug}: {} is {}", claim["measure"], claim["kind"]);
        assert_eq!(
            is_ahead,
            claim["evidence_level"] == 0,
            "{slug}: {} is at level {}",
            claim["measure"],
            claim["evidence_level"]
        );
        ahead += usize::from(is_ahead);
    }
    assert!(ahead > 20, "{ahead}");
}

/// Claims without a figure that somebody has measured or compared all the same: record, measure, level and why.
const WITHOUT_FIGURE: [(&str, &str, i64, &str); 6] = [
    ("lipson-co-operative-academy", "Ofsted judgement", 3, "an inspection against published grades"),
    ("sunderland-community-leadership-programme", "Councillors' satisfaction", 2, "the council's own survey"),
    ("sunderland-community-leadership-programme", "judgement of the evaluator", 4, "an evaluation"),
    ("sunderland-responsive-local-services", "MORI", 3, "a survey, the highest of its readings"),
    ("sunderland-responsive-local-services", "Compliments", 3, "a count, against earlier counts"),
    ("sunderland-responsive-local-services", "Issues reported by staff", 3, "two counts, before and since"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_without_a_figure_is_described_and_no_more_unless_there_is_a_reason() {
    let sample = Sample::read().await;
    let mut excused = 0;
    for (slug, claim) in sample.claims().filter(|(_, claim)| claim.get("value").is_none_or(|value| value.is_null())) {
        let level = claim["evidence_level"].as_i64().unwrap();
        let listed =
            WITHOUT_FIGURE.iter().find(|(record, measure, ..)| *record == slug && has(claim, "measure", measure));
        match listed {
            Some((.., expected, why)) => assert_eq!(level, *expected, "{slug}: {}: {why}", claim["measure"]),
            None => assert!(level < 2, "{slug}: {} is at level {level} without a figure", claim["measure"]),
        }
        excused += usize::from(listed.is_some());
    }
    assert_eq!(excused, WITHOUT_FIGURE.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_independent_evaluation_has_an_evaluator() {
    let sample = Sample::read().await;
    let evaluated: Vec<_> = sample.claims().filter(|(_, claim)| claim["evidence_level"].as_i64() >= Some(4)).collect();
    assert_eq!(evaluated.len(), 1, "the sources tell of one evaluation");
    for (slug, claim) in evaluated {
        let evaluator = &claim["independence"]["evaluator"];
        assert_eq!(evaluator, "RSA 2020 Public Services Hub", "{slug}: {}", claim["measure"]);
        assert!(has(&claim["independence"], "declared_interest", "also gives the network"));
        let mut partners = each(sample.record(slug), "partners");
        assert!(partners.any(|one| one["role"] == "evaluator" && &one["name"] == evaluator), "{slug}");
    }
}

/// A saving that is only expected must not be what a reader of savings finds.
#[tokio::test(flavor = "multi_thread")]
async fn savings_and_outcomes_are_what_happened() {
    let sample = Sample::read().await;
    let savings: Vec<&str> =
        sample.claims().filter(|(_, claim)| claim["kind"] == "saving").map(|(slug, _)| slug).collect();
    assert_eq!(savings, ["sunderland-responsive-local-services"]);
    for (slug, claim) in sample.claims() {
        assert!(claim["evidence_level"] != json!(0) || claim["kind"] != "outcome", "{slug}: {}", claim["measure"]);
    }
}

/// Titles and sentences that came over from a source word by word.
#[tokio::test(flavor = "multi_thread")]
async fn sentences_are_our_own() {
    let sample = Sample::read().await;
    for words in [
        "compliments exceeded complaints for the first time",
        "co-produced needs assessment for social welfare advice",
        "governance from april 2014. profits go back",
        "councillors as partners in local economic growth",
    ] {
        for (slug, record) in &sample.0 {
            assert!(!prose(record).to_lowercase().contains(words), "{slug}: {words}");
        }
    }
}
