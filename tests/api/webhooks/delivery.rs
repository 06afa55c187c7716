//! A receiver that fails: it is tried again, given up, replayed, and switched off in the end.

use serde_json::{Value, json};

use super::receiver::Receiver;
use super::{deliver, deliveries, hook, is_signed, lenient, make_due, path, published};
use crate::letters::stored;

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_is_tried_again_and_holds_up_nobody() {
    let app = lenient().await;
    let (admin, editor) = (app.admin().await, app.editor("oldham").await);
    let (failing, working) = (Receiver::start().await, Receiver::start().await);
    deliver(&app).await;
    let made = hook(&editor, &failing, &["initiative.published"]).await;
    hook(&admin, &working, &["initiative.published"]).await;
    let latest = async || deliveries(&editor, &made).await.remove(0);
    failing.answer_with(500);
    published(&admin, "A scheme to be told", json!({})).await;
    assert_eq!(deliver(&app).await, 1);
    let first = failing.take().remove(0);
    assert_eq!(working.take().len(), 1);
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(failing.take().len(), 0, "not before its time");
    let delivery = latest().await;
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("waiting"), &json!(1)));
    assert_eq!(delivery["last_status"], 500);
    assert!(delivery["last_error"].as_str().unwrap().contains("500"), "{delivery}");
    assert!(editor.get(&path(&made)).await.expect(200).json["failing_since"].is_string());

    // A redirect could lead into another network, so it is not followed. Nobody waits for a receiver that is slow.
    for (status, said) in [(302, "302"), (Receiver::NEVER, "timed out")] {
        failing.answer_with(status);
        make_due(&app).await;
        assert_eq!(deliver(&app).await, 0);
        assert_eq!(failing.take().len(), 1);
        let delivery = latest().await;
        assert!(delivery["last_error"].as_str().unwrap().contains(said), "{delivery}");
    }
    failing.answer_with(200);
    make_due(&app).await;
    assert_eq!(deliver(&app).await, 1);
    let again = failing.take().remove(0);
    assert_eq!((&again.headers["webhook-id"], &again.body), (&first.headers["webhook-id"], &first.body));
    let delivery = latest().await;
    assert_eq!((&delivery["state"], &delivery["attempts"]), (&json!("delivered"), &json!(4)));
    assert_eq!(editor.get(&path(&made)).await.expect(200).json["failing_since"], Value::Null);

    // After the last attempt it is given up. What was delivered can be replayed too.
    let replay = format!("{}/deliveries/{}/replay", path(&made), delivery["id"].as_str().unwrap());
    app.editor("york").await.post(&replay, &Value::Null).await.expect(404);
    editor.post(&replay, &Value::Null).await.expect(200);
    editor.post(&replay, &Value::Null).await.expect_problem(409, "conflict");
    failing.answer_with(503);
    app.sql("UPDATE webhook_deliveries SET attempts = 19 WHERE state = 'waiting'").await;
    deliver(&app).await;
    let delivery = latest().await;
    assert_eq!((&delivery["state"], &delivery["next_attempt_at"]), (&json!("failed"), &Value::Null));
    let failed = editor.get(&format!("{}/deliveries?state=failed", path(&made))).await.expect(200);
    assert_eq!(failed.json["total"], 1);
    failing.take();
    failing.answer_with(204);
    assert_eq!(deliver(&app).await, 0);
    editor.post(&replay, &Value::Null).await.expect(200);
    assert_eq!(deliver(&app).await, 1);
    assert!(is_signed(&failing.take()[0], &made.json["secret"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_fails_for_days_or_is_gone_is_switched_off_and_its_people_hear_of_it() {
    let app = lenient().await;
    let (admin, editor) = (app.admin().await, app.editor("oldham").await);
    let receiver = Receiver::start().await;
    deliver(&app).await;
    let made = hook(&editor, &receiver, &["initiative.published"]).await;
    let is_active = async || editor.get(&path(&made)).await.expect(200).json["is_active"].clone();
    receiver.answer_with(500);
    published(&admin, "The first scheme", json!({})).await;
    deliver(&app).await;
    for (hours, active) in [(67, true), (69, false)] {
        app.sql(&format!("UPDATE webhooks SET failing_since = now() - interval '{hours} hours'")).await;
        make_due(&app).await;
        deliver(&app).await;
        assert_eq!(is_active().await, active, "{hours}");
    }
    receiver.take();
    make_due(&app).await;
    published(&admin, "The second scheme", json!({})).await;
    deliver(&app).await;
    assert_eq!(receiver.take().len(), 0, "it is off");
    editor.post(&format!("{}/test", path(&made)), &Value::Null).await.expect_problem(409, "conflict");

    let off = editor.get(&path(&made)).await.expect(200);
    editor.patch(&path(&made), off.etag(), &json!({ "is_active": true })).await.expect(200);
    receiver.answer_with(410);
    deliver(&app).await;
    assert_eq!(receiver.take().len(), 1, "what waited is sent, and nothing was collected meanwhile");
    assert_eq!(is_active().await, false);
    assert_eq!(deliveries(&editor, &made).await[0]["state"], "failed");

    let letters: Vec<_> = stored(&app).await.into_iter().filter(|one| one.subject.contains("webhook")).collect();
    let [days, gone] = letters.as_slice() else { panic!("{letters:?}") };
    assert!(days.plain.as_deref().unwrap().contains("status 500"), "{days:?}");
    assert!(gone.plain.as_deref().unwrap().contains("status 410"), "{gone:?}");
    let events = admin.get("/v1/audit?action=webhook.disable").await.expect(200);
    assert_eq!((&events.json["total"], &events.json["data"][0]["origin"]), (&json!(2), &json!("command_line")));
}
