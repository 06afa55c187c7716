DROP TRIGGER publish_boundaries ON county_districts;
DROP TRIGGER publish_boundaries ON boundary_shapes;
DROP TRIGGER publish_boundaries ON boundaries;
DROP FUNCTION publish_boundaries();
DELETE FROM changes WHERE resource = 'boundary';
ALTER TABLE changes DROP CONSTRAINT changes_resource_check,
    ADD CONSTRAINT changes_resource_check CHECK (resource IN ('council', 'theme', 'initiative'));
COMMENT ON COLUMN changes.record_id IS 'Which record; it may be gone';
DROP TRIGGER initiatives_visibility_cascade ON initiatives;
DROP TRIGGER changes_insert ON councils;
DROP TRIGGER changes_update ON councils;
DROP TRIGGER changes_delete ON councils;
DROP TRIGGER changes_insert ON themes;
DROP TRIGGER changes_update ON themes;
DROP TRIGGER changes_delete ON themes;
DROP TRIGGER changes_insert ON initiatives;
DROP TRIGGER changes_update ON initiatives;
DROP TRIGGER changes_delete ON initiatives;
DROP TABLE pending_changes;
DROP FUNCTION publish_changes();
DROP FUNCTION pending_rows(bigint);
DROP FUNCTION note_initiatives();
DROP FUNCTION note_themes();
DROP FUNCTION note_councils();
DROP FUNCTION note_new_records();
DROP FUNCTION shown_of(initiatives);
DROP FUNCTION shown_of(themes);
DROP FUNCTION shown_of(councils);
DROP FUNCTION audience_of(initiatives);
DROP FUNCTION audience_of(themes);
DROP FUNCTION audience_of(councils);
DROP TABLE unanswered_searches;

-- From here on: what 000003, 000004, 000006, 000010, 000011 and 000012 made, word for word and explained there.
CREATE OR REPLACE FUNCTION visibility_rank(visibility text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_position(ARRAY['public', 'members', 'officers', 'private'], visibility)
$$;
CREATE OR REPLACE FUNCTION initiatives_cascade_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE initiatives SET visibility = visibility WHERE parent_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER initiatives_visibility_cascade AFTER UPDATE ON initiatives
    FOR EACH ROW WHEN (OLD.effective_visibility IS DISTINCT FROM NEW.effective_visibility)
    EXECUTE FUNCTION initiatives_cascade_visibility();
CREATE INDEX councils_by_name ON councils (lower(name), id);
CREATE INDEX councils_by_update ON councils (updated_at, id);
CREATE INDEX themes_by_label ON themes (lower(label), id);
CREATE INDEX initiatives_by_title ON initiatives (lower(title), id) WHERE withdrawn_at IS NULL;
CREATE INDEX initiatives_by_update ON initiatives (updated_at, id) WHERE withdrawn_at IS NULL;
CREATE INDEX initiatives_by_start ON initiatives ((coalesce(started_floor, '9999-12-31'::date)), id) WHERE withdrawn_at IS NULL;
CREATE INDEX initiatives_by_start_down ON initiatives ((coalesce(started_floor, '0001-01-01'::date)), id) WHERE withdrawn_at IS NULL;
CREATE INDEX initiative_principles_principle ON initiative_principles (principle_id, initiative_id);
CREATE INDEX outcomes_evidence_level ON outcomes (initiative_id, evidence_level);
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE FUNCTION search_fold(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            regexp_replace(lower(normalize(given, NFKD)), '[\u0300-\u036f]', '', 'g'),
            '\mco[-\u00ad\u2010-\u2014]([a-z])', 'co\1', 'g'),
        '\mco\s?ops?\M', 'cooperative', 'g')
