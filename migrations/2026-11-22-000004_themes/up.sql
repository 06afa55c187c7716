CREATE TABLE themes (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 80),
    definition text NOT NULL CHECK (length(definition) BETWEEN 1 AND 1000),
    scope_note text CHECK (length(scope_note) <= 1000),
    broader_id uuid REFERENCES themes (id),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deprecated')),
    replaced_by_id uuid REFERENCES themes (id),
    merged boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    withdrawn_at timestamptz,
    withdrawn_reason text,
    CONSTRAINT themes_not_broader_than_itself CHECK (broader_id <> id),
    CONSTRAINT themes_not_replaced_by_itself CHECK (replaced_by_id <> id),
    CONSTRAINT themes_merged_has_target CHECK (NOT merged OR replaced_by_id IS NOT NULL)
);
COMMENT ON TABLE themes IS 'Areas of practice, as SKOS-like concepts';
COMMENT ON COLUMN themes.scope_note IS 'What belongs to the theme and what does not';
COMMENT ON COLUMN themes.broader_id IS 'skos:broader; acyclic and at most three deep, held by the service';
COMMENT ON COLUMN themes.status IS 'deprecated: kept for old records, not for new ones';
COMMENT ON COLUMN themes.replaced_by_id IS 'The theme to use instead';
COMMENT ON COLUMN themes.merged IS 'Merged into replaced_by_id: its address redirects there';
CREATE INDEX themes_by_label ON themes (lower(label), id);
CREATE INDEX themes_broader ON themes (broader_id);
CREATE TRIGGER themes_touch BEFORE UPDATE ON themes FOR EACH ROW EXECUTE FUNCTION registry_touch();
