-- Adding the rows of a change and dropping the older ones is one statement now: it finds the older ones by their record, with
-- a plan that does not depend on how many changes there are. The second statement looked for all rows beyond a position,
-- which a plan that serves every position reads the whole table for; and each transaction publishes alone.
CREATE OR REPLACE FUNCTION publish_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_published boolean;
BEGIN
    -- The first statement of a transaction publishes what all its statements have noted.
    IF NOT EXISTS (SELECT FROM pending_changes WHERE id = NEW.id) THEN
        RETURN NULL;
    END IF;
    PERFORM changes_lock();
    WITH added AS (
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
        ORDER BY min(place), record_id
        RETURNING record_id, audience, councils, officers_of
    ), dropped AS (
        -- Drop older rows of the same records, if everybody who sees them sees the new row. The statement does not see the
        -- rows that it adds. The array and OFFSET keep it from reading the whole table: both sides are found by their index.
        DELETE FROM changes WHERE position = ANY (ARRAY(
            SELECT older.position
            FROM added, LATERAL (SELECT * FROM changes c WHERE c.record_id = added.record_id OFFSET 0) older
            WHERE older.audience >= added.audience
                AND (added.audience = 1 OR older.councils <@ added.councils)
                AND (added.audience <= 3 OR older.officers_of <@ (added.councils || added.officers_of))))
    )
    SELECT EXISTS (SELECT FROM added) INTO is_published;
    IF is_published THEN
        PERFORM pg_notify('registry_changes', '');
    END IF;
    DELETE FROM pending_changes WHERE id >= NEW.id;
    RETURN NULL;
END
$$;
