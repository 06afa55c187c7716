-- The summaries go back into the councils, as far as they have words for them.
ALTER TABLE councils ADD COLUMN membership_tier text NOT NULL DEFAULT 'none'
        CHECK (membership_tier IN ('full', 'associate', 'affiliate', 'supporter', 'none')),
    ADD COLUMN membership_status text CHECK (membership_status IN ('active', 'lapsed', 'prospect')),
    ADD COLUMN membership_joined_on text,
    ADD COLUMN membership_ended_on text;
COMMENT ON COLUMN councils.membership_status IS 'null: never a member; prospect: known to network officers only';
COMMENT ON COLUMN councils.membership_joined_on IS 'Partial date';
COMMENT ON COLUMN councils.membership_ended_on IS 'Partial date';
UPDATE councils SET membership_tier = m.tier, membership_status = CASE WHEN m.to_on IS NULL THEN 'active' ELSE 'lapsed' END,
    membership_joined_on = m.from_on, membership_ended_on = m.to_on
FROM (
    SELECT DISTINCT ON (council_id) * FROM memberships
    WHERE withdrawn_at IS NULL AND council_id IS NOT NULL AND tier <> 'unknown'
    ORDER BY council_id, to_on DESC NULLS FIRST, from_on DESC NULLS LAST
) m
WHERE m.council_id = councils.id;
CREATE OR REPLACE FUNCTION audience_of(council councils) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN council.withdrawn_at IS NOT NULL THEN NULL WHEN council.membership_status = 'prospect' THEN 4 ELSE 1 END
$$;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
DROP TABLE recruitment;
DROP TRIGGER publish_memberships_of ON councils;
DROP TRIGGER publish_membership ON memberships;
DROP FUNCTION publish_memberships_of();
DROP FUNCTION publish_membership();
DROP FUNCTION publish_row(text, uuid, integer);
DELETE FROM changes WHERE resource = 'membership';
DROP TABLE memberships;
DROP FUNCTION memberships_touch();
CREATE OR REPLACE FUNCTION pg_temp.remove_resource(removed text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    words text[] := ARRAY(
        SELECT word[1]
        FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') WITH ORDINALITY found (word, place)
        WHERE conrelid = 'changes'::regclass AND conname = 'changes_resource_check' AND word[1] <> removed
        ORDER BY place);
BEGIN
    ALTER TABLE changes DROP CONSTRAINT changes_resource_check;
    EXECUTE format('ALTER TABLE changes ADD CONSTRAINT changes_resource_check CHECK (resource IN (%s))',
        (SELECT string_agg(quote_literal(word), ', ' ORDER BY place) FROM unnest(words) WITH ORDINALITY listed (word, place)));
END
$$;
SELECT pg_temp.remove_resource('membership');
