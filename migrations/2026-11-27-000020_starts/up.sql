-- A folder of data that was copied while nothing ran, and is put back later, looks like the same history: nothing in
-- PostgreSQL tells that its latest commits are lost. Each start of the service is therefore recorded with the position
-- that it found. A cursor names the latest start that it knew: a start that is missing, or one that another start
-- followed at a lower position, means that the cursor is from a lost tail.
CREATE TABLE starts (
    number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    mark bigint NOT NULL UNIQUE DEFAULT hashtextextended(gen_random_uuid()::text, 0),
    position bigint NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE starts IS 'Each time that a process opened the database for writing';
COMMENT ON COLUMN starts.number IS 'Order of the starts';
COMMENT ON COLUMN starts.mark IS 'Random name of the start, which cursors carry';
COMMENT ON COLUMN starts.position IS 'Last position in changes when the process started; 0 if there was none';
COMMENT ON COLUMN starts.started_at IS 'When it started; for people who look here';
