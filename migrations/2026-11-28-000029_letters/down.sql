DROP TRIGGER letters_touch ON letters;
DROP INDEX letters_created, letters_recipient, letters_due;
ALTER TABLE letters
    DROP CONSTRAINT letters_text,
    DROP CONSTRAINT letters_waiting,
    DROP CONSTRAINT letters_sent,
    DROP COLUMN updated_at,
    DROP COLUMN version,
    DROP COLUMN last_error,
    DROP COLUMN next_attempt_at,
    DROP COLUMN attempts,
    DROP COLUMN state,
    DROP COLUMN html;
ALTER INDEX letters_request RENAME TO outbox_request;
ALTER INDEX letters_pkey RENAME TO outbox_pkey;
ALTER TABLE letters RENAME CONSTRAINT letters_request_id_fkey TO outbox_request_id_fkey;
ALTER TABLE letters RENAME plain TO body;
ALTER TABLE letters RENAME TO outbox;
CREATE INDEX outbox_unsent ON outbox (created_at) WHERE sent_at IS NULL;
COMMENT ON TABLE outbox IS 'Mail for a program of the operator to send. That program sets sent_at; the service sends no mail';
COMMENT ON COLUMN outbox.body IS 'Plain text. Emptied once its one-time token has been used';
COMMENT ON COLUMN outbox.request_id IS 'Request for a key that the mail answers';
COMMENT ON COLUMN outbox.sent_at IS 'Time of sending';
