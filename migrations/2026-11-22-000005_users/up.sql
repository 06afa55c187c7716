CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) <= 254),
    name text CHECK (length(name) <= 120),
    role text NOT NULL CHECK (role IN ('member_viewer', 'contributor', 'council_editor', 'moderator', 'network_admin')),
    council_id uuid REFERENCES councils (id),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    password_hash text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT users_role_binds_council CHECK (
        CASE WHEN role IN ('contributor', 'council_editor') THEN council_id IS NOT NULL
             WHEN role IN ('moderator', 'network_admin') THEN council_id IS NULL
             ELSE true END)
);
COMMENT ON TABLE users IS 'People who sign in';
COMMENT ON COLUMN users.council_id IS 'The council whose records a contributor or council editor keeps; optional for a member viewer';
COMMENT ON COLUMN users.password_hash IS 'Argon2id in PHC form, never shown';
CREATE INDEX users_council ON users (council_id);
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION registry_touch();

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
COMMENT ON TABLE sessions IS 'One sign-in. Access tokens name their session and die with it';
COMMENT ON COLUMN sessions.expires_at IS 'However often the session is refreshed';
COMMENT ON COLUMN sessions.ended_at IS 'Set by signing out, a new password, disabling, or the second use of a refresh token';
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    issued_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
COMMENT ON TABLE refresh_tokens IS 'Opaque, rotating: each is good for one use, a second use ends the session';
COMMENT ON COLUMN refresh_tokens.token_hash IS 'HMAC-SHA-256 of the token under a server secret';
COMMENT ON COLUMN refresh_tokens.issued_at IS 'When it was given out';
COMMENT ON COLUMN refresh_tokens.used_at IS 'Set by its one use';
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE idempotency_keys (
    caller uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint NOT NULL,
    location text,
    etag text,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, key)
);
COMMENT ON TABLE idempotency_keys IS 'First answers to requests with an Idempotency-Key, kept 24 hours per caller';
COMMENT ON COLUMN idempotency_keys.fingerprint IS 'HMAC-SHA-256 of method, path and body: the same key with another request is refused';
COMMENT ON COLUMN idempotency_keys.caller IS 'id of the user; a key is the callers own';
COMMENT ON COLUMN idempotency_keys.key IS 'As the caller sent it';
COMMENT ON COLUMN idempotency_keys.status IS 'Status of the first answer';
COMMENT ON COLUMN idempotency_keys.location IS 'Location of the first answer';
COMMENT ON COLUMN idempotency_keys.etag IS 'ETag of the first answer';
COMMENT ON COLUMN idempotency_keys.body IS 'Body of the first answer';
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
