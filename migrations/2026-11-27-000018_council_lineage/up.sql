-- Councils in time: the stage of a council, the days on which it begins and ends, its GSS codes with their days, and the
-- changes by which councils follow each other.
ALTER TABLE councils
    ADD COLUMN status text NOT NULL DEFAULT 'living' CHECK (status IN ('proposed', 'shadow', 'living', 'abolished')),
    ADD COLUMN established_on date,
    ADD COLUMN abolished_on date,
    ADD COLUMN codes jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(codes) = 'array'),
    ADD CONSTRAINT councils_abolished CHECK (status <> 'abolished' OR abolished_on IS NOT NULL),
    ADD CONSTRAINT councils_lifetime CHECK (established_on < abolished_on);
COMMENT ON COLUMN councils.status IS 'Stage today. The service moves it on when established_on or abolished_on comes';
COMMENT ON COLUMN councils.established_on IS 'First day as a council; null: not known';
COMMENT ON COLUMN councils.abolished_on IS 'First day on which it no longer is a council; null: no end is known';
COMMENT ON COLUMN councils.codes IS 'GSS codes over time: [{gss, from, to}], the present one last. Empty: only gss_code is known';

CREATE TABLE council_changes (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('created', 'merged', 'split', 'renamed', 'code_changed', 'boundary_changed',
        'abolished')),
    effective_on date NOT NULL,
    order_title text CHECK (length(order_title) BETWEEN 1 AND 300),
    order_url text CHECK (order_url ~ '^https?://'),
    source_title text NOT NULL CHECK (length(source_title) BETWEEN 1 AND 300),
    source_url text CHECK (source_url ~ '^https?://'),
    from_ids uuid[] NOT NULL DEFAULT '{}',
    to_ids uuid[] NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    withdrawn_at timestamptz,
    withdrawn_reason text,
    CONSTRAINT council_changes_order CHECK (order_url IS NULL OR order_title IS NOT NULL),
    CONSTRAINT council_changes_parts CHECK (cardinality(from_ids) + cardinality(to_ids) > 0)
);
COMMENT ON TABLE council_changes IS 'Changes of councils: which ones became which, when, and by which order';
COMMENT ON COLUMN council_changes.effective_on IS 'First day of the new state';
COMMENT ON COLUMN council_changes.order_title IS 'Title of the legal order; null: not known';
COMMENT ON COLUMN council_changes.order_url IS 'Address of the order';
COMMENT ON COLUMN council_changes.source_title IS 'Where the fact comes from';
COMMENT ON COLUMN council_changes.source_url IS 'Address of the source';
COMMENT ON COLUMN council_changes.from_ids IS 'Councils before the change. No foreign key: councils are withdrawn, never deleted';
COMMENT ON COLUMN council_changes.to_ids IS 'Councils after the change';
COMMENT ON COLUMN council_changes.withdrawn_at IS 'Set when the record was withdrawn: it leaves a tombstone';

-- Councils by which the records of others are looked after: these, and every council that they followed.
CREATE FUNCTION with_predecessors(ids uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE found AS (
        SELECT unnest(ids) AS id
        UNION
        SELECT unnest(c.from_ids) FROM found JOIN council_changes c ON found.id = ANY (c.to_ids)
        WHERE c.withdrawn_at IS NULL AND c.kind <> 'boundary_changed'
    )
    SELECT id FROM found
$$;

-- Initiatives of an abolished council show their steward. They are in the change feed when a council that may be it looks
-- different, or when the changes between them do. No record looks like this note, so what shows it is published.
CREATE FUNCTION note_lineage(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO pending_changes (resource, record_id, audience, shown, starts_statement)
    SELECT 'council', c.id, audience_of(c), 'lineage', row_number() OVER () = 1
    FROM councils c WHERE c.status = 'abolished' AND c.id IN (SELECT with_predecessors(ids))
$$;

-- What other records show of a council, and what decides who looks after its initiatives.
CREATE OR REPLACE FUNCTION shown_of(c councils) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(c.slug, c.name, c.short_name, c.welsh_name, c.code, c.gss_code, c.aliases, c.nation, c.region, c.latitude, c.longitude,
        c.status)::text
$$;

CREATE FUNCTION note_council_lineage() RETURNS trigger LANGUAGE plpgsql AS $$
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
-- Triggers fire in the order of their names: after changes_update, whose notes say how the councils looked before.
CREATE TRIGGER lineage_update AFTER UPDATE ON councils REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION note_council_lineage();

CREATE FUNCTION note_council_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_lineage(NEW.from_ids);
    RETURN NULL;
END
$$;
CREATE TRIGGER lineage_change AFTER INSERT OR UPDATE ON council_changes
    FOR EACH ROW EXECUTE FUNCTION note_council_change();

ALTER TABLE changes DROP CONSTRAINT changes_resource_check,
    ADD CONSTRAINT changes_resource_check CHECK (resource IN ('council', 'theme', 'initiative', 'council_change', 'boundary'));
CREATE FUNCTION publish_council_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Once a transaction.
    IF NOT EXISTS (SELECT FROM changes WHERE record_id = NEW.id AND xmin = pg_current_xact_id()::xid) THEN
        PERFORM changes_lock();
        DELETE FROM changes WHERE record_id = NEW.id;
        INSERT INTO changes (resource, record_id, audience) VALUES ('council_change', NEW.id, 1);
        PERFORM pg_notify('registry_changes', '');
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER publish_council_change AFTER INSERT OR UPDATE ON council_changes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION publish_council_change();
