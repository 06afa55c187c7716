DROP TRIGGER initiatives_begin_revisions ON initiatives;
DROP FUNCTION begin_revisions();
DROP TABLE revision_comments;
DROP TABLE revisions;
UPDATE initiatives SET state = 'published' WHERE state = 'archived';
ALTER TABLE initiatives
    DROP CONSTRAINT initiatives_state_check,
    ADD CONSTRAINT initiatives_state_check CHECK (state IN ('draft', 'published'));
COMMENT ON COLUMN initiatives.state IS 'draft or published; the review workflow adds its states here';
CREATE OR REPLACE FUNCTION initiatives_effective_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_parent text;
BEGIN
    SELECT effective_visibility INTO of_parent FROM initiatives WHERE id = NEW.parent_id;
    NEW.effective_visibility := (ARRAY['public', 'members', 'officers', 'private'])[greatest(
        visibility_rank(NEW.visibility),
        CASE WHEN NEW.state = 'published' THEN 1 ELSE 4 END,
        visibility_rank(of_parent)
    )];
    RETURN NEW;
END
$$;
