-- What every table of the registry shares: how a record's version grows, and who owns a slug.

-- `version` is the ETag of a record: it grows by one with every change, whoever makes it.
CREATE FUNCTION registry_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;

-- The sortable lower bound of a partial date ('2013', '2013-05', '2013-05-10').
CREATE FUNCTION partial_date_floor(value text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT make_date(
        left(value, 4)::integer,
        CASE WHEN length(value) >= 7 THEN substr(value, 6, 2)::integer ELSE 1 END,
        CASE WHEN length(value) >= 10 THEN substr(value, 9, 2)::integer ELSE 1 END
    )
$$;

-- True when `later` does not lie before `earlier`, as far as both are known: 2013-05 may end in 2013.
CREATE FUNCTION partial_dates_ordered(earlier text, later text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT earlier IS NULL OR later IS NULL
        OR left(later, least(length(earlier), length(later))) >= left(earlier, least(length(earlier), length(later)))
$$;

-- Every slug that was ever given out, current and former. A former slug still leads to its record (308) and is
-- never given to another one, so a printed address stays right for good.
CREATE TABLE slugs (
    resource text NOT NULL CHECK (resource IN ('council', 'theme', 'initiative')),
    slug text NOT NULL CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 100),
    record_id uuid NOT NULL,
    PRIMARY KEY (resource, slug)
);
COMMENT ON TABLE slugs IS 'Every slug ever given out, with the record that it leads to';
COMMENT ON COLUMN slugs.record_id IS 'id of the council, theme or initiative; no foreign key, as the table serves three';
CREATE INDEX slugs_record ON slugs (record_id);
