-- Builds of defence bundles under way: how far each has come. Nothing here is history, nor names anybody; a row says that
-- an order was taken up, and whether there is nothing more to do about it. Who builds holds an advisory lock meanwhile.
CREATE SCHEMA IF NOT EXISTS documents;
GRANT USAGE ON SCHEMA documents TO smoe_app;

CREATE TABLE documents.builds (
    case_id uuid NOT NULL,
    -- Of the fact that orders the build.
    version bigint NOT NULL,
    -- How often it was tried and failed; a worker that was stopped counts for nothing.
    failures integer NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT '-infinity',
    step text NOT NULL DEFAULT '',
    done integer NOT NULL DEFAULT 0,
    total integer NOT NULL DEFAULT 0,
    told_at timestamptz NOT NULL DEFAULT now(),
    ended boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_id, version)
);
CREATE INDEX builds_waiting ON documents.builds (not_before) WHERE NOT ended;
GRANT SELECT, INSERT, UPDATE ON documents.builds TO smoe_app;

-- Orders are looked for by what has no row yet, not from a position on: one that is settled late is not passed over.
CREATE INDEX events_bundle_orders ON ledger.events (originator_id, originator_version) WHERE topic = 'BundleOrdered';
