//! Creates many records at once, without the API.

use super::TestApp;

/// Inserts published initiatives with one statement per table: on this theme, led by this council. Slugs are
/// `of-COUNT-1` and so on.
pub async fn enter_many(app: &TestApp, count: i64, theme: &str, council: &str) {
    app.sql(&format!(
        "BEGIN;
         INSERT INTO initiatives (id, slug, title, summary, kind, delivery_status, lead_council_id, state, published_at)
         SELECT gen_random_uuid(), 'of-{count}-' || n, 'One of many ' || n, 'A summary of twenty letters', 'case_study', 'live',
             (SELECT id FROM councils WHERE slug = '{council}'), 'published', now()
         FROM generate_series(1, {count}) n;
         INSERT INTO slugs SELECT 'initiative', slug, id FROM initiatives WHERE slug LIKE 'of-{count}-%';
         INSERT INTO initiative_narratives (initiative_id) SELECT id FROM initiatives WHERE slug LIKE 'of-{count}-%';
         INSERT INTO initiative_themes SELECT i.id, t.id, 0 FROM initiatives i, themes t
             WHERE i.slug LIKE 'of-{count}-%' AND t.slug = '{theme}';
         COMMIT"
    ))
    .await;
}
