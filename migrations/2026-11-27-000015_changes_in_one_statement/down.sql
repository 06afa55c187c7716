CREATE OR REPLACE FUNCTION publish_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first_position bigint;
BEGIN
    -- The first statement of a transaction publishes what all its statements have noted.
    IF NOT EXISTS (SELECT FROM pending_changes WHERE id = NEW.id) THEN
        RETURN NULL;
    END IF;
    PERFORM changes_lock();
    first_position := nextval('change_positions');
    INSERT INTO changes (resource, record_id, audience, councils, officers_of)
    SELECT min(resource), record_id, min(audience),
        -- Everybody sees what is public (1); contributors and editors of any council see what is for officers (3).
        CASE WHEN min(audience) = 1 THEN '{}' ELSE
            coalesce(array_agg(DISTINCT council_id) FILTER (WHERE council_id IS NOT NULL AND narrowest <= 2 AND audience > 1), '{}') END,
        CASE WHEN min(audience) <= 3 THEN '{}' ELSE
            coalesce(array_agg(DISTINCT council_id) FILTER (WHERE council_id IS NOT NULL AND narrowest = 3), '{}') END
    FROM pending_rows(NEW.id)
    WHERE audience IS NOT NULL
    GROUP BY record_id
    ORDER BY min(place), record_id;
    IF FOUND THEN
        -- Drop older rows of the same records, if everybody who sees them sees the new row.
        DELETE FROM changes c USING changes added
        WHERE added.position > first_position AND c.position < first_position AND c.record_id = added.record_id
            AND c.audience >= added.audience
            AND (added.audience = 1 OR c.councils <@ added.councils)
            AND (added.audience <= 3 OR c.officers_of <@ (added.councils || added.officers_of));
        PERFORM pg_notify('registry_changes', '');
    END IF;
    DELETE FROM pending_changes WHERE id >= NEW.id;
    RETURN NULL;
END
$$;
