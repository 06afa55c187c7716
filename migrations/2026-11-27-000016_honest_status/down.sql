CREATE OR REPLACE FUNCTION pending_rows(since bigint)
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

ALTER TABLE outcomes
    DROP CONSTRAINT outcomes_declared_interest,
    DROP CONSTRAINT outcomes_evaluator,
    DROP declared_interest,
    DROP evaluator,
    DROP CONSTRAINT outcomes_kind_check;
-- What the older vocabulary calls a description of what was there.
UPDATE outcomes SET kind = 'activity' WHERE kind = 'context';
ALTER TABLE outcomes ADD CONSTRAINT outcomes_kind_check
    CHECK (kind IN ('target', 'projection', 'activity', 'output', 'outcome', 'saving', 'cost', 'award'));

DROP TABLE initiative_leads;
COMMENT ON TABLE initiative_narratives IS 'Markdown texts of an initiative';
ALTER TABLE initiative_narratives DROP provenance_note, DROP who_for;
ALTER TABLE initiatives DROP entered_by, DROP status_as_at;
COMMENT ON COLUMN initiatives.lead_council_id IS 'null: led by the network itself';
