//! Members of the network that are organisations: by their record, by a name, or by both.

use serde_json::{Value, json};

use super::{change, enter, merge, withdraw};
use crate::audit::events_of;
use crate::support::database::{Database, Template};
use crate::support::scratch::connect;
use crate::support::{Answer, Client, TestApp};

const UP: &str = include_str!("../../../migrations/2026-11-27-000023_organisations/up.sql");
const DOWN: &str = include_str!("../../../migrations/2026-11-27-000023_organisations/down.sql");

fn membership(member: Value, from: &str) -> Value {
    json!({ "member": member, "tier": "affiliate", "from": from })
}

async fn join(admin: &Client, member: Value, from: &str) -> Answer {
    admin.post("/v1/memberships", &membership(member, from)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_has_its_record_a_name_or_both() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let wombats = enter(&admin, "Wombats").await;
    let record = json!({ "id": wombats.json["id"], "slug": "wombats", "name": "Wombats", "org_id": null });
    let both = json!({ "organisation": "Wombats of 2013", "organisation_ref": "wombats" });
    let made = join(&admin, both, "2013").await.expect(201);
    assert_eq!(made.json["member"]["organisation"], json!({ "name": "Wombats of 2013", "record": record }));
    let path = made.header("location");
    let patch = json!({ "to": "2014" });
    let ended = admin.patch(path, made.etag(), &patch).await.expect(200);
    assert_eq!(ended.json["member"], made.json["member"]);
    // Without a name it takes that of the record.
    let bare = join(&admin, json!({ "organisation_ref": wombats.json["id"] }), "2016").await.expect(201);
    assert_eq!(bare.json["member"]["organisation"], json!({ "name": "Wombats", "record": record }));
    change(&admin, "wombats", json!({ "name": "Quokkas" })).await.expect(200);
    let read = app.anonymous().get(bare.header("location")).await.expect(200);
    assert_eq!(read.json["member"]["organisation"]["name"], "Wombats");
    assert_eq!(read.json["member"]["organisation"]["record"]["name"], "Quokkas");
    assert_eq!(read.json["version"], 1, "nobody has changed it");
    let feed = app.anonymous().get("/v1/changes?resource=membership&limit=1000").await.expect(200);
    let told = feed.json["data"].as_array().unwrap().iter().find(|one| one["id"] == read.json["id"]).unwrap();
    assert_eq!(told["record"]["member"], read.json["member"]);
    // Names work as before.
    let named = join(&admin, json!({ "organisation": "Numbats" }), "2020").await.expect(201);
    assert_eq!(named.json["member"]["organisation"], json!({ "name": "Numbats", "record": null }));
    let other = json!({ "member": { "organisation": "Bilbies" } });
    let other = admin.patch(bare.header("location"), read.etag(), &other).await.expect(200);
    assert_eq!(other.json["member"]["organisation"], json!({ "name": "Bilbies", "record": null }), "another body");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_said_once_and_is_no_person() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    enter(&admin, "Wombats").await;
    for (member, pointer, code) in [
        (json!({}), "/member", "required"),
        (json!({ "council": "oldham", "organisation_ref": "wombats" }), "/member/organisation_ref", "not_allowed"),
        (json!({ "organisation": "Dr Jo Bloggs" }), "/member/organisation", "person"),
    ] {
        let refused = join(&admin, member, "2020").await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [(pointer.into(), code.into())]);
    }
    let refused = join(&admin, json!({ "organisation_ref": "wombat" }), "2020").await.expect_problem(409, "conflict");
    assert_eq!(refused.faults(), [("/member/organisation_ref".into(), "unknown_reference".into())]);
    assert!(refused.text.contains("did you mean wombats?"), "{}", refused.text);
    // A prospect is a name: its record would tell.
    let prospect = json!({ "target": { "organisation_ref": "wombats" } });
    let refused = admin.post("/v1/recruitment", &prospect).await.expect_problem(422, "invalid");
    assert_eq!(refused.faults(), [("/target/organisation_ref".into(), "not_allowed".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_two_memberships_of_one_body_overlap_by_whatever_name() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    enter(&admin, "Wombats").await;
    let first = json!({ "organisation": "The Wombats", "organisation_ref": "wombats" });
    let made = join(&admin, first, "2020").await.expect(201);
    for again in [
        json!({ "organisation_ref": "wombats" }),
        json!({ "organisation": "the wombats" }),
        json!({ "organisation": "Others", "organisation_ref": "wombats" }),
    ] {
        let refused = join(&admin, again, "2021").await.expect_problem(409, "conflict");
        assert_eq!(refused.faults(), [("/from".into(), "overlaps".into())]);
    }
    withdraw(&admin, "wombats").await.expect_problem(409, "conflict");
    admin.delete(made.header("location"), made.etag()).await.expect(204);
    withdraw(&admin, "wombats").await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_moves_memberships_unless_they_overlap() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for name in ["Wombats", "Quokkas"] {
        enter(&admin, name).await;
    }
    let one = join(&admin, json!({ "organisation_ref": "wombats" }), "2020").await.expect(201);
    let other = join(&admin, json!({ "organisation_ref": "quokkas" }), "2021").await.expect(201);
    let refused = merge(&admin, "wombats", "quokkas").await.expect_problem(409, "conflict");
    assert!(refused.text.contains(one.json["id"].as_str().unwrap()), "{}", refused.text);
    admin.delete(other.header("location"), other.etag()).await.expect(204);
    let merged = merge(&admin, "wombats", "quokkas").await.expect(200);
    let read = app.anonymous().get(one.header("location")).await.expect(200);
    let organisation = &read.json["member"]["organisation"];
    assert_eq!((&organisation["name"], &organisation["record"]["slug"]), (&json!("Wombats"), &json!("quokkas")));
    assert_eq!(read.json["version"], 2);
    let events = events_of(&admin, &merged).await;
    let told: Vec<&str> = events.iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(told, ["organisation.merge", "organisation.merge", "membership.follow"]);
    assert_eq!((&events[2]["version_before"], &events[2]["version_after"]), (&json!(1), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn members_that_were_there_before_get_records_and_people_do_not() {
    let database = Database::new(Template::Sample).await;
    let client = connect(&database.url).await;
    let rows = async |query: &str| -> Vec<(String, Option<String>)> {
        client.query(query, &[]).await.expect(query).iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    client.batch_execute(DOWN).await.expect("down");
    client
        .batch_execute(
            "INSERT INTO memberships (id, organisation, tier, from_on, to_on) VALUES
                 (gen_random_uuid(), 'Ébène & Co', 'affiliate', '2014', '2015'),
                 (gen_random_uuid(), 'ébène & co', 'affiliate', '2018', NULL),
                 (gen_random_uuid(), 'Ebene, Co.', 'affiliate', '2018', NULL),
                 (gen_random_uuid(), '—', 'affiliate', '2018', NULL),
                 (gen_random_uuid(), 'Cllr Jo Bloggs', 'supporter', '2018', NULL)",
        )
        .await
        .expect("more members");
    client.batch_execute(UP).await.expect("up again");
    let all = rows(
        "SELECT m.organisation, o.slug FROM memberships m LEFT JOIN organisations o ON o.id = m.organisation_id
         WHERE m.organisation IS NOT NULL ORDER BY m.organisation COLLATE \"C\", m.from_on",
    )
    .await;
    let slug_of = |name: &str| all.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(slug_of("Cllr Jo Bloggs"), None, "a person is never an organisation");
    assert_eq!(slug_of("Co-operatives UK").as_deref(), Some("co-operatives-uk"));
    // One body for one name in whatever case, and a slug of its own for another name.
    assert_eq!(slug_of("Ébène & Co"), slug_of("ébène & co"));
    let (one, other) = (slug_of("Ébène & Co").unwrap(), slug_of("Ebene, Co.").unwrap());
    assert!(one != other && [&one, &other].iter().all(|slug| slug.starts_with("ebene-co")), "{one} {other}");
    assert_eq!(slug_of("—").unwrap().len(), 8);
    assert_eq!(all.iter().filter(|(_, slug)| slug.is_none()).count(), 1);
    let unknown =
        rows("SELECT slug, NULL FROM organisations o WHERE NOT EXISTS (SELECT FROM slugs WHERE record_id = o.id)")
            .await;
    assert_eq!(unknown, []);
}
