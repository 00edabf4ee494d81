-- Checkpoints of the Merkle log: signed notes of its size and root, made at each notified decision and each day, with
-- the keys that signed them, the time-stamps that others gave them, and where they were published.
CREATE TABLE ledger.log (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    origin text NOT NULL
);
-- A name for good, that no other installation bears; a restored ledger keeps it.
INSERT INTO ledger.log (origin) VALUES ('smoe/' || gen_random_uuid());

CREATE TABLE ledger.checkpoints (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size bigint NOT NULL CHECK (size > 0),
    position bigint NOT NULL CHECK (position > 0),
    made_at timestamptz NOT NULL,
    reason text NOT NULL CHECK (reason IN ('notification', 'daily', 'asked')),
    note text NOT NULL
);
CREATE INDEX checkpoints_by_position ON ledger.checkpoints (position, number);

-- Public parts only; a key that signs no more still verifies what it signed.
CREATE TABLE ledger.checkpoint_keys (
    verifier text PRIMARY KEY,
    first_used_at timestamptz NOT NULL DEFAULT now()
);

-- What an authority answered (RFC 3161), each chained to the one before, to that of a month and that of a year before.
CREATE TABLE ledger.timestamps (
    number bigint PRIMARY KEY CHECK (number > 0),
    checkpoint bigint NOT NULL REFERENCES ledger.checkpoints,
    stamped_at timestamptz NOT NULL,
    previous bigint REFERENCES ledger.timestamps,
    month_before bigint REFERENCES ledger.timestamps,
    year_before bigint REFERENCES ledger.timestamps,
    token bytea NOT NULL CHECK (octet_length(token) > 0),
    CHECK (previous < number AND month_before < number AND year_before < number AND (previous IS NULL) = (number = 1))
);
CREATE INDEX timestamps_by_checkpoint ON ledger.timestamps (checkpoint);

-- Lines that witnesses added to a checkpoint (C2SP tlog-cosignature).
CREATE TABLE ledger.cosignatures (
    checkpoint bigint NOT NULL REFERENCES ledger.checkpoints,
    witness text NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (checkpoint, witness)
);

-- How far each place outside has been given the checkpoints.
CREATE TABLE ledger.publications (
    target text PRIMARY KEY,
    checkpoint bigint NOT NULL,
    published_at timestamptz NOT NULL
);

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.log
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.checkpoint_keys
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.timestamps
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.cosignatures
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.log ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.checkpoints ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.checkpoint_keys ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.timestamps ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.cosignatures ENABLE ALWAYS TRIGGER refuse_change;

GRANT SELECT ON ledger.log TO smoe_app;
GRANT SELECT, INSERT ON ledger.checkpoints, ledger.checkpoint_keys, ledger.timestamps, ledger.cosignatures TO smoe_app;
GRANT SELECT, INSERT, UPDATE ON ledger.publications TO smoe_app;
