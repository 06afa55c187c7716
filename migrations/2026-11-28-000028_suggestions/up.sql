-- Suggestions (src/registry/suggestions): changes of a published initiative that somebody proposes to the council that
-- looks after it. What is accepted goes into a revision.
CREATE TABLE suggestions (
    id uuid PRIMARY KEY,
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    author_id uuid NOT NULL REFERENCES users (id),
    author_council_id uuid REFERENCES councils (id),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'partly_accepted', 'declined', 'withdrawn')),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    operations jsonb NOT NULL,
    base jsonb NOT NULL,
    accepted integer[] NOT NULL DEFAULT '{}',
    revision_id uuid REFERENCES revisions (id) ON DELETE CASCADE,
    decided_by uuid REFERENCES users (id),
    decided_at timestamptz,
    reply text CHECK (length(reply) BETWEEN 1 AND 2000),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT suggestions_ended CHECK ((state = 'open') = (decided_at IS NULL)),
    CONSTRAINT suggestions_accepted CHECK ((state IN ('accepted', 'partly_accepted')) = (revision_id IS NOT NULL))
);
COMMENT ON TABLE suggestions IS 'Changes of initiatives that somebody proposes to the council that looks after them';
COMMENT ON COLUMN suggestions.author_council_id IS 'Council of the author at the time, which gets the credit; null: of none';
COMMENT ON COLUMN suggestions.reason IS 'Reason of the author, in plain text';
COMMENT ON COLUMN suggestions.operations IS 'The changes, as a JSON Patch (RFC 6902) of the text of the published revision';
COMMENT ON COLUMN suggestions.base IS 'The members of the text that the changes touch, as the author saw them';
COMMENT ON COLUMN suggestions.accepted IS 'Positions of the operations that were accepted, from 0';
COMMENT ON COLUMN suggestions.revision_id IS 'Revision that the accepted changes went into';
COMMENT ON COLUMN suggestions.decided_by IS 'User who decided; null: its author has withdrawn it, or it is open';
COMMENT ON COLUMN suggestions.decided_at IS 'When it was decided or withdrawn; null: it is open';
COMMENT ON COLUMN suggestions.reply IS 'Answer to the author, in plain text';
CREATE TRIGGER suggestions_touch BEFORE UPDATE ON suggestions FOR EACH ROW EXECUTE FUNCTION registry_touch();
CREATE INDEX suggestions_initiative ON suggestions (initiative_id, created_at DESC);
CREATE INDEX suggestions_author ON suggestions (author_id, created_at DESC);
CREATE INDEX suggestions_revision ON suggestions (revision_id) WHERE revision_id IS NOT NULL;
