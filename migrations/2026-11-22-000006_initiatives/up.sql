CREATE TABLE initiatives (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    title text NOT NULL CHECK (length(title) BETWEEN 5 AND 160),
    summary text NOT NULL CHECK (length(summary) BETWEEN 20 AND 400),
    kind text NOT NULL CHECK (kind IN ('case_study', 'policy_lab', 'policy_prototype', 'commission', 'challenge', 'idea')),
    delivery_status text NOT NULL CHECK (delivery_status IN ('idea', 'planned', 'pilot', 'live', 'scaled', 'completed', 'stopped')),
    started_on text,
    started_floor date GENERATED ALWAYS AS (partial_date_floor(started_on)) STORED,
    ended_on text,
    lead_council_id uuid REFERENCES councils (id),
    parent_id uuid REFERENCES initiatives (id),
    latitude double precision CHECK (latitude BETWEEN 49.8 AND 60.9),
    longitude double precision CHECK (longitude BETWEEN -8.7 AND 1.8),
    licence text NOT NULL DEFAULT 'OGL-UK-3.0' CHECK (licence IN ('OGL-UK-3.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC0-1.0')),
    visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'members', 'officers', 'private')),
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'published')),
    effective_visibility text NOT NULL DEFAULT 'private',
    verified_at timestamptz,
    review_due_on date,
    source_url text CHECK (source_url ~ '^https?://'),
    created_by uuid,
    published_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    withdrawn_at timestamptz,
    withdrawn_reason text,
    CONSTRAINT initiatives_dates_ordered CHECK (partial_dates_ordered(started_on, ended_on)),
    CONSTRAINT initiatives_point CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CONSTRAINT initiatives_not_own_parent CHECK (parent_id <> id)
);
COMMENT ON TABLE initiatives IS 'Pieces of practice: case studies, policy labs, ideas';
COMMENT ON COLUMN initiatives.started_on IS 'Partial date, as given';
COMMENT ON COLUMN initiatives.started_floor IS 'First day that started_on may mean, for sorting and year filters';
COMMENT ON COLUMN initiatives.ended_on IS 'Partial date, as given';
COMMENT ON COLUMN initiatives.latitude IS 'WGS 84 degrees, where it happens; null: the point of the lead council';
COMMENT ON COLUMN initiatives.longitude IS 'Goes with latitude';
COMMENT ON COLUMN initiatives.lead_council_id IS 'null: led by the network itself';
COMMENT ON COLUMN initiatives.parent_id IS 'The bundle that this is a component of; one level, held by the service';
COMMENT ON COLUMN initiatives.state IS 'draft or published; the review workflow adds its states here';
COMMENT ON COLUMN initiatives.effective_visibility IS 'The narrowest of its own visibility, its parent''s and its state''s; kept by trigger';
COMMENT ON COLUMN initiatives.verified_at IS 'When somebody last confirmed that this is still true; a separate act from saving';
COMMENT ON COLUMN initiatives.review_due_on IS 'When somebody should check it again';
COMMENT ON COLUMN initiatives.source_url IS 'Web page about it';
COMMENT ON COLUMN initiatives.created_by IS 'User who wrote the record: who writes does not publish';
COMMENT ON COLUMN initiatives.published_at IS 'First publication; a record that had one is withdrawn, never deleted';
CREATE INDEX initiatives_by_title ON initiatives (lower(title), id) WHERE withdrawn_at IS NULL;
CREATE INDEX initiatives_by_update ON initiatives (updated_at, id) WHERE withdrawn_at IS NULL;
CREATE INDEX initiatives_by_start ON initiatives ((coalesce(started_floor, '9999-12-31'::date)), id) WHERE withdrawn_at IS NULL;
CREATE INDEX initiatives_by_start_down ON initiatives ((coalesce(started_floor, '0001-01-01'::date)), id) WHERE withdrawn_at IS NULL;
CREATE INDEX initiatives_lead ON initiatives (lead_council_id);
CREATE INDEX initiatives_parent ON initiatives (parent_id);
CREATE TRIGGER initiatives_touch BEFORE UPDATE ON initiatives FOR EACH ROW EXECUTE FUNCTION registry_touch();

