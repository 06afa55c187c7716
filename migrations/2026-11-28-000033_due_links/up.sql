-- One-time links in letters (src/accounts/due_links): with one, an editor answers for records that are due, without a
-- password.
CREATE TABLE due_links (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    council_id uuid NOT NULL REFERENCES councils (id),
    quarter text CHECK (quarter ~ '^[0-9]{4}-Q[1-4]$'),
    secret_hash bytea UNIQUE CHECK (length(secret_hash) = 32),
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT due_links_quarterly UNIQUE (user_id, quarter)
);
COMMENT ON TABLE due_links IS 'One-time links in letters about records that are due';
COMMENT ON COLUMN due_links.user_id IS 'Recipient of the letter, who answers';
COMMENT ON COLUMN due_links.council_id IS 'Council of the recipient at the time. The link is void for a recipient who has left it';
COMMENT ON COLUMN due_links.quarter IS 'Quarter that had ended. A recipient gets one letter for each; null: an admin asked for the letter';
COMMENT ON COLUMN due_links.secret_hash IS 'HMAC-SHA-256 of the secret in the link; null: a newer link has replaced it';
COMMENT ON COLUMN due_links.expires_at IS 'End of the link';

CREATE TABLE due_link_records (
    link_id uuid NOT NULL REFERENCES due_links (id) ON DELETE CASCADE,
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    place integer NOT NULL,
    answer text CHECK (answer IN ('still_true', 'changed', 'ended')),
    revision integer,
    answered_at timestamptz,
    PRIMARY KEY (link_id, initiative_id),
    CONSTRAINT due_link_records_answered CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX due_link_records_initiative ON due_link_records (initiative_id);
COMMENT ON TABLE due_link_records IS 'Records that a link is about, and what the recipient answered';
COMMENT ON COLUMN due_link_records.place IS 'Place in the letter, from 0';
COMMENT ON COLUMN due_link_records.answer IS 'What the recipient answered; null: nothing yet';
COMMENT ON COLUMN due_link_records.revision IS 'Number of the revision that the answer went into; null: none';
COMMENT ON COLUMN due_link_records.answered_at IS 'When the recipient answered';

ALTER TABLE audit_events DROP CONSTRAINT audit_events_origin_check,
    ADD CONSTRAINT audit_events_origin_check CHECK (origin IN ('request', 'one_time_link', 'command_line'));
