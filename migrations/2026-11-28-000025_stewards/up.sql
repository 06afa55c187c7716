-- Who looks after an initiative decides who can edit it and see its drafts. So it is a stored fact: queries filter by it.
-- The service works it out from the lead council, the changes of councils, the boundaries and, after a split, an admin's
-- decision (src/registry/stewards.rs).
ALTER TABLE initiatives
    ADD COLUMN steward_id uuid REFERENCES councils (id),
    ADD COLUMN steward_decided_id uuid REFERENCES councils (id);
COMMENT ON COLUMN initiatives.steward_id IS 'Council that looks after the record: the lead council or, if that was abolished, its successor; null: the network';
COMMENT ON COLUMN initiatives.steward_decided_id IS 'Successor that an admin chose for the record of a council that was split; null: nobody has decided';

-- The records of abolished councils get theirs when the service starts.
ALTER TABLE initiatives DISABLE TRIGGER USER;
UPDATE initiatives i SET steward_id = c.id FROM councils c WHERE c.id = i.lead_council_id AND c.status <> 'abolished';
ALTER TABLE initiatives ENABLE TRIGGER USER;
CREATE INDEX initiatives_steward ON initiatives (steward_id) WHERE steward_id IS DISTINCT FROM lead_council_id;

-- Another steward is no new version: nobody has edited the record.
DROP TRIGGER initiatives_touch ON initiatives;
CREATE TRIGGER initiatives_touch BEFORE UPDATE ON initiatives FOR EACH ROW
    WHEN (OLD.steward_id IS NOT DISTINCT FROM NEW.steward_id) EXECUTE FUNCTION registry_touch();

-- A new steward is a change of the initiative. Its council sees the record from then on, in place of the lead council.
CREATE OR REPLACE FUNCTION shown_of(i initiatives) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(i.slug, i.title, i.parent_id, i.steward_id, audience_of(i))::text
$$;
CREATE OR REPLACE FUNCTION note_initiatives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pending_changes (resource, record_id, audience, council_id, parent_id, shown, starts_statement)
    SELECT 'initiative', id, audience_of(before::initiatives), steward_id, parent_id, shown_of(before::initiatives),
        row_number() OVER () = 1
    FROM before;
    RETURN NULL;
END
$$;

COMMENT ON COLUMN pending_changes.council_id IS 'Steward of the initiative before';

-- The notes that stood for a changed steward are not needed any more.
DROP TRIGGER lineage_change ON council_changes;
DROP FUNCTION note_council_change();
CREATE OR REPLACE FUNCTION note_council_lineage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed uuid[] := ARRAY(
        SELECT c.id FROM before b JOIN councils c ON c.id = b.id WHERE shown_of(b::councils) IS DISTINCT FROM shown_of(c));
BEGIN
    IF changed <> '{}' THEN
        -- Council changes show the names of councils: a trigger publishes them.
        UPDATE council_changes SET to_ids = to_ids WHERE withdrawn_at IS NULL AND (from_ids && changed OR to_ids && changed);
    END IF;
    RETURN NULL;
END
$$;
DROP FUNCTION note_lineage(uuid[]);
DROP FUNCTION with_predecessors(uuid[]);

-- As before, with the steward in place of the lead council, and initiatives show the steward's name.
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
            array_remove(ARRAY[n.council_id, nullif(i.steward_id, n.council_id)], NULL) AS kept_by
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
        SELECT c.place, i.id FROM changed_councils c JOIN initiatives i ON i.steward_id = c.record_id
        WHERE i.steward_id IS DISTINCT FROM i.lead_council_id AND c.looks_different AND c.audience IS NOT NULL
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
    SELECT place, 'initiative', record_id, audience, keeper, 1
    FROM changed_initiatives LEFT JOIN unnest(kept_by) keeper ON audience > 1
    UNION ALL
    -- Initiatives show the names of their councils, themes and organisations.
    SELECT s.place, 'initiative', i.id, audience_of(i), i.steward_id, 1
    FROM showing_a_name s JOIN initiatives i ON i.id = s.id
    UNION ALL
    -- A parent and its components show each other's titles, to readers who can see both. Of the two, a council's own people
    -- have to be able to see the one that their council does not look after.
    SELECT c.place, 'initiative', i.id, greatest(c.audience, audience_of(i)), keeper,
        greatest(CASE WHEN keeper = ANY (c.kept_by) THEN 0 ELSE c.audience END,
                 CASE WHEN keeper = i.steward_id THEN 0 ELSE audience_of(i) END)
    FROM changed_initiatives c
    JOIN initiatives i ON i.parent_id = c.record_id OR i.id = ANY (c.parents)
    LEFT JOIN unnest(c.kept_by || i.steward_id) keeper ON keeper IS NOT NULL
    WHERE c.looks_different AND c.audience IS NOT NULL AND i.withdrawn_at IS NULL
$$;
