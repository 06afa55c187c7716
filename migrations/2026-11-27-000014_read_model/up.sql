-- Reads are answered from memory (src/read_model). What was kept in tables for them goes, and triggers write the rows of
-- `changes` for whole statements: a change that many records show costs a few statements, not some for each record.

-- What lists, search, facets and maps were read from.
DROP TRIGGER themes_changed ON themes;
DROP TRIGGER councils_changed ON councils;
DROP TRIGGER initiatives_changed ON initiatives;
DROP FUNCTION themes_changed();
DROP FUNCTION councils_changed();
DROP FUNCTION initiatives_changed();
DROP FUNCTION changes_add_initiatives(uuid[]);
DROP FUNCTION changes_add(text, uuid, integer, uuid[], uuid[]);
DROP FUNCTION councils_reindex(uuid[]);
DROP FUNCTION initiatives_reindex(uuid[]);
DROP VIEW initiative_search_texts;
DROP VIEW initiative_facet_words;
DROP VIEW theme_ancestors;
DROP FUNCTION facet_bits_of(uuid[]);
DROP TABLE theme_initiatives;
DROP FUNCTION facet_bit(integer);
DROP TABLE facet_bits;
DROP TABLE initiative_facets;
DROP TABLE council_search;
DROP TABLE search_words;
DROP TABLE initiative_search;
DROP FUNCTION search_words_count();
DROP FUNCTION search_vector(text, "char");
DROP FUNCTION search_query(text);
DROP FUNCTION search_fold(text);
DO $$
BEGIN
    DROP EXTENSION pg_trgm;
EXCEPTION WHEN insufficient_privilege OR dependent_objects_still_exist THEN
    -- It was there before the registry, or something else in this database uses it.
    NULL;
END
$$;
DROP INDEX initiatives_by_point;
DROP FUNCTION distance_km(double precision, double precision, double precision, double precision);
DROP INDEX initiatives_by_title;
DROP INDEX initiatives_by_update;
DROP INDEX initiatives_by_start;
DROP INDEX initiatives_by_start_down;
DROP INDEX outcomes_evidence_level;
DROP INDEX initiative_principles_principle;
DROP INDEX councils_by_name;
DROP INDEX councils_by_update;
DROP INDEX themes_by_label;

CREATE TABLE unanswered_searches (
    words text PRIMARY KEY CHECK (length(words) BETWEEN 1 AND 200),
    searches bigint NOT NULL CHECK (searches > 0),
    last_at timestamptz NOT NULL
);
COMMENT ON TABLE unanswered_searches IS 'Searches that found nothing, for moderators. Nothing about the people who searched';
COMMENT ON COLUMN unanswered_searches.words IS 'The words as they are searched for, without case and accents';
COMMENT ON COLUMN unanswered_searches.searches IS 'How many searches for these words found nothing';
COMMENT ON COLUMN unanswered_searches.last_at IS 'When the last of them was';

-- How the rows of `changes` are written, in two steps.
--
-- 1. Each statement notes the records that it changes in `pending_changes`, as they were before. This takes no lock.
-- 2. At the end of the transaction `publish_changes` locks `changes`, compares the notes with the records as they are now,
--    and adds the rows. Only one transaction at a time is between its first row and its commit.
CREATE TABLE pending_changes (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    resource text NOT NULL CHECK (resource IN ('council', 'theme', 'initiative')),
    record_id uuid NOT NULL,
    audience integer,
    council_id uuid,
    parent_id uuid,
    shown text,
    starts_statement boolean NOT NULL
);
COMMENT ON TABLE pending_changes IS 'Records that the running transaction has changed, as they were before. A transaction deletes its rows before it commits';
COMMENT ON COLUMN pending_changes.record_id IS 'The record';
COMMENT ON COLUMN pending_changes.audience IS 'Visibility before, 1 public to 4 private; null: nobody could see it, or it is new';
COMMENT ON COLUMN pending_changes.council_id IS 'Lead council of an initiative before';
COMMENT ON COLUMN pending_changes.parent_id IS 'Parent of an initiative, broader theme of a theme, before';
COMMENT ON COLUMN pending_changes.shown IS 'What other records show of it, before';
COMMENT ON COLUMN pending_changes.starts_statement IS 'True for one row of each statement, which calls publish_changes at the end of the transaction';

