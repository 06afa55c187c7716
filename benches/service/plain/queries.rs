//! The queries of the plain program, and the columns and indexes that they need.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Run once in the plain program's copy of the database. It disables triggers, but not foreign keys.
pub const PREPARE: &str = "
    ALTER TABLE initiatives DISABLE TRIGGER USER;
    ALTER TABLE initiatives ADD search tsvector, ADD place point;
    UPDATE initiatives i SET
        search = setweight(to_tsvector('english', i.title), 'A') || setweight(to_tsvector('english', i.summary), 'B')
            || to_tsvector('english', concat_ws(' ', n.body, n.challenge, n.approach, n.what_worked)),
        place = (SELECT point(coalesce(i.longitude, c.longitude), coalesce(i.latitude, c.latitude))
                 FROM (SELECT) one LEFT JOIN councils c ON c.id = i.lead_council_id)
    FROM initiative_narratives n WHERE n.initiative_id = i.id;
    CREATE INDEX ON initiatives USING gin (search);
    CREATE INDEX ON initiatives USING gist (place);
    CREATE INDEX ON initiatives (lower(title), id);
    CREATE INDEX ON initiatives (updated_at, id);
    CREATE INDEX ON initiatives (started_floor, id)";

/// Condition for public records.
macro_rules! public {
    () => {
        "i.withdrawn_at IS NULL AND i.effective_visibility = 'public'"
    };
}

/// All members of a record: one row of `r`.
const MEMBERS: &str = "
    i.id, i.slug, i.title, i.summary, n.body, i.kind, i.delivery_status, i.started_on, i.ended_on,
    (SELECT json_build_object('id', c.id, 'slug', c.slug, 'name', c.name)
     FROM councils c WHERE c.id = i.lead_council_id) AS lead_council,
    (SELECT coalesce(json_agg(json_build_object('council', json_build_object('id', c.id, 'slug', c.slug, 'name', c.name),
        'role', p.role) ORDER BY p.position), '[]')
     FROM initiative_participants p JOIN councils c ON c.id = p.council_id WHERE p.initiative_id = i.id) AS participants,
    (SELECT coalesce(json_agg(json_build_object('name', p.name, 'role', p.role, 'url', p.url) ORDER BY p.position), '[]')
     FROM initiative_partners p WHERE p.initiative_id = i.id) AS partners,
    (SELECT json_build_object('id', p.id, 'slug', p.slug, 'title', p.title)
     FROM initiatives p WHERE p.id = i.parent_id) AS parent,
    (SELECT coalesce(json_agg(json_build_object('id', t.id, 'slug', t.slug, 'label', t.label) ORDER BY o.position), '[]')
     FROM initiative_themes o JOIN themes t ON t.id = o.theme_id WHERE o.initiative_id = i.id) AS themes,
    (SELECT coalesce(json_agg(json_build_object('principle', p.slug, 'label', p.label, 'how', o.how) ORDER BY o.position), '[]')
     FROM initiative_principles o JOIN principles p ON p.id = o.principle_id WHERE o.initiative_id = i.id) AS principles,
    i.latitude, i.longitude, n.challenge, n.approach, n.what_worked, n.what_did_not, n.transfer_conditions,
    (SELECT coalesce(json_agg(to_json(s) ORDER BY s.position), '[]') FROM sources s WHERE s.initiative_id = i.id) AS sources,
    (SELECT coalesce(json_agg(to_json(o) ORDER BY o.position), '[]') FROM outcomes o WHERE o.initiative_id = i.id) AS outcomes,
    (SELECT coalesce(json_agg(to_json(c) ORDER BY c.position), '[]') FROM costs c WHERE c.initiative_id = i.id) AS costs,
    i.licence, i.visibility, i.state, i.verified_at, i.review_due_on, i.source_url, i.published_at, i.version, i.created_at,
    i.updated_at";

fn record(condition: &str) -> String {
    format!(
        "SELECT row_to_json(r)::text, '\"' || r.version || '\"'
         FROM (SELECT {MEMBERS} FROM initiatives i LEFT JOIN initiative_narratives n ON n.initiative_id = i.id
               WHERE {condition} AND {}) r",
        public!()
    )
}

/// One record by id, and its version.
pub static RECORD_BY_SLUG: LazyLock<String> = LazyLock::new(|| record("i.slug = $1"));
/// One record by slug, and its version.
pub static RECORD_BY_ID: LazyLock<String> = LazyLock::new(|| record("i.id = $1"));

