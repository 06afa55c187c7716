ALTER TABLE initiatives
    ADD COLUMN verified_method text CHECK (verified_method IN ('owner_confirmed', 'document_checked', 'independent')),
    ADD CONSTRAINT initiatives_verified CHECK (verified_method IS NULL OR verified_at IS NOT NULL);
COMMENT ON COLUMN initiatives.verified_method IS 'How the record was confirmed at verified_at; null: not known';