-- As before, but not STRICT: so that it becomes part of the statement that uses it.
CREATE OR REPLACE FUNCTION visibility_rank(visibility text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_position(ARRAY['public', 'members', 'officers', 'private'], visibility)
$$;

-- Who can see a record: 1 everybody to 4 network officers only; null: nobody. A prospect is for network officers only.
CREATE FUNCTION audience_of(council councils) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN council.withdrawn_at IS NOT NULL THEN NULL WHEN council.membership_status = 'prospect' THEN 4 ELSE 1 END
$$;
CREATE FUNCTION audience_of(theme themes) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN theme.withdrawn_at IS NULL AND NOT theme.merged THEN 1 END
$$;
CREATE FUNCTION audience_of(initiative initiatives) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN initiative.withdrawn_at IS NULL THEN visibility_rank(initiative.effective_visibility) END
$$;

-- What other records show of a record, and what decides which of them show it.
CREATE FUNCTION shown_of(c councils) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(c.slug, c.name, c.short_name, c.welsh_name, c.code, c.gss_code, c.aliases, c.nation, c.region, c.latitude, c.longitude)::text
$$;
CREATE FUNCTION shown_of(t themes) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(t.slug, t.label, t.broader_id)::text
$$;
CREATE FUNCTION shown_of(i initiatives) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(i.slug, i.title, i.parent_id, i.lead_council_id, audience_of(i))::text
$$;

CREATE FUNCTION note_new_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pending_changes (resource, record_id, starts_statement)
    SELECT TG_ARGV[0], id, row_number() OVER () = 1 FROM after;
    RETURN NULL;
END
$$;
CREATE FUNCTION note_councils() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pending_changes (resource, record_id, audience, shown, starts_statement)
    SELECT 'council', id, audience_of(before::councils), shown_of(before::councils), row_number() OVER () = 1 FROM before;
    RETURN NULL;
END
$$;
CREATE FUNCTION note_themes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pending_changes (resource, record_id, audience, parent_id, shown, starts_statement)
    SELECT 'theme', id, audience_of(before::themes), broader_id, shown_of(before::themes), row_number() OVER () = 1 FROM before;
    RETURN NULL;
END
$$;
CREATE FUNCTION note_initiatives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pending_changes (resource, record_id, audience, council_id, parent_id, shown, starts_statement)
    SELECT 'initiative', id, audience_of(before::initiatives), lead_council_id, parent_id, shown_of(before::initiatives),
        row_number() OVER () = 1
    FROM before;
    RETURN NULL;
END
$$;
CREATE TRIGGER changes_insert AFTER INSERT ON councils REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION note_new_records('council');
CREATE TRIGGER changes_update AFTER UPDATE ON councils REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION note_councils();
CREATE TRIGGER changes_delete AFTER DELETE ON councils REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION note_councils();
CREATE TRIGGER changes_insert AFTER INSERT ON themes REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION note_new_records('theme');
CREATE TRIGGER changes_update AFTER UPDATE ON themes REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION note_themes();
CREATE TRIGGER changes_delete AFTER DELETE ON themes REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION note_themes();
CREATE TRIGGER changes_insert AFTER INSERT ON initiatives REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION note_new_records('initiative');
CREATE TRIGGER changes_update AFTER UPDATE ON initiatives REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION note_initiatives();
CREATE TRIGGER changes_delete AFTER DELETE ON initiatives REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION note_initiatives();

-- The rows to add for what this transaction has changed, from one note on. A record can have several of them.
-- `place` is the order in which records were changed. A council's own people see what they lead whatever its audience, and a
-- related record if `narrowest`, a visibility, is one that they can see.
CREATE FUNCTION pending_rows(since bigint)
RETURNS TABLE (place bigint, resource text, record_id uuid, audience integer, council_id uuid, narrowest integer)
LANGUAGE sql STABLE AS $$
    WITH noted AS (
        -- Of several notes of one record, the first says what readers saw before.
        SELECT DISTINCT ON (p.record_id) * FROM pending_changes p WHERE p.id >= since ORDER BY p.record_id, p.id
    ), changed_councils AS (
        SELECT n.id AS place, n.record_id, least(n.audience, audience_of(c)) AS audience,
            n.shown IS DISTINCT FROM shown_of(c) AS looks_different
        FROM noted n LEFT JOIN councils c ON c.id = n.record_id
        WHERE n.resource = 'council'
    ), changed_themes AS (
        SELECT n.id AS place, n.record_id, least(n.audience, audience_of(t)) AS audience,
            n.shown IS DISTINCT FROM shown_of(t) AS looks_different, ARRAY[n.parent_id, t.broader_id] AS broader
        FROM noted n LEFT JOIN themes t ON t.id = n.record_id
        WHERE n.resource = 'theme'
    ), changed_initiatives AS (
        SELECT n.id AS place, n.record_id, least(n.audience, audience_of(i)) AS audience,
            n.shown IS DISTINCT FROM shown_of(i) AS looks_different, ARRAY[n.parent_id, i.parent_id] AS parents,
            array_remove(ARRAY[n.council_id, nullif(i.lead_council_id, n.council_id)], NULL) AS led_by
        FROM noted n LEFT JOIN initiatives i ON i.id = n.record_id
        WHERE n.resource = 'initiative'
    ), showing_a_name AS (
        SELECT c.place, i.id FROM changed_councils c JOIN initiatives i ON i.lead_council_id = c.record_id
        WHERE c.looks_different AND c.audience IS NOT NULL
        UNION ALL
        SELECT c.place, p.initiative_id FROM changed_councils c JOIN initiative_participants p ON p.council_id = c.record_id
        WHERE c.looks_different AND c.audience IS NOT NULL
        UNION ALL
        SELECT t.place, u.initiative_id FROM changed_themes t JOIN initiative_themes u ON u.theme_id = t.record_id
        WHERE t.looks_different AND t.audience IS NOT NULL
    )
    SELECT place, 'council', record_id, audience, NULL::uuid, NULL::integer FROM changed_councils
    UNION ALL
    SELECT place, 'theme', record_id, audience, NULL, NULL FROM changed_themes
    UNION ALL
    -- Themes show the themes next to them in the tree.
    SELECT c.place, 'theme', t.id, audience_of(t), NULL, NULL
    FROM changed_themes c
    JOIN themes t ON t.broader_id = c.record_id OR t.replaced_by_id = c.record_id OR t.id = ANY (c.broader)
    WHERE c.audience IS NOT NULL
    UNION ALL
    SELECT place, 'initiative', record_id, audience, led, 1
    FROM changed_initiatives LEFT JOIN unnest(led_by) led ON audience > 1
    UNION ALL
    -- Initiatives show the names of their councils and themes.
    SELECT s.place, 'initiative', i.id, audience_of(i), i.lead_council_id, 1
    FROM showing_a_name s JOIN initiatives i ON i.id = s.id
    UNION ALL
    -- A parent and its components show each other's titles, to readers who can see both. Of the two, a council's own people
    -- have to be able to see the one that their council does not lead.
    SELECT c.place, 'initiative', i.id, greatest(c.audience, audience_of(i)), led,
        greatest(CASE WHEN led = ANY (c.led_by) THEN 0 ELSE c.audience END,
                 CASE WHEN led = i.lead_council_id THEN 0 ELSE audience_of(i) END)
    FROM changed_initiatives c
    JOIN initiatives i ON i.parent_id = c.record_id OR i.id = ANY (c.parents)
    LEFT JOIN unnest(c.led_by || i.lead_council_id) led ON led IS NOT NULL
    WHERE c.looks_different AND c.audience IS NOT NULL AND i.withdrawn_at IS NULL
$$;

CREATE FUNCTION publish_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first_position bigint;
BEGIN
    -- The first statement of a transaction publishes what all its statements have noted.
    IF NOT EXISTS (SELECT FROM pending_changes WHERE id = NEW.id) THEN
        RETURN NULL;
    END IF;
    PERFORM changes_lock();
    first_position := nextval('change_positions');
    INSERT INTO changes (resource, record_id, audience, councils, officers_of)
    SELECT min(resource), record_id, min(audience),
        -- Everybody sees what is public (1); contributors and editors of any council see what is for officers (3).
        CASE WHEN min(audience) = 1 THEN '{}' ELSE
            coalesce(array_agg(DISTINCT council_id) FILTER (WHERE council_id IS NOT NULL AND narrowest <= 2 AND audience > 1), '{}') END,
        CASE WHEN min(audience) <= 3 THEN '{}' ELSE
            coalesce(array_agg(DISTINCT council_id) FILTER (WHERE council_id IS NOT NULL AND narrowest = 3), '{}') END
    FROM pending_rows(NEW.id)
    WHERE audience IS NOT NULL
    GROUP BY record_id
    ORDER BY min(place), record_id;
    IF FOUND THEN
        -- Drop older rows of the same records, if everybody who sees them sees the new row.
        DELETE FROM changes c USING changes added
        WHERE added.position > first_position AND c.position < first_position AND c.record_id = added.record_id
            AND c.audience >= added.audience
            AND (added.audience = 1 OR c.councils <@ added.councils)
            AND (added.audience <= 3 OR c.officers_of <@ (added.councils || added.officers_of));
        PERFORM pg_notify('registry_changes', '');
    END IF;
    DELETE FROM pending_changes WHERE id >= NEW.id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER publish_changes AFTER INSERT ON pending_changes DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.starts_statement) EXECUTE FUNCTION publish_changes();

