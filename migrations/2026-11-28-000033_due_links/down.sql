-- Events are never changed, so those of one-time links stay as they are.
ALTER TABLE audit_events DROP CONSTRAINT audit_events_origin_check,
    ADD CONSTRAINT audit_events_origin_check CHECK (origin IN ('request', 'command_line')) NOT VALID;
DROP TABLE due_link_records, due_links;
