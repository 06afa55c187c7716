//! The permissions walk: every operation of the document with every kind of caller.
//!
//! An operation without a row in the table fails the walk with its name: whoever adds one says here whom it lets in.

mod table;

use std::collections::BTreeSet;

use ccin_registry::access::role::Role;
use ccin_registry::access::scope::{Scope, Scopes};
use ccin_registry::accounts::api_keys::model::NewApiKey;
use reqwest::Method;
use serde_json::{Value, json};
use table::Kind::*;
use table::Needs::*;
use table::{BAD_CREDENTIALS, Kind, TABLE, all};
use uuid::Uuid;

use crate::support::client::send;
use crate::support::issuer::{Issuer, Key};
use crate::support::practice::practice;
use crate::support::records::{period, suggestion};
use crate::support::tokens::{altered, forged};
use crate::support::{Answer, Client, TestApp};

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
        let is_looked_up = ["/v1/", "/id/", "/ogc"].iter().any(|scope| self.path.starts_with(scope));
        is_looked_up && !["log_in", "refresh_tokens"].contains(&self.id.as_str())
    }

    fn lets_in(&self, kind: Kind) -> bool {
        let (kinds, needs, _) = TABLE.iter().find(|(.., ids)| ids.contains(&self.id.as_str())).unwrap();
        let by_key = |owner: Kind, scope: Option<Scope>| match needs {
            Unread | Nothing => kinds.contains(&owner),
            OfScope(needed) => kinds.contains(&owner) && scope.is_none_or(|scope| scope == *needed),
            InPerson => false,
        };
        match kind {
            Key(scope) => by_key(NetworkAdmin, Some(scope)),
            // A key has at most the scopes of its owner's role.
            KeyOfADemotedOwner => {
                let lacks = |scope: &Scope| !Scopes::of(Role::MemberViewer).contains(*scope);
                by_key(MemberViewer, None) && !matches!(needs, OfScope(needed) if lacks(needed))
            }
            AdminByAnotherIssuer => by_key(NetworkAdmin, None),
            _ => kinds.contains(&kind),
        }
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
    keys: Vec<(Kind, String)>,
    draft: String,
    /// What a permalink leads to, and what is a feature.
    council: String,
    council_change: String,
    initiative: String,
    membership: String,
    recruitment: String,
    suggestion: String,
    period: String,
    release: String,
    /// A key of Oldham's editor, and a request for one.
    api_key: Uuid,
    key_request: Uuid,
    letter: Uuid,
    /// A webhook of Oldham, and a message to it.
    webhook: String,
    delivery: String,
}

