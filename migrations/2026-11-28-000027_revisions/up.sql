-- The review workflow (src/registry/revisions). Readers see the published revision while a newer one is written and
-- reviewed. The rows of an initiative and its children have one text: the published one or, of an initiative that is not
-- published, its draft. A revision with another text has it in `content`.
ALTER TABLE initiatives
    DROP CONSTRAINT initiatives_state_check,
    ADD CONSTRAINT initiatives_state_check CHECK (state IN ('draft', 'published', 'archived'));
COMMENT ON COLUMN initiatives.state IS 'draft: not published; published; archived: published, and no longer kept up';

CREATE OR REPLACE FUNCTION initiatives_effective_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_parent text;
BEGIN
    SELECT effective_visibility INTO of_parent FROM initiatives WHERE id = NEW.parent_id;
    NEW.effective_visibility := (ARRAY['public', 'members', 'officers', 'private'])[greatest(
        visibility_rank(NEW.visibility),
        CASE WHEN NEW.state = 'draft' THEN 4 ELSE 1 END,
        visibility_rank(of_parent)
    )];
    RETURN NEW;
END
$$;

CREATE TABLE revisions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    state text NOT NULL CHECK (state IN ('draft', 'submitted', 'in_review', 'changes_requested', 'approved', 'rejected',
        'discarded', 'published', 'superseded')),
    content jsonb,
    base jsonb,
    note text CHECK (length(note) <= 1000),
    writers uuid[] NOT NULL DEFAULT '{}',
    is_by_council boolean NOT NULL DEFAULT false,
    submitted_by uuid REFERENCES users (id),
    submitted_at timestamptz,
    claimed_by uuid REFERENCES users (id),
    decided_by uuid REFERENCES users (id),
    reason text CHECK (length(reason) <= 2000),
    publish_at timestamptz,
    published_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    UNIQUE (initiative_id, number),
    CONSTRAINT revisions_schedule CHECK (publish_at IS NULL OR state = 'approved'),
    CONSTRAINT revisions_superseded CHECK (state <> 'superseded' OR content IS NOT NULL),
    CONSTRAINT revisions_published CHECK (state <> 'published' OR content IS NULL)
);
COMMENT ON TABLE revisions IS 'Texts of initiatives, past, present and to come, and where each stands in the review';
COMMENT ON COLUMN revisions.number IS 'Number within the initiative, from 1';
COMMENT ON COLUMN revisions.content IS 'The text as a body of PUT /v1/initiatives/{initiative}; null: the present text of the initiative';
COMMENT ON COLUMN revisions.base IS 'The published text that the author started from; null for the draft of an unpublished initiative';
COMMENT ON COLUMN revisions.note IS 'What changes and why, in the words of the author';
COMMENT ON COLUMN revisions.writers IS 'Users who wrote the text: who writes does not approve';
COMMENT ON COLUMN revisions.is_by_council IS 'True if a user of the council that looks after the initiative wrote it';
COMMENT ON COLUMN revisions.claimed_by IS 'Network officer who reviews it';
COMMENT ON COLUMN revisions.decided_by IS 'Network officer who asked for changes, approved, rejected or published it';
COMMENT ON COLUMN revisions.reason IS 'Reason of the last decision, for the authors';
COMMENT ON COLUMN revisions.publish_at IS 'When an approved revision is to be published; null: when somebody publishes it';
COMMENT ON COLUMN revisions.submitted_at IS 'When it was submitted last';
COMMENT ON COLUMN revisions.published_at IS 'When readers first saw it';
CREATE TRIGGER revisions_touch BEFORE UPDATE ON revisions FOR EACH ROW EXECUTE FUNCTION registry_touch();
CREATE UNIQUE INDEX revisions_open ON revisions (initiative_id)
    WHERE state IN ('draft', 'submitted', 'in_review', 'changes_requested', 'approved');
CREATE UNIQUE INDEX revisions_shown ON revisions (initiative_id) WHERE state = 'published';
CREATE INDEX revisions_queue ON revisions (submitted_at, id) WHERE state IN ('submitted', 'in_review', 'approved');
CREATE INDEX revisions_schedule ON revisions (publish_at) WHERE publish_at IS NOT NULL;
CREATE INDEX revisions_writers ON revisions USING gin (writers);

CREATE TABLE revision_comments (
    id uuid PRIMARY KEY,
    revision_id uuid NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
    pointer text NOT NULL CHECK (length(pointer) <= 200),
    comment text NOT NULL CHECK (length(comment) BETWEEN 1 AND 2000),
    author_id uuid NOT NULL REFERENCES users (id),
    resolved_by uuid REFERENCES users (id),
    resolved_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT revision_comments_resolved CHECK ((resolved_by IS NULL) = (resolved_at IS NULL))
);
COMMENT ON TABLE revision_comments IS 'Comments on fields of a revision, for its authors and reviewers';
COMMENT ON COLUMN revision_comments.pointer IS 'JSON Pointer (RFC 6901) to the member of the text; empty: the whole text';
COMMENT ON COLUMN revision_comments.comment IS 'The comment, in plain text';
COMMENT ON COLUMN revision_comments.resolved_at IS 'When somebody marked it as dealt with; null: it is open';
CREATE INDEX revision_comments_revision ON revision_comments (revision_id, created_at);

-- Every initiative has a revision from the start, however it came to be.
CREATE FUNCTION begin_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO revisions (initiative_id, number, state, writers, published_at)
    SELECT id, 1, CASE WHEN state = 'draft' THEN 'draft' ELSE 'published' END, array_remove(ARRAY[created_by], NULL),
        CASE WHEN state <> 'draft' THEN published_at END
    FROM after;
    RETURN NULL;
END
$$;
CREATE TRIGGER initiatives_begin_revisions AFTER INSERT ON initiatives REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION begin_revisions();

-- Those of the records that are there. Who wrote a record since it was last published is in the audit trail.
INSERT INTO revisions (initiative_id, number, state, writers, published_at)
SELECT i.id, 1, CASE WHEN i.state = 'draft' THEN 'draft' ELSE 'published' END,
    ARRAY(
        SELECT i.created_by WHERE i.created_by IS NOT NULL
        UNION SELECT e.actor_id FROM audit_events e
        WHERE e.record_id = i.id AND e.actor_id IS NOT NULL AND e.action = 'initiative.update'
            AND e.sequence > (SELECT coalesce(max(p.sequence), 0) FROM audit_events p
                WHERE p.record_id = i.id AND p.action = 'initiative.publish')),
    CASE WHEN i.state <> 'draft' THEN i.published_at END
FROM initiatives i;
