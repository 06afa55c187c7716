//! Creates an initiative: one transaction, one prepared statement per table.

use actix_web::{HttpResponse, Responder, error, post, web};
use ccin_registry::db::prepared::Prepared;
use diesel::QueryResult;
use diesel::sql_types::{Jsonb, Uuid as SqlUuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Connections;

/// Statements with the parameters id ($1) and body ($2).
const STATEMENTS: [&str; 10] = [
    "INSERT INTO initiatives (id, slug, title, summary, kind, delivery_status, started_on, ended_on, lead_council_id, state,
        effective_visibility, place, search)
     SELECT $1, b->>'slug', b->>'title', b->>'summary', b->>'kind', b->>'delivery_status', b->>'started_on', b->>'ended_on', c.id,
        'draft', 'private', point(c.longitude, c.latitude),
        setweight(to_tsvector('english', b->>'title'), 'A') || setweight(to_tsvector('english', b->>'summary'), 'B')
            || to_tsvector('english', b->>'body')
     FROM (SELECT $2 AS b) given LEFT JOIN councils c ON c.slug = b->>'lead_council'",
    "INSERT INTO slugs (resource, slug, record_id) SELECT 'initiative', b->>'slug', $1 FROM (SELECT $2 AS b) given",
    "INSERT INTO initiative_narratives (initiative_id, body, challenge, approach, what_worked)
     SELECT $1, b->>'body', b->>'challenge', b->>'approach', b->>'what_worked' FROM (SELECT $2 AS b) given",
    "INSERT INTO initiative_participants (initiative_id, council_id, role, position)
     SELECT $1, c.id, x->>'role', n - 1 FROM jsonb_array_elements($2->'participants') WITH ORDINALITY AS e (x, n)
     JOIN councils c ON c.slug = x->>'council'",
    "INSERT INTO initiative_partners (initiative_id, position, name, role)
     SELECT $1, n - 1, x->>'name', x->>'role' FROM jsonb_array_elements($2->'partners') WITH ORDINALITY AS e (x, n)",
    "INSERT INTO initiative_themes (initiative_id, theme_id, position)
     SELECT $1, t.id, n - 1 FROM jsonb_array_elements_text($2->'themes') WITH ORDINALITY AS e (x, n) JOIN themes t ON t.slug = x",
    "INSERT INTO initiative_principles (initiative_id, principle_id, position)
     SELECT $1, p.id, n - 1 FROM jsonb_array_elements($2->'principles') WITH ORDINALITY AS e (x, n)
     JOIN principles p ON p.scheme = 'ccin' AND p.slug = x->>'principle'",
    "INSERT INTO sources (initiative_id, key, position, title, kind, url)
     SELECT $1, x->>'key', n - 1, x->>'title', x->>'kind', x->>'url'
     FROM jsonb_array_elements($2->'sources') WITH ORDINALITY AS e (x, n)",
    "INSERT INTO outcomes (initiative_id, position, measure, kind, bound, value, unit, evidence_level, source_key)
     SELECT $1, n - 1, x->>'measure', x->>'kind', x->>'bound', (x->>'value')::numeric, x->>'unit',
        (x->>'evidence_level')::smallint, x->>'source'
     FROM jsonb_array_elements($2->'outcomes') WITH ORDINALITY AS e (x, n)",
    "INSERT INTO costs (initiative_id, position, description, amount_pence, bound, kind)
     SELECT $1, n - 1, x->>'description', (x->>'amount_pence')::bigint, x->>'bound', x->>'kind'
     FROM jsonb_array_elements($2->'costs') WITH ORDINALITY AS e (x, n)",
];

/// Create an initiative.
#[post("/v1/initiatives")]
pub async fn create(pool: Connections, body: web::Json<Value>) -> actix_web::Result<impl Responder> {
    let mut body = body.into_inner();
    let id = Uuid::now_v7();
    let slug = body["title"].as_str().unwrap_or_default().to_lowercase().replace(' ', "-");
    body["slug"] = json!(slug);
    let mut conn = pool.get().await.map_err(error::ErrorInternalServerError)?;
    insert(&mut conn, id, &body).await.map_err(error::ErrorInternalServerError)?;
    // Respond with the input: reading it back would cost the plain program another query.
    body["id"] = json!(id);
    body["version"] = json!(1);
    Ok(HttpResponse::Created().insert_header(("Location", format!("/v1/initiatives/{slug}"))).json(body))
}

async fn insert(conn: &mut AsyncPgConnection, id: Uuid, body: &Value) -> QueryResult<()> {
    conn.transaction(async |conn| {
        for statement in STATEMENTS {
            Prepared::new(statement).bind::<SqlUuid, _>(id).bind::<Jsonb, _>(body.clone()).execute(conn).await?;
        }
        QueryResult::Ok(())
    })
    .await
}
