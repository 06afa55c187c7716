//! Each event writes its letter, to those it is for.

use ccin_registry::access::role::Role;
use chrono::{Days, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Stored, stored};
use crate::review::scheduled::{run, schedule};
use crate::review::{RECORD, act, begin, path};
use crate::support::client::send;
use crate::support::records::suggestion;
use crate::support::{Answer, Client, TestApp};

const TITLE: &str = "Get Oldham Working";

/// People around a revision of Oldham.
struct People {
    app: TestApp,
    editor: Person,
    colleague: Person,
    another: Person,
    moderator: Person,
    admin: Person,
}

struct Person {
    id: Uuid,
    email: String,
    client: Client,
}

impl Person {
    async fn new(app: &TestApp, role: Role, council: Option<&str>) -> Self {
        let (id, email) = app.user(role, council).await;
        Self { id, email, client: app.with_token(&app.token(id).await) }
    }
}

impl People {
    async fn new() -> Self {
        let app = TestApp::with_flags(&["--public-url", "https://registry.example.org/"]).await;
        let editor = Person::new(&app, Role::CouncilEditor, Some("oldham")).await;
        let colleague = Person::new(&app, Role::Contributor, Some("oldham")).await;
        let moderator = Person::new(&app, Role::Moderator, None).await;
        let admin = Person::new(&app, Role::NetworkAdmin, None).await;
        // Of revisions, they hear nothing.
        let another = Person::new(&app, Role::CouncilEditor, Some("oldham")).await;
        Person::new(&app, Role::CouncilEditor, Some("york")).await;
        let disabled = Person::new(&app, Role::Moderator, None).await;
        app.sql(&format!("UPDATE users SET status = 'disabled' WHERE id = '{}'", disabled.id)).await;
        Self { app, editor, colleague, another, moderator, admin }
    }

    /// A revision that the colleague wrote too and the editor submitted.
    async fn submitted(&self, patch: Value) -> Answer {
        let revision = begin(&self.editor.client).await;
        let path = path(&revision);
        let edited = self.colleague.client.patch(&path, revision.etag(), &patch).await.expect(200);
        let note = json!({ "note": "The scheme <has> ended." });
        act(&self.editor.client, &edited, "submit", &note).await.expect(200)
    }

    async fn claimed(&self, patch: Value) -> Answer {
        let submitted = self.submitted(patch).await;
        self.clear().await;
        act(&self.moderator.client, &submitted, "claim", &Value::Null).await.expect(200)
    }

    async fn clear(&self) {
        self.app.sql("DELETE FROM letters").await;
    }

    /// The letters since the last look. All have the same subject and text, and go to these people.
    async fn told(&self, subject: &str, people: &[&Person]) -> Stored {
        let mut letters = stored(&self.app).await;
        self.clear().await;
        let mut found: Vec<_> =
            letters.iter().map(|letter| (letter.subject.clone(), letter.recipient.clone())).collect();
        found.sort();
        let mut expected: Vec<_> =
            people.iter().map(|one| (format!("{subject}: {TITLE}"), one.email.clone())).collect();
        expected.sort();
        assert_eq!(found, expected);
        assert!(letters.iter().all(|letter| letter.plain == letters[0].plain && letter.html == letters[0].html));
        letters.remove(0)
    }

    async fn silence(&self) {
        assert_eq!(stored(&self.app).await.len(), 0);
    }
}

