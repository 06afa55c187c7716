DROP INDEX initiatives_by_point;
DROP FUNCTION distance_km(double precision, double precision, double precision, double precision);
