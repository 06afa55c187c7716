-- Webhooks (src/webhooks): programs of others hear of what changes in public.
CREATE TABLE webhooks (
    id uuid PRIMARY KEY,
    council_id uuid REFERENCES councils (id),
    url text NOT NULL CHECK (length(url) <= 2000),
    topics text[] NOT NULL CHECK (cardinality(topics) > 0),
    description text CHECK (length(description) <= 200),
    secret text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    failing_since timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp()
);
COMMENT ON TABLE webhooks IS 'Addresses of others that are told of public changes';
COMMENT ON COLUMN webhooks.council_id IS 'Council whose editors look after it; null: network admins only';
COMMENT ON COLUMN webhooks.topics IS 'What it is told of (WebhookTopic in the OpenAPI document)';
COMMENT ON COLUMN webhooks.secret IS 'The secret that signs its messages, encrypted under the signing key of the service';
COMMENT ON COLUMN webhooks.is_active IS 'False: somebody switched it off, or the service did because it failed for three days';
COMMENT ON COLUMN webhooks.failing_since IS 'First failure since the last success; null: the last message arrived';
CREATE INDEX webhooks_council ON webhooks (council_id);
CREATE TRIGGER webhooks_touch BEFORE UPDATE ON webhooks FOR EACH ROW EXECUTE FUNCTION registry_touch();

CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    webhook_id uuid NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    topic text CHECK (topic IN ('initiative.published', 'initiative.updated', 'initiative.verified',
        'initiative.archived', 'initiative.withdrawn', 'council.changed')),
    record_id uuid,
    change bigint,
    occurred_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'dropped')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz DEFAULT statement_timestamp(),
    last_status smallint,
    last_error text CHECK (length(last_error) <= 300),
    delivered_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    -- What has been told is not told again.
    UNIQUE (webhook_id, change, topic),
    CONSTRAINT webhook_deliveries_test CHECK ((topic IS NULL) = (record_id IS NULL) AND (topic IS NULL) = (change IS NULL)),
    CONSTRAINT webhook_deliveries_waiting CHECK ((state = 'waiting') = (next_attempt_at IS NOT NULL))
);
COMMENT ON TABLE webhook_deliveries IS 'Messages to webhooks: what each is told, and how that went';
COMMENT ON COLUMN webhook_deliveries.topic IS 'What it tells of; null: it is a test';
COMMENT ON COLUMN webhook_deliveries.record_id IS 'The record; it may be gone';
COMMENT ON COLUMN webhook_deliveries.change IS 'Position of the public change that it tells of, in the change feed';
COMMENT ON COLUMN webhook_deliveries.occurred_at IS 'When it happened';
COMMENT ON COLUMN webhook_deliveries.attempts IS 'How often the service tried to deliver it, since the last replay';
COMMENT ON COLUMN webhook_deliveries.next_attempt_at IS 'Not tried before this time; null unless it waits. An attempt under way has moved it on already';
COMMENT ON COLUMN webhook_deliveries.last_status IS 'HTTP status of the last answer; null if there was none';
COMMENT ON COLUMN webhook_deliveries.last_error IS 'Why the last attempt failed';
COMMENT ON COLUMN webhook_deliveries.delivered_at IS 'When the receiver last took it';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_list ON webhook_deliveries (webhook_id, created_at, id);
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created_at);
CREATE TRIGGER webhook_deliveries_touch BEFORE UPDATE ON webhook_deliveries
    FOR EACH ROW EXECUTE FUNCTION registry_touch();

CREATE TABLE webhook_progress (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    sequence bigint NOT NULL
);
COMMENT ON TABLE webhook_progress IS 'How far webhooks have been told, one row';
COMMENT ON COLUMN webhook_progress.single IS 'Always true, so that there is one row';
COMMENT ON COLUMN webhook_progress.sequence IS 'Sequence of the last event of the audit trail that has been looked at';
INSERT INTO webhook_progress (sequence) SELECT coalesce(max(sequence), 0) FROM audit_events;
