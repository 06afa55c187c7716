//! Records that were there before the registry said who leads and who entered them.

use crate::support::database::{Database, Template};
use crate::support::scratch::connect;

const UP: &str = include_str!("../../../migrations/2026-11-27-000016_honest_status/up.sql");
const DOWN: &str = include_str!("../../../migrations/2026-11-27-000016_honest_status/down.sql");

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_older_records_is_kept_and_their_versions_stay() {
    let database = Database::new(Template::Sample).await;
    let client = connect(&database.url).await;
    let count = async |query: &str| -> i64 { client.query_one(query, &[]).await.expect(query).get(0) };
    let versions = "SELECT sum(version)::bigint FROM initiatives";
    let (before, changes) = (count(versions).await, count("SELECT count(*) FROM changes").await);

    client.batch_execute(DOWN).await.expect("down");
    client
        .batch_execute(
            "INSERT INTO users (id, email, role, council_id, password_hash)
             SELECT gen_random_uuid(), 'editor@oldham.example', 'council_editor', id, 'x' FROM councils WHERE slug = 'oldham';
             ALTER TABLE initiatives DISABLE TRIGGER USER;
             UPDATE initiatives SET created_by = (SELECT id FROM users WHERE email = 'editor@oldham.example')
             WHERE slug IN ('get-oldham-working', 'smarter-york');
             ALTER TABLE initiatives ENABLE TRIGGER USER;",
        )
        .await
        .expect("an editor's records");
    let led_by_none = count("SELECT count(*) FROM initiatives WHERE lead_council_id IS NULL").await;
    client.batch_execute(UP).await.expect("up again");

    assert!(led_by_none > 0);
    assert_eq!(count("SELECT count(*) FROM initiative_leads WHERE kind = 'network'").await, led_by_none);
    assert_eq!(count("SELECT count(*) FROM initiative_leads").await, led_by_none);
    // The editor of Oldham has entered nothing for York.
    let own = "SELECT count(*) FROM initiatives WHERE entered_by = 'council' AND slug = 'get-oldham-working'";
    assert_eq!(count(own).await, 1);
    assert_eq!(count("SELECT count(*) FROM initiatives WHERE entered_by = 'council'").await, 1);
    assert_eq!((count(versions).await, count("SELECT count(*) FROM changes").await), (before, changes));
}
