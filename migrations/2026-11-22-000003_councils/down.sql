DELETE FROM slugs WHERE resource = 'council';
DROP TABLE councils;
