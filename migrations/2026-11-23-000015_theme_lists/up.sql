-- The initiatives of each theme in the order of their titles, so that a page of a theme is read along an index and is not
-- sorted out of all that the theme has. Kept with what each initiative counts as (see 000010), whoever wrote.
CREATE TABLE theme_initiatives (
    theme_id uuid NOT NULL,
    title_key text NOT NULL,
    initiative_id uuid NOT NULL,
    audience smallint NOT NULL,
    PRIMARY KEY (theme_id, title_key, initiative_id) INCLUDE (audience)
);
COMMENT ON TABLE theme_initiatives IS 'Initiatives that are not withdrawn, by each of their themes and of all that these lie within';
COMMENT ON COLUMN theme_initiatives.theme_id IS 'A theme';
COMMENT ON COLUMN theme_initiatives.title_key IS 'Title of the initiative, in small letters: what lists are sorted by';
COMMENT ON COLUMN theme_initiatives.initiative_id IS 'An initiative on the theme, or on one within it';
COMMENT ON COLUMN theme_initiatives.audience IS 'Rank of its effective visibility: 1 public to 4 private';
CREATE INDEX theme_initiatives_initiative ON theme_initiatives (initiative_id);

CREATE FUNCTION theme_initiatives_arrive() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO theme_initiatives (theme_id, title_key, initiative_id, audience)
    SELECT substr(word, 7)::uuid, lower(i.title), i.id, m.audience
    FROM moved m
    JOIN initiatives i ON i.id = m.initiative_id
    JOIN facet_sets s ON s.id = m.themes,
        unnest(s.members) word;
    RETURN NULL;
END
$$;
CREATE TRIGGER theme_initiatives_arrived AFTER INSERT ON initiative_facets
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION theme_initiatives_arrive();

CREATE FUNCTION theme_initiatives_leave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM theme_initiatives WHERE initiative_id IN (SELECT initiative_id FROM moved);
    RETURN NULL;
END
$$;
CREATE TRIGGER theme_initiatives_left AFTER DELETE ON initiative_facets
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION theme_initiatives_leave();

INSERT INTO theme_initiatives (theme_id, title_key, initiative_id, audience)
SELECT substr(word, 7)::uuid, lower(i.title), i.id, f.audience
FROM initiative_facets f
JOIN initiatives i ON i.id = f.initiative_id
JOIN facet_sets s ON s.id = f.themes,
    unnest(s.members) word;