/// The entity tag of a record.
pub const VERSION: &str = concat!("SELECT '\"' || version || '\"' FROM initiatives i WHERE slug = $1 AND ", public!());

/// The records of a page, as ordered JSON. The page is selected before the records are built.
fn page(chosen: &str) -> String {
    format!(
        "SELECT json_build_object('data', coalesce(json_agg(row_to_json(r)), '[]'))::text
         FROM (SELECT {MEMBERS}
               FROM ({chosen}) chosen JOIN initiatives i ON i.id = chosen.id
               LEFT JOIN initiative_narratives n ON n.initiative_id = i.id ORDER BY chosen.place) r"
    )
}

/// The 20 most relevant records.
pub static SEARCH: LazyLock<String> = LazyLock::new(|| {
    page(concat!(
        "SELECT i.id, row_number() OVER () AS place FROM (
            SELECT i.id FROM initiatives i, websearch_to_tsquery('english', $1) q
            WHERE i.search @@ q AND ",
        public!(),
        " ORDER BY ts_rank_cd(i.search, q) DESC, i.id LIMIT 20) i"
    ))
});

/// The sort orders of the service, with their SQL.
const ORDERS: [(&str, &str); 6] = [
    ("title", "lower(i.title), i.id"),
    ("-title", "lower(i.title) DESC, i.id DESC"),
    ("started_on", "i.started_floor, i.id"),
    ("-started_on", "i.started_floor DESC NULLS LAST, i.id DESC"),
    ("updated_at", "i.updated_at, i.id"),
    ("-updated_at", "i.updated_at DESC, i.id DESC"),
];

static LISTS: LazyLock<HashMap<(&'static str, [bool; 3]), String>> = LazyLock::new(|| {
    let choices = (0..8).map(|bits| [bits & 1 > 0, bits & 2 > 0, bits & 4 > 0]);
    choices.flat_map(|filters| ORDERS.map(|(sort, order)| ((sort, filters), list_of(order, filters)))).collect()
});

fn list_of(order: &str, [theme, year, since]: [bool; 3]) -> String {
    let mut chosen =
        String::from("SELECT i.id, row_number() OVER () AS place FROM (SELECT i.id FROM initiatives i WHERE ");
    chosen.push_str(public!());
    if theme {
        // A theme includes its narrower themes.
        chosen.push_str(
            " AND EXISTS (SELECT FROM initiative_themes o JOIN themes t ON t.id = o.theme_id LEFT JOIN themes b ON b.id = t.broader_id
             WHERE o.initiative_id = i.id AND $1 IN (t.slug, b.slug))",
        );
    }
    if year {
        chosen.push_str(" AND i.started_floor >= make_date($2, 1, 1)");
    }
    if since {
        chosen.push_str(" AND i.updated_at >= $3");
    }
    chosen.push_str(&format!(" ORDER BY {order} LIMIT $4) i"));
    page(&chosen)
}

/// A list in this order with these filters: theme, year, updated since. Bind the values in this order, then the limit.
pub fn list(sort: &str, theme: bool, year: bool, since: bool) -> &'static str {
    let found = LISTS.iter().find(|((name, filters), _)| *name == sort && *filters == [theme, year, since]);
    found.map_or("", |(_, text)| text)
}

/// GeoJSON of a box. Parameters: west, south, east, north.
pub const MAP: &str = concat!(
    "SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
        'type', 'Feature', 'id', i.id,
        'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(i.place[0], i.place[1])),
        'properties', json_build_object('slug', i.slug, 'title', i.title, 'kind', i.kind,
            'themes', (SELECT json_agg(t.slug ORDER BY o.position) FROM initiative_themes o JOIN themes t ON t.id = o.theme_id
                       WHERE o.initiative_id = i.id),
            'council', CASE WHEN c.id IS NOT NULL THEN json_build_object('slug', c.slug, 'name', c.name) END))), '[]'))::text
     FROM initiatives i LEFT JOIN councils c ON c.id = i.lead_council_id
     WHERE i.place <@ box(point($1, $2), point($3, $4)) AND ",
    public!()
);

/// The points of a tile.
pub const TILE: &str = concat!(
    "SELECT i.slug, i.title, i.place[0], i.place[1] FROM initiatives i
     WHERE i.place <@ box(point($1, $2), point($3, $4)) AND i.updated_at >= $5 AND ",
    public!()
);
