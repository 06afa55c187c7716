//! What every resource with slugs has in common: conditional changes, former addresses, tombstones.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::records::{council, initiative, theme};
use crate::support::{Client, TestApp};

/// A new public record of each resource: the path of its list, and the record.
async fn one_of_each(admin: &Client) -> [(&'static str, Value); 3] {
    let council = admin.post("/v1/councils", &council("First name")).await.expect(201).json;
    let theme = admin.post("/v1/themes", &theme("First name")).await.expect(201).json;
    let draft = admin.post("/v1/initiatives", &initiative("First name", "oldham")).await.expect(201);
    let published = admin.publish("/v1/initiatives/first-name", draft.etag()).await.expect(200).json;
    [("/v1/councils", council), ("/v1/themes", theme), ("/v1/initiatives", published)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_names_the_version_it_was_made_from() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for (list, record) in one_of_each(&admin).await {
        let path = format!("{list}/first-name");
        let current = app.anonymous().get(&path).await.expect(200).etag().to_owned();
        let attempt = async |method: Method, tag: Option<&str>| {
            let mut request = admin.request(method.clone(), &path);
            if let Some(tag) = tag {
                request = request.header("If-Match", tag);
            }
            send(if method == Method::DELETE { request } else { request.json(&json!({})) }).await
        };
        for method in [Method::PATCH, Method::DELETE] {
            for none in [None, Some("*")] {
                let refused = attempt(method.clone(), none).await.expect_problem(428, "precondition_required");
                assert_eq!(refused.text.contains("If-Match: * would overwrite"), none.is_some(), "{}", refused.text);
            }
            let weak = format!("W/{current}");
            for stale in ["\"99-0011223344556677\"", weak.as_str(), "nonsense", "\"\"", "", "\"-1\"", "\"1e0-x\""] {
                let refused = attempt(method.clone(), Some(stale)).await.expect_problem(412, "stale");
                assert_eq!(refused.etag(), current, "{method} {path} {stale}");
                // Nobody changed the record: the ETag is one that never matches.
                let detail = refused.json["detail"].as_str().unwrap();
                match stale {
                    _ if stale == weak => assert!(detail.contains("a weak ETag"), "{detail}"),
                    "nonsense" | "" => assert!(detail.contains("double quotes, as in If-Match: \""), "{detail}"),
                    _ => assert!(detail.contains("has changed since"), "{detail}"),
                }
            }
        }
        // PUT is asked the same questions, with a body that would do.
        let body = match list {
            "/v1/councils" => council("Put"),
            "/v1/themes" => theme("Put"),
            _ => initiative("Put here", "oldham"),
        };
        send(admin.request(Method::PUT, &path).json(&body)).await.expect_problem(428, "precondition_required");
        let refused = admin.put(&path, "\"99-0\"", &body).await.expect_problem(412, "stale");
        assert_eq!(refused.etag(), current);
        assert_eq!(app.anonymous().get(&path).await.json, record, "nothing was changed");

        // Any of several tags may be the current one, also as a compressed answer had it.
        let marked = format!("\"99-0\", {}-br\"", current.trim_end_matches('"'));
        let changed = attempt(Method::PATCH, Some(&marked)).await.expect(200);
        assert_eq!(changed.json["version"], record["version"].as_i64().unwrap() + 1);
        assert_eq!(attempt(Method::PATCH, Some(&current)).await.expect_problem(412, "stale").etag(), changed.etag());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_slug_leads_to_its_record_for_good() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let client = app.anonymous();
    for (list, record) in one_of_each(&admin).await {
        let by_id = format!("{list}/{}", record["id"].as_str().unwrap());
        // Names that also stand elsewhere in the address.
        for slug in ["v1", "council", "theme", "initiative", "councils", "themes", "initiatives", "i", "last-name"] {
            let read = admin.get(&by_id).await.expect(200);
            let renamed = admin.patch(&by_id, read.etag(), &json!({ "slug": slug })).await.expect(200);
            assert_eq!(renamed.json["slug"], slug);
        }
        for old in ["first-name", "v1", "council", "theme", "initiative", "councils", "themes", "initiatives", "i"] {
            for query in ["", "?fields=slug,id", "?fields=id&fields=slug"] {
                let moved = client.get(&format!("{list}/{old}{query}")).await.expect(308);
                assert_eq!(moved.header("location"), format!("{list}/last-name{query}"));
            }
        }
        // The same slug, written in another way.
        let moved = client.get(&format!("{list}/%66irst-name?fields=id")).await.expect(308);
        assert_eq!(moved.header("location"), format!("{list}/last-name?fields=id"));
        client.get(&format!("{list}/l%61st-name")).await.expect(200);
        if list != "/v1/initiatives" {
            let moved = client.get(&format!("{list}/themes/initiatives?kind=idea&limit=3")).await.expect(308);
            assert_eq!(moved.header("location"), format!("{list}/last-name/initiatives?kind=idea&limit=3"));
        }
        // The record may have it back; then the later name is a former one.
        let read = admin.get(&by_id).await.expect(200);
        admin.patch(&format!("{list}/councils"), read.etag(), &json!({ "slug": "first-name" })).await.expect(200);
        assert_eq!(
            client.get(&format!("{list}/last-name")).await.expect(308).header("location"),
            format!("{list}/first-name")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_present_or_former_is_never_given_to_another_record() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for (list, record) in one_of_each(&admin).await {
        let path = format!("{list}/{}", record["id"].as_str().unwrap());
        let read = admin.get(&path).await.expect(200);
        admin.patch(&path, read.etag(), &json!({ "slug": "last-name" })).await.expect(200);
        let mut rival = match list {
            "/v1/councils" => council("Rival"),
            "/v1/themes" => theme("Rival"),
            _ => initiative("Rival", "oldham"),
        };
        let made = admin.post(list, &rival).await.expect(201);
        for taken in ["first-name", "last-name"] {
            rival["slug"] = json!(taken);
            let changed = admin.patch(&format!("{list}/rival"), made.etag(), &json!({ "slug": taken })).await;
            for refused in [admin.post(list, &rival).await, changed] {
                let refused = refused.expect_problem(409, "conflict");
                assert_eq!(refused.faults(), [("/slug".into(), "taken".into())]);
            }
        }
        // Nor is it made of a title.
        rival.as_object_mut().unwrap().remove("slug");
        let named = if list == "/v1/councils" {
            "short_name"
        } else if list == "/v1/themes" {
            "label"
        } else {
            "title"
        };
        rival[named] = json!("First name");
        assert_eq!(admin.post(list, &rival).await.expect(201).json["slug"], "first-name-2");
        assert_eq!(admin.get(&format!("{list}/rival")).await.json, made.json);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_public_leaves_a_tombstone_with_its_reason() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let client = app.anonymous();
    for (list, record) in one_of_each(&admin).await {
        let path = format!("{list}/first-name");
        let read = admin.get(&path).await.expect(200);
        let renamed = admin.patch(&path, read.etag(), &json!({ "slug": "last-name" })).await.expect(200);
        let before = client.get(&format!("{list}?limit=1")).await.json["total"].as_i64().unwrap();
        for bad in ["reason=", &format!("reason={}", "x".repeat(301)), "reason=a%00b", "reason=a%0ab", "because=x"] {
            admin.delete(&format!("{path}?{bad}"), renamed.etag()).await.expect_problem(400, "bad_query");
        }
        let reason = "Entered twice; see “the other one”";
        let gone = admin.delete(&format!("{path}?reason={}", reason.replace(' ', "%20")), renamed.etag()).await;
        assert_eq!(gone.expect(204).text, "");
        for name in ["first-name", "last-name", record["id"].as_str().unwrap()] {
            for caller in [&client, &admin] {
                let tombstone = caller.get(&format!("{list}/{name}")).await.expect_problem(404, "withdrawn");
                assert!(tombstone.text.contains(reason), "{}", tombstone.text);
            }
        }
        let again = admin.delete(&path, renamed.etag()).await;
        again.expect_problem(404, "withdrawn");
        admin.patch(&path, renamed.etag(), &json!({})).await.expect_problem(404, "withdrawn");
        let after = client.get(&format!("{list}?limit=200&fields=slug")).await.expect(200);
        assert_eq!(after.json["total"], before - 1);
        assert!(!after.each("slug").contains(&json!("last-name")));
        let mut heir = match list {
            "/v1/councils" => council("Heir"),
            "/v1/themes" => theme("Heir"),
            _ => initiative("Heir of it", "oldham"),
        };
        heir["slug"] = json!("last-name");
        admin.post(list, &heir).await.expect_problem(409, "conflict");
    }
}
