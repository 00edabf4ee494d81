-- The history no longer repeats the facts: whoever reads it has read them in the ledger, and a line names its fact by
-- its version. Where the old table is in service it stays so until its successor is built; older code goes on feeding it.
DO $$
DECLARE
    in_service boolean := EXISTS (SELECT FROM read.positions WHERE model = 'history');
BEGIN
    -- Whatever an older code was building has the old shape.
    DELETE FROM read.builds WHERE model = 'history';
    DELETE FROM read_next.positions WHERE model = 'history';
    DELETE FROM read_next.parked WHERE model = 'history';
    DROP TABLE IF EXISTS read_next.history;
    IF in_service THEN
        ALTER TABLE read.history ADD COLUMN erased uuid
            GENERATED ALWAYS AS (CASE WHEN type = 'PersonErased' THEN (detail ->> 'person')::uuid END) VIRTUAL;
    ELSE
        ALTER TABLE read.history DROP COLUMN detail;
        ALTER TABLE read.history ADD COLUMN erased uuid;
        RETURN;
    END IF;
    CREATE TABLE read_next.history (
        case_id uuid NOT NULL,
        version bigint NOT NULL,
        position bigint NOT NULL,
        type text NOT NULL,
        sentence text NOT NULL,
        articles text[] NOT NULL,
        actor text NOT NULL,
        actor_name text NOT NULL,
        role text NOT NULL,
        quality text NOT NULL,
        service text NOT NULL,
        on_behalf_of text,
        recorded_at timestamptz NOT NULL,
        legal_date date,
        effective_on date NOT NULL,
        -- The person whose erasure the fact is.
        erased uuid
    );
END
$$;