fn has(letter: &Stored, words: &str) {
    let plain = letter.plain.as_deref().unwrap();
    assert!(plain.contains(words), "{words}: {plain}");
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_hear_of_a_submission() {
    let people = People::new().await;
    let revision = people.submitted(json!({ "summary": "Another summary of the scheme." })).await;
    let letter = people.told("To review", &[&people.moderator, &people.admin]).await;
    has(&letter, "> The scheme <has> ended.");
    has(&letter, &format!("https://registry.example.org{}\n", path(&revision)));
    assert!(letter.html.unwrap().contains("The scheme &lt;has&gt; ended."), "words of others are escaped");
    act(&people.editor.client, &revision, "withdraw", &Value::Null).await.expect(200);
    people.silence().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn authors_hear_that_changes_are_asked_for_and_why() {
    let people = People::new().await;
    let claimed = people.claimed(json!({ "summary": "Another summary of the scheme." })).await;
    people.silence().await;
    let reason = json!({ "reason": "Please name a source." });
    act(&people.moderator.client, &claimed, "request-changes", &reason).await.expect(200);
    let letter = people.told("Please change", &[&people.editor, &people.colleague]).await;
    has(&letter, "> Please name a source.");
}

#[tokio::test(flavor = "multi_thread")]
async fn authors_hear_that_it_was_approved_and_then_that_it_was_published() {
    let people = People::new().await;
    let claimed = people.claimed(json!({ "summary": "Another summary of the scheme." })).await;
    let reason = json!({ "reason": "Checked against the report." });
    act(&people.moderator.client, &claimed, "approve", &reason).await.expect(200);
    let letter = people.told("Approved", &[&people.editor, &people.colleague]).await;
    has(&letter, "> Checked against the report.");
    let record = people.moderator.client.get(RECORD).await.expect(200);
    people.moderator.client.publish(RECORD, record.etag()).await.expect(200);
    let letter = people.told("Published", &[&people.editor, &people.colleague]).await;
    has(&letter, "https://registry.example.org/initiatives/get-oldham-working\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn authors_hear_that_it_was_rejected_and_why() {
    let people = People::new().await;
    let claimed = people.claimed(json!({ "summary": "Another summary of the scheme." })).await;
    let reason = json!({ "reason": "This is another scheme." });
    act(&people.moderator.client, &claimed, "reject", &reason).await.expect(200);
    has(&people.told("Rejected", &[&people.editor, &people.colleague]).await, "> This is another scheme.");
}

#[tokio::test(flavor = "multi_thread")]
async fn authors_and_the_reviewer_hear_of_comments_but_not_of_those_that_come_with_a_decision() {
    let people = People::new().await;
    let claimed = people.claimed(json!({ "summary": "Another summary of the scheme." })).await;
    let question = json!({ "pointer": "/summary", "comment": "Since when?" });
    let asked = act(&people.moderator.client, &claimed, "comments", &question).await.expect(200);
    people.silence().await;
    let reply = json!({ "pointer": "/summary", "comment": "Since <May>." });
    act(&people.editor.client, &asked, "comments", &reply).await.expect(200);
    let letter = people.told("Comment", &[&people.colleague, &people.moderator]).await;
    has(&letter, "> /summary: Since <May>.");
    has(&letter, &format!("https://registry.example.org{}\n", path(&claimed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn authors_hear_of_a_schedule_and_of_its_end() {
    let people = People::new().await;
    people.submitted(json!({ "summary": "Another summary of the scheme." })).await;
    people.clear().await;
    let record = people.moderator.client.get(RECORD).await.expect(200);
    let at = Utc::now().checked_add_days(Days::new(7)).unwrap();
    schedule(&people.moderator.client, record.etag(), &json!(at)).await.expect(200);
    let authors = [&people.editor, &people.colleague];
    has(&people.told("Approved", &authors).await, &format!("It will be published on {}", at.format("%-d %B %Y")));
    people.app.sql("UPDATE revisions SET publish_at = now() WHERE publish_at IS NOT NULL").await;
    assert_eq!(run(&people.app).await, 1);
    people.told("Published", &authors).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn authors_and_officers_hear_that_it_could_not_be_published_on_schedule() {
    let people = People::new().await;
    people.submitted(json!({ "summary": "Another summary of the scheme." })).await;
    let officer = &people.moderator.client;
    let at = Utc::now().checked_add_days(Days::new(7)).unwrap();
    schedule(officer, officer.get(RECORD).await.expect(200).etag(), &json!(at)).await.expect(200);
    let etag = officer.get(RECORD).await.expect(200).etag().to_owned();
    officer.patch(RECORD, &etag, &json!({ "summary": "The officer's own summary." })).await.expect(200);
    people.clear().await;
    people.app.sql("UPDATE revisions SET publish_at = now() WHERE publish_at IS NOT NULL").await;
    assert_eq!(run(&people.app).await, 0);
    let everybody = [&people.editor, &people.colleague, &people.moderator, &people.admin];
    has(&people.told("Not published", &everybody).await, "summary");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_minor_change_the_other_authors_hear_when_it_is_published() {
    let people = People::new().await;
    people.submitted(json!({ "review_due_on": "2031-05-01" })).await;
    has(&people.told("Published", &[&people.colleague]).await, "A minor change");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hears_of_what_is_no_longer_theirs_or_of_what_they_did() {
    let people = People::new().await;
    let claimed = people.claimed(json!({ "summary": "Another summary of the scheme." })).await;
    // One has left for another council, the other has lost the account.
    let elsewhere = format!(
        "UPDATE users SET council_id = (SELECT id FROM councils WHERE slug = 'york') WHERE id = '{}';
         UPDATE users SET status = 'disabled' WHERE id = '{}'",
        people.colleague.id, people.editor.id
    );
    people.app.sql(&elsewhere).await;
    let reason = json!({ "reason": "This is another scheme." });
    act(&people.moderator.client, &claimed, "reject", &reason).await.expect(200);
    people.silence().await;
    // An officer who writes, submits and publishes alone tells only the other officers of the submission.
    let begun = begin(&people.admin.client).await;
    let edited = people
        .admin
        .client
        .patch(&path(&begun), begun.etag(), &json!({ "summary": "A summary by the network." }))
        .await
        .expect(200);
    act(&people.admin.client, &edited, "submit", &Value::Null).await.expect(200);
    people.told("To review", &[&people.moderator]).await;
    let record = people.moderator.client.get(RECORD).await.expect(200);
    people.moderator.client.publish(RECORD, record.etag()).await.expect(200);
    people.told("Published", &[&people.admin]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_writes_no_letter() {
    let people = People::new().await;
    let claimed = people.claimed(json!({ "summary": "Another summary of the scheme." })).await;
    let reason = json!({ "reason": "This is another scheme." });
    // Another officer reviews it: the step fails after the letter could have been written.
    act(&people.editor.client, &claimed, "reject", &reason).await.expect(403);
    act(&people.moderator.client, &claimed, "submit", &Value::Null).await.expect(409);
    people.silence().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_council_hears_of_a_suggestion_and_its_author_of_the_decision() {
    let people = People::new().await;
    let council = [&people.editor, &people.colleague, &people.another];
    let mut made = Vec::new();
    for _ in 0..2 {
        let suggestion = suggestion("get-oldham-working");
        made.push(people.moderator.client.post("/v1/suggestions", &suggestion).await.expect(201));
        let letter = people.told("Suggestion", &council).await;
        has(&letter, "> The report says so.");
        has(&letter, "> who_for: ");
        has(&letter, "https://registry.example.org/v1/suggestions/");
    }
    let decide = async |suggestion: &Answer, action: &str, body: &Value| {
        let path = format!("{}/{action}", suggestion.header("location"));
        let request = people.editor.client.request(Method::POST, &path).header("If-Match", suggestion.etag());
        send(request.json(body)).await.expect(200)
    };
    decide(&made[0], "accept", &json!({})).await;
    has(&people.told("Your suggestion", &[&people.moderator]).await, "taken over into revision 2");
    decide(&made[1], "decline", &json!({ "reply": "We have it already." })).await;
    has(&people.told("Your suggestion", &[&people.moderator]).await, "> We have it already.");
    // Who withdraws a suggestion has nothing to hear, and who decides on the own one neither.
    let own = people.editor.client.post("/v1/suggestions", &suggestion("get-oldham-working")).await.expect(201);
    people.told("Suggestion", &council[1..]).await;
    decide(&own, "decline", &json!({ "reply": "No." })).await;
    people.silence().await;
}
