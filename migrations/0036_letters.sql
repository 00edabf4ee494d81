-- Read model: the letters that each case calls for, and which of them are written; nobody is named.
CREATE TABLE read.letters (
    case_id uuid NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    addressee text,
    dated date NOT NULL,
    on_version bigint NOT NULL,
    position bigint NOT NULL,
    letter text
);
CREATE INDEX letters_of_case ON read.letters (case_id);
CREATE INDEX letters_due ON read.letters (position, case_id) WHERE letter IS NULL;

-- From where in the log on letters are written: what was recorded before there were any has been told to people by
-- other means. Of a place, since it is in the log that facts follow each other, whatever clocks said.
CREATE TABLE ledger.letters_since (
    position bigint NOT NULL,
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one)
);
INSERT INTO ledger.letters_since (position) SELECT coalesce(max(notification_id), 0) FROM ledger.events;
GRANT SELECT ON ledger.letters_since TO smoe_app;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.letters_since
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.letters_since ENABLE ALWAYS TRIGGER refuse_change;

-- Letters that could not be written, which keep no other from being: why (a kind of fault and its place in the
-- program, never what it was about), and when they are tried again.
CREATE TABLE ledger.letters_parked (
    case_id uuid NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    addressee text NOT NULL,
    dated date NOT NULL,
    cause text NOT NULL,
    code_version text NOT NULL,
    tries integer NOT NULL DEFAULT 1,
    parked_at timestamptz NOT NULL DEFAULT now(),
    retry_at timestamptz NOT NULL,
    PRIMARY KEY (case_id, kind, about, addressee, dated)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.letters_parked TO smoe_app;

-- The public check says whether a court has suspended the grant. Rows that older code has made do not say it until they
-- have been made anew beside; it goes on feeding them meanwhile.
DELETE FROM read.builds WHERE model = 'permits';
DELETE FROM read_next.positions WHERE model = 'permits';
DELETE FROM read_next.parked WHERE model = 'permits';
DROP TABLE IF EXISTS read_next.permits;
ALTER TABLE read.permits ADD COLUMN suspended boolean;
