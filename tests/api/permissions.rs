//! The permissions walk: every operation of the document with every kind of caller.
//!
//! An operation without a row in the table fails the walk with its name: whoever adds one says here whom it lets in.

use std::collections::BTreeSet;

use ccin_registry::users::model::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::client::send;
use crate::support::practice::practice;
use crate::support::tokens::{altered, forged};
use crate::support::{Answer, Client, TestApp};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Anonymous,
    Garbage,
    OfAnotherKey,
    Expired,
    OfAnEndedSession,
    Disabled,
    MemberViewer,
    Contributor,
    CouncilEditor,
    EditorOfAnotherCouncil,
    Moderator,
    NetworkAdmin,
}
use Kind::*;

const ALL: &[Kind] = &[
    Anonymous,
    Garbage,
    OfAnotherKey,
    Expired,
    OfAnEndedSession,
    Disabled,
    MemberViewer,
    Contributor,
    CouncilEditor,
    EditorOfAnotherCouncil,
    Moderator,
    NetworkAdmin,
];
const BAD_CREDENTIALS: &[Kind] = &[Garbage, OfAnotherKey, Expired, OfAnEndedSession, Disabled];
const ANYBODY: &[Kind] =
    &[Anonymous, MemberViewer, Contributor, CouncilEditor, EditorOfAnotherCouncil, Moderator, NetworkAdmin];
const ACCOUNTS: &[Kind] = &[MemberViewer, Contributor, CouncilEditor, EditorOfAnotherCouncil, Moderator, NetworkAdmin];
const AUTHORS: &[Kind] = &[Contributor, CouncilEditor, EditorOfAnotherCouncil, Moderator, NetworkAdmin];
const AUTHORS_OF_THE_COUNCIL: &[Kind] = &[Contributor, CouncilEditor, Moderator, NetworkAdmin];
const KEEPERS_OF_THE_COUNCIL: &[Kind] = &[CouncilEditor, Moderator, NetworkAdmin];
const OFFICERS: &[Kind] = &[Moderator, NetworkAdmin];
const AUDITORS: &[Kind] = &[CouncilEditor, EditorOfAnotherCouncil, NetworkAdmin];
const ADMINS: &[Kind] = &[NetworkAdmin];

/// Whom each operation lets in, on a draft of Oldham where it changes an initiative.
const TABLE: &[(&[Kind], &[&str])] = &[
    // Credentials are not looked at here.
    (ALL, &["find_service", "find_health", "explain_problem", "find_keys", "log_in", "refresh_tokens"]),
    (
        ANYBODY,
        &[
            "list_councils",
            "find_council",
            "list_council_initiatives",
            "list_initiatives",
            "find_initiative",
            "list_themes",
            "find_theme",
            "list_theme_initiatives",
            "list_principles",
            "list_values",
        ],
    ),
    (ACCOUNTS, &["log_out", "find_me", "change_password"]),
    (AUTHORS, &["create_initiative"]),
    (AUTHORS_OF_THE_COUNCIL, &["replace_initiative", "update_initiative", "delete_initiative"]),
    (KEEPERS_OF_THE_COUNCIL, &["replace_council", "update_council"]),
    (
        OFFICERS,
        &[
            "publish_initiative",
            "unpublish_initiative",
            "create_theme",
            "replace_theme",
            "update_theme",
            "delete_theme",
            "merge_theme",
            "list_users",
            "find_user",
        ],
    ),
    (AUDITORS, &["list_audit_events"]),
    (ADMINS, &["create_council", "delete_council", "create_user", "replace_user", "update_user", "set_user_password"]),
];

/// An operation of the document.
struct Operation {
    id: String,
    method: Method,
    path: String,
    media_type: Option<String>,
    is_secured: bool,
    statuses: BTreeSet<String>,
}

impl Operation {
    /// True where an `Authorization` header is read.
    fn reads_credentials(&self) -> bool {
        self.path.starts_with("/v1/") && !["log_in", "refresh_tokens"].contains(&self.id.as_str())
    }

    fn lets_in(&self) -> &'static [Kind] {
        TABLE.iter().find(|(_, ids)| ids.contains(&self.id.as_str())).map(|(kinds, _)| *kinds).unwrap()
    }
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().into(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                media_type: operation["requestBody"]["content"]
                    .as_object()
                    .and_then(|content| content.keys().next().cloned()),
                is_secured: operation["security"].as_array().is_some_and(|security| !security.is_empty()),
                statuses: operation["responses"].as_object().unwrap().keys().cloned().collect(),
            });
        }
    }
    operations
}

/// Callers of every kind, and the records that they ask for.
struct Walk {
    app: TestApp,
    client: Client,
    users: Vec<(Kind, Uuid)>,
    tokens: Vec<(Kind, String)>,
    draft: String,
}

