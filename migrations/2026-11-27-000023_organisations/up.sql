-- Organisations as records: co-operatives, charities, universities and other bodies that lead, pay, evaluate or take part, and
-- affiliates of the network. A person is never an organisation. Records that name one keep the name that it had then.
CREATE TABLE organisations (
    id uuid PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 160),
    aliases text[] NOT NULL DEFAULT '{}',
    kind text NOT NULL CHECK (kind IN ('co_operative', 'charity', 'community_interest_company', 'company', 'university',
        'public_body', 'professional_body', 'think_tank', 'political_group', 'other')),
    org_id text CHECK (org_id ~ '^[A-Z]{2}-[A-Z0-9_]+-[A-Za-z0-9]'),
    website text CHECK (website ~ '^https?://'),
    description text,
    council_id uuid REFERENCES councils (id),
    merged_into_id uuid REFERENCES organisations (id),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    withdrawn_at timestamptz,
    withdrawn_reason text,
    CONSTRAINT organisations_not_merged_into_itself CHECK (merged_into_id <> id)
);
COMMENT ON TABLE organisations IS 'Organisations other than councils. Never people';
COMMENT ON COLUMN organisations.slug IS 'Present slug; of a merged organisation the last that it had, which may be another one''s by now';
COMMENT ON COLUMN organisations.aliases IS 'Other names and spellings, former ones included. They are searched';
COMMENT ON COLUMN organisations.org_id IS 'Identifier as of org-id.guide: list code, hyphen, identifier in that list';
COMMENT ON COLUMN organisations.description IS 'Markdown';
COMMENT ON COLUMN organisations.council_id IS 'Council that owns it; null for other organisations';
COMMENT ON COLUMN organisations.merged_into_id IS 'The same body as this one; the address redirects there';
-- A merged organisation keeps its row, and its slugs pass to the one that it was merged into.
CREATE UNIQUE INDEX organisations_slug_key ON organisations (slug) WHERE merged_into_id IS NULL;
CREATE UNIQUE INDEX organisations_org_id_key ON organisations (org_id) WHERE merged_into_id IS NULL AND withdrawn_at IS NULL;
CREATE INDEX organisations_council ON organisations (council_id);
CREATE TRIGGER organisations_touch BEFORE UPDATE ON organisations FOR EACH ROW EXECUTE FUNCTION registry_touch();

-- The record beside the name, where there is one.
ALTER TABLE initiative_leads ADD COLUMN organisation_id uuid REFERENCES organisations (id),
    ADD CONSTRAINT initiative_leads_organisation CHECK (organisation_id IS NULL OR kind = 'organisation');
ALTER TABLE initiative_partners ADD COLUMN organisation_id uuid REFERENCES organisations (id);
ALTER TABLE outcomes ADD COLUMN evaluator_id uuid REFERENCES organisations (id),
    ADD CONSTRAINT outcomes_evaluator_name CHECK (evaluator_id IS NULL OR evaluator IS NOT NULL);
ALTER TABLE costs ADD COLUMN payer_id uuid REFERENCES organisations (id),
    ADD CONSTRAINT costs_payer_name CHECK (payer_id IS NULL OR payer IS NOT NULL);
ALTER TABLE memberships ADD COLUMN organisation_id uuid REFERENCES organisations (id),
    ADD CONSTRAINT memberships_organisation_name CHECK (organisation_id IS NULL OR organisation IS NOT NULL);
COMMENT ON COLUMN initiative_leads.organisation_id IS 'Record of the lead organisation';
COMMENT ON COLUMN initiative_partners.organisation_id IS 'Record of the partner';
COMMENT ON COLUMN outcomes.evaluator_id IS 'Record of the evaluator';
COMMENT ON COLUMN costs.payer_id IS 'Record of the payer';
COMMENT ON COLUMN memberships.organisation IS 'Name of the member, as it was then, if it is not a council';
COMMENT ON COLUMN memberships.organisation_id IS 'Record of that organisation';
CREATE INDEX initiative_leads_organisation ON initiative_leads (organisation_id) WHERE organisation_id IS NOT NULL;
CREATE INDEX initiative_partners_organisation ON initiative_partners (organisation_id) WHERE organisation_id IS NOT NULL;
CREATE INDEX outcomes_evaluator ON outcomes (evaluator_id) WHERE evaluator_id IS NOT NULL;
CREATE INDEX costs_payer ON costs (payer_id) WHERE payer_id IS NOT NULL;
CREATE INDEX memberships_organisation ON memberships (organisation_id) WHERE organisation_id IS NOT NULL;

