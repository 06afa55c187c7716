DELETE FROM slugs WHERE resource = 'theme';
DROP TABLE themes;
