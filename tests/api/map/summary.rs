//! Counts by region and nation, against the lists.

use serde_json::Value;

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn regions_and_nations_are_those_of_the_lists() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for filter in ["", "theme=housing", "kind=case_study&min_evidence=1", "q=co-operative", "bbox=-2.7,53.3,-1.9,53.7"]
    {
        let summary = client.get(&format!("/v1/map/summary?{filter}")).await.expect(200).json;
        let whole = client.get(&format!("/v1/initiatives?sort=title&{filter}")).await.expect(200).json;
        assert_eq!(summary["total"], whole["total"], "{filter}");
        for (list, name, number) in [("regions", "region", 9), ("nations", "nation", 4)] {
            let rows = summary["data"][list].as_array().unwrap();
            assert_eq!(rows.len(), number);
            for row in rows {
                let there =
                    format!("/v1/initiatives?{filter}&sort=title&limit=200&{name}={}", row[name].as_str().unwrap());
                let led = client.get(&there).await.expect(200);
                assert_eq!(row["initiatives"], led.json["total"], "{there}");
                let mut leads: Vec<Value> = led.each("lead_council").iter().map(|one| one["slug"].clone()).collect();
                leads.retain(Value::is_string);
                leads.sort_by_key(Value::to_string);
                leads.dedup();
                assert_eq!(row["councils"], leads.len(), "{there}");
            }
        }
        let nations = summary["data"]["nations"].as_array().unwrap();
        let led: i64 = nations.iter().map(|row| row["initiatives"].as_i64().unwrap()).sum();
        let all = client.get(&format!("/v1/initiatives?{filter}&sort=title&limit=200")).await.expect(200);
        let nowhere = |one: &&Value| one["lead_council"].is_null() && one["place_of"].is_null();
        let nowhere = all.json["data"].as_array().unwrap().iter().filter(nowhere).count();
        assert_eq!(led + nowhere as i64, summary["total"], "{filter}");
    }
}
