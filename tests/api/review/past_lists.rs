//! The list of initiatives as at a moment.

use serde_json::{Value, json};

use super::past::now;
use crate::support::practice::{path, practice, publish, with};
use crate::support::{Answer, Client, TestApp};

fn slugs(answer: Answer) -> Vec<Value> {
    answer.expect(200).each("slug")
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_the_initiatives_of_then_in_pages() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let list = "/v1/initiatives?fields=slug,title&limit=50";
    let (all, before) = (anybody.there_and_back(list, |_| ()).await.0, now());
    let record = admin.get(super::RECORD).await.expect(200);
    let title = record.json["title"].clone();
    admin.patch(super::RECORD, record.etag(), &json!({ "title": "Zest for work" })).await.expect(200);
    publish(&admin, &admin.post("/v1/initiatives", &practice("Begun after that", "oldham")).await).await;

    let (then, _) = anybody
        .there_and_back(&format!("{list}&as_at={before}"), |page| {
            assert_eq!(page.json["total"], all.len());
        })
        .await;
    let sorted = |rows: &[Value]| {
        let mut rows: Vec<String> = rows.iter().map(|row| format!("{} {}", row["slug"], row["title"])).collect();
        rows.sort();
        rows
    };
    assert_eq!(sorted(&then), sorted(&all));
    assert!(then.iter().any(|row| row["title"] == title && row["revision"]["number"] == 1));
    let after = anybody.get(&format!("/v1/initiatives?as_at={}&sort=-title&limit=1", now())).await.expect(200);
    assert_eq!(after.json["total"], all.len() + 1);
    assert_eq!(
        (&after.json["data"][0]["title"], &after.json["data"][0]["revision"]["number"]),
        (&json!("Zest for work"), &json!(2))
    );
    assert_eq!(anybody.get("/v1/initiatives?as_at=2012-12-01").await.expect(200).json["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_filters_look_at_the_texts_of_then() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let body = with(
        practice("Built with the tenants", "oldham"),
        json!({ "participants": [{ "council": "york", "role": "co_lead" }, { "council": "norwich", "role": "partner" }] }),
    );
    let new = publish(&admin, &admin.post("/v1/initiatives", &body).await).await;
    let before = now();
    let patch = json!({
        "lead_council": "network", "participants": [], "themes": ["health-social-care"], "kind": "case_study",
        "delivery_status": "completed",
    });
    admin.patch(&path(&new), new.etag(), &patch).await.expect(200);
    let after = now();
    let has = async |filter: &str, at: &str| {
        let page = anybody.get(&format!("/v1/initiatives?{filter}&fields=slug&limit=200&as_at={at}")).await;
        slugs(page).contains(&new.json["slug"])
    };
    let kind = new.json["kind"].as_str().unwrap();
    let theirs = [
        ("council=oldham", true, false),
        ("council=york", true, false),
        ("council=norwich", false, false),
        ("council=network", false, true),
        ("council=network&council=oldham", true, true),
        ("participant=norwich", true, false),
        ("participant=oldham", true, false),
        ("theme=housing", true, false),
        ("theme=health-social-care", false, true),
        (&format!("kind={kind}"), true, false),
        ("kind=case_study", false, true),
        ("delivery_status=live", true, false),
        ("delivery_status=completed&council=network", false, true),
        ("delivery_status=completed&council=oldham", false, false),
    ];
    for (filter, then, later) in theirs {
        assert_eq!((has(filter, &before).await, has(filter, &after).await), (then, later), "{filter}");
    }
}

/// Of the present, the list is the same with and without the moment.
#[tokio::test(flavor = "multi_thread")]
async fn of_now_it_is_the_list_of_today() {
    let app = TestApp::with_flags(&["--limit-anonymous", "100000"]).await;
    let anybody = app.anonymous();
    for filter in
        ["council=oldham", "council=network", "theme=housing", "participant=plymouth", "kind=policy_lab", "limit=7", ""]
    {
        let of = async |client: &Client, more: &str| {
            let page = client.get(&format!("/v1/initiatives?{filter}&fields=slug{more}")).await.expect(200);
            let mut slugs: Vec<String> = page.each("slug").iter().map(Value::to_string).collect();
            slugs.sort();
            (
                page.json["total"].clone(),
                if filter.contains('=') && !filter.contains("limit") { slugs } else { Vec::new() },
            )
        };
        assert_eq!(of(&anybody, &format!("&as_at={}", now())).await, of(&anybody, "").await, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_text_can_answer_is_refused() {
    let app = TestApp::with_sample().await;
    let anybody = app.anonymous();
    let refused = [
        "q=housing",
        "principle=co-production",
        "steward=oldham",
        "organisation=co-operatives-uk",
        "region=london",
        "nation=england",
        "year_from=2013",
        "has_outcomes=true",
        "min_evidence=2",
        "freshness=fresh",
        "near=53.54,-2.11",
        "updated_since=2026-01-01T00:00:00Z",
        "sort=-started_on",
        "include=themes",
    ];
    for parameter in refused {
        let answer = anybody.get(&format!("/v1/initiatives?as_at=2024-05-31&{parameter}")).await.expect(400);
        let name = parameter.split('=').next().unwrap();
        assert!(answer.faults().iter().any(|(of, code)| of == name && code == "not_with_as_at"), "{}", answer.text);
    }
    let unknown = anybody.get("/v1/initiatives?as_at=2024-05-31&council=no-such-council").await;
    unknown.expect_problem(404, "not_found");
    // The lists that read the present have no such parameter.
    for address in ["/v1/initiatives/facets", "/v1/initiatives.csv", "/v1/councils/oldham/initiatives", "/v1/outcomes"]
    {
        let answer = anybody.get(&format!("{address}?as_at=2024-05-31")).await.expect(400);
        assert_eq!(answer.faults(), [("as_at".into(), "unknown_parameter".into())], "{address}");
    }
}
