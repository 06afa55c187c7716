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

CREATE FUNCTION with_predecessors(ids uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE found AS (
        SELECT unnest(ids) AS id
        UNION
        SELECT unnest(c.from_ids) FROM found JOIN council_changes c ON found.id = ANY (c.to_ids)
        WHERE c.withdrawn_at IS NULL AND c.kind <> 'boundary_changed'
    )
    SELECT id FROM found
$$;
CREATE FUNCTION note_lineage(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO pending_changes (resource, record_id, audience, shown, starts_statement)
    SELECT 'council', c.id, audience_of(c), 'lineage', row_number() OVER () = 1
    FROM councils c WHERE c.status = 'abolished' AND c.id IN (SELECT with_predecessors(ids))
$$;
CREATE OR REPLACE FUNCTION note_council_lineage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed uuid[] := ARRAY(
        SELECT c.id FROM before b JOIN councils c ON c.id = b.id WHERE shown_of(b::councils) IS DISTINCT FROM shown_of(c));
BEGIN
    IF changed <> '{}' THEN
        PERFORM note_lineage(changed);
        -- Council changes show the names of councils: the trigger below publishes them.
        UPDATE council_changes SET to_ids = to_ids WHERE withdrawn_at IS NULL AND (from_ids && changed OR to_ids && changed);
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION note_council_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_lineage(NEW.from_ids);
    RETURN NULL;
END
$$;
CREATE TRIGGER lineage_change AFTER INSERT OR UPDATE ON council_changes
    FOR EACH ROW EXECUTE FUNCTION note_council_change();

CREATE OR REPLACE FUNCTION shown_of(i initiatives) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(i.slug, i.title, i.parent_id, i.lead_council_id, audience_of(i))::text
$$;
CREATE OR REPLACE FUNCTION note_initiatives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pending_changes (resource, record_id, audience, council_id, parent_id, shown, starts_statement)
    SELECT 'initiative', id, audience_of(before::initiatives), lead_council_id, parent_id, shown_of(before::initiatives),
        row_number() OVER () = 1
    FROM before;
    RETURN NULL;
END
$$;

DROP TRIGGER initiatives_touch ON initiatives;
CREATE TRIGGER initiatives_touch BEFORE UPDATE ON initiatives FOR EACH ROW EXECUTE FUNCTION registry_touch();
ALTER TABLE initiatives DROP COLUMN steward_id, DROP COLUMN steward_decided_id;
COMMENT ON COLUMN pending_changes.council_id IS 'Lead council of the initiative before';
