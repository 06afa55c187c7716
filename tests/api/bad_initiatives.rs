//! Initiatives with members and children at fault: one by one, and all at once.

use serde_json::{Value, json};

use crate::bad_input::{Case, letters, line, table};
use crate::support::TestApp;
use crate::support::records::{theme, whole_initiative};

#[tokio::test(flavor = "multi_thread")]
async fn members_of_an_initiative() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut cases = line("/title", letters(161));
    cases.extend(line("/summary", letters(401)));
    cases.extend::<[Case; 41]>([
        ("/title", "\"four\"", "too_short", "at least 5"),
        ("/summary", "\"nineteen characters\"", "too_short", "at least 20"),
        ("/slug", "\"a_b\"", "malformed", ""),
        ("/body", letters(50_001), "too_long", "50001 characters"),
        ("/body", "\"a\\u0007b\"", "malformed", "U+0007"),
        ("/challenge", letters(5001), "too_long", ""),
        ("/kind", "\"case-study\"", "not_allowed", "did you mean case_study?"),
        ("/delivery_status", "\"piloted\"", "not_allowed", "did you mean pilot?"),
        ("/started_on", "\"2013-02-29\"", "malformed", "a valid date"),
        ("/started_on", "\"2013-5\"", "malformed", ""),
        ("/started_on", "\"10/05/2013\"", "malformed", "2013-05-10"),
        ("/started_on", "\"1799\"", "malformed", ""),
        ("/started_on", "\"2015\"", "out_of_order", "/ended_on"),
        ("/ended_on", "\"2013-05-09\"", "out_of_order", "started_on"),
        ("/ended_on", "\"2100-02-29\"", "malformed", "a valid date"),
        ("/lead_council", "\"oldam\"", "unknown_reference", "did you mean oldham?"),
        ("/lead_council", "\"york\"", "repeated", "/participants/0/council"),
        ("/lead_council", "null", "required", "unless lead says who leads"),
        ("/participants/1/council", "\"york\"", "repeated", "twice"),
        ("/participants/1/council", "\"oldham\"", "repeated", "lead council"),
        ("/participants/1/council", "\"network\"", "unknown_reference", ""),
        ("/participants/1/council", "\"yorck\"", "unknown_reference", "did you mean york?"),
        ("/participants/0/role", "\"colead\"", "not_allowed", "did you mean co_lead?"),
        ("/participants/0/since", "2013", "unknown_member", ""),
        ("/participants", "{}", "wrong_type", ""),
        ("/partners/0/name", "\"\"", "too_short", ""),
        ("/partners/0/url", "\"trust.example\"", "malformed", "http:// or https://"),
        ("/parent", "\"nothing-like-it\"", "unknown_reference", ""),
        ("/parent", "\"lambeth-peer-support-programme\"", "too_deep", ""),
        ("/themes/0", "\"houzing\"", "unknown_reference", "did you mean housing?"),
        ("/themes/0", "\"co-production\"", "repeated", "/themes/1"),
        ("/themes", "[]", "too_few", ""),
        ("/themes", "[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]", "too_many", ""),
        ("/principles/0/principle", "\"inovation\"", "unknown_reference", "did you mean innovation?"),
        ("/principles/0/principle", "\"innovation\"", "repeated", "/principles/1/principle"),
        ("/principles/0/how", letters(201), "too_long", ""),
        ("/licence", "\"CC-BY\"", "not_allowed", "did you mean CC-BY-4.0?"),
        ("/visibility", "\"everyone\"", "not_allowed", "public, members, officers, private"),
        ("/review_due_on", "\"2027-04-31\"", "malformed", "date"),
        ("/verified_at", "null", "read_only", ""),
        ("/verified_method", "null", "read_only", ""),
    ]);
    let record = Some("/v1/initiatives/edible-york");
    table(&admin, "/v1/initiatives", record, &whole_initiative(), &cases).await;
}

/// Of which the first and the last have the same key.
const THREE_SOURCES: &str = r#"[
    { "key": "paper", "title": "A", "kind": "web" }, { "key": "study", "title": "B", "kind": "web" },
    { "key": "paper", "title": "C", "kind": "web" }
]"#;

