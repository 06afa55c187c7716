//! Each rule, with texts that must and must not call it.

use serde_json::{Value, json};

use super::*;

fn body(members: Value) -> NewInitiative {
    let mut body =
        json!({ "title": "A library of things", "summary": "People borrow tools.", "delivery_status": "idea" });
    for (name, value) in members.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    serde_json::from_value(body).expect("a body")
}

fn found(members: Value, code: AdviceCode) -> Vec<(String, Option<String>)> {
    let advice = advise(&body(members)).into_iter().filter(|one| one.code == code);
    advice.map(|one| (one.pointer, one.found)).collect()
}

fn in_body(text: &str, code: AdviceCode) -> Vec<String> {
    found(json!({ "body": text }), code).into_iter().filter_map(|(_, found)| found).collect()
}

#[test]
fn personal_data_is_found_and_blocks() {
    let code = AdviceCode::PersonalData;
    for (text, what) in [
        ("Write to jo.bloggs@oldham.example.gov.uk.", "jo.bloggs@oldham.example.gov.uk"),
        ("Ring 0161 770 3000 today", "0161 770 3000"),
        ("Ring 01617703000.", "01617703000"),
        ("Ring +44 161 770 3000.", "+44 161 770 3000"),
        ("Ring (0161) 770 3000.", "(0161) 770 3000"),
        ("Her number is AB 12 34 56 C.", "AB 12 34 56 C"),
        ("Cllr Jo Bloggs opened it.", "Cllr Jo Bloggs"),
        ("Councillor O'Neill opened it.", "Councillor O'Neill"),
        ("Contact: Jo Bloggs for more.", "Jo Bloggs"),
    ] {
        assert_eq!(in_body(text, code), [what], "{text}");
        assert_eq!(blocking(&body(json!({ "body": text }))).len(), 1, "{text}");
    }
    for text in [
        "The charity 1161234 and the company 01234567 run it.",
        "In 2013 to 2014 some 12,000 people came.",
        "Councillors opened it, and the Councillor for housing spoke.",
        "Dr Gray's Hospital took part.",
        "Contact Oldham Council. The Contact Centre helps. Contact with residents matters.",
        "@oldham is its name there.",
        "It cost £0 in 2020, and 020 is no number.",
    ] {
        assert_eq!(in_body(text, code), [""; 0], "{text}");
    }
}

#[test]
fn exempt_information_is_found_and_blocks() {
    let code = AdviceCode::ExemptInformation;
    assert_eq!(in_body("NOT FOR PUBLICATION by virtue of Schedule 12A", code), ["NOT FOR PUBLICATION", "Schedule 12A"]);
    assert_eq!(in_body("The prices are commercially sensitive.", code), ["commercially sensitive"]);
    for text in ["A confidential helpline for tenants.", "Pupils are exempt from fees.", "Part 2 of the story."] {
        assert_eq!(in_body(text, code), [""; 0], "{text}");
    }
}

#[test]
fn plans_are_no_results_and_figures_have_sources() {
    let outcome = |kind: &str, measure: &str| json!({ "outcomes": [{ "measure": measure, "kind": kind, "bound": "exact", "value": 5, "unit": "homes" }] });
    let plan = |kind, measure| found(outcome(kind, measure), AdviceCode::FutureAsResult).len();
    assert_eq!(plan("outcome", "Homes that will be built"), 1);
    assert_eq!(plan("target", "Homes that will be built"), 0);
    assert_eq!(plan("outcome", "Homes built by goodwill"), 0);
    let sourceless = found(outcome("outcome", "Homes built"), AdviceCode::FigureWithoutSource);
    assert_eq!(sourceless[0].0, "/outcomes/0/source");
    let figures = |text| in_body(text, AdviceCode::FiguresWithoutClaims);
    assert_eq!(figures("It saved £1.2 million."), ["£1.2 million"]);
    assert_eq!(figures("Some 40% of them stayed."), ["40%"]);
    assert_eq!(figures("It began in 2013 with ten people."), [""; 0]);
}

#[test]
fn acronyms_are_explained_once() {
    let code = AdviceCode::UnexplainedAcronym;
    assert_eq!(in_body("The JSNA and the JSNA say so. The NHS agrees.", code), ["JSNA"]);
    assert_eq!(in_body("The joint strategic needs assessment (JSNA). The JSNA says so.", code), [""; 0]);
}

#[test]
fn long_words_in_long_sentences_are_hard_to_read() {
    let hard = "The multidisciplinary operationalisation of interdepartmental co-production methodologies \
                necessitates considerable organisational transformation across participating authorities "
        .repeat(12);
    assert_eq!(found(json!({ "body": hard }), AdviceCode::HardToRead).len(), 1);
    let plain = "We asked people what they need. They told us. We did it with them. It works well. ".repeat(12);
    assert_eq!(found(json!({ "body": plain }), AdviceCode::HardToRead).len(), 0);
    let age = reading_age(&body(json!({ "body": plain }))).expect("an age");
    assert!((4.0..9.0).contains(&age), "{age}");
    assert_eq!(reading_age(&body(json!({}))), None);
}

#[test]
fn links_are_judged_by_their_form() {
    let code = AdviceCode::Link;
    for url in [
        "http://www.oldham.gov.uk/a",
        "https://intranet/page",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://www.oldham.gov.uk/?utm_source=letter",
        "https://me:secret@www.oldham.gov.uk/",
    ] {
        assert_eq!(in_body(&format!("See [it]({url}) there."), code), [url], "{url}");
    }
    assert_eq!(in_body("See <https://www.oldham.gov.uk/a?b=c#d>.", code), [""; 0]);
    assert_eq!(found(json!({ "source_url": "http://oldham.gov.uk" }), code)[0].0, "/source_url");
}

#[test]
fn completeness_adds_up_to_a_hundred() {
    let (points, missing) = completeness(&body(json!({})));
    assert_eq!((points, missing.iter().map(|one| u32::from(one.points)).sum::<u32>()), (0, 100));
    let (points, missing) = completeness(&body(json!({ "body": "x", "what_did_not": "y" })));
    assert_eq!((points, missing.len()), (30, 8));
    let begun = json!({ "delivery_status": "live" });
    assert_eq!(found(begun, AdviceCode::Missing)[0].0, "/what_did_not");
    assert_eq!(found(json!({}), AdviceCode::Missing).len(), 0);
}

#[test]
fn one_kind_of_advice_does_not_bury_the_others() {
    let many = "a@b.example ".repeat(500);
    let advice = advise(&body(json!({ "body": many, "delivery_status": "live" })));
    assert_eq!(advice.iter().filter(|one| one.code == AdviceCode::PersonalData).count(), 10);
    assert!(advice.iter().any(|one| one.code == AdviceCode::Missing));
    assert!(advice[0].blocking && !advice[advice.len() - 1].blocking);
}
