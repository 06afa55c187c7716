//! The organisations of the sample: affiliates, and bodies that several records name.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Client, TestApp};

async fn all(client: &Client, list: &str) -> Vec<Value> {
    client.there_and_back(&format!("/v1/{list}?limit=200"), |_| {}).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_and_every_lead_that_is_no_council_has_its_record() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let mut used = BTreeSet::new();
    let members = all(&client, "memberships").await;
    let bodies: Vec<&Value> =
        members.iter().map(|one| &one["member"]["organisation"]).filter(|one| one.is_object()).collect();
    assert_eq!(bodies.len(), 16 + 3);
    for body in bodies {
        assert_eq!(body["record"]["name"], body["name"]);
        used.insert(body["record"]["slug"].clone().to_string());
    }
    let initiatives = all(&client, "initiatives").await;
    let leads = initiatives.iter().filter(|one| one["lead"]["kind"] == "organisation");
    for initiative in leads {
        assert_eq!(initiative["lead_organisation"]["name"], initiative["lead"]["name"]);
        assert_eq!(initiative["lead_organisation"]["slug"], initiative["lead"]["ref"]);
    }
    // The same name means the same body wherever it stands, and no record is there for nothing.
    let organisations = all(&client, "organisations").await;
    assert_eq!(organisations.len(), 21);
    for record in &organisations {
        let (name, slug) = (&record["name"], &record["slug"]);
        let is_used = used.contains(&slug.to_string());
        assert!(is_used || record["initiative_count"].as_u64() > Some(0), "{name} is nowhere");
        for initiative in &initiatives {
            for partner in initiative["partners"].as_array().unwrap().iter().filter(|one| one["name"] == *name) {
                assert_eq!(&partner["organisation"], slug, "{}", initiative["slug"]);
            }
            for cost in initiative["costs"].as_array().unwrap().iter().filter(|one| one["payer"] == *name) {
                assert_eq!(&cost["payer_organisation"], slug, "{}", initiative["slug"]);
            }
            for claim in initiative["outcomes"].as_array().unwrap() {
                let by = &claim["independence"];
                assert!(by["evaluator"] != *name || by["organisation"] == *slug, "{}", initiative["slug"]);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_the_sample_counts_what_it_leads_evaluates_and_pays() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (slug, expected) in [
        ("co-operatives-uk", 2),
        ("rsa-2020-public-services-hub", 1),
        ("stoller-charitable-fund", 1),
        ("anthony-collins-solicitors", 2),
        ("peopletoo", 1),
    ] {
        let record = client.get(&format!("/v1/organisations/{slug}")).await.expect(200);
        let listed = client.get(&format!("/v1/initiatives?organisation={slug}&fields=slug")).await.expect(200);
        assert_eq!(
            (&record.json["initiative_count"], &listed.json["total"]),
            (&expected.into(), &expected.into()),
            "{slug}"
        );
    }
}
