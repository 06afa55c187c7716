DROP INDEX themes_slug_key;
UPDATE themes m SET slug = id::text WHERE merged AND EXISTS (SELECT FROM themes t WHERE t.slug = m.slug AND t.id <> m.id);
ALTER TABLE themes ADD CONSTRAINT themes_slug_key UNIQUE (slug);
COMMENT ON COLUMN themes.slug IS NULL;
