-- A merged theme keeps its row, and its slugs pass to the theme that it was merged into. That theme may take one of them
-- as its own slug. So slugs are unique among themes that are not merged; `slugs` says whose each slug is.
ALTER TABLE themes DROP CONSTRAINT themes_slug_key;
CREATE UNIQUE INDEX themes_slug_key ON themes (slug) WHERE NOT merged;
COMMENT ON COLUMN themes.slug IS 'Present slug; of a merged theme the last that it had, which may be another theme''s by now';
