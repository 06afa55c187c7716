//! The sample registry, counted again through the API and held against the facts that it was written from.

use std::collections::BTreeMap;

use ccin_registry::app::sample::INITIATIVES;
use serde_json::{Value, json};

use crate::support::TestApp;

/// All records of a list.
async fn all(app: &TestApp, list: &str) -> Vec<Value> {
    let total = app.anonymous().get(&format!("/v1/{list}?limit=1")).await.expect(200).json["total"].clone();
    let (records, _) = app.anonymous().there_and_back(&format!("/v1/{list}?limit=200"), |_| {}).await;
    assert_eq!(total, records.len());
    records
}

/// How often each word occurs.
fn tally<'a>(words: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    words.fold(BTreeMap::new(), |mut counts, word| {
        *counts.entry(word).or_default() += 1;
        counts
    })
}

fn word<'a>(record: &'a Value, pointer: &str) -> &'a str {
    record.pointer(pointer).and_then(Value::as_str).unwrap_or("-")
}

fn outcomes(initiatives: &[Value]) -> impl Iterator<Item = &Value> {
    initiatives.iter().flat_map(|one| one["outcomes"].as_array().unwrap())
}

/// Leads of the sixty initiatives of 2013 (section 4 of the facts).
const LEADS_OF_2013: [(&str, usize); 12] = [
    ("birmingham", 3),
    ("edinburgh", 1),
    ("glasgow", 2),
    ("lambeth", 6),
    ("liverpool", 1),
    ("network", 1),
    ("norwich", 14),
    ("oldham", 9),
    ("plymouth", 8),
    ("southampton", 1),
    ("sunderland", 5),
    ("york", 9),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_has_as_many_records_as_the_facts() {
    let app = TestApp::with_sample().await;
    let initiatives = all(&app, "initiatives").await;
    assert_eq!((all(&app, "councils").await.len(), all(&app, "themes").await.len(), initiatives.len()), (386, 18, 134));

    let files: Vec<(&str, Vec<Value>)> =
        INITIATIVES.iter().map(|(name, text)| (*name, serde_json::from_str(text).unwrap())).collect();
    let later = ["policy-labs", "later-case-studies"];
    let seed: Vec<&Value> =
        files.iter().filter(|(name, _)| !later.contains(name)).flat_map(|(_, records)| records).collect();
    assert_eq!(tally(seed.iter().map(|one| word(one, "/lead_council"))), BTreeMap::from(LEADS_OF_2013));

    // Through the API: these and what the site showed later.
    let mut leads = BTreeMap::from(LEADS_OF_2013);
    for record in files.iter().filter(|(name, _)| later.contains(name)).flat_map(|(_, records)| records) {
        *leads.entry(record["lead_council"].as_str().unwrap_or(word(record, "/lead/kind"))).or_default() += 1;
    }
    let led_by = |one| [word(one, "/lead/kind"), word(one, "/lead_council/slug")];
    let shown = tally(initiatives.iter().map(led_by).map(|[kind, slug]| if kind == "council" { slug } else { kind }));
    assert_eq!(shown, leads);
    assert_eq!((leads["network"], leads["oldham"], leads["wigan"], leads["oxford"]), (5, 13, 5, 2));
    assert_eq!((leads["organisation"], leads["unknown"]), (7, 8 + 2));

    let components = initiatives.iter().filter(|one| one["parent"].is_object());
    let parents = tally(components.map(|one| word(one, "/parent/slug")));
    let expected = [
        ("genius-york", 1),
        ("get-oldham-working", 4),
        ("lambeth-living-well-collaborative", 1),
        ("plymouth-co-operative-learning-community", 7),
        ("sunderland-community-leadership-programme", 3),
    ];
    assert_eq!(parents, BTreeMap::from(expected));
    assert_eq!(parents.values().sum::<usize>(), 16);
    for one in &initiatives {
        let wanted = parents.get(word(one, "/slug")).copied().unwrap_or_default();
        assert_eq!(one["components"].as_array().unwrap().len(), wanted, "{}", one["slug"]);
        assert_eq!((word(one, "/state"), word(one, "/visibility")), ("published", "public"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_of_records_and_of_claims_are_as_counted() {
    let app = TestApp::with_sample().await;
    let initiatives = all(&app, "initiatives").await;
    let expected = [("case_study", 59 + 53), ("commission", 1), ("idea", 1), ("policy_lab", 17 + 3)];
    assert_eq!(tally(initiatives.iter().map(|one| word(one, "/kind"))), BTreeMap::from(expected));
    let expected = [("completed", 24), ("idea", 1), ("live", 50 + 41 + 7), ("planned", 11)];
    assert_eq!(tally(initiatives.iter().map(|one| word(one, "/delivery_status"))), BTreeMap::from(expected));
    let expected = [
        ("activity", 7),
        ("award", 4),
        ("context", 5),
        ("cost", 6),
        ("outcome", 31),
        ("output", 12),
        ("projection", 6),
        ("saving", 1),
        ("target", 20),
    ];
    assert_eq!(tally(outcomes(&initiatives).map(|one| word(one, "/kind"))), BTreeMap::from(expected));
    // The same again from the files, so that nothing was lost or made on the way.
    let files: Vec<Value> =
        INITIATIVES.iter().flat_map(|(_, text)| serde_json::from_str::<Vec<Value>>(text).unwrap()).collect();
    for pointer in ["/kind", "/bound", "/unit", "/as_at", "/source"] {
        let written = files.iter().flat_map(|one| one["outcomes"].as_array().into_iter().flatten());
        let shown = outcomes(&initiatives);
        assert_eq!(
            tally(shown.map(|one| word(one, pointer))),
            tally(written.map(|one| word(one, pointer))),
            "{pointer}"
        );
    }
    assert_eq!(initiatives.iter().map(|one| one["costs"].as_array().unwrap().len()).sum::<usize>(), 4);
    // A claim that somebody monitored has a source that the record names.
    for one in &initiatives {
        let keys: Vec<&Value> = one["sources"].as_array().unwrap().iter().map(|source| &source["key"]).collect();
        assert!(!keys.is_empty(), "{} has no source", one["slug"]);
        assert!(one["outcomes"].as_array().unwrap().iter().all(|claim| keys.contains(&&claim["source"])));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memberships_are_as_counted_and_nobody_is_a_member_who_was_only_hoped_for() {
    let app = TestApp::with_sample().await;
    let councils = all(&app, "councils").await;
    let tiers = [("associate", 2), ("full", 36), ("none", 348 - 11), ("unknown", 11)];
    assert_eq!(tally(councils.iter().map(|one| word(one, "/membership/tier"))), BTreeMap::from(tiers));
    for hoped_for in ["swansea", "newport"] {
        let council = councils.iter().find(|one| one["slug"] == hoped_for).expect("is in the registry");
        assert_eq!(council["membership"], json!({ "tier": "none" }));
    }
    let officers = app.moderator().await.get("/v1/recruitment").await.expect(200);
    assert_eq!(officers.json["total"], 0, "there are no prospects in the sample");
    // On the day after the sample was written. Four affiliates and councils are shown by sources without a date.
    let client = app.anonymous();
    let count = async |query: &str| {
        client.get(&format!("/v1/memberships?limit=200&{query}")).await.expect(200).json["total"].as_u64().unwrap()
    };
    assert_eq!((count("").await, count("tier=affiliate").await, count("tier=unknown").await), (68, 16, 11));
    assert_eq!(count("as_at=2026-11-28&status=ended").await, 0, "no source says that a membership ended");
    let (current, unknown) =
        (count("as_at=2026-11-28&status=current").await, count("as_at=2026-11-28&status=not_known_since").await);
    assert_eq!((current, unknown, count("as_at=2026-11-28").await), (30, 34, 64));
    for (slug, since) in [("salford", "2019-03"), ("croydon", "2020"), ("york", "2013-12"), ("norwich", "2019")] {
        let council = councils.iter().find(|one| one["slug"] == slug).unwrap();
        let standing = (&council["membership"]["status"], &council["membership"]["as_at"]);
        assert_eq!(standing, (&json!("not_known_since"), &json!(since)), "{slug}");
    }
    // The nineteen of December 2013 are or were full members.
    let of_2013 = [
        "bassetlaw",
        "edinburgh",
        "glasgow",
        "knowsley",
        "lambeth",
        "liverpool",
        "newcastle-upon-tyne",
        "newcastle-under-lyme",
        "norwich",
        "oldham",
        "plymouth",
        "rochdale",
        "salford",
        "sandwell",
        "southampton",
        "stevenage",
        "sunderland",
        "telford-and-wrekin",
        "york",
    ];
    for slug in of_2013 {
        let council = councils.iter().find(|one| one["slug"] == slug).unwrap_or_else(|| panic!("no {slug}"));
        assert_eq!(council["membership"]["tier"], "full", "{slug}");
    }
    let norwich = councils.iter().find(|one| one["slug"] == "norwich").unwrap();
    let expected = json!({ "tier": "full", "status": "not_known_since", "as_at": "2019", "joined_on": "2013-02" });
    assert_eq!(norwich["membership"], expected);
    let at = client.get("/v1/memberships?as_at=2013-12&limit=200").await.expect(200);
    let mut found: Vec<_> =
        at.each("member").iter().map(|one| one["council"]["slug"].as_str().expect("a council").to_owned()).collect();
    found.sort();
    let mut nineteen = of_2013.map(str::to_owned).to_vec();
    nineteen.sort();
    assert_eq!(found, nineteen);
    assert!(at.each("status").iter().all(|status| *status == "current"));
    assert_eq!(count("as_at=2013-11").await, 1, "of Norwich alone it is known when it joined");
    let nations = [("england", 321), ("northern_ireland", 11), ("scotland", 32), ("wales", 22)];
    assert_eq!(tally(councils.iter().map(|one| word(one, "/nation"))), BTreeMap::from(nations));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_e_mail_address_nor_telephone_number_anywhere() {
    let app = TestApp::with_sample().await;
    for list in ["councils", "themes", "initiatives", "memberships"] {
        for record in all(&app, list).await {
            texts(&record, &mut |text| {
                assert!(!text.contains('@'), "an address? {text}");
                assert!(!looks_like_a_telephone_number(text), "a number? {text}");
            });
        }
    }
    assert!(looks_like_a_telephone_number("call 0161 770 3000") && looks_like_a_telephone_number("+44161 7703000"));
    assert!(!looks_like_a_telephone_number("2013-05-10, 1,300 people, 0192d5e0-7b1a-7c3e-9f00"));
}

/// Every text in a record but ids and times.
fn texts(value: &Value, look: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, look)),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != "id" && !name.ends_with("_at"))
            .for_each(|(_, member)| texts(member, look)),
        _ => {}
    }
}

/// Ten digits or more, blanks and brackets between them aside, of which the first is a 0 or follows a plus.
fn looks_like_a_telephone_number(text: &str) -> bool {
    let joined: String = text.chars().filter(|c| !matches!(c, ' ' | '(' | ')')).collect();
    joined.split(|c: char| !c.is_ascii_digit() && c != '+').any(|run| {
        let digits = run.trim_start_matches('+');
        digits.len() >= 10 && (digits.starts_with('0') || run.starts_with('+'))
    })
}
