//! The workflow's table over HTTP: every state, every action, every kind of caller.

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{RECORD, begin};
use crate::support::client::send;
use crate::support::{Answer, Client, TestApp};

const STATES: [&str; 9] = [
    "draft",
    "submitted",
    "in_review",
    "changes_requested",
    "approved",
    "rejected",
    "discarded",
    "published",
    "superseded",
];

/// An action, the states that it is allowed from, and whether it is for network officers only. By hand, from
/// `domain.md` and the documentation, not from the service's table.
const ACTIONS: [(&str, &[&str], bool); 8] = [
    ("edit", &["draft", "changes_requested"], false),
    ("submit", &["draft", "changes_requested"], false),
    ("withdraw", &["submitted", "in_review", "approved"], false),
    ("discard", &["draft", "changes_requested"], false),
    ("claim", &["submitted", "in_review"], true),
    ("request-changes", &["in_review", "approved"], true),
    ("approve", &["in_review"], true),
    ("reject", &["in_review"], true),
];

async fn take(client: &Client, path: &str, etag: &str, action: &str) -> Answer {
    let (method, path, body) = match action {
        "edit" => (Method::PATCH, path.to_owned(), json!({ "title": "A title by an edit" })),
        "discard" => (Method::DELETE, path.to_owned(), Value::Null),
        "submit" | "approve" => (Method::POST, format!("{path}/{action}"), json!({})),
        "claim" | "withdraw" => (Method::POST, format!("{path}/{action}"), Value::Null),
        _ => (Method::POST, format!("{path}/{action}"), json!({ "reason": "Say why." })),
    };
    let request = client.request(method, &path).header("If-Match", etag);
    send(if body.is_null() { request } else { request.json(&body) }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_is_taken_from_its_states_and_by_its_roles_only() {
    let app = TestApp::with_sample().await;
    let author = app.editor("oldham").await;
    let revision = begin(&author).await;
    let path = revision.header("location").to_owned();
    let id = revision.json["id"].as_str().unwrap();
    let (moderator, moderator_id) = {
        let (id, _) = app.user(Role::Moderator, None).await;
        (app.with_token(&app.token(id).await), id)
    };
    let admin = app.admin().await;
    let callers = [
        ("another council's editor", app.editor("rochdale").await, false, false),
        ("a viewer", app.signed_in(Role::MemberViewer, None).await, false, false),
        ("a contributor", app.signed_in(Role::Contributor, Some("oldham")).await, true, false),
        ("an editor", app.editor("oldham").await, true, false),
        ("a moderator", moderator, true, true),
        ("an admin", admin.clone(), true, true),
    ];
    let mut faults = Vec::new();
    for state in STATES {
        for (action, from, for_officers) in ACTIONS {
            for (who, client, is_author, is_officer) in &callers {
                // A published text stands in the initiative itself, and there is one published and one open revision.
                app.sql(&format!(
                    "UPDATE revisions SET state = 'superseded', content = coalesce(content, '{{}}'), replaced_at = now()
                     WHERE id <> '{id}' AND state = 'published';
                     UPDATE revisions SET state = '{state}', writers = '{{}}', claimed_by = '{moderator_id}', publish_at = NULL,
                         content = CASE WHEN '{state}' = 'published' THEN NULL ELSE coalesce(base, content) END,
                         replaced_at = CASE WHEN '{state}' = 'superseded' THEN now() END
                     WHERE id = '{id}'"
                ))
                .await;
                let etag = admin.get(&path).await.expect(200).etag().to_owned();
                let answer = take(client, &path, &etag, action).await;
                let expected = match (is_author, is_officer) {
                    (false, _) if ["published", "superseded"].contains(&state) => "403",
                    (false, _) => "403 404",
                    (true, false) if for_officers => "403",
                    _ if !from.contains(&state) => "409",
                    _ if action == "discard" => "204",
                    _ => "200",
                };
                let status = answer.status.as_u16().to_string();
                if !expected.contains(&status) {
                    faults.push(format!("{action} from {state} by {who}: {status}, not {expected}: {}", answer.text));
                }
                if status == "409" {
                    let allowed = ACTIONS
                        .iter()
                        .filter(|(_, from, officers)| from.contains(&state) && (*is_officer || !officers));
                    for (name, ..) in allowed {
                        let name = name.replace('-', "_");
                        if !answer.text.contains(&name) {
                            faults
                                .push(format!("{action} from {state} by {who} does not name {name}: {}", answer.text));
                        }
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_archived_restored_and_returned_to_draft_from_its_states_only() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for (state, action, expected) in [
        ("published", "restore", 409),
        ("published", "archive", 200),
        ("archived", "archive", 409),
        ("archived", "publish", 409),
        ("archived", "restore", 200),
        ("archived", "unpublish", 200),
        ("draft", "archive", 409),
        ("draft", "restore", 409),
        ("draft", "unpublish", 409),
        ("draft", "publish", 200),
    ] {
        let revision = if state == "draft" { "draft" } else { "published" };
        app.sql(&format!(
            "UPDATE initiatives SET state = '{state}' WHERE slug = 'get-oldham-working';
             DELETE FROM revisions r USING initiatives i
             WHERE i.id = r.initiative_id AND i.slug = 'get-oldham-working' AND r.content IS NOT NULL;
             UPDATE revisions r SET state = '{revision}' FROM initiatives i
             WHERE i.id = r.initiative_id AND i.slug = 'get-oldham-working'"
        ))
        .await;
        app.settle().await;
        let etag = admin.get(RECORD).await.expect(200).etag().to_owned();
        let found = admin.post_if_match(&format!("{RECORD}/{action}"), &etag).await;
        assert_eq!(found.status.as_u16(), expected, "{action} from {state}: {}", found.text);
    }
}
