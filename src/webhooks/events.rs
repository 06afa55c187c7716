//! Which events webhooks are told of: from the audit trail, and only of what everybody could see.

use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::prepared::Prepared;
use crate::error::ApiError;

/// Number of events that are looked at together.
const AT_ONCE: i64 = 1000;

/// Looks at the events after the last one that was looked at, in the order of the trail, which has no gaps.
///
/// The change feed says whether an act was public: it then has a row for everybody (audience 1) that is not older than
/// the act. Clocks of two machines may differ by some minutes. A public change is told once for each topic, so acts that
/// nobody could see are not told even if they follow a public change within these minutes.
///
/// What has become hidden since is told as withdrawn, as the feed tells it as deleted.
const TELL: &str = "
    WITH progress AS (
        SELECT sequence FROM webhook_progress FOR UPDATE SKIP LOCKED
    ), seen AS (
        SELECT e.sequence, e.action, e.record_id, e.created_at FROM audit_events e, progress p
        WHERE e.sequence > p.sequence ORDER BY e.sequence LIMIT $1
    ), told AS (
        SELECT s.sequence, s.record_id, s.created_at, c.position, CASE
            WHEN s.action IN ('council.create', 'council.update', 'council.withdraw') THEN 'council.changed'
            WHEN s.action NOT IN ('initiative.publish', 'initiative.publish_in_period', 'initiative.restore',
                'initiative.update', 'initiative.follow', 'initiative.verify', 'initiative.archive',
                'initiative.withdraw', 'initiative.unpublish') THEN NULL
            WHEN NOT EXISTS (SELECT FROM initiatives i WHERE i.id = s.record_id AND audience_of(i) = 1)
                THEN 'initiative.withdrawn'
            WHEN s.action = 'initiative.archive' THEN 'initiative.archived'
            WHEN s.action = 'initiative.verify' THEN 'initiative.verified'
            WHEN s.action IN ('initiative.update', 'initiative.follow') THEN 'initiative.updated'
            ELSE 'initiative.published'
        END AS topic
        FROM seen s CROSS JOIN LATERAL (
            SELECT max(position) AS position FROM changes
            WHERE record_id = s.record_id AND audience = 1 AND changed_at > s.created_at - interval '5 minutes') c
        WHERE c.position IS NOT NULL
    ), added AS (
        INSERT INTO webhook_deliveries (webhook_id, topic, record_id, change, occurred_at)
        SELECT w.id, t.topic, t.record_id, t.position, t.created_at
        FROM told t JOIN webhooks w ON t.topic = ANY (w.topics) AND w.is_active
        ORDER BY t.sequence
        ON CONFLICT DO NOTHING
    ), moved AS (
        UPDATE webhook_progress SET sequence = (SELECT max(sequence) FROM seen) WHERE EXISTS (SELECT FROM seen)
    )
    SELECT count(*) FROM seen";

/// Makes the messages of all events since the last call. Several instances can do so at once.
pub async fn tell(conn: &mut AsyncPgConnection) -> Result<(), ApiError> {
    loop {
        let query = Prepared::new(TELL).bind::<BigInt, _>(AT_ONCE).returning::<(BigInt,)>();
        let (seen,): (i64,) = query.get_result(conn).await?;
        if seen < AT_ONCE {
            return Ok(());
        }
    }
}
