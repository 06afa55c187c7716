DROP TABLE release_parts;
DROP TABLE releases;
ALTER TABLE revisions DROP COLUMN replaced_at;
