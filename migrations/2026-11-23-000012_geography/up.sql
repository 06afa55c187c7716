-- Where things are, in plain PostgreSQL: an index over points for what lies in a box, and a measure.

-- Great-circle distance of two points in kilometres, by the haversine formula on a sphere of the Earth's mean radius.
-- Degrees of WGS 84; null where a point is unknown. Written so that no rounding leads a root out of its domain, and so that
-- it becomes part of the statement that uses it.
CREATE FUNCTION distance_km(latitude double precision, longitude double precision, other_latitude double precision,
    other_longitude double precision)
RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT 2 * 6371.0088 * atan2(
        sqrt(sin(radians(other_latitude - latitude) / 2) ^ 2
            + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(radians(other_longitude - longitude) / 2) ^ 2),
        sqrt(abs(1 - sin(radians(other_latitude - latitude) / 2) ^ 2
            - cos(radians(latitude)) * cos(radians(other_latitude)) * sin(radians(other_longitude - longitude) / 2) ^ 2)))
$$;

-- An initiative without a point is where its lead council is: those are found by the few councils that lie in the box.
CREATE INDEX initiatives_by_point ON initiatives USING gist (point(longitude, latitude)) WHERE withdrawn_at IS NULL;
