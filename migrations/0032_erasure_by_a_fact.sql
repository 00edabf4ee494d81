-- The application destroys a person's key only where a stored fact says that the person is erased: whoever takes over a
-- process of it cannot erase anybody without it standing in the history.
-- Types are cast here: the schema of temporary objects, where the application may make its own, must be searched last.
CREATE FUNCTION ledger.destroy_key(erased uuid, stream uuid, version bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fact ledger.events;
BEGIN
    SELECT * INTO fact FROM ledger.events WHERE originator_id = stream AND originator_version = version;
    IF fact.topic IS DISTINCT FROM 'PersonErased'
        OR (convert_from(fact.state, 'UTF8')::json #>> '{payload,person}')::uuid IS DISTINCT FROM erased THEN
        RAISE EXCEPTION 'fact %/% does not erase person %', stream, version, erased
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM ledger.person_keys WHERE person = erased;
    RETURN FOUND;
END
$$;
REVOKE ALL ON FUNCTION ledger.destroy_key(uuid, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.destroy_key(uuid, uuid, bigint) TO smoe_app;
REVOKE DELETE ON ledger.person_keys FROM smoe_app;