#[tokio::test(flavor = "multi_thread")]
async fn members_of_outcomes_sources_and_costs() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut cases = line("/outcomes/0/measure", letters(161));
    cases.extend(line("/costs/0/description", letters(161)));
    cases.extend(line("/sources/1/title", letters(301)));
    cases.extend::<[Case; 46]>([
        ("/outcomes/0/kind", "\"result\"", "not_allowed", "target, projection"),
        ("/outcomes/0/bound", "\"rang\"", "not_allowed", "did you mean range?"),
        ("/outcomes/0/bound", "\"exact\"", "not_allowed", "/outcomes/0/value_high"),
        ("/outcomes/0/value", "1e400", "unreadable", ""),
        ("/outcomes/0/value", "1e30", "too_large", ""),
        ("/outcomes/0/value", "-1000000000000000000000000000000", "too_small", ""),
        ("/outcomes/0/value", "1.00001", "too_precise", "four decimal places"),
        ("/outcomes/0/value", "\"12\"", "wrong_type", "it must be a number"),
        ("/outcomes/0/value", "true", "wrong_type", ""),
        ("/outcomes/0/value", "NaN", "unreadable", ""),
        ("/outcomes/0/value", "0x10", "unreadable", ""),
        ("/outcomes/0/value", "99999999.9999", "out_of_order", "/outcomes/0/value_high"),
        ("/outcomes/0/value_high", "3", "out_of_order", "is not above value"),
        ("/outcomes/0/value_high", "12.50001", "too_precise", "four decimal places"),
        ("/outcomes/0/baseline", "0.00001", "too_precise", "four decimal places"),
        ("/outcomes/0/unit", "\"poeple\"", "not_allowed", "did you mean people?"),
        ("/outcomes/0/period_to", "\"2013-05-09\"", "out_of_order", "period_from"),
        ("/outcomes/0/as_at", "\"2013-06-31\"", "malformed", "a valid date"),
        ("/outcomes/0/evidence_level", "6", "too_large", ""),
        ("/outcomes/0/evidence_level", "-1", "too_small", ""),
        ("/outcomes/0/evidence_level", "2.5", "wrong_type", "a whole number"),
        ("/outcomes/0/source", "\"studdy\"", "unknown_source", "did you mean study?"),
        ("/outcomes/0/source", "\"A study\"", "malformed", ""),
        ("/outcomes/1/value", "3", "not_allowed", ""),
        ("/outcomes/1/direction", "\"sideways\"", "not_allowed", "up, down, flat"),
        ("/outcomes/1/evidence_level", "2", "required", "/outcomes/1/source"),
        ("/outcomes/1/bound", "\"about\"", "required", "/outcomes/1/value"),
        ("/outcomes/2/value", "1", "required", "/outcomes/2/unit"),
        ("/outcomes/2/kind", "\"output\"", "required", "/outcomes/2/value"),
        ("/outcomes/0/meassure", "\"x\"", "unknown_member", "did you mean measure?"),
        ("/outcomes/3", "\"x\"", "wrong_type", "it must be an object"),
        ("/sources", THREE_SOURCES, "repeated", "/sources/2/key"),
        ("/sources/1/key", "\"A\"", "malformed", ""),
        ("/sources/0/kind", "\"blog\"", "not_allowed", "committee_paper"),
        ("/sources/0/published_on", "\"2027\"", "out_of_order", "/sources/0/accessed_on"),
        ("/sources/0/accessed_on", "\"2026-02-30\"", "malformed", "a valid date"),
        ("/sources/0/url", "\"https:///paper\"", "malformed", ""),
        ("/costs/0/amount_pence", "1000000000000001", "too_large", ""),
        ("/costs/0/amount_pence", "10.5", "wrong_type", "a whole number"),
        ("/costs/0/amount_pence", "-1", "too_small", ""),
        ("/costs/0/amount_pence", "1000000000000000000000000000000", "too_large", ""),
        ("/costs/0/currency", "\"EUR\"", "not_allowed", "GBP"),
        ("/costs/0/bound", "\"range\"", "not_allowed", ""),
        ("/costs/0/period_to", "\"2012\"", "out_of_order", "period_from"),
        ("/costs/0/source", "\"papers\"", "unknown_source", "did you mean paper?"),
        ("/costs/1/amount", "3", "unknown_member", "did you mean amount_pence?"),
    ]);
    table(&admin, "/v1/initiatives", None, &whole_initiative(), &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_with_many_faults_of_all_sorts_gets_all_of_them_at_once() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut body = whole_initiative();
    let mut expected = Vec::new();
    let faults = [
        // Found by the schema,
        ("/title", json!("four"), "too_short"),
        ("/summary", Value::Null, "required"),
        ("/kind", json!("case-study"), "not_allowed"),
        ("/id", json!("x"), "read_only"),
        ("/tittle", json!("x"), "unknown_member"),
        ("/partners/0/url", json!("trust.example"), "malformed"),
        ("/location/latitude", json!(70), "too_large"),
        ("/outcomes/0/unit", json!("poeple"), "not_allowed"),
        ("/costs/0/amount_pence", json!("much"), "wrong_type"),
        ("/sources/1/title", json!(" x"), "malformed"),
        ("/review_due_on", json!("2027-02-30"), "malformed"),
        // by the rules between members,
        ("/ended_on", json!("2012"), "out_of_order"),
        ("/outcomes/0/value_high", json!(1.0), "out_of_order"),
        ("/outcomes/3/value", json!(0.00001), "too_precise"),
        ("/outcomes/3/source", json!("papper"), "unknown_source"),
        ("/costs/0/period_from", json!("2013-02-29"), "malformed"),
        // and by looking up what is named.
        ("/lead_council", json!("oldam"), "unknown_reference"),
        ("/participants/0/council", json!("yorck"), "unknown_reference"),
        ("/participants/1/council", json!("york"), ""),
        ("/themes/1", json!("houzing"), "unknown_reference"),
        ("/themes/2", json!("housing"), "repeated"),
        ("/principles/0/principle", json!("lerning"), "unknown_reference"),
        ("/parent", json!("lambeth-peer-support-programme"), "too_deep"),
    ];
    for (place, value, code) in faults {
        let (object, name) = place.rsplit_once('/').unwrap();
        match body.pointer_mut(object).unwrap() {
            Value::Object(members) if value.is_null() => drop(members.remove(name)),
            Value::Object(members) => drop(members.insert(name.into(), value)),
            items => items[name.parse::<usize>().unwrap()] = value,
        }
        if !code.is_empty() {
            expected.push((place.to_owned(), code.to_owned()));
        }
    }
    let refused = admin.post("/v1/initiatives", &body).await.expect_problem(422, "invalid");
    let mut found = refused.faults();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(refused.json["detail"], format!("{} members are not valid; see errors.", expected.len()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_from_a_fault_is_not_a_fault_of_its_own() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let cases: [Case; 6] = [
        // Sources that cannot be read say nothing of who cites them.
        ("/sources/0", "7", "wrong_type", ""),
        ("/sources", "7", "wrong_type", ""),
        ("/sources/1/key", "\"Study\"", "malformed", ""),
        // A bound or kind that cannot be read says nothing of the values.
        ("/outcomes/0/bound", "7", "wrong_type", ""),
        ("/outcomes/2/kind", "7", "wrong_type", ""),
        ("/lead_council", "7", "wrong_type", ""),
    ];
    table(&admin, "/v1/initiatives", None, &whole_initiative(), &cases).await;
    let mut replaced = theme("Oldness");
    replaced["replaced_by"] = json!("housing");
    table(&admin, "/v1/themes", None, &replaced, &[("/status", "\"depreciated\"", "not_allowed", "deprecated")]).await;

    // A whole number is a whole number however it is written.
    let mut body = whole_initiative();
    body["outcomes"][0]["evidence_level"] = json!(4.0);
    body["costs"][0]["amount_pence"] = json!(5.0);
    body["title"] = json!("four");
    let refused = admin.post("/v1/initiatives", &body).await.expect_problem(422, "invalid");
    assert_eq!(refused.faults(), [("/title".into(), "too_short".into())]);
    body["title"] = json!("A title that will do");
    let made = admin.post("/v1/initiatives", &body).await.expect(201);
    assert_eq!(made.json["costs"][0]["amount_pence"], 5);
}
