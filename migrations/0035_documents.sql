-- Read model: every version of every document, with whether it was examined and what a scanner said; nobody is named.
CREATE TABLE read.documents (
    case_id uuid NOT NULL,
    document text NOT NULL,
    version integer NOT NULL,
    sha256 text NOT NULL,
    media_type text NOT NULL,
    bytes bigint NOT NULL,
    is_examined boolean NOT NULL,
    faults text[] NOT NULL,
    verdict text,
    PRIMARY KEY (case_id, document, version)
);
CREATE INDEX documents_to_examine ON read.documents (case_id, document, version)
    WHERE NOT is_examined OR 'examination_failed' = ANY (faults);
CREATE INDEX documents_to_scan ON read.documents (case_id, document, version) WHERE is_examined AND verdict IS NULL;
CREATE INDEX documents_examined ON read.documents (case_id, document, version) WHERE is_examined;

-- Which work on files is done or put off, by what work: nothing here is history, and all of it can be done again.
CREATE SCHEMA intake;
GRANT USAGE ON SCHEMA intake TO smoe_app;
CREATE TABLE intake.work (
    case_id uuid NOT NULL,
    sha256 text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('examine', 'derive', 'scan')),
    -- NULL where nothing is left to do.
    retry_at timestamptz,
    tries integer NOT NULL DEFAULT 1,
    cause text NOT NULL DEFAULT '',
    PRIMARY KEY (case_id, sha256, kind)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON intake.work TO smoe_app;
