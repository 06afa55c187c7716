ALTER TABLE users
    DROP CONSTRAINT users_role_check,
    ADD CONSTRAINT users_role_check CHECK (role IN
        ('researcher', 'member_viewer', 'contributor', 'council_editor', 'moderator', 'network_admin')),
    DROP CONSTRAINT users_role_binds_council,
    ADD CONSTRAINT users_role_binds_council CHECK (
        CASE WHEN role IN ('contributor', 'council_editor') THEN council_id IS NOT NULL
             WHEN role IN ('researcher', 'moderator', 'network_admin') THEN council_id IS NULL
             ELSE true END),
    ALTER COLUMN password_hash DROP NOT NULL;
COMMENT ON COLUMN users.password_hash IS 'Argon2id in PHC form, never shown; null for who never signs in, such as a researcher with a key';

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES users (id),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read:public', 'read:members', 'export',
        'write:initiatives', 'write:themes', 'write:councils', 'moderate', 'manage:users', 'manage:keys', 'audit:read']),
    origins text[] NOT NULL DEFAULT '{}',
    networks text[] NOT NULL DEFAULT '{}',
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    rotated_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp()
);
COMMENT ON TABLE api_keys IS 'API keys. What a key may do is its scopes, cut to the role and council of its owner at the time of the call';
COMMENT ON COLUMN api_keys.owner_id IS 'In whose name the key acts';
COMMENT ON COLUMN api_keys.name IS 'What the owner calls it';
COMMENT ON COLUMN api_keys.scopes IS 'What the key may be used for';
COMMENT ON COLUMN api_keys.origins IS 'Web origins that a browser may use it from; empty: any caller';
COMMENT ON COLUMN api_keys.networks IS 'Addresses and networks that it may be used from; empty: any';
COMMENT ON COLUMN api_keys.expires_at IS 'When it ends by itself';
COMMENT ON COLUMN api_keys.revoked_at IS 'When it was ended by hand';
COMMENT ON COLUMN api_keys.rotated_at IS 'When its secret was last changed';
CREATE INDEX api_keys_owner ON api_keys (owner_id);
CREATE TRIGGER api_keys_touch BEFORE UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION registry_touch();

CREATE TABLE api_key_secrets (
    prefix text PRIMARY KEY CHECK (prefix ~ '^ccin_[0-9a-f]{12}$'),
    key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    hash bytea NOT NULL,
    owner_role text NOT NULL,
    owner_council_id uuid,
    issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    valid_until timestamptz
);
COMMENT ON TABLE api_key_secrets IS 'Secrets of keys: one that is current and, after a rotation, older ones until their overlap ends';
COMMENT ON COLUMN api_key_secrets.prefix IS 'First part of the key, by which it is found and recognised';
COMMENT ON COLUMN api_key_secrets.key_id IS 'Whose secret';
COMMENT ON COLUMN api_key_secrets.hash IS 'HMAC-SHA-256 of the whole key under a server secret';
COMMENT ON COLUMN api_key_secrets.owner_role IS 'Role of the owner when it was given out: whoever holds it gains nothing by a promotion';
COMMENT ON COLUMN api_key_secrets.owner_council_id IS 'Council of the owner when it was given out';
COMMENT ON COLUMN api_key_secrets.issued_at IS 'When it was given out';
COMMENT ON COLUMN api_key_secrets.valid_until IS 'End of the overlap; null for the current secret';
CREATE INDEX api_key_secrets_key ON api_key_secrets (key_id);

CREATE TABLE api_key_usage (
    key_id uuid NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    day date NOT NULL,
    endpoint text NOT NULL,
    requests bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (key_id, day, endpoint)
);
COMMENT ON TABLE api_key_usage IS 'How often a key was used, per day (UTC) and endpoint';
COMMENT ON COLUMN api_key_usage.key_id IS 'Which key';
COMMENT ON COLUMN api_key_usage.day IS 'Day, UTC';
COMMENT ON COLUMN api_key_usage.endpoint IS 'Method and route, such as GET /v1/councils/{council}';
COMMENT ON COLUMN api_key_usage.requests IS 'Requests on that day, refused ones included';
COMMENT ON COLUMN api_key_usage.last_at IS 'Last of them';

CREATE TABLE key_requests (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    email text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
    affiliation text NOT NULL CHECK (length(affiliation) BETWEEN 1 AND 160),
    purpose text NOT NULL CHECK (length(purpose) BETWEEN 20 AND 1000),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'granted', 'refused', 'claimed')),
    reason text CHECK (length(reason) <= 1000),
    decided_by uuid REFERENCES users (id),
    decided_at timestamptz,
    key_id uuid REFERENCES api_keys (id),
    claim_hash bytea UNIQUE,
    claim_until timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp()
);
COMMENT ON TABLE key_requests IS 'Researchers who ask for a key';
COMMENT ON COLUMN key_requests.name IS 'Who asks';
COMMENT ON COLUMN key_requests.email IS 'Where the answer goes';
COMMENT ON COLUMN key_requests.affiliation IS 'University, council or other body';
COMMENT ON COLUMN key_requests.purpose IS 'What for';
COMMENT ON COLUMN key_requests.status IS 'pending, then granted or refused; claimed once the key was fetched';
COMMENT ON COLUMN key_requests.reason IS 'Why it was refused';
COMMENT ON COLUMN key_requests.decided_by IS 'Network officer who granted or refused';
COMMENT ON COLUMN key_requests.decided_at IS 'When';
COMMENT ON COLUMN key_requests.key_id IS 'The key that was granted; it has no secret until it is claimed';
COMMENT ON COLUMN key_requests.claim_hash IS 'HMAC-SHA-256 of the one-time token under a server secret; null once used';
COMMENT ON COLUMN key_requests.claim_until IS 'When the token ends';
CREATE INDEX key_requests_status ON key_requests (status);
CREATE UNIQUE INDEX key_requests_pending ON key_requests (email) WHERE status = 'pending';
CREATE INDEX key_requests_key ON key_requests (key_id);
CREATE INDEX key_requests_decided_by ON key_requests (decided_by);
CREATE TRIGGER key_requests_touch BEFORE UPDATE ON key_requests FOR EACH ROW EXECUTE FUNCTION registry_touch();

CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text,
    request_id uuid REFERENCES key_requests (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    sent_at timestamptz
);
COMMENT ON TABLE outbox IS 'Mail to be sent by a program of the operator, which sets sent_at; the service itself sends none';
COMMENT ON COLUMN outbox.recipient IS 'E-mail address';
COMMENT ON COLUMN outbox.subject IS 'Subject';
COMMENT ON COLUMN outbox.body IS 'Plain text; emptied once a one-time token in it was used';
COMMENT ON COLUMN outbox.request_id IS 'The request for a key that it answers';
COMMENT ON COLUMN outbox.sent_at IS 'When it was sent';
CREATE INDEX outbox_unsent ON outbox (created_at) WHERE sent_at IS NULL;
CREATE INDEX outbox_request ON outbox (request_id);
