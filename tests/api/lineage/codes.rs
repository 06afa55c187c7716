//! GSS codes over time: each leads to its council, none to a neighbour, and its letter is that of the nation.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::records::{council, council_body, initiative};

/// A council of Scotland with two former codes.
fn recoded() -> Value {
    let mut made = council("Dunbrae");
    made["nation"] = json!("scotland");
    made["council_type"] = json!("scottish_unitary");
    made["gss_code"] = json!("S12000949");
    made["codes"] = json!([{ "gss": "S12000946", "from": "2012-05-01", "to": "2019-04-01" },
        { "gss": "S12000943", "to": "2012-05-01" }]);
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn every_code_that_a_council_has_had_leads_to_it() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/councils", &recoded()).await.expect(201);
    // The earliest first, the present one last.
    let codes = json!([{ "gss": "S12000943", "to": "2012-05-01" },
        { "gss": "S12000946", "from": "2012-05-01", "to": "2019-04-01" }, { "gss": "S12000949" }]);
    assert_eq!((&made.json["codes"], &made.json["gss_code"]), (&codes, &json!("S12000949")));
    for code in ["S12000943", "S12000946", "S12000949"] {
        let read = app.anonymous().get(&format!("/v1/councils/{code}")).await.expect(200);
        assert_eq!((&read.json, read.etag()), (&made.json, made.etag()), "{code}");
        let listed = app.anonymous().get(&format!("/v1/councils?council={code}")).await.expect(200);
        assert_eq!(listed.each("slug"), ["dunbrae"], "{code}");
        let found = app.anonymous().get(&format!("/v1/search?q={code}")).await.expect(200);
        assert!(found.text.contains("\"dunbrae\""), "{code}: {}", found.text);
        // A body, which the database resolves.
        let led = admin.post("/v1/initiatives", &initiative(&format!("Led by {code}"), code)).await.expect(201);
        assert_eq!(led.json["lead_council"]["slug"], "dunbrae", "{code}");
    }
    let led = admin.get("/v1/councils/S12000943/initiatives").await.expect(200);
    assert_eq!(led.json["total"], 3);
    // A write finds the council by a former code as well.
    admin
        .patch("/v1/councils/S12000943", made.etag(), &json!({ "website": "https://dunbrae.example/" }))
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_never_corrected_to_that_of_another_council() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    // One digit from Oldham's; one from nobody's.
    for code in ["E08000404", "E07000901"] {
        let refused =
            app.anonymous().get(&format!("/v1/initiatives?council={code}")).await.expect_problem(404, "not_found");
        assert!(!refused.text.contains("did you mean"), "{}", refused.text);
        let refused =
            admin.post("/v1/initiatives", &initiative("Led by nobody", code)).await.expect_problem(409, "conflict");
        assert!(
            refused.text.contains("is not a council") && !refused.text.contains("did you mean"),
            "{}",
            refused.text
        );
    }
    // A slug still is, and never to a code.
    let refused = app.anonymous().get("/v1/initiatives?council=oldam").await.expect_problem(404, "not_found");
    assert!(refused.text.contains("did you mean oldham?"), "{}", refused.text);
    let refused = app.anonymous().get("/v1/initiatives?council=E0800000").await.expect_problem(404, "not_found");
    assert!(!refused.text.contains("did you mean E"), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_one_council_is_refused_to_another() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    admin.post("/v1/councils", &recoded()).await.expect(201);
    let rival = |present: &str, codes: Value| {
        let mut rival = council("Rival");
        rival["nation"] = json!("scotland");
        rival["gss_code"] = json!(present);
        rival["codes"] = codes;
        rival
    };
    let refused = admin.post("/v1/councils", &rival("S12000946", json!([]))).await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/gss_code".into(), "taken".into())]);
    assert!(refused.text.contains("is a code of Dunbrae Borough Council, which has S12000949 now"), "{}", refused.text);
    let codes = json!([{ "gss": "S12000998" }, { "gss": "S12000949" }, { "gss": "S12000943" }]);
    let refused = admin.post("/v1/councils", &rival("S12000999", codes)).await.expect_problem(409, "conflict");
    let mut faults = refused.faults();
    faults.sort();
    assert_eq!(faults, [("/codes/1/gss".into(), "taken".into()), ("/codes/2/gss".into(), "taken".into())]);
    // A withdrawn council gives its codes back.
    let gone = admin.get("/v1/councils/dunbrae").await.expect(200);
    admin.delete("/v1/councils/dunbrae", gone.etag()).await.expect(204);
    admin.post("/v1/councils", &rival("S12000946", json!([]))).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_know_codes_and_days_does_not_lose_them() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut body = recoded();
    body["established_on"] = json!("1996-04-01");
    let made = admin.post("/v1/councils", &body).await.expect(201);
    // Such a client replaces what it knows; an editor may do that as well.
    let known = council_body(&made.json);
    let put = admin.put("/v1/councils/dunbrae", made.etag(), &known).await.expect(200);
    for member in ["codes", "established_on", "abolished_on", "status"] {
        assert_eq!(put.json[member], made.json[member], "{member}");
    }
    let editor = app.editor("dunbrae").await;
    let put = editor.put("/v1/councils/dunbrae", put.etag(), &known).await.expect(200);
    let all = json!({ "codes": [], "status": "shadow", "established_on": "2099-04-01", "abolished_on": "2100-01-01" });
    let refused = editor.patch("/v1/councils/dunbrae", put.etag(), &all).await.expect_problem(422, "invalid");
    let mut faults = refused.faults();
    faults.sort();
    let expected =
        ["abolished_on", "codes", "established_on", "status"].map(|one| (format!("/{one}"), "not_yours".into()));
    assert_eq!(faults, expected);
    // The code that a new one replaces stays.
    let patch = json!({ "gss_code": "S12000955" });
    let put = admin.patch("/v1/councils/dunbrae", put.etag(), &patch).await.expect(200);
    let codes: Vec<&Value> = put.json["codes"].as_array().unwrap().iter().map(|code| &code["gss"]).collect();
    assert_eq!(codes, ["S12000943", "S12000946", "S12000949", "S12000955"]);
    // Null and an empty list clear the former ones.
    let put = admin.patch("/v1/councils/dunbrae", put.etag(), &json!({ "codes": null })).await.expect(200);
    assert_eq!(put.json["codes"], json!([{ "gss": "S12000955" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_letter_of_a_code_is_that_of_the_nation() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for (nation, letter) in [("england", 'E'), ("wales", 'W'), ("scotland", 'S'), ("northern_ireland", 'N')] {
        for other in ['E', 'W', 'S', 'N'] {
            let mut wish = council(&format!("{nation} {other}"));
            wish["nation"] = json!(nation);
            wish["gss_code"] = json!(format!("{other}06999999"));
            wish["codes"] = json!([{ "gss": format!("{other}06999998") }]);
            let answer = admin.post("/v1/councils", &wish).await;
            if other == letter {
                let made = answer.expect(201);
                admin.delete(made.header("location"), made.etag()).await.expect(204);
            } else {
                let refused = answer.expect_problem(422, "invalid");
                let expected = ["/gss_code", "/codes/0/gss"].map(|place| (place.to_owned(), "wrong_nation".to_owned()));
                assert_eq!(refused.faults(), expected);
                assert!(refused.text.contains(&format!("whose codes begin with {letter}")), "{}", refused.text);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_contradict_each_other_are_refused() {
    let app = TestApp::empty().await;
    let mut wish = council("Newtown");
    wish["gss_code"] = json!("E07999999");
    wish["codes"] = json!([{ "gss": "E07999998", "from": "2012-05-01", "to": "2012-05-01" }, { "gss": "E07999998" },
        { "gss": "E07999999", "to": "2019-04-01" }]);
    let refused = app.admin().await.post("/v1/councils", &wish).await.expect_problem(409, "conflict");
    let expected = [("/codes/0/to", "out_of_order"), ("/codes/1/gss", "repeated"), ("/codes/2/to", "not_allowed")];
    assert_eq!(refused.faults(), expected.map(|(place, code)| (place.to_owned(), code.to_owned())));
}
