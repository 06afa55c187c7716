DROP TABLE slugs;
DROP FUNCTION partial_dates_ordered(text, text);
DROP FUNCTION partial_date_floor(text);
DROP FUNCTION registry_touch();