-- A component is never wider than its parent. By statement, so that it notes its changes after the parent's.
DROP TRIGGER initiatives_visibility_cascade ON initiatives;
CREATE OR REPLACE FUNCTION initiatives_cascade_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parents uuid[] := ARRAY(
        SELECT id FROM (SELECT id, effective_visibility FROM after EXCEPT SELECT id, effective_visibility FROM before) changed);
BEGIN
    IF parents <> '{}' THEN
        UPDATE initiatives SET visibility = visibility WHERE parent_id = ANY (parents);
    END IF;
    RETURN NULL;
END
$$;
-- Triggers fire in the order of their names: after changes_update.
CREATE TRIGGER initiatives_visibility_cascade AFTER UPDATE ON initiatives REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION initiatives_cascade_visibility();

-- Boundaries are read anew as a whole: one row stands for all of them, for followers only (see src/changes/store.rs).
ALTER TABLE changes DROP CONSTRAINT changes_resource_check,
    ADD CONSTRAINT changes_resource_check CHECK (resource IN ('council', 'theme', 'initiative', 'boundary'));
COMMENT ON COLUMN changes.record_id IS 'Which record; it may be gone. The nil UUID for boundaries';
CREATE FUNCTION publish_boundaries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Once a transaction.
    IF NOT EXISTS (SELECT FROM changes WHERE record_id = '00000000-0000-0000-0000-000000000000'
                   AND xmin = pg_current_xact_id()::xid) THEN
        PERFORM changes_lock();
        DELETE FROM changes WHERE record_id = '00000000-0000-0000-0000-000000000000';
        INSERT INTO changes (resource, record_id, audience) VALUES ('boundary', '00000000-0000-0000-0000-000000000000', 1);
        PERFORM pg_notify('registry_changes', '');
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER publish_boundaries AFTER INSERT OR UPDATE OR DELETE ON boundaries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION publish_boundaries();
CREATE CONSTRAINT TRIGGER publish_boundaries AFTER INSERT OR UPDATE OR DELETE ON boundary_shapes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION publish_boundaries();
CREATE CONSTRAINT TRIGGER publish_boundaries AFTER INSERT OR UPDATE OR DELETE ON county_districts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION publish_boundaries();
