-- Files under way: how far each upload has come, and which parts of it the store of files holds. Nothing here is history;
-- all of it goes when the file is attached to a case, given up or too old. What it says of the file is sealed.
CREATE SCHEMA documents;
GRANT USAGE ON SCHEMA documents TO smoe_app;

CREATE TABLE documents.uploads (
    id uuid PRIMARY KEY,
    -- A keyed digest of who sends it.
    owner bytea NOT NULL CHECK (octet_length(owner) = 32),
    case_id uuid,
    sealed bytea NOT NULL,
    length bigint NOT NULL CHECK (length >= 0),
    -- Bytes that are here; grows only from where a sender said that it goes on.
    reached bigint NOT NULL DEFAULT 0 CHECK (reached BETWEEN 0 AND length),
    ends_at timestamptz NOT NULL
);
CREATE INDEX uploads_by_owner ON documents.uploads (owner);
CREATE INDEX uploads_by_end ON documents.uploads (ends_at);
CREATE INDEX uploads_by_case ON documents.uploads (case_id) WHERE case_id IS NOT NULL;

CREATE TABLE documents.upload_parts (
    upload uuid NOT NULL REFERENCES documents.uploads ON DELETE CASCADE,
    begins_at bigint NOT NULL CHECK (begins_at >= 0),
    bytes integer NOT NULL CHECK (bytes > 0),
    -- Its name in the store: of two senders at one place, each has written a file of its own, and one is kept.
    name text NOT NULL UNIQUE,
    PRIMARY KEY (upload, begins_at)
);

-- Erasures after which the files of the case were removed: what stands in the history and not in here is still to do.
CREATE TABLE documents.removals (
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    removed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (case_id, version)
);

CREATE INDEX events_erasures ON ledger.events (originator_id, originator_version) WHERE topic = 'PersonErased';

GRANT SELECT, INSERT, UPDATE, DELETE ON documents.uploads TO smoe_app;
GRANT SELECT, INSERT, DELETE ON documents.upload_parts TO smoe_app;
GRANT SELECT, INSERT ON documents.removals TO smoe_app;
