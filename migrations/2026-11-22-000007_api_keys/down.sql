DROP TABLE outbox;
DROP TABLE key_requests;
DROP TABLE api_key_usage;
DROP TABLE api_key_secrets;
DROP TABLE api_keys;
-- Researchers never sign in with a password: without keys they are nobody, and stay as disabled viewers.
UPDATE users SET role = 'member_viewer', status = 'disabled' WHERE role = 'researcher';
UPDATE users SET password_hash = 'none' WHERE password_hash IS NULL;
ALTER TABLE users
    DROP CONSTRAINT users_role_check,
    ADD CONSTRAINT users_role_check CHECK (role IN
        ('member_viewer', 'contributor', 'council_editor', 'moderator', 'network_admin')),
    DROP CONSTRAINT users_role_binds_council,
    ADD CONSTRAINT users_role_binds_council CHECK (
        CASE WHEN role IN ('contributor', 'council_editor') THEN council_id IS NOT NULL
             WHEN role IN ('moderator', 'network_admin') THEN council_id IS NULL
             ELSE true END),
    ALTER COLUMN password_hash SET NOT NULL;
COMMENT ON COLUMN users.password_hash IS 'Argon2id in PHC form, never shown';
