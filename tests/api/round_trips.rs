//! How often a write asks the database: each question costs a way there and back, and the last ones hold up other writers.

use serde_json::json;

use crate::support::database::{Database, Template};
use crate::support::practice::practice;
use crate::support::records::whole_initiative;
use crate::support::round_trips::Counter;
use crate::support::scratch::connect;
use crate::support::{Client, TestApp};

/// What it takes the read model to see that nothing has changed: it may look once more before an answer goes out.
const ONCE_MORE: usize = 4;

/// Round trips of an act, once every statement of it is prepared: the median of several times, as a connection may be looked
/// after meanwhile, and the read model may have heard of the change before it is asked.
async fn usual<F: Future<Output = ()>>(counter: &Counter, mut act: impl FnMut(usize) -> F) -> usize {
    let mut trips = Vec::new();
    for round in 0..12 {
        counter.take();
        act(round).await;
        trips.push(counter.take());
    }
    println!("{trips:?}");
    trips.sort_unstable();
    trips[trips.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_takes_few_round_trips() {
    let database = Database::new(Template::Sample).await;
    let counter = Counter::to(&database.url).await;
    let app = TestApp::behind(database, &counter.url, &[]);
    let admin = &app.admin().await;
    // What it takes to know the caller, and one query.
    let known = usual(&counter, |_| async { drop(admin.get("/v1/principles").await.expect(200)) }).await;
    let small = usual(&counter, |round| async move {
        admin.post("/v1/initiatives", &practice(&format!("Small {round}"), "oldham")).await.expect(201);
    })
    .await;
    let whole = usual(&counter, |round| async move {
        let mut body = whole_initiative();
        body["slug"] = json!(format!("whole-{round}"));
        admin.post("/v1/initiatives", &body).await.expect(201);
    })
    .await;
    let patched = usual(&counter, |round| patch(admin, round)).await;
    // What the read model asks to hear of a change, by a change that takes another way to the database.
    let direct = &connect(&app.database.url).await;
    let app = &app;
    let followed = usual(&counter, |round| async move {
        let change = format!("UPDATE initiatives SET title = 'Changed {round}' WHERE slug = 'small-0'");
        direct.batch_execute(&change).await.unwrap();
        app.settle().await;
    })
    .await;
    let (small, whole, patched) = (small - followed, whole - followed, patched - followed);
    println!("followed {followed}; caller {known}, create {small}, with all children {whole}, patch {patched}");
    // Begin, names, slug, record, children, the record read back and its children, end of the trail, event, commit.
    assert!(small <= known + 10 + ONCE_MORE, "{small} to enter an initiative, {known} to know the caller");
    assert!(
        whole <= small + 6 + ONCE_MORE,
        "{whole} to enter an initiative with all children and a parent, {small} without"
    );
    assert!(patched <= known + 20 + ONCE_MORE, "{patched} to change an initiative");
}

async fn patch(admin: &Client, round: usize) {
    let path = "/v1/initiatives/small-0";
    let found = admin.get(path).await.expect(200);
    admin.patch(path, found.etag(), &json!({ "title": format!("Patched {round}") })).await.expect(200);
}
