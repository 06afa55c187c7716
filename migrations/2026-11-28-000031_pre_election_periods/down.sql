DROP TABLE pre_election_periods;
DROP FUNCTION publish_pre_election_period();
DELETE FROM changes WHERE resource = 'pre_election_period';
ALTER TABLE changes DROP CONSTRAINT changes_resource_check,
    ADD CONSTRAINT changes_resource_check
        CHECK (resource IN ('council', 'theme', 'initiative', 'council_change', 'boundary', 'membership', 'organisation'));
UPDATE revisions SET reason = left(reason, 2000) WHERE length(reason) > 2000;
ALTER TABLE revisions DROP CONSTRAINT revisions_reason_check,
    ADD CONSTRAINT revisions_reason_check CHECK (length(reason) <= 2000);
