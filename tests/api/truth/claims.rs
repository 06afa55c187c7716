//! Claims: each with the kind, bound and evidence level that its source supports.

use serde_json::{Value, json};

use super::{Sample, each, has};

const SUNDERLAND: &str = "sunderland-community-leadership-programme";
const LIVING_WELL: &str = "lambeth-living-well-collaborative";

/// Record, part of the measure, and the members that the source decides.
fn claims() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        // The evaluator's judgement is one claim; what the council counted or merely has is not that judgement.
        (SUNDERLAND, "Areas with", json!({ "kind": "output", "bound": "exact", "value": 5, "evidence_level": 1 })),
        (
            SUNDERLAND,
            "Time the programme",
            json!({ "bound": "exact", "value": 4, "unit": "years", "evidence_level": 1 }),
        ),
        (SUNDERLAND, "Councillors' satisfaction", json!({ "kind": "outcome", "direction": "up", "evidence_level": 2 })),
        (SUNDERLAND, "judgement of the evaluator", json!({ "kind": "outcome", "evidence_level": 4 })),
        // One supporter's forecast.
        (
            "lambeth-peer-support-programme",
            "People who become supporters",
            json!({ "kind": "projection", "bound": "range", "value": 1, "value_high": 3, "evidence_level": 0 }),
        ),
        (
            "lambeth-peer-support-programme",
            "People whom each new supporter",
            json!({ "kind": "projection", "bound": "at_least", "value": 5, "evidence_level": 0 }),
        ),
        // "Designed to provide."
        ("sunderland-oldham-social-care-trading", "Quality", json!({ "kind": "target", "evidence_level": 0 })),
        (
            "sunderland-oldham-social-care-trading",
            "Cost-effectiveness",
            json!({ "kind": "target", "evidence_level": 0 }),
        ),
        // "Will be protected", "will support".
        (
            "plymouth-childrens-centre-clusters",
            "Universal offer",
            json!({ "kind": "projection", "direction": "flat", "evidence_level": 0 }),
        ),
        (
            "plymouth-childrens-centre-clusters",
            "Back-office",
            json!({ "kind": "projection", "direction": "down", "evidence_level": 0 }),
        ),
        // "Expected benefits."
        (
            "york-community-equipment-store-and-telecare",
            "Budgeted saving",
            json!({ "kind": "projection", "bound": "exact", "value": 200_000, "unit": "gbp", "evidence_level": 0,
                "definition": "One total over 48 months." }),
        ),
        // "Some 6,600."
        (
            "get-oldham-working",
            "Jobs needed by 2020",
            json!({ "kind": "projection", "bound": "about", "value": 6600, "unit": "jobs", "evidence_level": 0 }),
        ),
        (
            "oldham-social-value-framework",
            "each pound",
            json!({ "kind": "target", "bound": "direction", "direction": "up", "evidence_level": 0 }),
        ),
        // "Several have already moved": nothing is compared.
        (
            "lipson-co-operative-academy",
            "Schools that have moved",
            json!({ "kind": "outcome", "bound": "direction", "direction": "up", "evidence_level": 1 }),
        ),
        // "One third", "two thirds".
        ("york-libraries-and-archives", "held by staff", json!({ "bound": "about", "value": 33.3333 })),
        ("york-libraries-and-archives", "held by the community", json!({ "bound": "about", "value": 66.6667 })),
        // "Thousands."
        (
            "southampton-municipal-energy",
            "Council homes",
            json!({ "kind": "output", "bound": "at_least", "value": 2000, "unit": "homes", "evidence_level": 1 }),
        ),
        // What is like these: said in words, or a saving that nothing is compared with.
        ("lambeth-peer-support-programme", "Hospital admissions", json!({ "direction": "down", "evidence_level": 1 })),
        ("lambeth-peer-support-programme", "Discharge rate", json!({ "direction": "up", "evidence_level": 1 })),
        ("plymouth-primary-heads-cic", "Advertising costs", json!({ "direction": "down", "evidence_level": 1 })),
        ("genius-york", "The Guardian", json!({ "kind": "award", "evidence_level": 1 })),
        (
            "sunderland-responsive-local-services",
            "Saving",
            json!({ "kind": "saving", "bound": "at_least", "value": 3_000_000, "evidence_level": 2 }),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_claim_has_the_kind_bound_and_evidence_that_its_source_supports() {
    let sample = Sample::read().await;
    for (slug, measure, expected) in claims() {
        let claim = sample.claim(slug, measure);
        for (member, value) in expected.as_object().unwrap() {
            assert_eq!(&claim[member], value, "{slug}: {measure}: {member}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn caveats_say_what_a_reader_must_know() {
    let sample = Sample::read().await;
    for (slug, measure, words) in [
        (SUNDERLAND, "judgement of the evaluator", "in words"),
        (SUNDERLAND, "Councillors' satisfaction", "council's own survey"),
        (SUNDERLAND, "Time the programme", "inception"),
        ("lambeth-peer-support-programme", "People who become supporters", "one peer supporter expects"),
        ("lambeth-peer-support-programme", "People whom each new supporter", "one peer supporter expects"),
        ("sunderland-oldham-social-care-trading", "Quality", "designed for it"),
        ("get-oldham-working", "Jobs needed by 2020", "size of the need"),
        ("southampton-municipal-energy", "Council homes", "only thousands of council homes"),
        ("lipson-co-operative-academy", "Schools that have moved", "already moved"),
    ] {
        assert!(has(sample.claim(slug, measure), "caveat", words), "{slug}: {measure} does not say {words}");
    }
    assert!(!has(sample.claim(SUNDERLAND, "Time the programme"), "caveat", "about four"), "the source says four");
}

/// Nesta describes what such approaches bring; the collaborative did not measure it.
#[tokio::test(flavor = "multi_thread")]
async fn benefits_that_a_report_describes_in_general_are_not_results_of_a_place() {
    let sample = Sample::read().await;
    let claims: Vec<&Value> = each(sample.record(LIVING_WELL), "outcomes").collect();
    let benefits: Vec<&&Value> = claims.iter().filter(|one| has(one, "measure", "Described benefit: ")).collect();
    assert_eq!((benefits.len(), claims.len()), (13, 14));
    for benefit in benefits {
        assert_eq!((&benefit["evidence_level"], &benefit["bound"]), (&json!(1), &json!("direction")));
        assert_eq!(benefit["source"], "nesta-people-powered-health");
        assert!(has(benefit, "caveat", "not measured in Lambeth"));
    }
    let record = sample.record(LIVING_WELL);
    assert!(each(record, "sources").any(|one| one["publisher"] == "Nesta" && one["title"] == "People Powered Health"));
    assert!(each(record, "sources").any(|one| one["publisher"] == "Innovation Unit"));
    assert!(each(record, "partners").all(|one| one["name"] != "Nesta" && one["name"] != "Innovation Unit"));
}

/// What was entered as an outcome although it is who may take part, or how a thing is meant to be.
#[tokio::test(flavor = "multi_thread")]
async fn ages_and_rights_are_no_outcomes() {
    let sample = Sample::read().await;
    for slug in [
        "oldham-enterprise-trust",
        "plymouth-school-of-creative-arts",
        "youth-co-operative-action",
        "glasgow-future-savers",
    ] {
        assert_eq!(sample.record(slug)["outcomes"], json!([]), "{slug}");
    }
    for (slug, claim) in sample.claims() {
        let measure = claim["measure"].as_str().unwrap();
        assert!(!measure.split(' ').any(|word| ["Age", "Ages", "Aged", "ages"].contains(&word)), "{slug}: {measure}");
    }
}
