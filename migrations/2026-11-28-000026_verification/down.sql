ALTER TABLE initiatives DROP COLUMN verified_method;