-- public < members < officers < private
CREATE FUNCTION visibility_rank(visibility text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_position(ARRAY['public', 'members', 'officers', 'private'], visibility)
$$;

CREATE FUNCTION initiatives_effective_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER initiatives_visibility BEFORE INSERT OR UPDATE ON initiatives
    FOR EACH ROW EXECUTE FUNCTION initiatives_effective_visibility();

-- A component is never wider than its parent: when the parent changes, its components work theirs out again.
CREATE FUNCTION initiatives_cascade_visibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE initiatives SET visibility = visibility WHERE parent_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER initiatives_visibility_cascade AFTER UPDATE ON initiatives
    FOR EACH ROW WHEN (OLD.effective_visibility IS DISTINCT FROM NEW.effective_visibility)
    EXECUTE FUNCTION initiatives_cascade_visibility();

-- The long texts stand apart: a list that does not ask for them does not read them.
CREATE TABLE initiative_narratives (
    initiative_id uuid PRIMARY KEY REFERENCES initiatives (id) ON DELETE CASCADE,
    body text CHECK (length(body) <= 50000),
    challenge text CHECK (length(challenge) <= 5000),
    approach text CHECK (length(approach) <= 5000),
    what_worked text CHECK (length(what_worked) <= 5000),
    what_did_not text CHECK (length(what_did_not) <= 5000),
    transfer_conditions text CHECK (length(transfer_conditions) <= 5000)
);
COMMENT ON TABLE initiative_narratives IS 'Markdown texts of an initiative';
COMMENT ON COLUMN initiative_narratives.body IS 'The whole story';
COMMENT ON COLUMN initiative_narratives.challenge IS 'What was the matter';
COMMENT ON COLUMN initiative_narratives.approach IS 'What was done about it';
COMMENT ON COLUMN initiative_narratives.what_worked IS 'What worked';
COMMENT ON COLUMN initiative_narratives.what_did_not IS 'What did not';
COMMENT ON COLUMN initiative_narratives.transfer_conditions IS 'What another council needs before it does the same';

CREATE TABLE initiative_participants (
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    council_id uuid NOT NULL REFERENCES councils (id),
    role text NOT NULL CHECK (role IN ('lead', 'co_lead', 'partner')),
    position integer NOT NULL,
    PRIMARY KEY (initiative_id, council_id)
);
COMMENT ON TABLE initiative_participants IS 'Councils that take part besides the lead council';
CREATE INDEX initiative_participants_council ON initiative_participants (council_id, initiative_id);

CREATE TABLE initiative_partners (
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    position integer NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    role text NOT NULL CHECK (role IN ('delivery', 'funder', 'evaluator', 'academic', 'other')),
    url text CHECK (url ~ '^https?://'),
    PRIMARY KEY (initiative_id, position)
);
COMMENT ON TABLE initiative_partners IS 'Partners that are not councils';

CREATE TABLE initiative_themes (
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    theme_id uuid NOT NULL REFERENCES themes (id),
    position integer NOT NULL,
    PRIMARY KEY (initiative_id, theme_id)
);
COMMENT ON COLUMN initiative_themes.position IS '0 is the primary theme';
COMMENT ON TABLE initiative_themes IS 'Themes of an initiative, one to five';
CREATE INDEX initiative_themes_theme ON initiative_themes (theme_id, initiative_id);

CREATE TABLE initiative_principles (
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    principle_id uuid NOT NULL REFERENCES principles (id),
    position integer NOT NULL,
    how text CHECK (length(how) <= 200),
    PRIMARY KEY (initiative_id, principle_id)
);
COMMENT ON COLUMN initiative_principles.how IS 'One line: how the initiative lives the principle';
COMMENT ON TABLE initiative_principles IS 'Principles of the scheme ccin that an initiative lives by';
CREATE INDEX initiative_principles_principle ON initiative_principles (principle_id, initiative_id);

CREATE TABLE sources (
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    key text NOT NULL CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(key) <= 40),
    position integer NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    publisher text CHECK (length(publisher) <= 200),
    kind text NOT NULL CHECK (kind IN ('committee_paper', 'report', 'evaluation', 'web', 'press')),
    published_on text,
    item_reference text CHECK (length(item_reference) <= 200),
    url text CHECK (url ~ '^https?://'),
    accessed_on text,
    PRIMARY KEY (initiative_id, key)
);
COMMENT ON TABLE sources IS 'Where the facts of an initiative come from';
COMMENT ON COLUMN sources.key IS 'Name by which outcomes and costs of the same initiative cite the source';
COMMENT ON COLUMN sources.publisher IS 'Who published it';
COMMENT ON COLUMN sources.published_on IS 'Partial date';
COMMENT ON COLUMN sources.item_reference IS 'Item, paragraph or page';
COMMENT ON COLUMN sources.accessed_on IS 'Partial date: when it was read at url';

