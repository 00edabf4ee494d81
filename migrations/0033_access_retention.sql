-- Entries of the access log go at the end of their period: oldest first, whole sealed ranges, and only what a fact has
-- said beforehand. Nobody but the owner may delete, and not even the owner anything else.
CREATE INDEX events_access_purges ON ledger.events (originator_id, originator_version) WHERE topic = 'AccessesPurged';

CREATE FUNCTION ledger.refuse_unrecorded_removal() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    purge jsonb;
BEGIN
    SELECT convert_from(state, 'UTF8')::jsonb -> 'payload' INTO purge FROM ledger.events
        WHERE originator_id = '0f4ce4b1-d71d-5eec-9d21-0206a5626b03' AND topic = 'AccessesPurged'
        ORDER BY originator_version DESC LIMIT 1;
    IF purge IS NULL
        OR NOT EXISTS (SELECT FROM ledger.access_seals WHERE last = (purge ->> 'last')::bigint)
        OR EXISTS (SELECT FROM gone
            WHERE number > (purge ->> 'last')::bigint OR at >= (purge ->> 'until')::timestamptz
                -- Whatever the fact says: whoever can only append must not be able to have fresh traces removed.
                OR at >= statement_timestamp() - interval '12 months')
        OR EXISTS (SELECT FROM ledger.accesses WHERE number < (SELECT max(number) FROM gone))
    THEN
        RAISE EXCEPTION 'the ledger is append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER refuse_change ON ledger.accesses;
CREATE TRIGGER refuse_change BEFORE UPDATE OR TRUNCATE ON ledger.accesses
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_unrecorded_removal AFTER DELETE ON ledger.accesses REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_unrecorded_removal();
ALTER TABLE ledger.accesses ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.accesses ENABLE ALWAYS TRIGGER refuse_unrecorded_removal;
