-- What has changed, in an order that no reader can fall behind: the source of the change feed, and the moment at which what
-- is searched and counted is brought up to date.
--
-- Places are given out at the end of a transaction, one transaction at a time, and stay locked until it is committed and
-- seen. So whoever has seen a place has seen, or can never see, every place before it. Triggers do it, whoever writes.
CREATE SEQUENCE change_positions;

CREATE TABLE changes (
    position bigint PRIMARY KEY DEFAULT nextval('change_positions'),
    resource text NOT NULL CHECK (resource IN ('council', 'theme', 'initiative')),
    record_id uuid NOT NULL,
    audience smallint NOT NULL CHECK (audience BETWEEN 1 AND 4),
    councils uuid[] NOT NULL DEFAULT '{}',
    officers_of uuid[] NOT NULL DEFAULT '{}',
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE changes IS 'The last change of each record that each audience noticed: older ones, that later ones cover, are dropped';
COMMENT ON COLUMN changes.position IS 'Place in the order of commits; places may be missing';
COMMENT ON COLUMN changes.record_id IS 'Which record; it may be gone';
COMMENT ON COLUMN changes.changed_at IS 'When';
COMMENT ON COLUMN changes.audience IS 'The widest visibility, 1 public to 4 private, whose readers saw the record before or see it after';
COMMENT ON COLUMN changes.councils IS 'Councils whose own people saw it before or see it after, whatever the audience';
COMMENT ON COLUMN changes.officers_of IS 'Councils of whose own people only contributors and editors did';
CREATE INDEX changes_record ON changes (record_id);

-- Wait for whoever is about to commit.
CREATE FUNCTION changes_lock() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('changes', 0))
$$;

-- Tell of a change of a record. What is dropped is seen by nobody who does not see the new row.
CREATE FUNCTION changes_add(resource text, record uuid, audience integer, councils uuid[], officers_of uuid[] DEFAULT '{}')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF audience = 1 THEN
        councils := '{}';
    END IF;
    -- Contributors and editors see what is for officers.
    IF audience <= 3 THEN
        officers_of := '{}';
    END IF;
    DELETE FROM changes c WHERE c.record_id = record AND c.audience >= changes_add.audience
        AND (changes_add.audience = 1 OR c.councils <@ changes_add.councils)
        AND (changes_add.audience <= 3 OR c.officers_of <@ (changes_add.councils || changes_add.officers_of));
    INSERT INTO changes (resource, record_id, audience, councils, officers_of)
    VALUES (resource, record, audience, councils, officers_of);
END
$$;