$$;
CREATE FUNCTION search_query(written text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT websearch_to_tsquery('pg_catalog.english', search_fold(written))
$$;
CREATE FUNCTION search_vector(given text, weight "char") RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.english', search_fold(coalesce(given, ''))), weight)
$$;
CREATE TABLE initiative_search (
    initiative_id uuid PRIMARY KEY,
    audience smallint NOT NULL,
    title_key text NOT NULL,
    title tsvector NOT NULL,
    head tsvector NOT NULL,
    document tsvector NOT NULL,
    words text[] NOT NULL,
    prominence double precision NOT NULL
);
ALTER TABLE initiative_search ALTER COLUMN document SET STORAGE EXTERNAL;
CREATE INDEX initiative_search_document ON initiative_search USING gin (document) WITH (fastupdate = off);
CREATE INDEX initiative_search_title ON initiative_search USING gin (title) WITH (fastupdate = off);
CREATE INDEX initiative_search_title_key ON initiative_search (title_key COLLATE "C");
CREATE INDEX initiative_search_title_words ON initiative_search USING gin (title_key gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX initiative_search_prominence ON initiative_search (prominence, initiative_id);
CREATE TABLE search_words (
    word text NOT NULL,
    audience smallint NOT NULL,
    records bigint NOT NULL,
    PRIMARY KEY (word, audience)
);
CREATE INDEX search_words_alike ON search_words USING gin (word gin_trgm_ops) WITH (fastupdate = off);
CREATE TABLE council_search (
    council_id uuid PRIMARY KEY,
    names text[] NOT NULL,
    document tsvector NOT NULL
);
CREATE INDEX council_search_document ON council_search USING gin (document) WITH (fastupdate = off);
CREATE TABLE initiative_facets (
    initiative_id uuid PRIMARY KEY,
    number integer NOT NULL UNIQUE GENERATED ALWAYS AS IDENTITY (MINVALUE 0),
    block integer NOT NULL GENERATED ALWAYS AS (number / 2048) STORED,
    place integer NOT NULL GENERATED ALWAYS AS (number % 2048) STORED,
    words text[] NOT NULL DEFAULT '{}',
    document tsvector
);
ALTER TABLE initiative_facets
    ALTER COLUMN words SET STORAGE EXTERNAL,
    ALTER COLUMN document SET STORAGE EXTERNAL,
    SET (toast_tuple_target = 128);
CREATE INDEX initiative_facets_document ON initiative_facets USING gin (document) WITH (fastupdate = off);
CREATE TABLE facet_bits (
    word text NOT NULL,
    block integer NOT NULL,
    facet text NOT NULL GENERATED ALWAYS AS (split_part(word, ':', 1)) STORED,
    bits bit(2048) NOT NULL,
    PRIMARY KEY (word, block)
) WITH (fillfactor = 70);
CREATE FUNCTION facet_bit(place integer) RETURNS bit LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT set_bit(0::bit(2048), place, 1)
$$;
CREATE TABLE theme_initiatives (
    theme_id uuid NOT NULL,
    title_key text NOT NULL,
    initiative_id uuid NOT NULL,
    audience smallint NOT NULL,
    PRIMARY KEY (theme_id, title_key, initiative_id) INCLUDE (audience)
);
CREATE INDEX theme_initiatives_initiative ON theme_initiatives (initiative_id);
CREATE VIEW theme_ancestors AS
    SELECT id AS theme_id, id AS ancestor_id FROM themes
    UNION SELECT t.id, t.broader_id FROM themes t WHERE t.broader_id IS NOT NULL
    UNION SELECT t.id, b.broader_id FROM themes t JOIN themes b ON b.id = t.broader_id WHERE b.broader_id IS NOT NULL;
CREATE VIEW initiative_facet_words AS
    SELECT i.id AS initiative_id,
        ARRAY['audience:' || visibility_rank(i.effective_visibility), 'kind:' || i.kind, 'delivery_status:' || i.delivery_status]
            || CASE WHEN i.started_floor IS NULL THEN '{}' ELSE ARRAY['year:' || extract(year FROM i.started_floor)] END
            || coalesce((SELECT ARRAY['evidence:' || max(o.evidence_level)] FROM outcomes o
                         WHERE o.initiative_id = i.id HAVING count(*) > 0), '{}')
            || CASE WHEN i.lead_council_id IS NULL THEN ARRAY['council:network'] ELSE '{}' END
            || ARRAY(SELECT 'council:' || i.lead_council_id WHERE i.lead_council_id IS NOT NULL
                     UNION SELECT 'council:' || p.council_id FROM initiative_participants p
                     WHERE p.initiative_id = i.id AND p.role IN ('lead', 'co_lead'))
            || coalesce((SELECT ARRAY['nation:' || c.nation] || CASE WHEN c.region IS NULL THEN '{}' ELSE ARRAY['region:' || c.region] END
                         FROM councils c WHERE c.id = i.lead_council_id), '{}')
            || ARRAY(SELECT DISTINCT 'theme:' || a.ancestor_id FROM initiative_themes t JOIN theme_ancestors a USING (theme_id)
                     WHERE t.initiative_id = i.id)
            || ARRAY(SELECT 'principle:' || p.principle_id FROM initiative_principles p WHERE p.initiative_id = i.id) AS words
    FROM initiatives i
    WHERE i.withdrawn_at IS NULL;
CREATE FUNCTION facet_bits_of(ids uuid[]) RETURNS TABLE (word text, block integer, bits bit) LANGUAGE sql STABLE AS $$
    SELECT word, f.block, bit_or(facet_bit(f.place)) FROM initiative_facets f, unnest(f.words) word
    WHERE f.initiative_id = ANY (ids) GROUP BY word, f.block
$$;
CREATE VIEW initiative_search_texts AS
    SELECT i.id AS initiative_id, visibility_rank(i.effective_visibility)::smallint AS audience, i.title, i.summary,
        concat_ws(' ',
            (SELECT string_agg(concat_ws(' ', c.name, c.short_name, c.welsh_name, c.code, array_to_string(c.aliases, ' ')), ' ')
             FROM councils c WHERE c.id = i.lead_council_id
                OR c.id IN (SELECT p.council_id FROM initiative_participants p WHERE p.initiative_id = i.id)),
            (SELECT string_agg(DISTINCT n.label, ' ') FROM initiative_themes t
             JOIN theme_ancestors a USING (theme_id) JOIN themes n ON n.id = a.ancestor_id WHERE t.initiative_id = i.id),
            (SELECT string_agg(p.name, ' ') FROM initiative_partners p WHERE p.initiative_id = i.id)) AS names,
        concat_ws(' ', n.body, n.challenge, n.approach, n.what_worked, n.what_did_not, n.transfer_conditions,
            (SELECT string_agg(concat_ws(' ', o.measure, o.definition, o.caveat), ' ' ORDER BY o.position)
             FROM outcomes o WHERE o.initiative_id = i.id)) AS body,
        0.5 * coalesce((SELECT max(o.evidence_level) FROM outcomes o WHERE o.initiative_id = i.id), 0) / 5
            + 0.2 * least((SELECT count(*) FROM outcomes o WHERE o.initiative_id = i.id), 5) / 5
            + 0.1 * (n.body IS NOT NULL)::integer
            + 0.2 * least(greatest(extract(year FROM coalesce(i.started_floor, '1980-01-01')) - 1980, 0), 100) / 100 AS prominence
    FROM initiatives i
    LEFT JOIN initiative_narratives n ON n.initiative_id = i.id
    WHERE i.withdrawn_at IS NULL;
CREATE FUNCTION initiatives_reindex(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM initiative_search WHERE initiative_id = ANY (ids);
    INSERT INTO initiative_search (initiative_id, audience, title_key, title, head, document, words, prominence)
    SELECT t.initiative_id, t.audience, search_fold(t.title), search_vector(t.title, 'A'), head, head || search_vector(t.body, 'D'),
        ARRAY(SELECT DISTINCT word FROM regexp_split_to_table(search_fold(concat_ws(' ', t.title, t.summary, t.names)), '\W+') word
              WHERE length(word) BETWEEN 3 AND 40 AND word !~ '^\d+$' ORDER BY word),
        t.prominence
    FROM initiative_search_texts t,
        LATERAL (SELECT search_vector(t.title, 'A') || search_vector(t.summary, 'B') || search_vector(t.names, 'C') AS head) h
    WHERE t.initiative_id = ANY (ids);
    UPDATE facet_bits held SET bits = held.bits & ~former.bits
    FROM facet_bits_of(ids) former WHERE (held.word, held.block) = (former.word, former.block);
    DELETE FROM initiative_facets f WHERE f.initiative_id = ANY (ids)
        AND NOT EXISTS (SELECT FROM initiative_search s WHERE s.initiative_id = f.initiative_id);
    INSERT INTO initiative_facets (initiative_id)
    SELECT s.initiative_id FROM initiative_search s
    WHERE s.initiative_id = ANY (ids) AND NOT EXISTS (SELECT FROM initiative_facets f WHERE f.initiative_id = s.initiative_id);
    UPDATE initiative_facets f SET words = w.words, document = s.document
    FROM initiative_facet_words w, initiative_search s
    WHERE f.initiative_id = ANY (ids) AND w.initiative_id = f.initiative_id AND s.initiative_id = f.initiative_id;
    INSERT INTO facet_bits AS held (word, block, bits) SELECT word, block, bits FROM facet_bits_of(ids)
    ON CONFLICT (word, block) DO UPDATE SET bits = held.bits | excluded.bits;
    DELETE FROM theme_initiatives WHERE initiative_id = ANY (ids);
    INSERT INTO theme_initiatives (theme_id, title_key, initiative_id, audience)
    SELECT DISTINCT a.ancestor_id, lower(i.title), i.id, visibility_rank(i.effective_visibility)
    FROM initiatives i
    JOIN initiative_themes t ON t.initiative_id = i.id
    JOIN theme_ancestors a USING (theme_id)
    WHERE i.id = ANY (ids) AND i.withdrawn_at IS NULL;
END
$$;
CREATE FUNCTION councils_reindex(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM council_search WHERE council_id = ANY (ids);
    INSERT INTO council_search (council_id, names, document)
    SELECT c.id, ARRAY(SELECT DISTINCT search_fold(name) FROM unnest(n.names) name),
        search_vector(array_to_string(n.names, ' '), 'A') || search_vector(c.description, 'D')
    FROM councils c,
        LATERAL (SELECT array_remove(ARRAY[c.name, c.short_name, c.welsh_name, c.code, c.gss_code] || c.aliases, NULL) AS names) n
    WHERE c.id = ANY (ids) AND c.withdrawn_at IS NULL;
END
$$;
CREATE FUNCTION search_words_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_words AS held (word, audience, records)
    SELECT word, audience, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
    FROM moved, unnest(words) word GROUP BY word, audience
    ON CONFLICT (word, audience) DO UPDATE SET records = held.records + excluded.records;
    RETURN NULL;
END
$$;
CREATE TRIGGER initiative_search_arrived AFTER INSERT ON initiative_search
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_words_count();
CREATE TRIGGER initiative_search_left AFTER DELETE ON initiative_search
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION search_words_count();
CREATE FUNCTION changes_add(resource text, record uuid, audience integer, councils uuid[], officers_of uuid[] DEFAULT '{}')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF audience = 1 THEN
        councils := '{}';
    END IF;
    IF audience <= 3 THEN
        officers_of := '{}';
    END IF;
    DELETE FROM changes c WHERE c.record_id = record AND c.audience >= changes_add.audience
        AND (changes_add.audience = 1 OR c.councils <@ changes_add.councils)
        AND (changes_add.audience <= 3 OR c.officers_of <@ (changes_add.councils || changes_add.officers_of));
    INSERT INTO changes (resource, record_id, audience, councils, officers_of)
    VALUES (resource, record, audience, councils, officers_of);
END
$$;
CREATE FUNCTION changes_add_initiatives(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    SELECT changes_add('initiative', id, visibility_rank(effective_visibility), array_remove(ARRAY[lead_council_id], NULL))
    FROM initiatives WHERE id = ANY (ids) AND withdrawn_at IS NULL ORDER BY id
$$;
CREATE FUNCTION initiatives_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before integer := CASE WHEN TG_OP <> 'INSERT' AND OLD.withdrawn_at IS NULL THEN visibility_rank(OLD.effective_visibility) END;
    after integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.withdrawn_at IS NULL THEN visibility_rank(NEW.effective_visibility) END;
    seen_by integer := least(before, after);
    led_by uuid[] := array_remove(ARRAY[
        CASE WHEN TG_OP <> 'INSERT' THEN OLD.lead_council_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.lead_council_id END], NULL);
    relative record;
    by_own record;
BEGIN
    IF seen_by IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM changes_lock();
    IF TG_OP = 'DELETE' OR NOT EXISTS (SELECT FROM initiatives WHERE id = NEW.id AND version > NEW.version) THEN
        PERFORM initiatives_reindex(ARRAY[coalesce(NEW.id, OLD.id)]);
    END IF;
    PERFORM changes_add('initiative', coalesce(NEW.id, OLD.id), seen_by, led_by);
    IF TG_OP = 'UPDATE' AND before = after
        AND (OLD.slug, OLD.title, OLD.parent_id, OLD.lead_council_id) IS NOT DISTINCT FROM (NEW.slug, NEW.title, NEW.parent_id, NEW.lead_council_id)
    THEN
        RETURN NULL;
    END IF;
    FOR relative IN
        SELECT id, visibility_rank(effective_visibility) AS rank, lead_council_id AS lead FROM initiatives
        WHERE withdrawn_at IS NULL AND (parent_id = coalesce(NEW.id, OLD.id)
            OR id = CASE WHEN TG_OP <> 'INSERT' THEN OLD.parent_id END OR id = CASE WHEN TG_OP <> 'DELETE' THEN NEW.parent_id END)
        ORDER BY id
    LOOP
        SELECT coalesce(array_agg(council) FILTER (WHERE narrowest <= 2), '{}') AS councils,
            coalesce(array_agg(council) FILTER (WHERE narrowest = 3), '{}') AS officers_of
        INTO STRICT by_own
        FROM (SELECT DISTINCT council, greatest(
                CASE WHEN council = ANY (led_by) THEN 0 ELSE seen_by END,
                CASE WHEN council = relative.lead THEN 0 ELSE relative.rank END) AS narrowest
            FROM unnest(led_by || relative.lead) council WHERE council IS NOT NULL) known;
        PERFORM changes_add('initiative', relative.id, greatest(seen_by, relative.rank), by_own.councils, by_own.officers_of);
    END LOOP;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER initiatives_changed AFTER INSERT OR UPDATE OR DELETE ON initiatives
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION initiatives_changed();
CREATE FUNCTION councils_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before integer := CASE WHEN TG_OP <> 'INSERT' AND OLD.withdrawn_at IS NULL
        THEN CASE OLD.membership_status WHEN 'prospect' THEN 4 ELSE 1 END END;
    after integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.withdrawn_at IS NULL
        THEN CASE NEW.membership_status WHEN 'prospect' THEN 4 ELSE 1 END END;
    shown_by uuid[];
BEGIN
    IF before IS NULL AND after IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM changes_lock();
    PERFORM councils_reindex(ARRAY[coalesce(NEW.id, OLD.id)]);
    PERFORM changes_add('council', coalesce(NEW.id, OLD.id), least(before, after), '{}');
    IF TG_OP = 'UPDATE' AND (OLD.slug, OLD.name, OLD.short_name, OLD.welsh_name, OLD.code, OLD.gss_code, OLD.aliases, OLD.nation,
            OLD.region, OLD.latitude, OLD.longitude)
        IS DISTINCT FROM (NEW.slug, NEW.name, NEW.short_name, NEW.welsh_name, NEW.code, NEW.gss_code, NEW.aliases, NEW.nation,
            NEW.region, NEW.latitude, NEW.longitude)
    THEN
        shown_by := ARRAY(
            SELECT id FROM initiatives WHERE lead_council_id = NEW.id
            UNION SELECT initiative_id FROM initiative_participants WHERE council_id = NEW.id);
        PERFORM initiatives_reindex(shown_by);
        PERFORM changes_add_initiatives(shown_by);
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER councils_changed AFTER INSERT OR UPDATE OR DELETE ON councils
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION councils_changed();
CREATE FUNCTION themes_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    relative uuid;
    shown_by uuid[];
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.withdrawn_at IS NOT NULL OR OLD.merged) AND (NEW.withdrawn_at IS NOT NULL OR NEW.merged) THEN
        RETURN NULL;
    END IF;
    PERFORM changes_lock();
    PERFORM changes_add('theme', coalesce(NEW.id, OLD.id), 1, '{}');
    FOR relative IN
        SELECT id FROM themes WHERE withdrawn_at IS NULL AND NOT merged AND id <> coalesce(NEW.id, OLD.id)
            AND (broader_id = coalesce(NEW.id, OLD.id) OR replaced_by_id = coalesce(NEW.id, OLD.id)
                OR id = CASE WHEN TG_OP <> 'INSERT' THEN OLD.broader_id END OR id = CASE WHEN TG_OP <> 'DELETE' THEN NEW.broader_id END)
        ORDER BY id
    LOOP
        PERFORM changes_add('theme', relative, 1, '{}');
    END LOOP;
    IF TG_OP = 'UPDATE' AND (OLD.slug, OLD.label, OLD.broader_id) IS DISTINCT FROM (NEW.slug, NEW.label, NEW.broader_id) THEN
        shown_by := ARRAY(SELECT DISTINCT initiative_id FROM initiative_themes t JOIN theme_ancestors a USING (theme_id)
                          WHERE a.ancestor_id = NEW.id);
        PERFORM initiatives_reindex(shown_by);
        PERFORM changes_add_initiatives(ARRAY(SELECT initiative_id FROM initiative_themes WHERE theme_id = NEW.id));
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER themes_changed AFTER INSERT OR UPDATE OR DELETE ON themes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION themes_changed();
CREATE FUNCTION distance_km(latitude double precision, longitude double precision, other_latitude double precision,
    other_longitude double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 2 * 6371.0088 * atan2(
        sqrt(sin(radians(other_latitude - latitude) / 2) ^ 2
            + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(radians(other_longitude - longitude) / 2) ^ 2),
        sqrt(abs(1 - sin(radians(other_latitude - latitude) / 2) ^ 2
            - cos(radians(latitude)) * cos(radians(other_latitude)) * sin(radians(other_longitude - longitude) / 2) ^ 2)))
$$;
CREATE INDEX initiatives_by_point ON initiatives USING gist (point(longitude, latitude)) WHERE withdrawn_at IS NULL;
-- What an older release expects to find in them.
SELECT initiatives_reindex(ARRAY(SELECT id FROM initiatives));
SELECT councils_reindex(ARRAY(SELECT id FROM councils));
