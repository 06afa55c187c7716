-- What is searched and counted, kept beside the records: derived from them in full, and never written by anybody else.
--
-- Rows are worked out anew at the end of each transaction that changed what they are made of (see 000011), whoever wrote.
-- Without foreign keys: a cascade would lock kept counts in the middle of a transaction, and two could wait for each other.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Text as it is searched: without case and accents, and with co-op, co-ops, coop, cooperative and co-operative as one word,
-- as co-production and coproduction are. Quotes and minus signs stay, which mean something in a search.
CREATE FUNCTION search_fold(given text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            regexp_replace(lower(normalize(given, NFKD)), '[\u0300-\u036f]', '', 'g'),
            '\mco[-\u00ad\u2010-\u2014]([a-z])', 'co\1', 'g'),
        '\mco\s?ops?\M', 'cooperative', 'g')
$$;

-- A search as people write it ("a phrase", -without, or) as a query. Nothing that is written is an error.
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
COMMENT ON TABLE initiative_search IS 'What is searched of each initiative that is not withdrawn';
COMMENT ON COLUMN initiative_search.initiative_id IS 'Which';
COMMENT ON COLUMN initiative_search.audience IS 'Rank of its effective visibility: 1 public to 4 private';
COMMENT ON COLUMN initiative_search.title_key IS 'Title, folded, for suggestions while somebody types';
COMMENT ON COLUMN initiative_search.title IS 'Words of the title';
COMMENT ON COLUMN initiative_search.head IS 'Words of title (A), summary (B), councils, themes and partners (C): small enough to rank by';
COMMENT ON COLUMN initiative_search.document IS 'The head with the words of long texts and outcomes (D)';
COMMENT ON COLUMN initiative_search.words IS 'Words of the head as they are written, for search_words';
COMMENT ON COLUMN initiative_search.prominence IS '0 to 1: how well evidenced, told and recent. Breaks ties between equally good hits';
-- Long ones are read for phrases only; taking them apart costs more than reading them.
ALTER TABLE initiative_search ALTER COLUMN document SET STORAGE EXTERNAL;
CREATE INDEX initiative_search_document ON initiative_search USING gin (document) WITH (fastupdate = off);
CREATE INDEX initiative_search_title ON initiative_search USING gin (title) WITH (fastupdate = off);
-- Suggestions: titles that begin with what was typed, in order; titles with a word that does.
CREATE INDEX initiative_search_title_key ON initiative_search (title_key COLLATE "C");
CREATE INDEX initiative_search_title_words ON initiative_search USING gin (title_key gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX initiative_search_prominence ON initiative_search (prominence, initiative_id);

CREATE TABLE search_words (
    word text NOT NULL,
    audience smallint NOT NULL,
    records bigint NOT NULL,
    PRIMARY KEY (word, audience)
);
COMMENT ON TABLE search_words IS 'Words of initiatives, for what somebody may have meant by another';
COMMENT ON COLUMN search_words.word IS 'Folded';
COMMENT ON COLUMN search_words.audience IS 'Of the initiatives counted: who sees none of them is never offered the word';
COMMENT ON COLUMN search_words.records IS 'How many initiatives have the word';
CREATE INDEX search_words_alike ON search_words USING gin (word gin_trgm_ops) WITH (fastupdate = off);

CREATE TABLE council_search (
    council_id uuid PRIMARY KEY,
    names text[] NOT NULL,
    document tsvector NOT NULL
);
COMMENT ON TABLE council_search IS 'What is searched of each council that is not withdrawn';
COMMENT ON COLUMN council_search.council_id IS 'Which';
COMMENT ON COLUMN council_search.names IS 'Every name, alias and code, folded';
COMMENT ON COLUMN council_search.document IS 'Words of names (A) and description (D)';
CREATE INDEX council_search_document ON council_search USING gin (document) WITH (fastupdate = off);

-- Counting by facet: each initiative has four sets of words, and most sets are shared by many initiatives. So few sets are
-- counted, by number, and only then taken apart.
CREATE TABLE facet_sets (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    members text[] NOT NULL UNIQUE
);
COMMENT ON TABLE facet_sets IS 'Sets of facet words that initiatives have';
COMMENT ON COLUMN facet_sets.members IS 'Words such as kind:case_study, year:2013, theme:ID: a facet and a value of it';

CREATE INDEX facet_sets_words ON facet_sets USING gin (members) WITH (fastupdate = off);

CREATE TABLE initiative_facets (
    initiative_id uuid PRIMARY KEY,
    audience smallint NOT NULL,
    lead_council_id uuid,
    form integer NOT NULL,
    leads integer NOT NULL,
    themes integer NOT NULL,
    principles integer NOT NULL
);
COMMENT ON TABLE initiative_facets IS 'What each initiative that is not withdrawn counts as';
COMMENT ON COLUMN initiative_facets.initiative_id IS 'Which';
COMMENT ON COLUMN initiative_facets.audience IS 'Rank of its effective visibility: 1 public to 4 private';
COMMENT ON COLUMN initiative_facets.lead_council_id IS 'null: led by the network itself';
COMMENT ON COLUMN initiative_facets.form IS 'Kind, delivery status, year, highest evidence level';
COMMENT ON COLUMN initiative_facets.leads IS 'Councils that lead it, alone or jointly; region and nation of the lead council';
COMMENT ON COLUMN initiative_facets.themes IS 'Its themes and all that they lie within';
COMMENT ON COLUMN initiative_facets.principles IS 'Its principles';
CREATE INDEX initiative_facets_lead ON initiative_facets (lead_council_id);

CREATE TABLE facet_tallies (
    word text NOT NULL,
    audience smallint NOT NULL,
    records bigint NOT NULL,
    PRIMARY KEY (word, audience)
);
COMMENT ON TABLE facet_tallies IS 'How many initiatives have a facet word, so that a long list need not be counted';
COMMENT ON COLUMN facet_tallies.word IS 'As in facet_sets; the word all is for all of them';
COMMENT ON COLUMN facet_tallies.audience IS 'Of the initiatives counted';
COMMENT ON COLUMN facet_tallies.records IS 'How many initiatives have it';

-- Themes with all that they lie within, themselves included; at most three levels, held by the service.
CREATE VIEW theme_ancestors AS
    SELECT id AS theme_id, id AS ancestor_id FROM themes
    UNION SELECT t.id, t.broader_id FROM themes t WHERE t.broader_id IS NOT NULL
    UNION SELECT t.id, b.broader_id FROM themes t JOIN themes b ON b.id = t.broader_id WHERE b.broader_id IS NOT NULL;

CREATE VIEW initiative_facet_words AS
    SELECT i.id AS initiative_id, visibility_rank(i.effective_visibility)::smallint AS audience, i.lead_council_id,
        ARRAY['kind:' || i.kind, 'delivery_status:' || i.delivery_status]
            || CASE WHEN i.started_floor IS NULL THEN '{}' ELSE ARRAY['year:' || extract(year FROM i.started_floor)] END
            || coalesce((SELECT ARRAY['evidence:' || max(o.evidence_level)] FROM outcomes o
                         WHERE o.initiative_id = i.id HAVING count(*) > 0), '{}') AS form,
        CASE WHEN i.lead_council_id IS NULL THEN ARRAY['council:network'] ELSE '{}' END
            || coalesce((SELECT array_agg('council:' || c ORDER BY c) FROM (
                SELECT i.lead_council_id::text AS c WHERE i.lead_council_id IS NOT NULL
                UNION SELECT p.council_id::text FROM initiative_participants p
                WHERE p.initiative_id = i.id AND p.role IN ('lead', 'co_lead')) AS heads), '{}')
            || coalesce((SELECT ARRAY['nation:' || c.nation] || CASE WHEN c.region IS NULL THEN '{}' ELSE ARRAY['region:' || c.region] END
                         FROM councils c WHERE c.id = i.lead_council_id), '{}') AS leads,
        coalesce((SELECT array_agg(DISTINCT 'theme:' || a.ancestor_id ORDER BY 'theme:' || a.ancestor_id)
                  FROM initiative_themes t JOIN theme_ancestors a USING (theme_id) WHERE t.initiative_id = i.id), '{}') AS themes,
        coalesce((SELECT array_agg('principle:' || p.principle_id ORDER BY p.principle_id)
                  FROM initiative_principles p WHERE p.initiative_id = i.id), '{}') AS principles
    FROM initiatives i
    WHERE i.withdrawn_at IS NULL;

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

-- Work out anew what is kept of these initiatives. One transaction at a time does (see 000011).
CREATE FUNCTION initiatives_reindex(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM initiative_search WHERE initiative_id = ANY (ids);
    DELETE FROM initiative_facets WHERE initiative_id = ANY (ids);

    INSERT INTO initiative_search (initiative_id, audience, title_key, title, head, document, words, prominence)
    SELECT t.initiative_id, t.audience, search_fold(t.title), search_vector(t.title, 'A'), head, head || search_vector(t.body, 'D'),
        ARRAY(SELECT DISTINCT word FROM regexp_split_to_table(search_fold(concat_ws(' ', t.title, t.summary, t.names)), '\W+') word
              WHERE length(word) BETWEEN 3 AND 40 AND word !~ '^\d+$' ORDER BY word),
        t.prominence
    FROM initiative_search_texts t,
        LATERAL (SELECT search_vector(t.title, 'A') || search_vector(t.summary, 'B') || search_vector(t.names, 'C') AS head) h
    WHERE t.initiative_id = ANY (ids);

    INSERT INTO facet_sets (members)
    SELECT DISTINCT s.members FROM initiative_facet_words w
    CROSS JOIN LATERAL (VALUES (w.form), (w.leads), (w.themes), (w.principles)) s (members)
    WHERE w.initiative_id = ANY (ids) AND NOT EXISTS (SELECT FROM facet_sets k WHERE k.members = s.members);
    INSERT INTO initiative_facets (initiative_id, audience, lead_council_id, form, leads, themes, principles)
    SELECT w.initiative_id, w.audience, w.lead_council_id, f.id, l.id, t.id, p.id
    FROM initiative_facet_words w
    JOIN facet_sets f ON f.members = w.form
    JOIN facet_sets l ON l.members = w.leads
    JOIN facet_sets t ON t.members = w.themes
    JOIN facet_sets p ON p.members = w.principles
    WHERE w.initiative_id = ANY (ids);
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

-- Counts follow their rows. A count that has come down to nothing stays at 0.
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

CREATE FUNCTION facet_tallies_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO facet_tallies AS held (word, audience, records)
    SELECT word, audience, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END FROM (
        SELECT 'all' AS word, audience FROM moved
        UNION ALL SELECT unnest(s.members), m.audience
        FROM moved m JOIN facet_sets s ON s.id IN (m.form, m.leads, m.themes, m.principles)) counted
    GROUP BY word, audience
    ON CONFLICT (word, audience) DO UPDATE SET records = held.records + excluded.records;
    RETURN NULL;
END
$$;
CREATE TRIGGER initiative_facets_arrived AFTER INSERT ON initiative_facets
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION facet_tallies_count();
CREATE TRIGGER initiative_facets_left AFTER DELETE ON initiative_facets
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION facet_tallies_count();