-- Initiatives that show something that has changed, each for those who see it.
CREATE FUNCTION changes_add_initiatives(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    SELECT changes_add('initiative', id, visibility_rank(effective_visibility), array_remove(ARRAY[lead_council_id], NULL))
    FROM initiatives WHERE id = ANY (ids) AND withdrawn_at IS NULL ORDER BY id
$$;

CREATE FUNCTION initiatives_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before integer := CASE WHEN TG_OP <> 'INSERT' AND OLD.withdrawn_at IS NULL THEN visibility_rank(OLD.effective_visibility) END;
    after integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.withdrawn_at IS NULL THEN visibility_rank(NEW.effective_visibility) END;
    seen_by integer := least(before, after);
    led_by uuid[] := array_remove(ARRAY[
        CASE WHEN TG_OP <> 'INSERT' THEN OLD.lead_council_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.lead_council_id END], NULL);
    relative record;
    by_own record;
BEGIN
    IF seen_by IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM changes_lock();
    -- Of several changes in one transaction the last is worked out.
    IF TG_OP = 'DELETE' OR NOT EXISTS (SELECT FROM initiatives WHERE id = NEW.id AND version > NEW.version) THEN
        PERFORM initiatives_reindex(ARRAY[coalesce(NEW.id, OLD.id)]);
    END IF;
    PERFORM changes_add('initiative', coalesce(NEW.id, OLD.id), seen_by, led_by);
    -- Its parent and its components show its name: whoever sees both of two sees that one of them has changed.
    IF TG_OP = 'UPDATE' AND before = after
        AND (OLD.slug, OLD.title, OLD.parent_id, OLD.lead_council_id) IS NOT DISTINCT FROM (NEW.slug, NEW.title, NEW.parent_id, NEW.lead_council_id)
    THEN
        RETURN NULL;
    END IF;
    FOR relative IN
        SELECT id, visibility_rank(effective_visibility) AS rank, lead_council_id AS lead FROM initiatives
        WHERE withdrawn_at IS NULL AND (parent_id = coalesce(NEW.id, OLD.id)
            OR id = CASE WHEN TG_OP <> 'INSERT' THEN OLD.parent_id END OR id = CASE WHEN TG_OP <> 'DELETE' THEN NEW.parent_id END)
        ORDER BY id
    LOOP
        -- For a council's own people: how narrow the one of the two is that their council does not lead. All of them read what
        -- is for members (2), contributors and editors what is for officers (3).
        SELECT coalesce(array_agg(council) FILTER (WHERE narrowest <= 2), '{}') AS councils,
            coalesce(array_agg(council) FILTER (WHERE narrowest = 3), '{}') AS officers_of
        INTO STRICT by_own
        FROM (SELECT DISTINCT council, greatest(
                CASE WHEN council = ANY (led_by) THEN 0 ELSE seen_by END,
                CASE WHEN council = relative.lead THEN 0 ELSE relative.rank END) AS narrowest
            FROM unnest(led_by || relative.lead) council WHERE council IS NOT NULL) known;
        PERFORM changes_add('initiative', relative.id, greatest(seen_by, relative.rank), by_own.councils, by_own.officers_of);
    END LOOP;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER initiatives_changed AFTER INSERT OR UPDATE OR DELETE ON initiatives
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION initiatives_changed();

CREATE FUNCTION councils_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- A prospect is for network officers only.
    before integer := CASE WHEN TG_OP <> 'INSERT' AND OLD.withdrawn_at IS NULL
        THEN CASE OLD.membership_status WHEN 'prospect' THEN 4 ELSE 1 END END;
    after integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.withdrawn_at IS NULL
        THEN CASE NEW.membership_status WHEN 'prospect' THEN 4 ELSE 1 END END;
    shown_by uuid[];
BEGIN
    IF before IS NULL AND after IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM changes_lock();
    PERFORM councils_reindex(ARRAY[coalesce(NEW.id, OLD.id)]);
    PERFORM changes_add('council', coalesce(NEW.id, OLD.id), least(before, after), '{}');
    IF TG_OP = 'UPDATE' AND (OLD.slug, OLD.name, OLD.short_name, OLD.welsh_name, OLD.code, OLD.gss_code, OLD.aliases, OLD.nation,
            OLD.region, OLD.latitude, OLD.longitude)
        IS DISTINCT FROM (NEW.slug, NEW.name, NEW.short_name, NEW.welsh_name, NEW.code, NEW.gss_code, NEW.aliases, NEW.nation,
            NEW.region, NEW.latitude, NEW.longitude)
    THEN
        shown_by := ARRAY(
            SELECT id FROM initiatives WHERE lead_council_id = NEW.id
            UNION SELECT initiative_id FROM initiative_participants WHERE council_id = NEW.id);
        PERFORM initiatives_reindex(shown_by);
        PERFORM changes_add_initiatives(shown_by);
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER councils_changed AFTER INSERT OR UPDATE OR DELETE ON councils
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION councils_changed();

CREATE FUNCTION themes_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    relative uuid;
    shown_by uuid[];
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.withdrawn_at IS NOT NULL OR OLD.merged) AND (NEW.withdrawn_at IS NOT NULL OR NEW.merged) THEN
        RETURN NULL;
    END IF;
    PERFORM changes_lock();
    PERFORM changes_add('theme', coalesce(NEW.id, OLD.id), 1, '{}');
    -- Its neighbours show its name.
    FOR relative IN
        SELECT id FROM themes WHERE withdrawn_at IS NULL AND NOT merged AND id <> coalesce(NEW.id, OLD.id)
            AND (broader_id = coalesce(NEW.id, OLD.id) OR replaced_by_id = coalesce(NEW.id, OLD.id)
                OR id = CASE WHEN TG_OP <> 'INSERT' THEN OLD.broader_id END OR id = CASE WHEN TG_OP <> 'DELETE' THEN NEW.broader_id END)
        ORDER BY id
    LOOP
        PERFORM changes_add('theme', relative, 1, '{}');
    END LOOP;
    IF TG_OP = 'UPDATE' AND (OLD.slug, OLD.label, OLD.broader_id) IS DISTINCT FROM (NEW.slug, NEW.label, NEW.broader_id) THEN
        shown_by := ARRAY(SELECT DISTINCT initiative_id FROM initiative_themes t JOIN theme_ancestors a USING (theme_id)
                          WHERE a.ancestor_id = NEW.id);
        PERFORM initiatives_reindex(shown_by);
        PERFORM changes_add_initiatives(ARRAY(SELECT initiative_id FROM initiative_themes WHERE theme_id = NEW.id));
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER themes_changed AFTER INSERT OR UPDATE OR DELETE ON themes
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION themes_changed();

-- What was there before.
SELECT initiatives_reindex(ARRAY(SELECT id FROM initiatives));
SELECT councils_reindex(ARRAY(SELECT id FROM councils));
SELECT changes_add('theme', id, 1, '{}') FROM themes WHERE withdrawn_at IS NULL AND NOT merged ORDER BY updated_at, id;
SELECT changes_add('council', id, CASE membership_status WHEN 'prospect' THEN 4 ELSE 1 END, '{}') FROM councils
    WHERE withdrawn_at IS NULL ORDER BY updated_at, id;
SELECT changes_add_initiatives(ARRAY(SELECT id FROM initiatives));
