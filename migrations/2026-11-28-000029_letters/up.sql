-- Letters (src/letters): the service sends what waits in the outbox, and tells of revisions as well.
ALTER TABLE outbox RENAME TO letters;
ALTER TABLE letters RENAME body TO plain;
ALTER TABLE letters RENAME CONSTRAINT outbox_request_id_fkey TO letters_request_id_fkey;
ALTER INDEX outbox_pkey RENAME TO letters_pkey;
ALTER INDEX outbox_request RENAME TO letters_request;
DROP INDEX outbox_unsent;
ALTER TABLE letters
    ADD COLUMN html text,
    ADD COLUMN state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN next_attempt_at timestamptz DEFAULT statement_timestamp(),
    ADD COLUMN last_error text CHECK (length(last_error) <= 300),
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT statement_timestamp();

-- What a program of the operator has sent, and what was emptied because its token came back.
UPDATE letters SET state = 'sent', sent_at = coalesce(sent_at, statement_timestamp()), plain = NULL, next_attempt_at = NULL
WHERE sent_at IS NOT NULL OR plain IS NULL;
-- What is older than a letter may wait is not sent unasked.
UPDATE letters SET state = 'failed', next_attempt_at = NULL,
    last_error = 'It waited before the service could send letters.'
WHERE state = 'waiting' AND created_at < statement_timestamp() - interval '3 days';

ALTER TABLE letters
    ADD CONSTRAINT letters_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    ADD CONSTRAINT letters_waiting CHECK ((state = 'waiting') = (next_attempt_at IS NOT NULL)),
    ADD CONSTRAINT letters_text CHECK ((state = 'sent') = (plain IS NULL) AND (plain IS NOT NULL OR html IS NULL));
COMMENT ON TABLE letters IS 'Mail to people, which the service sends (src/letters)';
COMMENT ON COLUMN letters.plain IS 'Plain text. It can hold a one-time token, and is dropped when the letter has been sent';
COMMENT ON COLUMN letters.html IS 'The same as HTML. Null: the letter has plain text only';
COMMENT ON COLUMN letters.request_id IS 'Request for a key that the letter answers';
COMMENT ON COLUMN letters.sent_at IS 'Time of sending';
COMMENT ON COLUMN letters.attempts IS 'How often somebody tried to send it, since the last retry by an admin';
COMMENT ON COLUMN letters.next_attempt_at IS 'Not tried before this time; null unless it waits. An attempt under way has moved it on already';
COMMENT ON COLUMN letters.last_error IS 'Why the last attempt failed, for network admins';
CREATE INDEX letters_due ON letters (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX letters_recipient ON letters (recipient);
CREATE INDEX letters_created ON letters (created_at, id);
CREATE TRIGGER letters_touch BEFORE UPDATE ON letters FOR EACH ROW EXECUTE FUNCTION registry_touch();