impl Walk {
    async fn new() -> Self {
        let key = Key::ed25519("key");
        let issuer = Issuer::start(&[&key]).await;
        let app = TestApp::with_flags(&["--oidc-issuers", &issuer.setting()]).await;
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
        app.map(user(NetworkAdmin), &issuer.url, "admin").await;
        let a_minute_ago = |claims: &mut Value| claims["exp"] = json!(claims["iat"].as_i64().unwrap() - 60);
        let tokens = vec![
            (Garbage, "garbage".into()),
            (OfAnotherKey, altered(&good, &forged(&app.keys).encoding, |_, _| {})),
            (Expired, altered(&good, &app.keys.encoding, |_, claims| a_minute_ago(claims))),
            (OfAnEndedSession, ended),
            (Disabled, disabled),
            (AdminByAnotherIssuer, issuer.token(&key, "admin")),
        ];

        let draft = app
            .editor("oldham")
            .await
            .post("/v1/initiatives", &practice("A draft for the walk", "oldham"))
            .await
            .expect(201);
        let draft = draft.json["slug"].as_str().unwrap().to_owned();
        let api_key = app.key(user(CouncilEditor), &[Scope::ManageKeys]).await.api_key.id;
        let keys = keys(&app, user(NetworkAdmin)).await;
        let asked = json!({ "name": "R", "email": "r@tests.example", "affiliation": "U", "purpose": "x".repeat(20) });
        app.anonymous().post("/v1/api-keys/requests", &asked).await.expect(202);
        let requests = app.with_token(&good).get("/v1/api-keys/requests").await.expect(200);
        let key_request = requests.json["data"][0]["id"].as_str().unwrap().parse().unwrap();
        let letter = Uuid::now_v7();
        let row = format!("('{letter}', 'r@tests.example', 'A letter', 'Hello')");
        app.sql(&format!("INSERT INTO letters (id, recipient, subject, plain) VALUES {row}")).await;
        let webhook =
            json!({ "url": "https://hooks.example.org/", "topics": ["council.changed"], "council": "oldham" });
        let webhook = app.with_token(&good).post("/v1/webhooks", &webhook).await.expect(201);
        let delivery = format!("{}/test", webhook.header("location"));
        let delivery = app.with_token(&good).post(&delivery, &Value::Null).await.expect(200);
        let delivery = delivery.json["id"].as_str().unwrap().to_owned();
        let webhook = webhook.json["webhook"]["id"].as_str().unwrap().to_owned();
        let reader = app.anonymous();
        let id = async |path: &str| reader.get(path).await.expect(200).json["id"].as_str().unwrap().to_owned();
        let council = id("/v1/councils/oldham").await;
        let initiative = id("/v1/initiatives/get-oldham-working").await;
        let change =
            json!({ "kind": "created", "effective_on": "1974-04-01", "to": ["oldham"], "source": { "title": "T" } });
        let change = app.with_token(&good).post("/v1/council-changes", &change).await.expect(201);
        let council_change = change.json["id"].as_str().unwrap().to_owned();
        let membership = reader.get("/v1/memberships?council=oldham").await.expect(200).json["data"][0]["id"].clone();
        let membership = membership.as_str().unwrap().to_owned();
        let prospect = json!({ "target": { "council": "swansea" } });
        let prospect = app.with_token(&good).post("/v1/recruitment", &prospect).await.expect(201);
        let recruitment = prospect.json["id"].as_str().unwrap().to_owned();
        let period = app.with_token(&good).post("/v1/pre-election-periods", &period("2099-03-26")).await.expect(201);
        let period = period.json["id"].as_str().unwrap().to_owned();
        let suggestion = suggestion("get-oldham-working");
        let suggestion = app.with_token(&good).post("/v1/suggestions", &suggestion).await.expect(201);
        let suggestion = suggestion.json["id"].as_str().unwrap().to_owned();
        let release = app.with_token(&good).post("/v1/releases", &json!({ "reason": "To walk" })).await.expect(201);
        let release = release.json["name"].as_str().unwrap().to_owned();
        app.sql(
            "INSERT INTO boundaries (gss_code, name, west, south, east, north, attribution, digest)
             VALUES ('E08000004', 'Oldham', -2.2, 53.5, -1.9, 53.6, 'Somebody', '');
             INSERT INTO boundary_shapes (gss_code, zoom, geometry)
             VALUES ('E08000004', 18, '{\"type\":\"Polygon\",\"coordinates\":[]}')",
        )
        .await;
        Self {
            client: app.anonymous(),
            app,
            council,
            council_change,
            initiative,
            membership,
            recruitment,
            suggestion,
            period,
            release,
            users,
            tokens,
            keys,
            draft,
            api_key,
            key_request,
            letter,
            webhook,
            delivery,
        }
    }

