//! Sending: to an SMTP server or a folder, at least once, with longer and longer delays.

use std::os::unix::fs::PermissionsExt;

use ccin_registry::letters::mailer::Mailer;
use ccin_registry::letters::store::take_due;
use diesel::sql_types::Double;
use diesel_async::RunQueryDsl;
use serde_json::json;

use super::server::{SmtpServer, read};
use super::{granted, mail, mailer, make_due, send_all, stored, token_in};
use crate::support::TestApp;
use crate::support::scratch::Scratch;

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_goes_to_the_smtp_server_and_its_text_is_dropped() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    granted(&app, "r@university.example").await;
    let before = stored(&app).await.remove(0);
    assert_eq!(send_all(&app, &mailer(&server)).await, 1);
    assert_eq!(send_all(&app, &mailer(&server)).await, 0);
    let mail = server.received().remove(0);
    assert_eq!(mail.to, ["r@university.example"]);
    assert_eq!(mail.header("From"), "\"CCIN registry\" <registry@example.org>");
    assert_eq!(mail.header("Subject"), "Your key for the CCIN registry");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert!(mail.header("Content-Type").starts_with("multipart/alternative"));
    assert_eq!(mail.texts[0].trim_end(), before.plain.as_deref().unwrap().trim_end());
    assert!(mail.texts[1].contains("<pre>curl -X POST"), "{}", mail.texts[1]);
    assert!(mail.texts.iter().all(|text| token_in(text) == token_in(&mail.texts[0])));

    let after = stored(&app).await.remove(0);
    assert_eq!((after.state.as_str(), after.plain, after.html), ("sent", None, None));
    assert_eq!((after.recipient.as_str(), after.last_error), ("r@university.example", None));
    // Nothing else of the database has the token.
    let claim = json!({ "token": token_in(&mail.texts[0]) });
    app.anonymous().post("/v1/api-keys/claim", &claim).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_refused_is_tried_again_after_longer_and_longer_delays() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    let mailer = mailer(&server);
    granted(&app, "r@university.example").await;
    server.set_full(true);
    let delay = async || {
        let mut conn = app.db.get().await.unwrap();
        let seconds = "(SELECT extract(epoch FROM next_attempt_at - now()) FROM letters)::double precision";
        let seconds: f64 = diesel::select(diesel::dsl::sql::<Double>(seconds)).get_result(&mut conn).await.unwrap();
        (seconds / 60.0).round() as i64
    };
    for (attempt, minutes) in [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (19, 360)] {
        app.sql(&format!("UPDATE letters SET attempts = {attempt} - 1, next_attempt_at = now()")).await;
        assert_eq!(send_all(&app, &mailer).await, 0);
        let letter = stored(&app).await.remove(0);
        assert_eq!((letter.state.as_str(), letter.attempts), ("waiting", attempt));
        assert!(letter.last_error.unwrap().contains("the mailbox is full"));
        assert_eq!(delay().await, minutes, "after attempt {attempt}");
        let made = server.received().len();
        assert_eq!((send_all(&app, &mailer).await, server.received().len()), (0, made), "not before its time");
    }
    make_due(&app).await;
    send_all(&app, &mailer).await;
    let letter = stored(&app).await.remove(0);
    assert_eq!((letter.state.as_str(), letter.attempts), ("failed", 20), "given up");
    assert!(letter.plain.unwrap().contains("ccin_claim_"), "an admin can still let it be sent");

    let mails = server.received();
    assert!(mails.iter().all(|mail| mail.header("Message-ID") == mails[0].header("Message-ID")), "one message");
    assert!(mails.iter().all(|mail| mail.header("Date") == mails[0].header("Date")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_loses_nothing() {
    let app = TestApp::empty().await;
    let flags = ["--smtp-url", "smtp://127.0.0.1:1", "--mail-from", "registry@example.org"];
    granted(&app, "a@university.example").await;
    granted(&app, "b@university.example").await;
    let away = Mailer::new(&mail(&flags), "/nowhere".as_ref()).unwrap();
    assert_eq!(send_all(&app, &away).await, 0);
    let attempts: i32 = stored(&app).await.iter().map(|letter| letter.attempts).sum();
    assert_eq!(attempts, 1, "what failed for one is not tried for all at once");
    make_due(&app).await;
    let server = SmtpServer::start().await;
    assert_eq!(send_all(&app, &mailer(&server)).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_interrupted_is_sent_later() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    granted(&app, "r@university.example").await;
    let taken = take_due(&mut app.db.get().await.unwrap()).await.unwrap();
    assert!(taken.is_some());
    assert_eq!(send_all(&app, &mailer(&server)).await, 0, "somebody else has it");
    make_due(&app).await;
    assert_eq!(send_all(&app, &mailer(&server)).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_instances_send_each_letter_once() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    app.sql(
        "INSERT INTO letters (id, recipient, subject, plain)
         SELECT gen_random_uuid(), 'r' || n || '@tests.example', 'A letter', 'Hello' FROM generate_series(1, 30) n",
    )
    .await;
    let (one, other) = (mailer(&server), mailer(&server));
    let (sent, also_sent) = tokio::join!(send_all(&app, &one), send_all(&app, &other));
    assert_eq!(sent + also_sent, 30);
    let mut to: Vec<String> = server.received().into_iter().flat_map(|mail| mail.to).collect();
    to.sort();
    to.dedup();
    assert_eq!((to.len(), server.received().len()), (30, 30));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_letters_are_files_for_their_owner() {
    let app = TestApp::empty().await;
    let scratch = Scratch::new("letters");
    granted(&app, "r@university.example").await;
    let to_folder = Mailer::new(&mail(&[]), scratch.path()).unwrap();
    let folder = scratch.path().join("letters");
    assert_eq!(to_folder.folder(), Some(folder.as_path()));
    assert_eq!(send_all(&app, &to_folder).await, 1);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(file.extension().unwrap(), "eml");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(file)), (0o700, 0o600));
    let text = std::fs::read_to_string(file).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mail_of_file = read(&lines, Vec::new(), None);
    assert_eq!(mail_of_file.header("To"), "r@university.example");
    let claim = json!({ "token": token_in(&mail_of_file.texts[0]) });
    assert_eq!(stored(&app).await[0].plain, None);
    app.anonymous().post("/v1/api-keys/claim", &claim).await.expect(200);

    let elsewhere = scratch.path().join("elsewhere");
    let flags = ["--letters-dir", elsewhere.to_str().unwrap()];
    assert_eq!(Mailer::new(&mail(&flags), scratch.path()).unwrap().folder(), Some(elsewhere.as_path()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_adds_a_header() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    app.sql(
        "INSERT INTO letters (id, recipient, subject, plain, next_attempt_at) VALUES
         (gen_random_uuid(), E'a@tests.example\\r\\nBcc: x@tests.example', 'A letter', 'Hello', now() - interval '2 s'),
         (gen_random_uuid(), 'a@tests.example, x@tests.example', 'A letter', 'Hello', now() - interval '1 s'),
         (gen_random_uuid(), 'b@tests.example', E'A\\r\\nBcc: x@tests.example\\r\\n\\r\\nHello', E'.\\r\\nQUIT\\r\\n', now())",
    )
    .await;
    assert_eq!(send_all(&app, &mailer(&server)).await, 1);
    let states: Vec<_> = stored(&app).await.into_iter().map(|letter| (letter.state, letter.attempts)).collect();
    assert_eq!(states.iter().filter(|state| **state == ("failed".into(), 1)).count(), 2, "{states:?}");
    let mails = server.received();
    assert_eq!((mails.len(), mails[0].to.join(" ")), (1, "b@tests.example".to_owned()));
    assert!(!mails[0].headers.iter().any(|line| line.to_lowercase().starts_with("bcc")), "{:?}", mails[0].headers);
    assert!(mails[0].texts[0].contains("QUIT"), "{:?}", mails[0].texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_of_the_address_are_used() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    granted(&app, "r@university.example").await;
    let url = server.url.replace("smtp://", "smtp://registry:s%40cret@");
    let flags = ["--smtp-url", &url, "--mail-from", "registry@example.org"];
    assert_eq!(send_all(&app, &Mailer::new(&mail(&flags), "/nowhere".as_ref()).unwrap()).await, 1);
    // `\0registry\0s@cret` in base64.
    assert_eq!(server.received()[0].auth.as_deref(), Some("PLAIN AHJlZ2lzdHJ5AHNAY3JldA=="));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_in_the_clear_if_the_address_asks_for_tls() {
    let app = TestApp::empty().await;
    // It offers no STARTTLS and speaks no TLS.
    let server = SmtpServer::start().await;
    granted(&app, "r@university.example").await;
    for scheme in ["smtp+starttls://", "smtps://"] {
        let url = server.url.replace("smtp://", scheme);
        let flags = ["--smtp-url", &url, "--mail-from", "registry@example.org"];
        make_due(&app).await;
        assert_eq!(send_all(&app, &Mailer::new(&mail(&flags), "/nowhere".as_ref()).unwrap()).await, 0, "{scheme}");
        assert_eq!(server.received().len(), 0, "{scheme}");
        assert!(stored(&app).await[0].last_error.is_some(), "{scheme}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_letters_are_deleted() {
    let app = TestApp::empty().await;
    let server = SmtpServer::start().await;
    app.sql(
        "INSERT INTO letters (id, recipient, subject, plain, state, sent_at, next_attempt_at, created_at)
         SELECT gen_random_uuid(), state || '@tests.example', 'A letter', CASE WHEN state <> 'sent' THEN 'Hello' END, state,
             CASE WHEN state = 'sent' THEN now() END, CASE WHEN state = 'waiting' THEN now() + interval '1 hour' END,
             now() - days * interval '1 day'
         FROM unnest(ARRAY['waiting', 'sent', 'failed']) state, unnest(ARRAY[89, 91]) days",
    )
    .await;
    assert_eq!(send_all(&app, &mailer(&server)).await, 0);
    let left: Vec<_> = stored(&app).await.into_iter().map(|letter| letter.state).collect();
    assert_eq!(left.len(), 4);
    assert_eq!(left.iter().filter(|state| *state == "waiting").count(), 2, "{left:?}");
}
