//! What webhooks are told: thin signed messages about what everybody can see.

use reqwest::Method;
use serde_json::{Value, json};

use super::receiver::Receiver;
use super::{deliver, deliveries, hook, is_signed, lenient, make_due, path, published};
use crate::support::client::send;
use crate::support::practice::practice;

const EVERYTHING: [&str; 6] = [
    "initiative.published",
    "initiative.updated",
    "initiative.verified",
    "initiative.archived",
    "initiative.withdrawn",
    "council.changed",
];

#[tokio::test(flavor = "multi_thread")]
async fn each_topic_is_told_signed_and_nothing_that_is_hidden() {
    let app = lenient().await;
    let (admin, editor) = (app.admin().await, app.editor("oldham").await);
    let (receiver, other) = (Receiver::start().await, Receiver::start().await);
    deliver(&app).await;
    let made = hook(&editor, &receiver, &EVERYTHING).await;
    hook(&admin, &other, &["council.changed"]).await;
    let told = async || {
        deliver(&app).await;
        receiver.take().iter().map(|message| message.member("/type").as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    // Hidden from the public: a draft, and what is for members.
    let draft = admin.post("/v1/initiatives", &practice("Only a draft", "oldham")).await.expect(201);
    let draft_path = draft.header("location");
    let edited = admin
        .patch(draft_path, draft.etag(), &json!({ "summary": "Another summary, which is long enough." }))
        .await
        .expect(200);
    admin.delete(draft_path, edited.etag()).await.expect(204);
    let members = published(&admin, "For members", json!({ "visibility": "members" })).await;
    assert_eq!(told().await, [""; 0]);

    let path_of_it = &published(&admin, "For everybody", json!({})).await;
    assert_eq!((deliver(&app).await, deliver(&app).await), (1, 0));
    let message = receiver.take().remove(0);
    assert!(is_signed(&message, &made.json["secret"]));
    let record = admin.get(path_of_it).await.expect(200).json;
    let url = format!("https://registry.example.org/v1/initiatives/{}", record["id"].as_str().unwrap());
    assert_eq!(message.member("/type"), "initiative.published");
    assert_eq!(message.member("/data"), json!({ "id": record["id"], "url": url }), "nothing of the record itself");
    assert!(message.member("/timestamp").as_str().unwrap().ends_with('Z'));
    let [delivery] = deliveries(&editor, &made).await.try_into().unwrap();
    assert_eq!((&delivery["state"], &delivery["last_status"]), (&json!("delivered"), &json!(204)));
    assert_eq!(message.headers["webhook-id"], format!("msg_{}", delivery["id"].as_str().unwrap()));

    let etag = async |path: &str| admin.get(path).await.expect(200).etag().to_owned();
    let change = async |path: &str, patch: Value| admin.patch(path, &etag(path).await, &patch).await.expect(200);
    change(path_of_it, json!({ "summary": "Another summary, which is long enough." })).await;
    assert_eq!(told().await, ["initiative.updated"]);
    let verify =
        editor.request(Method::POST, &format!("{path_of_it}/verify")).header("If-Match", etag(path_of_it).await);
    send(verify.json(&json!({ "method": "owner_confirmed" }))).await.expect(200);
    assert_eq!(told().await, ["initiative.verified"]);
    admin.post_if_match(&format!("{path_of_it}/archive"), &etag(path_of_it).await).await.expect(200);
    assert_eq!(told().await, ["initiative.archived"]);
    admin.post_if_match(&format!("{path_of_it}/restore"), &etag(path_of_it).await).await.expect(200);
    assert_eq!(told().await, ["initiative.published"]);
    change("/v1/councils/oldham", json!({ "website": "https://new.example/" })).await;
    assert_eq!(told().await, ["council.changed"]);
    assert_eq!(other.take().len(), 1, "this one asked for nothing else");

    // What becomes hidden is told as withdrawn, once. What was not delivered by then is dropped, also when replayed.
    receiver.answer_with(500);
    change(path_of_it, json!({ "summary": "A third summary, which is long enough." })).await;
    assert_eq!(told().await, ["initiative.updated"]);
    receiver.answer_with(204);
    change(path_of_it, json!({ "visibility": "members" })).await;
    change(path_of_it, json!({ "summary": "A summary for members, which is long enough." })).await;
    make_due(&app).await;
    assert_eq!(told().await, ["initiative.withdrawn"]);
    change(path_of_it, json!({ "summary": "Another one for members, which is long enough." })).await;
    change(&members, json!({ "summary": "Always for members, which is long enough." })).await;
    admin.delete(path_of_it, &etag(path_of_it).await).await.expect(204);
    assert_eq!(told().await, [""; 0]);
    let dropped = deliveries(&editor, &made).await.into_iter().find(|one| one["state"] == "dropped").unwrap();
    let replay = format!("{}/deliveries/{}/replay", path(&made), dropped["id"].as_str().unwrap());
    editor.post(&replay, &Value::Null).await.expect(200);
    assert_eq!(told().await, [""; 0]);

    // A test has no record, and another secret signs it.
    let rotated = editor.post(&format!("{}/rotate", path(&made)), &Value::Null).await.expect(200);
    let tested = editor.post(&format!("{}/test", path(&made)), &Value::Null).await.expect(200);
    assert_eq!((&tested.json["topic"], &tested.json["state"]), (&Value::Null, &json!("waiting")));
    assert_eq!(deliver(&app).await, 1);
    let message = receiver.take().remove(0);
    assert_eq!((message.member("/type"), message.member("/data")), (json!("webhook.test"), json!({})));
    assert!(is_signed(&message, &rotated.json["secret"]) && !is_signed(&message, &made.json["secret"]));
}
