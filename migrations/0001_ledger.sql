-- The ledger: facts that are only ever added, the keys that seal personal fields, and the first answer to each command.
CREATE SCHEMA ledger;

CREATE TABLE ledger.events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL CONSTRAINT versions_start_at_one CHECK (originator_version > 0),
    topic text NOT NULL,
    state bytea NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    notification_id bigserial NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    -- Rows never die here, so that only freezing and statistics need the vacuum.
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02
);
CREATE UNIQUE INDEX events_notification_id_idx ON ledger.events (notification_id);

CREATE TABLE ledger.person_keys (
    person uuid PRIMARY KEY,
    key_id uuid NOT NULL UNIQUE,
    master_id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- What tells a key that was destroyed on purpose from one that was lost.
CREATE TABLE ledger.erasures (
    key_id uuid PRIMARY KEY,
    person uuid NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE ledger.commands (
    actor text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    command uuid NOT NULL,
    stream uuid NOT NULL,
    first_position bigint NOT NULL,
    answer bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (actor, key)
);

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME;
END
$$;

-- Positions are drawn and committed one transaction after the other, whoever inserts and with whatever statement:
-- a reader that has seen position n can never be overtaken by a smaller one. The number is "LEDGER" in ASCII.
CREATE FUNCTION ledger.append_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x'4c4544474552'::bigint);
    RETURN NULL;
END
$$;

CREATE FUNCTION ledger.note_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO ledger.erasures (key_id, person) VALUES (OLD.key_id, OLD.person);
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION ledger.note_erasure() FROM PUBLIC;

CREATE TRIGGER append_in_turn BEFORE INSERT ON ledger.events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_in_turn();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.commands
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.erasures
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON ledger.person_keys
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER note_erasure AFTER DELETE ON ledger.person_keys
    FOR EACH ROW EXECUTE FUNCTION ledger.note_erasure();

-- A session that plays replica skips ordinary triggers; not these.
ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER append_in_turn;
ALTER TABLE ledger.commands ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.erasures ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.person_keys ENABLE ALWAYS TRIGGER refuse_truncate;
ALTER TABLE ledger.person_keys ENABLE ALWAYS TRIGGER note_erasure;

REVOKE ALL ON SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO smoe_app;
GRANT SELECT, INSERT ON ledger.events, ledger.commands TO smoe_app;
GRANT SELECT ON ledger.erasures TO smoe_app;
GRANT SELECT, INSERT, DELETE ON ledger.person_keys TO smoe_app;
GRANT USAGE ON SEQUENCE ledger.events_notification_id_seq TO smoe_app;
