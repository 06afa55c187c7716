-- Facets under one filter, and under words, without reading every initiative.

-- Counts are kept for every two facet words that an initiative has, not for each word alone: what a filter by one facet
-- leaves of every other facet is then known already. The word all, which every initiative has, stands for no filter.
TRUNCATE facet_tallies;
ALTER TABLE facet_tallies
    DROP CONSTRAINT facet_tallies_pkey,
    ADD COLUMN given text NOT NULL,
    ADD PRIMARY KEY (given, word, audience);
COMMENT ON TABLE facet_tallies IS 'How many initiatives have two facet words at once, so that they need not be counted';
COMMENT ON COLUMN facet_tallies.given IS 'A facet word, or all: of the initiatives that have it, so many have the other word too';
COMMENT ON COLUMN facet_tallies.word IS 'A word of another facet, or all; as in facet_sets';
COMMENT ON COLUMN facet_tallies.records IS 'How many initiatives have both';

CREATE OR REPLACE FUNCTION facet_tallies_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO facet_tallies AS held (given, word, audience, records)
    SELECT given, word, audience, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
    FROM moved m
    CROSS JOIN LATERAL (
        SELECT array_append(array_agg(member), 'all') AS words FROM facet_sets s, unnest(s.members) member
        WHERE s.id IN (m.form, m.leads, m.themes, m.principles)) had
    CROSS JOIN unnest(had.words) given
    CROSS JOIN unnest(had.words) word
    WHERE given = 'all' OR split_part(given, ':', 1) <> split_part(word, ':', 1)
    GROUP BY given, word, audience
    ON CONFLICT (given, word, audience) DO UPDATE SET records = held.records + excluded.records;
    RETURN NULL;
END
$$;

-- The words that are searched stand once more beside what is counted: a hit is counted where it is found. Those of
-- initiative_search are for ranking, in rows that are ten times as wide.
ALTER TABLE initiative_facets ADD COLUMN document tsvector;
COMMENT ON COLUMN initiative_facets.document IS 'As in initiative_search';
ALTER TABLE initiative_facets ALTER COLUMN document SET STORAGE EXTERNAL, SET (toast_tuple_target = 128);
CREATE INDEX initiative_facets_document ON initiative_facets USING gin (document) WITH (fastupdate = off);

CREATE FUNCTION initiative_facets_document() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT document INTO NEW.document FROM initiative_search WHERE initiative_id = NEW.initiative_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER initiative_facets_arrive BEFORE INSERT ON initiative_facets
    FOR EACH ROW EXECUTE FUNCTION initiative_facets_document();

TRUNCATE initiative_facets, theme_initiatives;
SELECT initiatives_reindex(ARRAY(SELECT id FROM initiatives WHERE withdrawn_at IS NULL));
