DROP TRIGGER theme_initiatives_left ON initiative_facets;
DROP TRIGGER theme_initiatives_arrived ON initiative_facets;
DROP FUNCTION theme_initiatives_leave();
DROP FUNCTION theme_initiatives_arrive();
DROP TABLE theme_initiatives;
