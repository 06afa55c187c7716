-- The record says no more than anybody knows: who leads it if no council does, when its status was true, who wrote it down,
-- and who evaluated a claim. What a claim does not claim to have changed is context.

ALTER TABLE initiatives
    ADD status_as_at text,
    ADD entered_by text NOT NULL DEFAULT 'registry' CHECK (entered_by IN ('council', 'registry'));
COMMENT ON COLUMN initiatives.status_as_at IS 'Partial date, as given: when delivery_status was true';
COMMENT ON COLUMN initiatives.lead_council_id IS 'null: no council leads, see initiative_leads';

ALTER TABLE initiative_narratives
    ADD who_for text CHECK (length(who_for) BETWEEN 1 AND 200),
    ADD provenance_note text CHECK (length(provenance_note) BETWEEN 1 AND 1000);
COMMENT ON TABLE initiative_narratives IS 'Texts of an initiative that not every query reads; Markdown, but for the last two';
COMMENT ON COLUMN initiative_narratives.who_for IS 'Ages and other conditions of those whom it is for';
COMMENT ON COLUMN initiative_narratives.provenance_note IS 'Where the record comes from and what is missing; neither searched nor cited';

CREATE TABLE initiative_leads (
    initiative_id uuid PRIMARY KEY REFERENCES initiatives (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('council', 'organisation', 'network', 'unknown')),
    name text CHECK (length(name) BETWEEN 1 AND 200),
    place_of_id uuid REFERENCES councils (id),
    CONSTRAINT initiative_leads_no_council CHECK (kind <> 'council'),
    CONSTRAINT initiative_leads_name CHECK ((kind = 'organisation') = (name IS NOT NULL))
);
COMMENT ON TABLE initiative_leads IS 'Leads of the initiatives that no council leads. No row and no lead council: unknown, which is not the network';
COMMENT ON COLUMN initiative_leads.name IS 'Name of the lead organisation, as it was then';
COMMENT ON COLUMN initiative_leads.place_of_id IS 'Council in whose area it happens';
CREATE INDEX initiative_leads_place_of ON initiative_leads (place_of_id);

-- What is known of the records that exist. They keep their version: nobody has changed them.
INSERT INTO initiative_leads (initiative_id, kind) SELECT id, 'network' FROM initiatives WHERE lead_council_id IS NULL;
ALTER TABLE initiatives DISABLE TRIGGER USER;
UPDATE initiatives i SET entered_by = 'council'
WHERE lead_council_id IS NOT NULL AND (
    EXISTS (SELECT FROM users u WHERE u.id = i.created_by AND u.council_id = i.lead_council_id)
    OR EXISTS (SELECT FROM audit_events e JOIN users u ON u.id = e.actor_id
               WHERE e.record_id = i.id AND e.action = 'initiative.update' AND u.council_id = i.lead_council_id));
ALTER TABLE initiatives ENABLE TRIGGER USER;

ALTER TABLE outcomes
    DROP CONSTRAINT outcomes_kind_check,
    ADD CONSTRAINT outcomes_kind_check
        CHECK (kind IN ('target', 'projection', 'activity', 'output', 'outcome', 'saving', 'cost', 'award', 'context')),
    ADD evaluator text CHECK (length(evaluator) BETWEEN 1 AND 200),
    ADD declared_interest text CHECK (length(declared_interest) BETWEEN 1 AND 500),
    ADD CONSTRAINT outcomes_evaluator CHECK (evaluator IS NULL OR evidence_level >= 4),
    ADD CONSTRAINT outcomes_declared_interest CHECK (declared_interest IS NULL OR evaluator IS NOT NULL);
COMMENT ON COLUMN outcomes.evaluator IS 'Who evaluated the claim; may be unknown in older records';
COMMENT ON COLUMN outcomes.declared_interest IS 'What ties the evaluator to the work';

-- As before, and initiatives show the council of their place.
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
        SELECT c.place, l.initiative_id FROM changed_councils c JOIN initiative_leads l ON l.place_of_id = c.record_id
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
