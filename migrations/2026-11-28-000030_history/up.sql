-- What readers saw, and when (src/registry/revisions/past.rs).
ALTER TABLE revisions ADD COLUMN replaced_at timestamptz;
COMMENT ON COLUMN revisions.replaced_at IS 'When readers last saw a superseded text';

-- Another text followed, or the initiative was unpublished. If neither is known, the row has not changed much since.
ALTER TABLE revisions DISABLE TRIGGER USER;
UPDATE revisions r SET replaced_at = coalesce(
    least(
        (SELECT min(n.published_at) FROM revisions n WHERE n.initiative_id = r.initiative_id AND n.number > r.number),
        (SELECT min(e.created_at) FROM audit_events e
            WHERE e.record_id = r.initiative_id AND e.action = 'initiative.unpublish' AND e.created_at > r.published_at)),
    r.updated_at)
WHERE r.state = 'superseded';
ALTER TABLE revisions ENABLE TRIGGER USER;
ALTER TABLE revisions
    ADD CONSTRAINT revisions_replaced CHECK ((state = 'superseded') = (replaced_at IS NOT NULL));

-- The whole public registry at one time, in one file that never changes (src/formats/releases).
CREATE TABLE releases (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name ~ '^[0-9]{4}-(Q[1-4]|[0-9]{2}-[0-9]{2})$'),
    reason text CHECK (length(reason) BETWEEN 1 AND 300),
    made_at timestamptz NOT NULL,
    counts jsonb NOT NULL,
    bytes bigint NOT NULL CHECK (bytes > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    withdrawn_at timestamptz,
    withdrawn_reason text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp()
);
COMMENT ON TABLE releases IS 'Frozen copies of the whole public registry, for people who cite it';
COMMENT ON COLUMN releases.name IS 'The quarter that had ended, such as 2026-Q4, or the day of a release on demand, such as 2026-11-28';
COMMENT ON COLUMN releases.reason IS 'Why a network admin had it made; null: the service made it at the end of a quarter';
COMMENT ON COLUMN releases.made_at IS 'The time whose registry it holds';
COMMENT ON COLUMN releases.counts IS 'Records in it, by kind';
COMMENT ON COLUMN releases.bytes IS 'Size of the file';
COMMENT ON COLUMN releases.sha256 IS 'SHA-256 of the file, in hexadecimal digits';
COMMENT ON COLUMN releases.withdrawn_at IS 'When the file was deleted for good; only this row is left';
COMMENT ON COLUMN releases.withdrawn_reason IS 'Shown to the public in place of the release';
CREATE TRIGGER releases_touch BEFORE UPDATE ON releases FOR EACH ROW EXECUTE FUNCTION registry_touch();

-- In parts, so that nobody needs the whole file in memory. The parts come before the row, which has their digest.
CREATE TABLE release_parts (
    release_id uuid NOT NULL REFERENCES releases (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    position integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (release_id, position)
);
COMMENT ON TABLE release_parts IS 'The files of releases (ZIP), in parts';
COMMENT ON COLUMN release_parts.content IS 'The bytes, about 1 MiB';
COMMENT ON COLUMN release_parts.position IS 'Place in the file, from 0';
-- It is compressed already.
ALTER TABLE release_parts ALTER COLUMN content SET STORAGE EXTERNAL;
