//! What must come first in the sample, as somebody at a council would expect it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{found, slugs};
use crate::support::TestApp;

const INITIATIVES: &str = "/v1/initiatives";
const COUNCILS: &str = "/v1/councils";
const BOTH: &str = "/v1/search";

/// Where to search, what for, and what comes first, in this order.
const FIRST: &[(&str, &str, &[&str])] = &[
    // Councils by any name: short, whole, former, Welsh, by code, by initials, without punctuation or accents.
    (COUNCILS, "CYC", &["york"]),
    (COUNCILS, "cyc", &["york"]),
    (COUNCILS, "York City Council", &["york"]),
    (COUNCILS, "E06000014", &["york"]),
    (COUNCILS, "newcastle", &["newcastle-upon-tyne", "newcastle-under-lyme"]),
    (COUNCILS, "Newcastle under Lyme", &["newcastle-under-lyme"]),
    (COUNCILS, "abertawe", &["swansea"]),
    (COUNCILS, "Caerdydd", &["cardiff"]),
    (COUNCILS, "GMCA", &["greater-manchester"]),
    (COUNCILS, "hull", &["kingston-upon-hull"]),
    (COUNCILS, "manchester", &["manchester", "greater-manchester"]),
    (COUNCILS, "oxford", &["oxford"]),
    (COUNCILS, "telford & wrekin", &["telford-and-wrekin"]),
    (COUNCILS, "telford and wrekin", &["telford-and-wrekin"]),
    (COUNCILS, "Cärdiff", &["cardiff"]),
    // Across both: a council by its name comes before what it does, a title before everything else.
    (BOTH, "CYC", &["york"]),
    (BOTH, "newcastle", &["newcastle-upon-tyne", "newcastle-under-lyme"]),
    (BOTH, "oldham", &["oldham"]),
    (BOTH, "Oldham Council", &["oldham"]),
    (BOTH, "hackney", &["hackney", "supporting-residents-in-financial-crisis"]),
    (BOTH, "Get Oldham Working", &["get-oldham-working"]),
    (BOTH, "oldham working", &["get-oldham-working"]),
    (BOTH, "social value toolkit", &["social-value-toolkit"]),
    // Titles, whole and in part, and their words with other endings.
    (INITIATIVES, "Get Oldham Working", &["get-oldham-working"]),
    (INITIATIVES, "get oldham work", &["get-oldham-working"]),
    (INITIATIVES, "Armed Forces Covenant", &["armed-forces-covenant"]),
    (INITIATIVES, "10 by 10", &["10-by-10"]),
    (INITIATIVES, "living wage", &["living-wage-york"]),
    (INITIATIVES, "snow warden", &["york-snow-wardens"]),
    (INITIATIVES, "digital divides", &["understanding-the-digital-divide"]),
    (INITIATIVES, "net zero", &["cooperative-approaches-to-reaching-net-zero", "birmingham-climate-emergency"]),
    (INITIATIVES, "Emília-Romagna", &["study-visit-to-emilia-romagna"]),
    (INITIATIVES, "emilia romagna", &["study-visit-to-emilia-romagna"]),
    (INITIATIVES, "dementia", &["york-young-people-dementia-awareness"]),
    (INITIATIVES, "youth council", &["oldham-youth-council"]),
    (INITIATIVES, "loan sharks", &["glasgow-credit-unions-against-loan-sharks"]),
    (INITIATIVES, "payday loan", &["lambeth-replacing-payday-loans"]),
    (INITIATIVES, "AI", &["co-operative-values-driven-ai"]),
    (INITIATIVES, "artificial intelligence", &["co-operative-values-driven-ai"]),
    // A council and a topic.
    (INITIATIVES, "oldham energy", &["oldham-collective-energy-deal"]),
    (INITIATIVES, "norwich tenants", &["norwich-tenant-involvement"]),
    (INITIATIVES, "wigan procurement", &["mission-driven-procurement-in-wigan"]),
    (INITIATIVES, "york coop housing", &["york-co-operative-housing-idea"]),
    (INITIATIVES, "plymouth mutual", &["plymouth-adult-learning-mutual"]),
    (INITIATIVES, "CYC libraries", &["york-libraries-and-archives"]),
    // Words that stand only in a body or in an outcome.
    (INITIATIVES, "peppercorn", &["edible-york"]),
    (INITIATIVES, "recycling", &["liverpool-composting-bins"]),
    (INITIATIVES, "outpatients", &["lambeth-living-well-collaborative"]),
    (INITIATIVES, "jobseekers", &["get-oldham-working"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_expected_comes_first() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let mut faults = Vec::new();
    for (list, q, first) in FIRST {
        let page = found(&client, list, q).await;
        let listed = slugs(&page);
        let as_written = page.json["search"]["did_you_mean"].is_null() && page.json["search"]["searched_for"] == *q;
        if !as_written || !listed.iter().zip(*first).all(|(one, wanted)| one == wanted) || listed.len() < first.len() {
            let shown = &listed[..listed.len().min(6)];
            faults.push(format!("{list} {q:?}: {shown:?} for {first:?}; {}", page.json["search"]));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What stands in front, in whatever order: nothing tells these apart.
#[tokio::test(flavor = "multi_thread")]
async fn titles_with_every_word_come_before_the_rest() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (q, in_front) in [
        (
            "cost of living crisis",
            &["cost-of-living-crisis-in-oldham", "tackling-the-cost-of-living-crisis-in-rochdale"][..],
        ),
        ("credit union", &["glasgow-credit-unions-against-loan-sharks", "norwich-credit-unions-financial-inclusion"]),
        ("community-led housing", &["community-led-housing-commission", "community-led-housing-in-liverpool"]),
        (
            "\"community wealth building\"",
            &[
                "community-wealth-building-together",
                "birmingham-anchor-network",
                "a-community-wealth-building-approach-to-culture",
            ],
        ),
        (
            "tackling poverty",
            &["tackling-poverty-in-south-tyneside", "tackling-poverty-and-inequalities-through-system-convening"],
        ),
    ] {
        let listed = slugs(&found(&client, INITIATIVES, q).await);
        let front: BTreeSet<&str> = listed.iter().take(in_front.len()).map(String::as_str).collect();
        assert_eq!(front, in_front.iter().copied().collect(), "{q}: {listed:?}");
        assert!(listed.len() >= in_front.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_spelling_finds_the_very_same() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for spellings in [
        &[
            "co-op housing",
            "coop housing",
            "cooperative housing",
            "co-operative housing",
            "CO-OP Housing",
            "co-ops housing",
        ][..],
        &["co-production", "coproduction", "Co-Production", "co‑production"],
        &["credit union", "credit unions", "Credit Unions", "crédit unions"],
        &["community-led housing", "community led housing"],
    ] {
        for list in [INITIATIVES, BOTH] {
            let wanted = slugs(&found(&client, list, spellings[0]).await);
            assert!(!wanted.is_empty());
            for spelling in spellings {
                let page = found(&client, list, spelling).await;
                assert_eq!(page.json["search"]["did_you_mean"], Value::Null, "{spelling}");
                assert_eq!(slugs(&page), wanted, "{list} {spelling}");
            }
        }
    }
    let housing = slugs(&found(&client, INITIATIVES, "co-op housing").await);
    for slug in ["york-co-operative-housing-idea", "edinburgh-students-housing-co-operative"] {
        assert!(housing[..2].iter().any(|one| one == slug), "{housing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn phrases_exclusions_and_alternatives() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let all = async |q: &str| slugs(&found(&client, INITIATIVES, q).await).into_iter().collect::<BTreeSet<_>>();
    let (forces, covenant) = (all("armed forces").await, all("armed forces -covenant").await);
    assert_eq!(&forces - &covenant, BTreeSet::from(["armed-forces-covenant".to_owned()]));
    assert!(covenant.contains("armed-forces-community-commitment"));

    let (dementia, graffiti) = (all("dementia").await, all("graffiti").await);
    assert!(!dementia.is_empty() && !graffiti.is_empty() && dementia.is_disjoint(&graffiti));
    assert_eq!(all("dementia or graffiti").await, &dementia | &graffiti);
    assert_eq!(all("dementia OR graffiti").await, &dementia | &graffiti);
    // No record has both: those that have either are shown, without those that have but a word of like meaning, and the
    // search says so.
    let both = found(&client, INITIATIVES, "dementia graffiti").await;
    assert_eq!(both.json["search"]["relaxed"], true);
    let shown: BTreeSet<_> = slugs(&both).into_iter().collect();
    assert!(shown.is_subset(&(&dementia | &graffiti)), "{shown:?}");
    for word in ["dementia", "graffiti"] {
        let by_word = all(&format!("\"{word}\"")).await;
        assert!(!by_word.is_empty() && by_word.is_subset(&shown), "{word}: {by_word:?}, {shown:?}");
    }

    let (phrase, words) = (all("\"payday loans\"").await, all("payday loans").await);
    assert!(phrase.is_subset(&words) && phrase.contains("lambeth-replacing-payday-loans"));
    assert!(all("\"loans payday\"").await.is_empty() && !words.is_empty());
    // Each word narrows.
    let (norwich, tenants) = (all("norwich").await, all("norwich tenants").await);
    assert!(tenants.is_subset(&norwich) && tenants.len() < norwich.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_still_finds() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (list, written, meant) in [
        (COUNCILS, "plymuth", "plymouth"),
        (COUNCILS, "yrok", "york"),
        (COUNCILS, "Sunderlnad", "sunderland"),
        (COUNCILS, "newcaslte", "newcastle"),
        (COUNCILS, "abertwe", "abertawe"),
        (BOTH, "plymuth", "plymouth"),
        (BOTH, "birmingam", "birmingham"),
        (INITIATIVES, "cooperatve", "cooperative"),
        (INITIATIVES, "dementai", "dementia"),
        (INITIATIVES, "housing commision", "housing commission"),
        (INITIATIVES, "credit unoins", "credit unions"),
        (INITIATIVES, "yrok libraries", "york libraries"),
        (INITIATIVES, "oldham bus fraes", "oldham bus fares"),
    ] {
        let (page, wanted) = (found(&client, list, written).await, found(&client, list, meant).await);
        let note = &page.json["search"];
        assert_eq!((&note["searched_for"], &note["did_you_mean"]), (&json!(meant), &json!(meant)), "{list} {written}");
        assert!(page.json["total"].as_i64() > Some(0), "{list} {written}");
        assert_eq!((&page.json["data"], &page.json["total"]), (&wanted.json["data"], &wanted.json["total"]));
    }
    // What is near to nothing stays as it was written.
    for written in ["qqqqqqqq", "zxcvbnm asdfgh"] {
        let page = found(&client, BOTH, written).await;
        let note = json!({ "searched_for": written, "did_you_mean": null, "relaxed": false, "synonyms": [] });
        assert_eq!((&page.json["search"], &page.json["data"]), (&note, &json!([])));
    }
}