    fn path(&self, operation: &Operation) -> String {
        let initiative = if operation.method == Method::GET { "get-oldham-working" } else { &self.draft };
        let id = match operation.path.strip_prefix("/v1/") {
            Some(path) if path.starts_with("api-keys/requests") => self.key_request.to_string(),
            Some(path) if path.starts_with("api-keys") => self.api_key.to_string(),
            Some(path) if path.starts_with("webhooks") => self.webhook.clone(),
            Some(path) if path.starts_with("letters") => self.letter.to_string(),
            Some(path) if path.starts_with("memberships") => self.membership.clone(),
            Some(path) if path.starts_with("recruitment") => self.recruitment.clone(),
            Some(path) if path.starts_with("pre-election-periods") => self.period.clone(),
            Some(path) if path.starts_with("suggestions") => self.suggestion.clone(),
            Some(_) => self.users[0].1.to_string(),
            None => self.council.clone(),
        };
        let is_initiative = operation.id == "find_initiative_feature";
        let feature = if is_initiative { &self.initiative } else { &self.council };
        let values = [
            ("{collection}", "councils"),
            ("{feature}", feature),
            ("{z}", "7"),
            ("{x}", "63"),
            ("{y}", "41"),
            ("{council}", "oldham"),
            ("{change}", &self.council_change),
            ("{theme}", "housing"),
            ("{organisation}", "co-operatives-uk"),
            ("{initiative}", initiative),
            ("{id}", id.as_str()),
            ("{code}", "stale"),
            ("{format}", "csv"),
            ("{number}", "1"),
            ("{comment}", &self.initiative),
            ("{release}", &self.release),
            ("{delivery}", &self.delivery),
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
        if let Some((_, key)) = self.keys.iter().find(|(of, _)| *of == kind) {
            request = request.header("X-API-Key", key).header("Origin", "https://elsewhere.example");
        } else if let Some(token) = self.token(kind).await {
            request = request.bearer_auth(token);
        }
        if kind == KeyAndToken {
            request = request.bearer_auth(&self.tokens[0].1);
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

/// Keys of every kind, each with every scope unless its kind says otherwise.
async fn keys(app: &TestApp, admin: Uuid) -> Vec<(Kind, String)> {
    let mut keys = Vec::new();
    for kind in all() {
        let mut new = NewApiKey { scopes: Scope::ALL.to_vec(), ..NewApiKey::default() };
        let mut owner = admin;
        match kind {
            Key(scope) => new.scopes = vec![scope],
            KeyOfADemotedOwner | KeyOfADisabledOwner => owner = app.user(Role::NetworkAdmin, None).await.0,
            KeyFromAWrongOrigin => new.origins = vec!["https://www.oldham.gov.uk".into()],
            KeyFromAWrongNetwork => new.networks = vec!["192.0.2.0/24".into()],
            ExpiredKey | RevokedKey | KeyAndToken => {}
            _ => continue,
        }
        let made = app.key_like(owner, new).await;
        let id = made.api_key.id;
        match kind {
            KeyOfADemotedOwner => {
                app.sql(&format!("UPDATE users SET role = 'member_viewer' WHERE id = '{owner}'")).await;
            }
            KeyOfADisabledOwner => app.sql(&format!("UPDATE users SET status = 'disabled' WHERE id = '{owner}'")).await,
            ExpiredKey => app.sql(&format!("UPDATE api_keys SET expires_at = now() WHERE id = '{id}'")).await,
            RevokedKey => app.sql(&format!("UPDATE api_keys SET revoked_at = now() WHERE id = '{id}'")).await,
            _ => {}
        }
        keys.push((kind, made.key));
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_lets_in_whom_the_table_says_and_nobody_else() {
    let walk = Walk::new().await;
    let document = walk.app.anonymous().get("/openapi.json").await.expect(200).json;
    let operations = operations(&document);
    let known: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    let listed: BTreeSet<&str> = TABLE.iter().flat_map(|(.., ids)| *ids).copied().collect();
    let unlisted: Vec<_> = known.difference(&listed).collect();
    assert!(unlisted.is_empty(), "say in the table whom these operations let in: {unlisted:?}");
    let gone: Vec<_> = listed.difference(&known).collect();
    assert!(gone.is_empty(), "the table has operations that the document has not: {gone:?}");

    let mut faults = Vec::new();
    for operation in &operations {
        for kind in all() {
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
    // Without If-Match the record is not looked at, so that its council, or whether it is a proposal, cannot matter
    // yet.
    let may_be_own = operation.path.starts_with("/v1/api-keys/{id}")
        || operation.path == "/v1/suggestions/{id}/withdraw"
        || operation.path == "/v1/organisations/{organisation}" && [Contributor, CouncilEditor].contains(&kind);
    let is_known = !(bare && (kind == EditorOfAnotherCouncil || may_be_own));
    if kind == KeyAndToken {
        if operation.reads_credentials() && status != 401 {
            faults.push(format!("{status} for two credentials"));
        }
    } else if is_known && is_in != operation.lets_in(kind) {
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
    if !answer.status.is_success() && !answer.status.is_redirection() && !is_problem || id.is_empty() {
        faults.push(format!("{status} is no problem document of request {id:?}: {}", answer.text));
    }
    faults
}