impl Walk {
    async fn new() -> Self {
        let app = TestApp::with_sample().await;
        let mut users = Vec::new();
        for (kind, role, council) in [
            (MemberViewer, Role::MemberViewer, None),
            (Contributor, Role::Contributor, Some("oldham")),
            (CouncilEditor, Role::CouncilEditor, Some("oldham")),
            (EditorOfAnotherCouncil, Role::CouncilEditor, Some("rochdale")),
            (Moderator, Role::Moderator, None),
            (NetworkAdmin, Role::NetworkAdmin, None),
            (Disabled, Role::NetworkAdmin, None),
        ] {
            users.push((kind, app.user(role, council).await.0));
        }
        let user = |wanted| users.iter().find(|(kind, _)| *kind == wanted).unwrap().1;

        let good = app.token(user(NetworkAdmin)).await;
        let ended = app.token(user(NetworkAdmin)).await;
        send(app.with_token(&ended).request(Method::POST, "/v1/auth/logout")).await.expect(204);
        // Disabled behind the service's back: the session goes on, the account does not.
        let disabled = app.token(user(Disabled)).await;
        app.sql(&format!("UPDATE users SET status = 'disabled' WHERE id = '{}'", user(Disabled))).await;
        let a_minute_ago = |claims: &mut Value| claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 60);
        let tokens = vec![
            (Garbage, "garbage".into()),
            (OfAnotherKey, altered(&good, &forged(&app.keys).encoding, |_, _| {})),
            (Expired, altered(&good, &app.keys.encoding, |_, claims| a_minute_ago(claims))),
            (OfAnEndedSession, ended),
            (Disabled, disabled),
        ];

        let draft = app
            .editor("oldham")
            .await
            .post("/v1/initiatives", &practice("A draft for the walk", "oldham"))
            .await
            .expect(201);
        let draft = draft.json["slug"].as_str().unwrap().to_owned();
        Self { client: app.anonymous(), app, users, tokens, draft }
    }

    fn path(&self, operation: &Operation) -> String {
        let initiative = if operation.method == Method::GET { "get-oldham-working" } else { &self.draft };
        let user = self.users[0].1.to_string();
        let values = [
            ("{council}", "oldham"),
            ("{theme}", "housing"),
            ("{initiative}", initiative),
            ("{id}", user.as_str()),
            ("{code}", "stale"),
        ];
        let path = values.iter().fold(operation.path.clone(), |path, (name, value)| path.replace(name, value));
        assert!(!path.contains('{'), "say in the walk what stands for the parameters of {path}");
        path
    }

    /// A token of this kind of caller; one of a session of its own for every request, as signing out ends it.
    async fn token(&self, kind: Kind) -> Option<String> {
        if kind == Anonymous {
            return None;
        }
        if let Some((_, token)) = self.tokens.iter().find(|(of, _)| *of == kind) {
            return Some(token.clone());
        }
        Some(self.app.token(self.users.iter().find(|(of, _)| *of == kind).unwrap().1).await)
    }

    /// Call an operation in a way that changes nothing: from a version that never was, with an empty body. A bare
    /// request has neither.
    async fn call(&self, operation: &Operation, kind: Kind, bare: bool) -> Answer {
        let mut request = self.client.request(operation.method.clone(), &self.path(operation));
        if let Some(token) = self.token(kind).await {
            request = request.bearer_auth(token);
        }
        if !bare {
            request = request.header("If-Match", "\"0\"");
            if let Some(media_type) = &operation.media_type {
                request = request.header("Content-Type", media_type).body("{}");
            }
        }
        send(request).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_lets_in_whom_the_table_says_and_nobody_else() {
    let walk = Walk::new().await;
    let document = walk.app.anonymous().get("/openapi.json").await.expect(200).json;
    let operations = operations(&document);
    let known: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    let listed: BTreeSet<&str> = TABLE.iter().flat_map(|(_, ids)| *ids).copied().collect();
    let unlisted: Vec<_> = known.difference(&listed).collect();
    assert!(unlisted.is_empty(), "say in the table whom these operations let in: {unlisted:?}");
    let gone: Vec<_> = listed.difference(&known).collect();
    assert!(gone.is_empty(), "the table has operations that the document has not: {gone:?}");

    let mut faults = Vec::new();
    for operation in &operations {
        for kind in ALL.iter().copied() {
            for bare in [false, true] {
                let answer = walk.call(operation, kind, bare).await;
                for fault in faults_of(operation, kind, bare, &answer) {
                    let manner = if bare { " (bare)" } else { "" };
                    faults.push(format!("{} as {kind:?}{manner}: {fault}", operation.id));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn faults_of(operation: &Operation, kind: Kind, bare: bool, answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    let status = answer.status.as_u16();
    let is_in = ![401, 403, 404].contains(&status);
    // Without If-Match the record is not looked at, so that its council cannot matter yet.
    let is_known = !(bare && kind == EditorOfAnotherCouncil);
    if is_known && is_in != operation.lets_in().contains(&kind) {
        faults.push(format!("{} with {status}", if is_in { "let in" } else { "refused" }));
    }
    if operation.reads_credentials() && BAD_CREDENTIALS.contains(&kind) {
        let says = answer.header("www-authenticate").contains("error=\"invalid_token\"");
        if status != 401 || answer.json["code"] != "bad_credentials" || !says {
            faults.push(format!("{status} {} for credentials that do not hold", answer.json["code"]));
        }
    }
    if kind == Anonymous && operation.is_secured != (status == 401) {
        faults.push(format!("{status}, and the document says security: {}", operation.is_secured));
    }
    if !operation.statuses.contains(&status.to_string()) {
        faults.push(format!("{status} is not in the document"));
    }
    let id = answer.header("x-request-id");
    let is_problem = answer.header("content-type") == "application/problem+json"
        && answer.json["status"] == status
        && answer.json["instance"] == id;
    if !answer.status.is_success() && !is_problem || id.is_empty() {
        faults.push(format!("{status} is no problem document of request {id:?}: {}", answer.text));
    }
    faults
}
