-- Whoever armed a transaction is noted where the application cannot write: a setting could be set by anybody, and a fact
-- appended late behind it would be skipped by those who follow.
CREATE TABLE ledger.armed (transaction xid8 PRIMARY KEY);

CREATE OR REPLACE FUNCTION ledger.arm() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    LOCK TABLE ONLY ledger.events IN ROW EXCLUSIVE MODE;
    IF pg_current_xact_id_if_assigned() IS NULL THEN
        -- Rows that another one is removing are not waited for.
        DELETE FROM ledger.armed WHERE transaction IN (
            SELECT transaction FROM ledger.armed WHERE transaction < pg_snapshot_xmin(pg_current_snapshot())
            FOR UPDATE SKIP LOCKED);
        INSERT INTO ledger.armed VALUES (pg_current_xact_id());
    ELSIF NOT EXISTS (SELECT FROM ledger.armed WHERE transaction = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'this transaction has written already: ledger.arm() must come before'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
END
$$;

CREATE FUNCTION ledger.is_armed() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT EXISTS (SELECT FROM ledger.armed WHERE transaction = pg_current_xact_id())
$$;

CREATE OR REPLACE FUNCTION ledger.refuse_late_append() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ledger.is_armed() THEN
        RAISE EXCEPTION 'this transaction has written before it appends: it must call ledger.arm() first'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NULL;
END
$$;

-- A destroyed key does not come back: nobody would notice, and it could not be destroyed again.
CREATE FUNCTION ledger.refuse_destroyed_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger.erasures WHERE key_id = NEW.key_id) THEN
        RAISE EXCEPTION 'key % was destroyed: it cannot be stored again', NEW.key_id
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION ledger.refuse_destroyed_key() FROM PUBLIC;
CREATE TRIGGER refuse_destroyed_key BEFORE INSERT ON ledger.person_keys
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_destroyed_key();
ALTER TABLE ledger.person_keys ENABLE ALWAYS TRIGGER refuse_destroyed_key;

-- One that came back before this was so can be destroyed again.
CREATE OR REPLACE FUNCTION ledger.note_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO ledger.erasures (key_id, person) VALUES (OLD.key_id, OLD.person) ON CONFLICT (key_id) DO NOTHING;
    RETURN NULL;
END
$$;
