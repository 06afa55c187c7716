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

-- Counting by facet: every initiative has a number, and every facet word the bits of those that have it. What filters
-- select is an "and" of bits, and a count is the number of bits that are set, whatever the filters.
CREATE TABLE initiative_facets (
    initiative_id uuid PRIMARY KEY,
    number integer NOT NULL UNIQUE GENERATED ALWAYS AS IDENTITY (MINVALUE 0),
    block integer NOT NULL GENERATED ALWAYS AS (number / 2048) STORED,
    place integer NOT NULL GENERATED ALWAYS AS (number % 2048) STORED,
    words text[] NOT NULL DEFAULT '{}',
    document tsvector
);
COMMENT ON TABLE initiative_facets IS 'What each initiative that is not withdrawn counts as';
COMMENT ON COLUMN initiative_facets.initiative_id IS 'Which';
COMMENT ON COLUMN initiative_facets.number IS 'Its place among all bits; never given to another';
COMMENT ON COLUMN initiative_facets.block IS 'Bits are kept in blocks of 2048: which one';
COMMENT ON COLUMN initiative_facets.place IS 'Place in the block, from 0';
COMMENT ON COLUMN initiative_facets.words IS 'Words such as kind:case_study, year:2013, theme:ID: a facet and a value of it';
COMMENT ON COLUMN initiative_facets.document IS 'As in initiative_search, whose rows are ten times as wide: hits are counted where they are found';
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
COMMENT ON TABLE facet_bits IS 'Which initiatives have a facet word';
COMMENT ON COLUMN facet_bits.word IS 'As in initiative_facets.words';
COMMENT ON COLUMN facet_bits.block IS 'As in initiative_facets.block';
COMMENT ON COLUMN facet_bits.facet IS 'What the word begins with';
COMMENT ON COLUMN facet_bits.bits IS 'A bit for each initiative of the block, by its place: 1 where it has the word';

CREATE FUNCTION facet_bit(place integer) RETURNS bit LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT set_bit(0::bit(2048), place, 1)
$$;

-- The initiatives of each theme in the order of their titles, so that a page of a theme is read along an index and is not
-- sorted out of all that the theme has.
CREATE TABLE theme_initiatives (
    theme_id uuid NOT NULL,
    title_key text NOT NULL,
    initiative_id uuid NOT NULL,
    audience smallint NOT NULL,
    PRIMARY KEY (theme_id, title_key, initiative_id) INCLUDE (audience)
);
COMMENT ON TABLE theme_initiatives IS 'Initiatives that are not withdrawn, by each of their themes and of all that these lie within';
COMMENT ON COLUMN theme_initiatives.theme_id IS 'A theme';
COMMENT ON COLUMN theme_initiatives.title_key IS 'Title of the initiative, in small letters: what lists are sorted by';
COMMENT ON COLUMN theme_initiatives.initiative_id IS 'An initiative on the theme, or on one within it';
COMMENT ON COLUMN theme_initiatives.audience IS 'Rank of its effective visibility: 1 public to 4 private';
CREATE INDEX theme_initiatives_initiative ON theme_initiatives (initiative_id);

-- Themes with all that they lie within, themselves included; at most three levels, held by the service.
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

-- The bits of some initiatives, by word and block.
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

-- Work out anew what is kept of these initiatives. One transaction at a time does (see 000011).
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
