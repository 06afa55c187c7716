-- Who did what: a chain of events, each with the hash of the one before it (see src/audit/mod.rs).
--
-- No foreign keys: checking one would lock the row that it leads to while the end of the chain is locked, which whoever
-- holds that row and waits for the chain would never let go. What an event names may also be gone, a deleted draft or an
-- old session.
CREATE TABLE audit_events (
    id uuid PRIMARY KEY,
    sequence bigint NOT NULL UNIQUE CHECK (sequence > 0),
    created_at timestamptz NOT NULL,
    origin text NOT NULL CHECK (origin IN ('request', 'command_line')),
    actor_id uuid,
    session_id uuid,
    key_id uuid,
    address text,
    action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    resource text NOT NULL CHECK (resource ~ '^[a-z_]+$'),
    record_id uuid,
    record_name text,
    council_id uuid,
    version_before integer,
    version_after integer,
    request_id text,
    head_digest bytea,
    previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    sealed_with text NOT NULL,
    seal bytea NOT NULL CHECK (length(seal) = 32)
);
COMMENT ON TABLE audit_events IS 'Every write, and every reading of a contact: who, what, where from, which version. Neither secrets nor bodies. Rows are only ever added';
COMMENT ON COLUMN audit_events.sequence IS 'Place in the chain, from 1, without gaps';
COMMENT ON COLUMN audit_events.actor_id IS 'The user who did it; null on the command line, and where nobody was signed in';
COMMENT ON COLUMN audit_events.session_id IS 'The session that the actor used';
COMMENT ON COLUMN audit_events.key_id IS 'The API key that the actor used';
COMMENT ON COLUMN audit_events.address IS 'IP address of the client';
COMMENT ON COLUMN audit_events.action IS 'What was done, such as initiative.publish; the words are the services own (Action in the OpenAPI document)';
COMMENT ON COLUMN audit_events.resource IS 'What kind of record it was done to (RecordKind in the OpenAPI document)';
COMMENT ON COLUMN audit_events.record_id IS 'The record; null when it was done to no single one, such as reading a list';
COMMENT ON COLUMN audit_events.record_name IS 'Slug of the record at the time, for people who read the event';
COMMENT ON COLUMN audit_events.council_id IS 'Whose record it was at the time: lead council of the initiative, the council itself, council of the user';
COMMENT ON COLUMN audit_events.version_before IS 'Version before; null when there was no record';
COMMENT ON COLUMN audit_events.version_after IS 'Version after; null when the record can no longer be read';
COMMENT ON COLUMN audit_events.request_id IS 'X-Request-Id of the request, as in the log; null on the command line';
COMMENT ON COLUMN audit_events.head_digest IS 'SHA-256 of the seal that audit_head had when this was written: what had been cut off by then shows. Not the seal itself, by which the chain could be cut off there';
COMMENT ON COLUMN audit_events.previous_hash IS 'hash of the event before; zeros for the first';
COMMENT ON COLUMN audit_events.hash IS 'SHA-256 over every other column but the seal';
COMMENT ON COLUMN audit_events.sealed_with IS 'Which signing key the seal was made with (its kid)';
COMMENT ON COLUMN audit_events.seal IS 'HMAC-SHA-256 of the hash under a key that the database does not have';
CREATE INDEX audit_events_actor ON audit_events (actor_id, sequence);
CREATE INDEX audit_events_council ON audit_events (council_id, sequence);
CREATE INDEX audit_events_record ON audit_events (record_id, sequence);

CREATE TABLE audit_head (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    sequence bigint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    sealed_with text,
    seal bytea
);
COMMENT ON TABLE audit_head IS 'The end of the chain, one row. Whoever adds an event locks it, last of all locks';
COMMENT ON COLUMN audit_head.single IS 'Always true, so that there is one row';
COMMENT ON COLUMN audit_head.sequence IS 'sequence of the last event; 0 before the first';
COMMENT ON COLUMN audit_head.hash IS 'hash of the last event; zeros before the first';
COMMENT ON COLUMN audit_head.sealed_with IS 'Which signing key the seal was made with (its kid); null before the first event';
COMMENT ON COLUMN audit_head.seal IS 'HMAC-SHA-256 of sequence and hash under a key that the database does not have: events cut off at the end are missed';
INSERT INTO audit_head (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% refuses %', TG_TABLE_NAME, TG_OP USING HINT = 'What was recorded is neither changed nor removed.';
END
$$;
CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