-- As before, with the record of the organisation among what everybody sees.
CREATE OR REPLACE FUNCTION memberships_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
    IF (NEW.council_id, NEW.organisation, NEW.organisation_id, NEW.tier, NEW.from_on, NEW.to_on, NEW.end_reason, NEW.observations, NEW.withdrawn_at)
        IS DISTINCT FROM
        (OLD.council_id, OLD.organisation, OLD.organisation_id, OLD.tier, OLD.from_on, OLD.to_on, OLD.end_reason, OLD.observations, OLD.withdrawn_at)
    THEN
        NEW.public_version := OLD.public_version + 1;
        NEW.public_updated_at := NEW.updated_at;
    END IF;
    RETURN NEW;
END
$$;

-- Slugs and changes.
ALTER TABLE slugs DROP CONSTRAINT slugs_resource_check,
    ADD CONSTRAINT slugs_resource_check CHECK (resource IN ('council', 'theme', 'initiative', 'organisation'));
COMMENT ON COLUMN slugs.record_id IS 'Id of a council, theme, initiative or organisation. No foreign key, because four tables share this one';
ALTER TABLE changes DROP CONSTRAINT changes_resource_check,
    ADD CONSTRAINT changes_resource_check
        CHECK (resource IN ('council', 'theme', 'initiative', 'council_change', 'boundary', 'membership', 'organisation'));
ALTER TABLE pending_changes DROP CONSTRAINT pending_changes_resource_check,
    ADD CONSTRAINT pending_changes_resource_check CHECK (resource IN ('council', 'theme', 'initiative', 'organisation'));

CREATE FUNCTION audience_of(organisation organisations) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN organisation.id IS NOT NULL AND organisation.withdrawn_at IS NULL AND organisation.merged_into_id IS NULL THEN 1 END
$$;
CREATE FUNCTION shown_of(o organisations) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(o.slug, o.name, o.org_id)::text
$$;
CREATE FUNCTION note_organisations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pending_changes (resource, record_id, audience, shown, starts_statement)
    SELECT 'organisation', id, audience_of(before::organisations), shown_of(before::organisations), row_number() OVER () = 1 FROM before;
    RETURN NULL;
END
$$;
CREATE TRIGGER changes_insert AFTER INSERT ON organisations REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION note_new_records('organisation');
CREATE TRIGGER changes_update AFTER UPDATE ON organisations REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION note_organisations();
CREATE TRIGGER changes_delete AFTER DELETE ON organisations REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION note_organisations();

-- Memberships show the record of their organisation.
CREATE FUNCTION publish_memberships_of_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_row('membership', m.id, 1) FROM memberships m WHERE m.organisation_id = NEW.id AND m.withdrawn_at IS NULL;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER publish_memberships_of AFTER UPDATE ON organisations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.slug, OLD.name, OLD.org_id) IS DISTINCT FROM (NEW.slug, NEW.name, NEW.org_id))
    EXECUTE FUNCTION publish_memberships_of_organisation();

-- As before, and initiatives show their organisations, and organisations the council that owns them.
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
            n.shown IS DISTINCT FROM shown_of(o) AS looks_different
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
    SELECT place, 'organisation', record_id, audience, NULL, NULL FROM changed_organisations
    UNION ALL
    -- Organisations show the name of the council that owns them.
    SELECT c.place, 'organisation', o.id, audience_of(o), NULL, NULL
    FROM changed_councils c JOIN organisations o ON o.council_id = c.record_id
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

-- Members that are not councils become records. Their memberships keep the name, and get the record beside it. A name with a
-- form of address is left alone: a person is never an organisation. A UUIDv7 of now, as new records have.
CREATE OR REPLACE FUNCTION pg_temp.new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(random, 14, 3) || substr(random, 17))::uuid
    FROM replace(gen_random_uuid()::text, '-', '') random
$$;
CREATE TEMPORARY TABLE members ON COMMIT DROP AS
SELECT pg_temp.new_id() AS id, name, trim(TRAILING '-' FROM left(trim(LEADING '-' FROM
    regexp_replace(lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f''\u2019]', '', 'g')), '[^a-z0-9]+', '-', 'g')), 80)) AS slug
FROM (
    SELECT DISTINCT ON (lower(organisation)) organisation AS name FROM memberships
    WHERE organisation IS NOT NULL AND withdrawn_at IS NULL
        AND organisation !~* '^(cllr|councillor|mr|mrs|ms|miss|mx|dr|prof|professor)\.?\s'
    ORDER BY lower(organisation), id
) named;
-- Two names may make one slug, or none.
UPDATE members m SET slug = trim(LEADING '-' FROM concat(slug, '-', right(id::text, 8)))
WHERE slug = '' OR EXISTS (SELECT FROM members other WHERE other.slug = m.slug AND other.name < m.name);
INSERT INTO organisations (id, slug, name, kind) SELECT id, slug, name, 'other' FROM members;
INSERT INTO slugs (resource, slug, record_id) SELECT 'organisation', slug, id FROM members;
UPDATE memberships s SET organisation_id = m.id FROM members m
WHERE s.withdrawn_at IS NULL AND lower(s.organisation) = lower(m.name);
