-- Read models are built beside those in service, in a schema of their own, and swapped in one transaction.
CREATE SCHEMA read_next;
GRANT USAGE ON SCHEMA read_next TO smoe_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA read_next GRANT SELECT ON TABLES TO smoe_app;

-- `version` is that of the code that fed the table last, `build` the one that made it: whoever writes names both, so
-- that nothing meant for one table reaches the one that has taken its place.
ALTER TABLE read.positions ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE read.positions ADD COLUMN build uuid;
CREATE TABLE read_next.positions (LIKE read.positions INCLUDING ALL);

-- The fact that a parked case stopped at, where it is known.
ALTER TABLE read.parked ADD COLUMN event_type text;
ALTER TABLE read.parked ADD COLUMN stream_version bigint;
CREATE TABLE read_next.parked (LIKE read.parked INCLUDING ALL);

-- Builds under way. Each reads facts up to `until`, then catches up; another code or version begins anew.
CREATE TABLE read.builds (
    model text PRIMARY KEY,
    build uuid NOT NULL,
    version integer NOT NULL,
    code_version text NOT NULL,
    until bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('filling', 'following')),
    -- False for a table that a migration made because its columns are new: emptied to begin anew, never dropped.
    made_here boolean NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    moved_at timestamptz NOT NULL DEFAULT now()
);

-- The cases of a build in ranges of identifiers; a part's rows and its mark are one transaction.
CREATE TABLE read.build_parts (
    build uuid NOT NULL,
    number integer NOT NULL,
    first uuid NOT NULL,
    last uuid NOT NULL,
    done boolean NOT NULL DEFAULT false,
    PRIMARY KEY (build, number)
);
