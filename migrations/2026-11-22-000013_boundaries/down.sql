DROP TABLE county_districts;
DROP TABLE boundary_shapes;
DROP TABLE boundaries;
