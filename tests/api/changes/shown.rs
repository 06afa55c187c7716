//! Records that show others: who sees both of a bundle and its component is told when either changes; who sees one of them
//! only gets no sign of the other.

use ccin_registry::access::role::Role;
use serde_json::{Value, json};

use super::reader::{Reader, assert_same, fresh};
use crate::support::practice::{path, practice, publish, with};
use crate::support::{Answer, Client, TestApp};

/// A bundle that Rochdale leads, and a component of it that Oldham leads.
struct Bundle {
    name: String,
    parent: Answer,
    component: Answer,
}

/// Every visibility of the bundle with every one of the component that is not wider, drafts included.
async fn bundles(app: &TestApp, moderator: &Client) -> Vec<Bundle> {
    let admin = app.admin().await;
    let enter = async |title: &str, lead: &str, level: &str, parent: Option<&Answer>| {
        let visibility = if level == "draft" { "public" } else { level };
        let mut members = json!({ "visibility": visibility });
        if let Some(parent) = parent {
            members["parent"] = parent.json["slug"].clone();
        }
        let entered = admin.post("/v1/initiatives", &with(practice(title, lead), members)).await.expect(201);
        if level == "draft" { entered } else { publish(moderator, &entered).await }
    };
    let mut bundles = Vec::new();
    for wide in ["public", "members", "officers", "private"] {
        for narrow in ["public", "members", "officers", "draft"] {
            let name = format!("{wide} with {narrow}");
            let parent = enter(&format!("Bundle of {name}"), "rochdale", wide, None).await;
            let component = enter(&format!("Component of {name}"), "oldham", narrow, Some(&parent)).await;
            bundles.push(Bundle { name, parent, component });
        }
    }
    bundles
}

async fn readers(app: &TestApp) -> Vec<(&'static str, Reader)> {
    let mut readers = Vec::new();
    for (caller, client) in [
        ("anonymous", app.anonymous()),
        ("viewer", app.signed_in(Role::MemberViewer, None).await),
        ("viewer of Oldham", app.signed_in(Role::MemberViewer, Some("oldham")).await),
        ("viewer of Rochdale", app.signed_in(Role::MemberViewer, Some("rochdale")).await),
        ("contributor of York", app.signed_in(Role::Contributor, Some("york")).await),
        ("editor of Oldham", app.editor("oldham").await),
        ("editor of Rochdale", app.editor("rochdale").await),
        ("moderator", app.moderator().await),
    ] {
        let mut reader = Reader::new(app, client);
        reader.finish().await;
        readers.push((caller, reader));
    }
    readers
}

fn sees(reader: &Reader, record: &Answer) -> bool {
    reader.copy.contains_key(&("initiative".into(), record.json["id"].as_str().unwrap().into()))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_a_bundle_and_its_component_is_told_of_both_and_nobody_else_is() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    let bundles = bundles(&app, &moderator).await;
    let mut readers = readers(&app).await;
    let mut told = 0;
    for bundle in &bundles {
        for (changed, other) in [(&bundle.parent, &bundle.component), (&bundle.component, &bundle.parent)] {
            let mut before = Vec::new();
            for (_, reader) in &readers {
                before.push(reader.peek().await);
            }
            let now = moderator.get(&path(changed)).await.expect(200);
            let title = format!("{}, renamed", changed.json["title"].as_str().unwrap());
            moderator.patch(&path(changed), now.etag(), &json!({ "title": title })).await.expect(200);
            for ((caller, reader), before) in readers.iter_mut().zip(before) {
                let what = format!("{caller}: {title}");
                let (sees_it, sees_other) = (sees(reader, changed), sees(reader, other));
                let after = reader.peek().await;
                assert_eq!(before == after, !sees_it, "{what}: {after}");
                let changes = serde_json::from_str::<Value>(&after).unwrap();
                let count = changes["data"].as_array().unwrap().len();
                assert_eq!(count, usize::from(sees_it) * (1 + usize::from(sees_other)), "{what}: {after}");
                reader.finish().await;
                told += count;
            }
        }
        for (caller, reader) in &readers {
            for record in [&bundle.parent, &bundle.component].into_iter().filter(|record| sees(reader, record)) {
                let held = &reader.copy[&("initiative".into(), record.json["id"].as_str().unwrap().into())];
                let shown = reader.client.get(&path(record)).await.expect(200);
                assert_eq!(held, &shown.json, "{caller}: {}", bundle.name);
            }
        }
    }
    assert!(told > 100, "{told}");
    for (caller, reader) in &readers {
        assert_same(&reader.copy, &fresh(&reader.client).await, caller);
    }
}
