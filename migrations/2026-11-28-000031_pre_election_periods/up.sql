-- Pre-election periods (src/registry/pre_election): the weeks before an election in which councils take special care with
-- publicity. A few a year, so followers read them as a whole.
CREATE TABLE pre_election_periods (
    id uuid PRIMARY KEY,
    election text NOT NULL CHECK (length(election) BETWEEN 1 AND 200),
    nation text CHECK (nation IN ('england', 'scotland', 'wales', 'northern_ireland')),
    council_id uuid REFERENCES councils (id),
    starts_on date NOT NULL,
    polling_on date NOT NULL,
    rule text NOT NULL CHECK (rule IN ('hold', 'warn')),
    notice text CHECK (length(notice) BETWEEN 1 AND 500),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT pre_election_periods_order CHECK (starts_on <= polling_on),
    CONSTRAINT pre_election_periods_for CHECK (nation IS NULL OR council_id IS NULL)
);
COMMENT ON TABLE pre_election_periods IS 'The weeks before an election, in which councils take special care with publicity';
COMMENT ON COLUMN pre_election_periods.election IS 'The election, for readers';
COMMENT ON COLUMN pre_election_periods.nation IS 'Nation whose councils it is for; null: all nations, or the council';
COMMENT ON COLUMN pre_election_periods.council_id IS 'The one council that it is for; null: all of the nation';
COMMENT ON COLUMN pre_election_periods.starts_on IS 'First day';
COMMENT ON COLUMN pre_election_periods.polling_on IS 'Day of the poll, the last day';
COMMENT ON COLUMN pre_election_periods.rule IS 'hold: nothing is published before its end without a reason; warn: officers are reminded';
COMMENT ON COLUMN pre_election_periods.notice IS 'Notice for readers; null: a customary one';
CREATE TRIGGER pre_election_periods_touch BEFORE UPDATE ON pre_election_periods
    FOR EACH ROW EXECUTE FUNCTION registry_touch();

-- A reason for publishing in a period is kept with the other one.
ALTER TABLE revisions DROP CONSTRAINT revisions_reason_check,
    ADD CONSTRAINT revisions_reason_check CHECK (length(reason) <= 4000);

ALTER TABLE changes DROP CONSTRAINT changes_resource_check,
    ADD CONSTRAINT changes_resource_check CHECK (resource IN ('council', 'theme', 'initiative', 'council_change', 'boundary',
        'membership', 'organisation', 'pre_election_period'));
CREATE FUNCTION publish_pre_election_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed uuid := coalesce(NEW.id, OLD.id);
BEGIN
    -- Once a transaction.
    IF NOT EXISTS (SELECT FROM changes WHERE record_id = changed AND xmin = pg_current_xact_id()::xid) THEN
        PERFORM changes_lock();
        DELETE FROM changes WHERE record_id = changed;
        INSERT INTO changes (resource, record_id, audience) VALUES ('pre_election_period', changed, 1);
        PERFORM pg_notify('registry_changes', '');
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER publish_pre_election_period AFTER INSERT OR UPDATE OR DELETE ON pre_election_periods
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION publish_pre_election_period();
