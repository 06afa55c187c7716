CREATE TABLE councils (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug <> 'network'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    short_name text NOT NULL CHECK (length(short_name) BETWEEN 1 AND 60),
    welsh_name text CHECK (length(welsh_name) <= 120),
    gss_code text CHECK (gss_code ~ '^[EWSNK][0-9]{8}$'),
    code text CHECK (code ~ '^[A-Z]{3,4}$'),
    council_type text NOT NULL CHECK (council_type IN ('county', 'district', 'unitary', 'metropolitan_district',
        'london_borough', 'scottish_unitary', 'welsh_unitary', 'ni_district', 'combined_authority', 'town_or_parish')),
    nation text NOT NULL CHECK (nation IN ('england', 'scotland', 'wales', 'northern_ireland')),
    region text CHECK (region IN ('north_east', 'north_west', 'yorkshire_and_the_humber', 'east_midlands',
        'west_midlands', 'east_of_england', 'london', 'south_east', 'south_west')),
    latitude double precision CHECK (latitude BETWEEN 49.8 AND 60.9),
    longitude double precision CHECK (longitude BETWEEN -8.7 AND 1.8),
    population integer CHECK (population >= 0),
    population_year integer CHECK (population_year BETWEEN 1801 AND 2200),
    website text CHECK (website ~ '^https?://'),
    description text CHECK (length(description) <= 5000),
    aliases text[] NOT NULL DEFAULT '{}',
    membership_tier text NOT NULL DEFAULT 'none' CHECK (membership_tier IN ('full', 'associate', 'affiliate', 'supporter', 'none')),
    membership_status text CHECK (membership_status IN ('active', 'lapsed', 'prospect')),
    membership_joined_on text,
    membership_ended_on text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    withdrawn_at timestamptz,
    withdrawn_reason text,
    CONSTRAINT councils_point CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CONSTRAINT councils_population_year CHECK ((population IS NULL) = (population_year IS NULL)),
    CONSTRAINT councils_region_in_england CHECK (region IS NULL OR nation = 'england')
);
COMMENT ON TABLE councils IS 'Local authorities as legal bodies';
COMMENT ON COLUMN councils.name IS 'Official name';
COMMENT ON COLUMN councils.short_name IS 'Name in everyday use';
COMMENT ON COLUMN councils.welsh_name IS 'Official name in Welsh';
COMMENT ON COLUMN councils.gss_code IS 'ONS code of the boundary, not of the body: it changes with the boundary';
COMMENT ON COLUMN councils.code IS 'Register code of the legal body, three or four letters';
COMMENT ON COLUMN councils.latitude IS 'WGS 84 degrees, a point within the area, inside the UK box';
COMMENT ON COLUMN councils.longitude IS 'Goes with latitude';
COMMENT ON COLUMN councils.population IS 'Residents, as estimated for population_year';
COMMENT ON COLUMN councils.population_year IS 'Year of the estimate';
COMMENT ON COLUMN councils.description IS 'Markdown';
COMMENT ON COLUMN councils.aliases IS 'Other spellings that people use, searched but not shown as names';
COMMENT ON COLUMN councils.membership_status IS 'null: never a member; prospect: known to network officers only';
COMMENT ON COLUMN councils.membership_joined_on IS 'Partial date';
COMMENT ON COLUMN councils.membership_ended_on IS 'Partial date';
COMMENT ON COLUMN councils.withdrawn_at IS 'Set when the record was withdrawn: it leaves a tombstone, nothing published is deleted';
-- Unique among the living: a withdrawn record gives its codes back.
CREATE UNIQUE INDEX councils_gss_code ON councils (gss_code) WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX councils_code ON councils (code) WHERE withdrawn_at IS NULL;
-- The orders in which the list is read.
CREATE INDEX councils_by_name ON councils (lower(name), id);
CREATE INDEX councils_by_update ON councils (updated_at, id);
CREATE TRIGGER councils_touch BEFORE UPDATE ON councils FOR EACH ROW EXECUTE FUNCTION registry_touch();
