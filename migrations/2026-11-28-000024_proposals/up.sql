-- A council may propose an organisation. Until a network officer accepts it, only network officers and that council see it.
ALTER TABLE organisations ADD COLUMN proposed_by_id uuid REFERENCES councils (id);
COMMENT ON COLUMN organisations.proposed_by_id IS 'Council that proposes the record; null once it is accepted, and then for good';
COMMENT ON COLUMN organisations.slug IS 'Present slug; of a merged organisation the last that it had, which may be another one''s by now. Of a proposal its id: it takes no slug before it is accepted';
CREATE INDEX organisations_proposed_by ON organisations (proposed_by_id) WHERE proposed_by_id IS NOT NULL;
-- A proposal does not keep an identifier from others, who cannot see it.
DROP INDEX organisations_org_id_key;
CREATE UNIQUE INDEX organisations_org_id_key ON organisations (org_id)
    WHERE merged_into_id IS NULL AND withdrawn_at IS NULL AND proposed_by_id IS NULL;

CREATE FUNCTION refuse_proposal_of_accepted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an accepted organisation does not become a proposal again';
END
$$;
CREATE TRIGGER organisations_stay_accepted BEFORE UPDATE ON organisations FOR EACH ROW
    WHEN (OLD.proposed_by_id IS NULL AND NEW.proposed_by_id IS NOT NULL) EXECUTE FUNCTION refuse_proposal_of_accepted();

-- As before, and a proposal is for network officers (4) and, by `pending_rows`, for the council that proposes it.
CREATE OR REPLACE FUNCTION audience_of(organisation organisations) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN organisation.id IS NULL OR organisation.withdrawn_at IS NOT NULL OR organisation.merged_into_id IS NOT NULL THEN NULL
        WHEN organisation.proposed_by_id IS NULL THEN 1
        ELSE 4
    END
$$;
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
    ), changed_organisations AS (
        SELECT n.id AS place, n.record_id, least(n.audience, audience_of(o)) AS audience,
            n.shown IS DISTINCT FROM shown_of(o) AS looks_different, o.proposed_by_id
        FROM noted n LEFT JOIN organisations o ON o.id = n.record_id
        WHERE n.resource = 'organisation'
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
        UNION ALL
        SELECT o.place, named.initiative_id
        FROM changed_organisations o
        JOIN LATERAL (
            SELECT initiative_id FROM initiative_leads WHERE organisation_id = o.record_id
            UNION SELECT initiative_id FROM initiative_partners WHERE organisation_id = o.record_id
            UNION SELECT initiative_id FROM outcomes WHERE evaluator_id = o.record_id
            UNION SELECT initiative_id FROM costs WHERE payer_id = o.record_id
        ) named ON true
        WHERE o.looks_different AND o.audience IS NOT NULL
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
    SELECT place, 'organisation', record_id, audience, proposed_by_id, 1 FROM changed_organisations
    UNION ALL
    -- Organisations show the names of the councils that own and propose them.
    SELECT c.place, 'organisation', o.id, audience_of(o), o.proposed_by_id, 1
    FROM changed_councils c JOIN organisations o ON c.record_id IN (o.council_id, o.proposed_by_id)
    WHERE c.looks_different AND c.audience IS NOT NULL
    UNION ALL
    SELECT place, 'initiative', record_id, audience, led, 1
    FROM changed_initiatives LEFT JOIN unnest(led_by) led ON audience > 1
    UNION ALL
    -- Initiatives show the names of their councils, themes and organisations.
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
