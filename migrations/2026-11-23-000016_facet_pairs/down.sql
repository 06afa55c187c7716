DROP TRIGGER initiative_facets_arrive ON initiative_facets;
DROP FUNCTION initiative_facets_document();
ALTER TABLE initiative_facets DROP COLUMN document;
ALTER TABLE initiative_facets RESET (toast_tuple_target);

DELETE FROM facet_tallies WHERE given <> 'all';
ALTER TABLE facet_tallies
    DROP CONSTRAINT facet_tallies_pkey,
    DROP COLUMN given,
    ADD PRIMARY KEY (word, audience);
COMMENT ON TABLE facet_tallies IS 'How many initiatives have a facet word, so that a long list need not be counted';
COMMENT ON COLUMN facet_tallies.word IS 'As in facet_sets; the word all is for all of them';
COMMENT ON COLUMN facet_tallies.records IS 'How many initiatives have it';

CREATE OR REPLACE FUNCTION facet_tallies_count() RETURNS trigger LANGUAGE plpgsql AS $$
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
