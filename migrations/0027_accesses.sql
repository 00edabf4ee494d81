-- The access log: who read, searched, listed or exported what, when and what for. `entry` is what is proved, byte by
-- byte; the other columns say again what is in it, to search by. No text that a person typed stands here in clear.
CREATE TABLE ledger.accesses (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry bytea NOT NULL CHECK (octet_length(entry) > 0),
    at timestamptz NOT NULL,
    operation text NOT NULL,
    actor text,
    purpose text,
    cases uuid[] CHECK (cases <> '{}'),
    searched uuid[] CHECK (searched <> '{}')
) WITH (
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02
);
-- The first grows at its right edge; the second at as many places as people work; the others gather what is new, and
-- are told nothing of entries without a case or a search.
CREATE INDEX accesses_by_time ON ledger.accesses (at, number);
CREATE INDEX accesses_by_actor ON ledger.accesses (actor, at, number);
CREATE INDEX accesses_by_case ON ledger.accesses USING gin (cases) WITH (gin_pending_list_limit = 256)
    WHERE cases IS NOT NULL;
CREATE INDEX accesses_by_search ON ledger.accesses USING gin (searched) WITH (gin_pending_list_limit = 256)
    WHERE searched IS NOT NULL;

-- Which fact seals which numbers: the facts are the truth, this finds them.
CREATE TABLE ledger.access_seals (
    version bigint PRIMARY KEY CHECK (version > 0),
    first bigint NOT NULL CHECK (first > 0),
    last bigint NOT NULL UNIQUE CHECK (last >= first)
);

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.accesses
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.access_seals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.accesses ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.access_seals ENABLE ALWAYS TRIGGER refuse_change;

-- Not the number: whoever could choose it could fill a gap that has been sealed.
GRANT SELECT, INSERT (entry, at, operation, actor, purpose, cases, searched) ON ledger.accesses TO smoe_app;
GRANT SELECT, INSERT ON ledger.access_seals TO smoe_app;
