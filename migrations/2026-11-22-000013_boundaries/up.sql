-- Boundaries of councils by GSS code, of councils that the registry has and of those that it may have one day: a council
-- finds its own by its code. No PostGIS: a box narrows down, and what lies within is worked out by the service.
CREATE TABLE boundaries (
    gss_code text PRIMARY KEY CHECK (gss_code ~ '^[EWSNK][0-9]{8}$'),
    name text NOT NULL,
    west double precision NOT NULL,
    south double precision NOT NULL,
    east double precision NOT NULL,
    north double precision NOT NULL,
    attribution text NOT NULL,
    source text,
    dated_on text,
    digest bytea NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    CONSTRAINT boundaries_box CHECK (west <= east AND south <= north)
);
COMMENT ON TABLE boundaries IS 'Boundaries of councils, from files that an operator imports';
COMMENT ON COLUMN boundaries.gss_code IS 'ONS code of the area; no foreign key, as a council may come later or be renumbered';
COMMENT ON COLUMN boundaries.name IS 'Name of the area in the file, or its code';
COMMENT ON COLUMN boundaries.west IS 'WGS 84 degrees, westernmost point';
COMMENT ON COLUMN boundaries.south IS 'WGS 84 degrees, southernmost point';
COMMENT ON COLUMN boundaries.east IS 'WGS 84 degrees, easternmost point';
COMMENT ON COLUMN boundaries.north IS 'WGS 84 degrees, northernmost point';
COMMENT ON COLUMN boundaries.attribution IS 'What whoever shows the boundary has to say by its licence';
COMMENT ON COLUMN boundaries.source IS 'Title or address of the data set';
COMMENT ON COLUMN boundaries.dated_on IS 'Partial date at which the boundary held';
COMMENT ON COLUMN boundaries.digest IS 'SHA-256 of all that was imported: the same again changes nothing';
CREATE TRIGGER boundaries_touch BEFORE UPDATE ON boundaries FOR EACH ROW EXECUTE FUNCTION registry_touch();

CREATE TABLE boundary_shapes (
    gss_code text NOT NULL REFERENCES boundaries (gss_code) ON DELETE CASCADE,
    zoom smallint NOT NULL CHECK (zoom BETWEEN 0 AND 18),
    geometry text NOT NULL,
    PRIMARY KEY (gss_code, zoom)
);
COMMENT ON TABLE boundary_shapes IS 'Each boundary in several degrees of simplification';
COMMENT ON COLUMN boundary_shapes.zoom IS 'Largest zoom of a web map for which it is fine enough; 18: as it was imported';
COMMENT ON COLUMN boundary_shapes.geometry IS 'GeoJSON geometry (RFC 7946), Polygon or MultiPolygon, as text that is sent as it stands';

-- Which districts make up a county, as the list of councils says that was imported.
CREATE TABLE county_districts (
    district text PRIMARY KEY CHECK (district ~ '^[EWSNK][0-9]{8}$'),
    county text NOT NULL CHECK (county ~ '^[EWSNK][0-9]{8}$')
);
COMMENT ON TABLE county_districts IS 'The county within which a district lies: a county without a boundary of its own has those of its districts';
COMMENT ON COLUMN county_districts.district IS 'GSS code of the district';
COMMENT ON COLUMN county_districts.county IS 'GSS code of the county';
CREATE INDEX county_districts_county ON county_districts (county);
