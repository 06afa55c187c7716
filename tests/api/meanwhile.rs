//! What is changed in two places at once and belongs together: themes and councils with the initiatives that name them,
//! initiatives with their components. Whoever comes first, the two agree afterwards.

use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use futures_util::join;
use serde_json::{Value, json};

use crate::support::records::{council, initiative, theme};
use crate::support::{Answer, Client, TestApp};

/// How many were answered with this status.
fn answered(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn themes_that_move_at_once_make_no_circle() {
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    for label in ["a", "b", "c"] {
        admin.post("/v1/themes", &theme(label)).await.expect(201);
    }
    for round in 0..10 {
        for label in ["a", "b", "c"] {
            move_theme(&admin, label, Value::Null).await.expect(200);
        }
        let ring = [("a", "b"), ("b", "c"), ("c", "a")];
        let moved = join_all(ring.iter().map(|(label, broader)| move_theme(&admin, label, json!(broader)))).await;
        assert_eq!((answered(&moved, 200), answered(&moved, 409)), (2, 1), "round {round}");
        let tops = admin.get("/v1/themes?fields=broader").await.expect(200).each("broader");
        assert_eq!(tops.iter().filter(|broader| broader.is_null()).count(), 1);
    }
}

async fn move_theme(admin: &Client, label: &str, broader: Value) -> Answer {
    let path = format!("/v1/themes/{label}");
    let read = admin.get(&path).await.expect(200);
    admin.patch(&path, read.etag(), &json!({ "broader": broader })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn initiatives_that_become_components_at_once_make_no_chain() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for round in 0..10 {
        let titles = ["one", "two", "three"].map(|name| format!("Bundle {round} {name}"));
        for title in &titles {
            admin.post("/v1/initiatives", &initiative(title, "oldham")).await.expect(201);
        }
        let slugs = titles.map(|title| title.to_lowercase().replace(' ', "-"));
        let moved = join_all((0..3).map(|n| {
            let (admin, path, parent) = (&admin, format!("/v1/initiatives/{}", slugs[n]), &slugs[(n + 1) % 3]);
            async move { admin.patch(&path, "\"1-0\"", &json!({ "parent": parent })).await }
        }));
        let moved = moved.await;
        assert_eq!((answered(&moved, 200), answered(&moved, 409)), (1, 2), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_initiative_entered_while_its_theme_is_merged_goes_along() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for round in 0..5 {
        let (from, into) = (format!("from-{round}"), format!("into-{round}"));
        for label in [&from, &into] {
            admin.post("/v1/themes", &theme(label)).await.expect(201);
        }
        let mut body = initiative("Entered meanwhile", "oldham");
        body["themes"] = json!([from]);
        let enter = join_all((0..9).map(|_| admin.post("/v1/initiatives", &body)));
        let target = json!({ "into": into });
        let path = format!("/v1/themes/{from}/merge");
        let merge = admin.post(&path, &target);
        let (entered, merged) = join!(enter, merge);
        merged.expect(200);
        assert_eq!(answered(&entered, 201), 9);
        let now = admin.get(&format!("/v1/initiatives?theme={into}&fields=themes")).await.expect(200);
        assert_eq!(now.json["total"], 9, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_initiative_is_left_with_a_lead_council_that_was_withdrawn_meanwhile() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for round in 0..10 {
        let made = admin.post("/v1/councils", &council(&format!("Town {round}"))).await.expect(201);
        let body = initiative(&format!("Led by town {round}"), made.json["slug"].as_str().unwrap());
        let enter = admin.post("/v1/initiatives", &body);
        let withdraw = admin.delete(made.header("location"), made.etag());
        let (entered, withdrawn) = if round % 2 == 0 {
            join!(enter, withdraw)
        } else {
            let (withdrawn, entered) = join!(withdraw, enter);
            (entered, withdrawn)
        };
        let outcome = (entered.status.as_u16(), withdrawn.status.as_u16());
        assert!([(201, 409), (409, 204)].contains(&outcome), "round {round}: {outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_writers_who_name_a_theme_wait_for_its_merge() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for label in ["Going", "Taking over"] {
        admin.post("/v1/themes", &theme(label)).await.expect(201);
    }
    // A merge under way: as `themes::store::merge` locks it.
    let mut merge = ccin_registry::db::establish(app.database.url.clone()).await.unwrap();
    let locks = "SELECT pg_advisory_xact_lock(hashtextextended('themes', 0));
                 SELECT FROM themes WHERE slug = 'going' FOR UPDATE";
    merge.batch_execute(&format!("BEGIN; {locks}")).await.unwrap();
    let mut body = initiative("Entered beside a merge", "oldham");
    body["themes"] = json!(["housing"]);
    let beside = admin.post("/v1/initiatives", &body).await.expect(201);
    admin.patch(beside.header("location"), beside.etag(), &json!({ "title": "Another title" })).await.expect(200);

    body["themes"] = json!(["going", "housing"]);
    let client = admin.clone();
    let waiting = tokio::spawn(async move { client.post("/v1/initiatives", &body).await });
    app.until_waiting(1, || waiting.is_finished()).await;
    assert!(!waiting.is_finished(), "the theme is about to go");
    let moved = "UPDATE slugs SET record_id = (SELECT id FROM themes WHERE slug = 'taking-over') WHERE slug = 'going';
                 UPDATE themes SET merged = true, status = 'deprecated', broader_id = NULL,
                    replaced_by_id = (SELECT id FROM themes WHERE slug = 'taking-over') WHERE slug = 'going'; COMMIT";
    merge.batch_execute(moved).await.unwrap();
    let entered = waiting.await.unwrap().expect(201);
    let themes: Vec<_> = entered.json["themes"].as_array().unwrap().iter().map(|theme| theme["slug"].clone()).collect();
    assert_eq!(themes, ["taking-over", "housing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_memberships_of_one_member_that_are_entered_at_once_one_is_refused() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for round in 0..10 {
        let made = admin.post("/v1/councils", &council(&format!("Town {round}"))).await.expect(201);
        let body = json!({ "member": { "council": made.json["slug"] }, "tier": "full", "from": "2013" });
        let (one, other) = join!(admin.post("/v1/memberships", &body), admin.post("/v1/memberships", &body));
        let mut outcome = [one.status.as_u16(), other.status.as_u16()];
        outcome.sort_unstable();
        assert_eq!(outcome, [201, 409], "round {round}");
    }
}

/// The version of a record that was entered and then published.
const PUBLISHED: &str = "\"2\"";

/// The paths of two initiatives, entered and published.
async fn two_published(admin: &Client, round: usize) -> [String; 2] {
    let mut paths = [String::new(), String::new()];
    for (path, name) in paths.iter_mut().zip(["parent", "component"]) {
        let made =
            admin.post("/v1/initiatives", &initiative(&format!("The {name} of {round}"), "oldham")).await.expect(201);
        *path = made.header("location").to_owned();
        admin.publish(path, made.etag()).await.expect(200);
    }
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn no_component_is_left_wider_than_a_parent_that_was_hidden_meanwhile() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for round in 0..10 {
        let [parent, component] = two_published(&admin, round).await;
        let below = json!({ "parent": parent.rsplit('/').next() });
        let hidden = json!({ "visibility": "private" });
        let (joined, hid) = join!(admin.patch(&component, PUBLISHED, &below), admin.patch(&parent, PUBLISHED, &hidden));
        joined.expect(200);
        hid.expect(200);
        app.anonymous().get(&component).await.expect_problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_component_is_left_with_a_parent_that_was_withdrawn_meanwhile() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for round in 0..10 {
        let [parent, component] = two_published(&admin, round).await;
        let below = json!({ "parent": parent.rsplit('/').next() });
        let (joined, withdrawn) = join!(admin.patch(&component, PUBLISHED, &below), admin.delete(&parent, PUBLISHED));
        let outcome = (joined.status.as_u16(), withdrawn.status.as_u16());
        assert!([(200, 409), (409, 204)].contains(&outcome), "round {round}: {outcome:?}");
    }
}
