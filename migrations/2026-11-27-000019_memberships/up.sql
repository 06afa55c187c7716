-- Memberships of the network as dated records. Readers see who was a member, when, and what says so. Terms such as the fee
-- are for network officers and the member's own editors, so a membership has two versions: one that grows with every change,
-- and one for everybody else, which a change of terms leaves as it is.
CREATE TABLE memberships (
    id uuid PRIMARY KEY,
    council_id uuid REFERENCES councils (id),
    organisation text CHECK (length(organisation) BETWEEN 1 AND 160),
    tier text NOT NULL CHECK (tier IN ('full', 'associate', 'affiliate', 'supporter', 'unknown')),
    from_on text,
    to_on text,
    end_reason text,
    observations jsonb NOT NULL DEFAULT '[]',
    renewal_on text,
    review_on text,
    decision jsonb,
    fee jsonb,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    public_version integer NOT NULL DEFAULT 1,
    public_updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    withdrawn_at timestamptz,
    withdrawn_reason text,
    CONSTRAINT memberships_member CHECK ((council_id IS NULL) <> (organisation IS NULL)),
    CONSTRAINT memberships_period CHECK (partial_dates_ordered(from_on, to_on)),
    CONSTRAINT memberships_end CHECK (end_reason IS NULL OR to_on IS NOT NULL),
    CONSTRAINT memberships_evidence CHECK (from_on IS NOT NULL OR observations <> '[]')
);
COMMENT ON TABLE memberships IS 'Who was a member of the network, from when to when, and what says so';
COMMENT ON COLUMN memberships.council_id IS 'The member, if it is a council';
COMMENT ON COLUMN memberships.organisation IS 'Name of the member, if it is not a council';
COMMENT ON COLUMN memberships.from_on IS 'First day, a partial date; null: not known, only observed';
COMMENT ON COLUMN memberships.to_on IS 'Last day, a partial date';
COMMENT ON COLUMN memberships.end_reason IS 'Why it ended, for readers';
COMMENT ON COLUMN memberships.observations IS 'Array of {on, kind, source, url}: what sources say of it';
COMMENT ON COLUMN memberships.renewal_on IS 'Partial date. From here to fee: for network officers and the own editors of the member';
COMMENT ON COLUMN memberships.review_on IS 'Partial date';
COMMENT ON COLUMN memberships.decision IS '{body, on, item, url}: the decision of the member to join';
COMMENT ON COLUMN memberships.fee IS '{amount_pence, year, source}';
COMMENT ON COLUMN memberships.public_version IS 'Version for readers who do not see the terms';
COMMENT ON COLUMN memberships.public_updated_at IS 'Last change of what everybody sees';
COMMENT ON COLUMN memberships.withdrawn_at IS 'Set when the record was withdrawn: it leaves a tombstone';
CREATE INDEX memberships_council ON memberships (council_id);

CREATE FUNCTION memberships_touch() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER memberships_touch BEFORE UPDATE ON memberships FOR EACH ROW EXECUTE FUNCTION memberships_touch();

-- The change feed has memberships. The words of its check stay in their order, whatever other migrations have added.
CREATE OR REPLACE FUNCTION pg_temp.add_resource(added text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    words text[] := ARRAY(
        SELECT word[1]
        FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') WITH ORDINALITY found (word, place)
        WHERE conrelid = 'changes'::regclass AND conname = 'changes_resource_check'
        ORDER BY place);
BEGIN
    ALTER TABLE changes DROP CONSTRAINT changes_resource_check;
    EXECUTE format('ALTER TABLE changes ADD CONSTRAINT changes_resource_check CHECK (resource IN (%s))',
        (SELECT string_agg(quote_literal(word), ', ' ORDER BY place) FROM unnest(words || added) WITH ORDINALITY listed (word, place)));
END
$$;
SELECT pg_temp.add_resource('membership');

-- Adds a row to the change feed, and drops older rows of the same record that everybody who sees them sees covered.
CREATE FUNCTION publish_row(resource text, record uuid, audience integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM changes_lock();
    DELETE FROM changes c
    WHERE c.record_id = record AND c.audience >= publish_row.audience
        AND (publish_row.audience = 1 OR c.councils = '{}' AND c.officers_of = '{}');
    INSERT INTO changes (resource, record_id, audience) VALUES (resource, record, audience);
    PERFORM pg_notify('registry_changes', '');
END
$$;

-- A change of terms alone is for network officers. Any other also changes the summary that the council shows.
CREATE FUNCTION publish_membership() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_public boolean := TG_OP <> 'UPDATE' OR NEW.public_version <> OLD.public_version;
BEGIN
    PERFORM publish_row('membership', coalesce(NEW.id, OLD.id), CASE WHEN is_public THEN 1 ELSE 4 END);
    PERFORM publish_row('council', c.id, audience_of(c)) FROM councils c
    WHERE is_public AND c.id IN (NEW.council_id, OLD.council_id) AND audience_of(c) IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER publish_membership AFTER INSERT OR UPDATE OR DELETE ON memberships
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION publish_membership();

-- Memberships show the name of their council.
CREATE FUNCTION publish_memberships_of() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_row('membership', m.id, 1) FROM memberships m WHERE m.council_id = NEW.id AND m.withdrawn_at IS NULL;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER publish_memberships_of AFTER UPDATE ON councils DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.slug, OLD.name, OLD.gss_code) IS DISTINCT FROM (NEW.slug, NEW.name, NEW.gss_code))
    EXECUTE FUNCTION publish_memberships_of();

