-- The records go. Names stay where they were entered.
DROP TRIGGER publish_memberships_of ON organisations;
DROP FUNCTION publish_memberships_of_organisation();
DROP TRIGGER changes_delete ON organisations;
DROP TRIGGER changes_update ON organisations;
DROP TRIGGER changes_insert ON organisations;
DROP FUNCTION note_organisations();
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

DROP FUNCTION shown_of(organisations);
DROP FUNCTION audience_of(organisations);
CREATE OR REPLACE FUNCTION memberships_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
    IF (NEW.council_id, NEW.organisation, NEW.tier, NEW.from_on, NEW.to_on, NEW.end_reason, NEW.observations, NEW.withdrawn_at)
        IS DISTINCT FROM
        (OLD.council_id, OLD.organisation, OLD.tier, OLD.from_on, OLD.to_on, OLD.end_reason, OLD.observations, OLD.withdrawn_at)
    THEN
        NEW.public_version := OLD.public_version + 1;
        NEW.public_updated_at := NEW.updated_at;
    END IF;
    RETURN NEW;
END
$$;

ALTER TABLE memberships DROP COLUMN organisation_id;
COMMENT ON COLUMN memberships.organisation IS 'Name of the member, if it is not a council';
ALTER TABLE costs DROP COLUMN payer_id;
ALTER TABLE outcomes DROP COLUMN evaluator_id;
ALTER TABLE initiative_partners DROP COLUMN organisation_id;
ALTER TABLE initiative_leads DROP COLUMN organisation_id;
DROP TABLE organisations;

ALTER TABLE pending_changes DROP CONSTRAINT pending_changes_resource_check,
    ADD CONSTRAINT pending_changes_resource_check CHECK (resource IN ('council', 'theme', 'initiative'));
DELETE FROM changes WHERE resource = 'organisation';
ALTER TABLE changes DROP CONSTRAINT changes_resource_check,
    ADD CONSTRAINT changes_resource_check
        CHECK (resource IN ('council', 'theme', 'initiative', 'council_change', 'boundary', 'membership'));
DELETE FROM slugs WHERE resource = 'organisation';
ALTER TABLE slugs DROP CONSTRAINT slugs_resource_check,
    ADD CONSTRAINT slugs_resource_check CHECK (resource IN ('council', 'theme', 'initiative'));
COMMENT ON COLUMN slugs.record_id IS 'Id of a council, theme or initiative. No foreign key, because three tables share this one';
