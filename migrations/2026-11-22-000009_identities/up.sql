CREATE TABLE external_identities (
    issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 500),
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject)
);
COMMENT ON TABLE external_identities IS 'By which names users are known to other issuers of tokens';
COMMENT ON COLUMN external_identities.issuer IS 'The iss of the tokens, to the letter';
COMMENT ON COLUMN external_identities.subject IS 'The sub or oid of the tokens, as the setting of the issuer says';
COMMENT ON COLUMN external_identities.user_id IS 'The user as whom such a token acts';
CREATE INDEX external_identities_user ON external_identities (user_id);
