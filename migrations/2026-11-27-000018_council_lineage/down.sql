DROP TABLE council_changes;
DROP FUNCTION publish_council_change();
DROP FUNCTION note_council_change();
DELETE FROM changes WHERE resource = 'council_change';
ALTER TABLE changes DROP CONSTRAINT changes_resource_check,
    ADD CONSTRAINT changes_resource_check CHECK (resource IN ('council', 'theme', 'initiative', 'boundary'));
DROP TRIGGER lineage_update ON councils;
DROP FUNCTION note_council_lineage();
DROP FUNCTION note_lineage(uuid[]);
DROP FUNCTION with_predecessors(uuid[]);
CREATE OR REPLACE FUNCTION shown_of(c councils) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT ROW(c.slug, c.name, c.short_name, c.welsh_name, c.code, c.gss_code, c.aliases, c.nation, c.region, c.latitude, c.longitude)::text
$$;
ALTER TABLE councils
    DROP CONSTRAINT councils_lifetime,
    DROP CONSTRAINT councils_abolished,
    DROP COLUMN codes,
    DROP COLUMN abolished_on,
    DROP COLUMN established_on,
    DROP COLUMN status;
