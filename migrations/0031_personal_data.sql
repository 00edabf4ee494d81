-- Secrets that do not change with the master key: wrapped by it as persons' keys are, drawn or taken over once.
CREATE TABLE ledger.secrets (
    name text PRIMARY KEY,
    master_id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT ON ledger.secrets TO smoe_app;

-- When what erased persons had left on disk was rewritten, and what this server left to others: codes, no texts.
CREATE TABLE ledger.scrubs (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    remaining text[] NOT NULL
);
GRANT SELECT ON ledger.scrubs TO smoe_app;

-- Which cases have been proposed for erasure, by which rule: each once, whatever becomes of the read models.
CREATE TABLE ledger.retention_proposals (
    case_id uuid NOT NULL,
    rule text NOT NULL,
    erasable_on date NOT NULL,
    proposed_on date NOT NULL,
    PRIMARY KEY (case_id, rule, erasable_on)
);
CREATE INDEX retention_proposals_by_day ON ledger.retention_proposals (erasable_on, case_id);
GRANT SELECT, INSERT ON ledger.retention_proposals TO smoe_app;

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.scrubs
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.retention_proposals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.scrubs ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE ledger.retention_proposals ENABLE ALWAYS TRIGGER refuse_change;
