DROP TABLE co_operative_values;
DROP TABLE principles;
