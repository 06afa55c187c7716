//! What nobody means to search for: answered sensibly or refused with a reason, never a fault of ours.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{address, found};
use crate::support::{Answer, TestApp};

/// Wherever there is a `q`.
const SEARCHED: [&str; 10] = [
    "/v1/initiatives",
    "/v1/councils",
    "/v1/search",
    "/v1/suggest",
    "/v1/initiatives/facets",
    "/v1/initiatives.csv",
    "/v1/initiatives.ndjson",
    "/v1/councils.csv",
    "/v1/councils/oldham/initiatives",
    "/v1/themes/housing/initiatives",
];

/// Odd, but words all the same: an answer.
const ODD: [&str; 47] = [
    "\"",
    "\"unbalanced quotes",
    "unbalanced\" quotes",
    "\"\"",
    "\"\" \"\"",
    "\"housing\" \"",
    "the",
    "the of and a",
    "\"the of\"",
    "or",
    "or or or",
    "housing or",
    "or housing",
    "-",
    "--",
    "---housing",
    "-housing",
    "- housing",
    "housing -",
    "-\"co-op housing",
    "%",
    "%%%",
    "_",
    "\\",
    "\\\\",
    "hous\\",
    "\\%",
    "'",
    "''",
    "'; DROP TABLE initiatives; --",
    "' OR '1'='1",
    "$1",
    ":*",
    "hous:*",
    "!",
    "!housing & york | (",
    "((",
    "))((",
    "<->",
    "housing <-> york",
    "<script>alert(1)</script>",
    "\u{200f}housing\u{202e}gnisuoh\u{200f}",
    "\u{feff}housing",
    "🏠",
    "🏠 housing 🚲",
    "e\u{301}\u{301}\u{301}",
    "ﷺ İ ß ﬁ Ⅷ ½ 合作社",
];

/// No text to search for: refused.
const REFUSED: [&str; 6] = ["", "\0", "housing\0york", "hous\ning", "\u{7f}", "\u{85}"];

#[track_caller]
fn assert_answered(answer: &Answer, asked: &str) {
    assert_eq!(answer.status, 200, "{asked}: {}", answer.text);
    if answer.header("content-type").starts_with("application/json") {
        assert!(answer.json.is_object(), "{asked}: {}", answer.text);
    }
}

#[track_caller]
fn assert_refused(answer: Answer, asked: &str) {
    assert_eq!(answer.status, 400, "{asked}: {}", answer.text);
    let refused = answer.expect_problem(400, "bad_query");
    let faults = refused.faults();
    assert_eq!(faults.len(), 1, "{asked}: {faults:?}");
    assert_eq!(faults[0].0, "q", "{asked}: {faults:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_searches_are_answered() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for path in SEARCHED {
        for q in ODD {
            for more in [&[][..], &[("highlight", "true")]] {
                if !more.is_empty() && (path.contains("facets") || path.contains('.') || path.contains("suggest")) {
                    continue;
                }
                let asked = address(path, &[&[("q", q)], more].concat());
                assert_answered(&client.get(&asked).await, &asked);
            }
        }
        // As long as a search may be, of one word and of many.
        for long in [
            "x".repeat(200),
            "co ".repeat(66),
            "\"".repeat(200),
            "-a ".repeat(66),
            "🏠".repeat(200),
            "((a|b)&".repeat(28),
        ] {
            let asked = address(path, &[("q", &long)]);
            assert_answered(&client.get(&asked).await, &asked);
        }
    }
    let total = client.get("/v1/initiatives").await.expect(200).json["total"].clone();
    assert_eq!(total, 134, "nobody's table was dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_searched_for_is_refused() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for path in SEARCHED {
        for q in REFUSED {
            let asked = address(path, &[("q", q)]);
            assert_refused(client.get(&asked).await, &asked);
        }
        for long in ["x".repeat(201), "housing ".repeat(1250), "%".repeat(3000), "é".repeat(201)] {
            let asked = address(path, &[("q", &long)]);
            let answer = client.get(&asked).await;
            // A very long address may be refused as such.
            if ![414, 431].contains(&answer.status.as_u16()) {
                assert_refused(answer, &asked[..60]);
            }
        }
        // No UTF-8, and a percent sign that begins nothing.
        for raw in ["%ff%fe", "%c3", "%", "%zz"] {
            let answer = client.get(&format!("{path}?q={raw}")).await;
            assert!([200, 400].contains(&answer.status.as_u16()), "{path}?q={raw}: {}", answer.text);
        }
        let twice = client.get(&format!("{path}?q=a&q=b")).await;
        assert!([200, 400].contains(&twice.status.as_u16()), "{path}: {}", twice.text);
        let beyond = client.get(&format!("{path}?q=housing&limit=0")).await;
        assert!([200, 400].contains(&beyond.status.as_u16()), "{path}: {}", beyond.text);
    }
    for path in ["/v1/search", "/v1/suggest"] {
        assert_eq!(client.get(path).await.expect_problem(400, "bad_query").faults(), [("q".into(), "required".into())]);
    }
}

/// What is no word narrows nothing down that it should not, and widens nothing.
#[tokio::test(flavor = "multi_thread")]
async fn marks_of_other_languages_are_not_obeyed() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let mut totals = BTreeMap::new();
    for q in [
        "housing",
        "housing:*",
        "(housing",
        "housing)",
        "!housing",
        "%housing%",
        "housing'",
        "housing\\",
        "🏠 housing",
        "\u{200f}housing\u{200e}",
        "\"housing",
        "housing &",
        "housing |",
        "the housing",
    ] {
        totals.insert(q, found(&client, "/v1/initiatives", q).await.json["total"].as_i64().unwrap());
    }
    assert!(totals["housing"] > 0);
    assert!(totals.values().all(|total| *total == totals["housing"]), "{totals:?}");
    // A wildcard is no letter: nothing has a word that begins with it.
    for wild in ["%", "_", "\\", "y_rk", "yo%", "%rk"] {
        let suggested = client.get(&address("/v1/suggest", &[("q", wild)])).await.expect(200);
        assert_eq!(suggested.json["data"], Value::Array(Vec::new()), "{wild}");
    }
    // Only stop words and only blanks find nothing, and nothing else was meant.
    for q in ["the", "the of and", "\"the\"", "  ", "\u{a0}"] {
        for path in ["/v1/initiatives", "/v1/councils", "/v1/search"] {
            let answer = client.get(&address(path, &[("q", q)])).await;
            if answer.status == 400 {
                assert!(q.trim().is_empty(), "{path} {q:?}");
                assert_refused(answer, q);
            } else {
                let page = answer.expect(200);
                assert_eq!(
                    (&page.json["total"], &page.json["search"]["did_you_mean"]),
                    (&0.into(), &Value::Null),
                    "{path} {q:?}"
                );
            }
        }
    }
}