-- Who may join the network. Only network officers read it, and nothing else depends on it: no count, list or absence shows
-- who is in it.
CREATE TABLE recruitment (
    id uuid PRIMARY KEY,
    council_id uuid REFERENCES councils (id),
    organisation text CHECK (length(organisation) BETWEEN 1 AND 160),
    stage text NOT NULL CHECK (stage IN ('prospect', 'contacted', 'interested', 'applied', 'accepted', 'declined')),
    note text,
    evidence text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT recruitment_target CHECK ((council_id IS NULL) <> (organisation IS NULL))
);
COMMENT ON TABLE recruitment IS 'Councils and organisations that may join the network; for network officers only';
COMMENT ON COLUMN recruitment.council_id IS 'The target, if it is a council';
COMMENT ON COLUMN recruitment.organisation IS 'Name of the target, if it is not a council of the registry';
COMMENT ON COLUMN recruitment.note IS 'Markdown';
COMMENT ON COLUMN recruitment.evidence IS 'Evidence of innovation and willingness (Markdown)';
CREATE TRIGGER recruitment_touch BEFORE UPDATE ON recruitment FOR EACH ROW EXECUTE FUNCTION registry_touch();

-- What councils said of their membership becomes records. A UUIDv7 of now, as new records have.
CREATE FUNCTION pg_temp.new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(random, 14, 3) || substr(random, 17))::uuid
    FROM replace(gen_random_uuid()::text, '-', '') random
$$;
-- Of a membership without dates the registry knows that it was recorded, and when. A lapse without a date is not an end.
INSERT INTO memberships (id, council_id, tier, from_on, to_on, observations)
SELECT pg_temp.new_id(), id, membership_tier, joined_on, ended_on,
    CASE WHEN joined_on IS NOT NULL THEN '[]' ELSE jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
        'on', CASE WHEN membership_status = 'lapsed' THEN ended_on ELSE updated_at::date::text END,
        'kind', 'stated', 'source', 'Record of the council in this registry'))) END
    || CASE WHEN membership_status = 'lapsed' AND ended_on IS NULL THEN jsonb_build_array(jsonb_build_object(
        'on', updated_at::date::text, 'kind', 'absent_from_list', 'source', 'Recorded in this registry as lapsed, without a date'))
        ELSE '[]' END
FROM (
    SELECT id, membership_tier, membership_status, updated_at, membership_joined_on AS joined_on,
        -- Who left and joined again has a date of leaving before that of joining.
        CASE WHEN partial_dates_ordered(membership_joined_on, membership_ended_on) THEN membership_ended_on END AS ended_on
    FROM councils
    WHERE withdrawn_at IS NULL AND membership_tier <> 'none' AND membership_status IS DISTINCT FROM 'prospect'
) former;
-- Prospects were councils that only network officers saw. Everybody sees every council now, so they do not stay councils:
-- one that suddenly appeared would give itself away. Users may belong to one; then it leaves an unseen tombstone.
INSERT INTO recruitment (id, organisation, stage, note)
SELECT pg_temp.new_id(), name, 'prospect', concat_ws(E'\n\n', 'GSS code ' || gss_code, website, description)
FROM councils WHERE withdrawn_at IS NULL AND membership_status = 'prospect';
UPDATE councils SET withdrawn_at = clock_timestamp() WHERE withdrawn_at IS NULL AND membership_status = 'prospect';
DELETE FROM slugs USING councils WHERE resource = 'council' AND record_id = councils.id AND membership_status = 'prospect';
DELETE FROM councils c WHERE membership_status = 'prospect'
    AND NOT EXISTS (SELECT FROM users WHERE council_id = c.id) AND NOT EXISTS (SELECT FROM initiatives WHERE lead_council_id = c.id)
    AND NOT EXISTS (SELECT FROM initiative_participants WHERE council_id = c.id)
    AND NOT EXISTS (SELECT FROM initiative_leads WHERE place_of_id = c.id)
    AND NOT EXISTS (SELECT FROM council_changes WHERE c.id = ANY (from_ids || to_ids));

CREATE OR REPLACE FUNCTION audience_of(council councils) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN council.id IS NOT NULL AND council.withdrawn_at IS NULL THEN 1 END
$$;
-- Fire what the statements above have left for the end, so that the table can be changed.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE councils DROP COLUMN membership_tier, DROP COLUMN membership_status, DROP COLUMN membership_joined_on,
    DROP COLUMN membership_ended_on;