CREATE TABLE outcomes (
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    position integer NOT NULL,
    measure text NOT NULL CHECK (length(measure) BETWEEN 1 AND 160),
    kind text NOT NULL CHECK (kind IN ('target', 'projection', 'activity', 'output', 'outcome', 'saving', 'cost', 'award')),
    bound text NOT NULL CHECK (bound IN ('exact', 'at_least', 'at_most', 'about', 'range', 'direction')),
    value numeric(18, 4),
    value_high numeric(18, 4),
    direction text CHECK (direction IN ('up', 'down', 'flat')),
    unit text CHECK (unit IN ('people', 'households', 'homes', 'jobs', 'opportunities', 'organisations', 'schools',
        'businesses', 'councils', 'areas', 'bags', 'weeks', 'months', 'years', 'percent', 'gbp', 'rank', 'count')),
    baseline numeric(18, 4),
    period_from text,
    period_to text,
    as_at text,
    definition text CHECK (length(definition) <= 1000),
    caveat text CHECK (length(caveat) <= 1000),
    evidence_level smallint NOT NULL CHECK (evidence_level BETWEEN 0 AND 5),
    source_key text,
    PRIMARY KEY (initiative_id, position),
    FOREIGN KEY (initiative_id, source_key) REFERENCES sources (initiative_id, key) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT outcomes_period_ordered CHECK (partial_dates_ordered(period_from, period_to)),
    CONSTRAINT outcomes_range CHECK ((bound = 'range') = (value_high IS NOT NULL) AND value_high > value IS NOT FALSE),
    CONSTRAINT outcomes_direction CHECK ((bound = 'direction') <= (direction IS NOT NULL AND value IS NULL)),
    CONSTRAINT outcomes_value CHECK (value IS NOT NULL OR bound = 'direction' OR kind = 'award'),
    CONSTRAINT outcomes_unit CHECK (value IS NULL OR unit IS NOT NULL),
    CONSTRAINT outcomes_evidence CHECK (evidence_level < 2 OR source_key IS NOT NULL)
);
COMMENT ON TABLE outcomes IS 'Claims with their evidence, never bare numbers; different kinds are never summed together';
COMMENT ON COLUMN outcomes.value IS 'In unit; money in whole pounds and pence as a decimal';
COMMENT ON COLUMN outcomes.measure IS 'What is measured or claimed';
COMMENT ON COLUMN outcomes.value_high IS 'Upper end of a range, in unit';
COMMENT ON COLUMN outcomes.baseline IS 'What it was before, in unit';
COMMENT ON COLUMN outcomes.period_from IS 'Partial date: beginning of the period that the value covers';
COMMENT ON COLUMN outcomes.period_to IS 'Partial date: end of that period, or when a target falls due';
COMMENT ON COLUMN outcomes.as_at IS 'Partial date: when the claim was true';
COMMENT ON COLUMN outcomes.caveat IS 'What a reader has to know before using it';
COMMENT ON COLUMN outcomes.evidence_level IS '0 aspiration, 1 described, 2 monitored, 3 compared, 4 independently evaluated, 5 replicated';
CREATE INDEX outcomes_evidence_level ON outcomes (initiative_id, evidence_level);

CREATE TABLE costs (
    initiative_id uuid NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE,
    position integer NOT NULL,
    description text NOT NULL CHECK (length(description) BETWEEN 1 AND 160),
    amount_pence bigint NOT NULL CHECK (amount_pence >= 0),
    bound text NOT NULL DEFAULT 'exact' CHECK (bound IN ('exact', 'at_least', 'at_most', 'about')),
    kind text NOT NULL CHECK (kind IN ('capital', 'revenue', 'in_kind', 'grant')),
    payer text CHECK (length(payer) <= 200),
    period_from text,
    period_to text,
    programme text CHECK (length(programme) <= 200),
    round text CHECK (length(round) <= 100),
    caveat text CHECK (length(caveat) <= 1000),
    source_key text,
    PRIMARY KEY (initiative_id, position),
    FOREIGN KEY (initiative_id, source_key) REFERENCES sources (initiative_id, key) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT costs_period_ordered CHECK (partial_dates_ordered(period_from, period_to))
);
COMMENT ON TABLE costs IS 'Cost lines and funding awards of an initiative';
COMMENT ON COLUMN costs.amount_pence IS 'Pence sterling';
COMMENT ON COLUMN costs.payer IS 'Who pays';
COMMENT ON COLUMN costs.period_from IS 'Partial date: beginning of the period that the amount covers';
COMMENT ON COLUMN costs.period_to IS 'Partial date: end of that period';
COMMENT ON COLUMN costs.programme IS 'Programme that the money comes from';
COMMENT ON COLUMN costs.round IS 'Round of the programme';
COMMENT ON COLUMN costs.caveat IS 'What a reader has to know before using it';
