-- Positions without a lock: epoch, transaction and ordinal. Appends no longer wait for each other; readers stop before
-- the oldest transaction that is still appending (ADR 0009).
DROP TRIGGER append_in_turn ON ledger.events;
DROP FUNCTION ledger.append_in_turn();

ALTER TABLE ledger.events ALTER COLUMN notification_id DROP DEFAULT;
DROP SEQUENCE ledger.events_notification_id_seq;

-- Transaction numbers begin anew in another cluster; what is added to them since then is an epoch's base.
CREATE TABLE ledger.epochs (
    base bigint PRIMARY KEY CHECK (base >= 0),
    system_identifier bigint NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.epochs
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.epochs ENABLE ALWAYS TRIGGER refuse_change;

CREATE FUNCTION ledger.epoch_base() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 0::bigint;

-- Begins an epoch where positions would otherwise go backwards; returns the base in force. The lock lets no append run
-- meanwhile: a constant that has changed is seen by whoever begins to append after the commit.
CREATE FUNCTION ledger.begin_epoch(why text) RETURNS bigint LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    needed bigint;
BEGIN
    LOCK TABLE ledger.events IN SHARE ROW EXCLUSIVE MODE;
    SELECT coalesce(max(notification_id) >> 20, 0) + 1 - pg_current_xact_id()::text::bigint INTO needed
    FROM ledger.events;
    IF needed <= ledger.epoch_base() THEN
        RETURN ledger.epoch_base();
    END IF;
    INSERT INTO ledger.epochs (base, system_identifier, reason)
    SELECT needed, system_identifier, why FROM pg_control_system();
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION ledger.epoch_base() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE'
        ' RETURN %s::bigint', needed);
    RETURN needed;
END
$$;
REVOKE ALL ON FUNCTION ledger.begin_epoch(text) FROM PUBLIC;

INSERT INTO ledger.epochs (base, system_identifier, reason)
SELECT 0, system_identifier, 'installation' FROM pg_control_system();
-- A ledger whose positions were drawn from a sequence may have come further than the transactions of its cluster.
SELECT ledger.begin_epoch('positions were drawn from a sequence before');

-- Room for 1,048,576 facts a transaction and for 8.7 million million transactions.
CREATE FUNCTION ledger.first_position(transaction xid8) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (ledger.epoch_base() + transaction::text::bigint) << 20;
ALTER TABLE ledger.events ALTER COLUMN notification_id SET DEFAULT ledger.first_position(pg_current_xact_id());

CREATE FUNCTION ledger.refuse_position() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a fact has a position of its own transaction, not %', NEW.notification_id
        USING ERRCODE = 'program_limit_exceeded';
END
$$;

-- Readers take a transaction without a lock on the table for one that will never append. So whoever appends holds the
-- lock before the transaction has its number: an INSERT that is the first thing a transaction writes does by itself,
-- any other must come after ledger.arm().
CREATE FUNCTION ledger.refuse_late_append() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this transaction has written before it appends: it must call ledger.arm() first'
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

CREATE FUNCTION ledger.arm() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ONLY ledger.events IN ROW EXCLUSIVE MODE;
    IF coalesce(current_setting('ledger.armed', true), '') <> 'yes' THEN
        IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
            RAISE EXCEPTION 'this transaction has written already: ledger.arm() must come before'
                USING ERRCODE = 'object_not_in_prerequisite_state';
        END IF;
        PERFORM set_config('ledger.armed', 'yes', true);
    END IF;
END
$$;

-- Both are conditions, not functions that look: they cost each append a microsecond. A copy that keeps its positions
-- (logical replication, a restored dump) goes past them, nobody else.
CREATE TRIGGER refuse_late_append BEFORE INSERT ON ledger.events FOR EACH STATEMENT
    WHEN (pg_current_xact_id_if_assigned() IS NOT NULL
        AND coalesce(current_setting('ledger.armed', true), '') <> 'yes')
    EXECUTE FUNCTION ledger.refuse_late_append();
CREATE TRIGGER refuse_position BEFORE INSERT ON ledger.events FOR EACH ROW
    WHEN (NEW.notification_id >> 20 <> ledger.epoch_base() + pg_current_xact_id()::text::bigint)
    EXECUTE FUNCTION ledger.refuse_position();

-- Every position below it is settled: its facts are visible to any later snapshot, or never will be. A transaction that
-- runs holds readers back only when it may append: it has its number and holds the lock, or it ended while we looked.
CREATE FUNCTION ledger.horizon() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    seen pg_snapshot := pg_current_snapshot();
    oldest bigint;
BEGIN
    -- Our own transaction is in no snapshot of its own.
    oldest := pg_current_xact_id_if_assigned()::text::bigint;
    IF pg_snapshot_xmin(seen) <> pg_snapshot_xmax(seen) THEN
        WITH held AS MATERIALIZED (
            SELECT locktype, database, relation, transactionid, virtualtransaction, mode
            FROM pg_locks
            WHERE granted AND (locktype = 'transactionid' AND mode = 'ExclusiveLock'
                OR locktype = 'relation' AND mode = 'RowExclusiveLock')
        )
        SELECT least(oldest, min(running::text::bigint)) INTO oldest
        FROM pg_snapshot_xip(seen) AS running
        WHERE NOT EXISTS (
            SELECT FROM held AS number
            WHERE number.locktype = 'transactionid' AND number.transactionid = running::xid
                AND NOT EXISTS (
                    SELECT FROM held AS lock
                    WHERE lock.locktype = 'relation' AND lock.virtualtransaction = number.virtualtransaction
                        AND lock.relation = 'ledger.events'::regclass
                        AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                )
        );
    END IF;
    RETURN (ledger.epoch_base() + coalesce(oldest, pg_snapshot_xmax(seen)::text::bigint)) << 20;
END
$$;

-- Who holds readers back at this moment. Name and hour are told to those who may see the session.
CREATE FUNCTION ledger.appenders() RETURNS TABLE (
    pid integer, "transaction" bigint, application_name text, begun_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT lock.pid, number.transactionid::text::bigint, session.application_name, session.xact_start
    FROM pg_locks AS lock
    JOIN pg_locks AS number USING (virtualtransaction)
    LEFT JOIN pg_stat_activity AS session ON session.pid = lock.pid
    WHERE lock.locktype = 'relation' AND lock.mode = 'RowExclusiveLock' AND lock.granted
        AND lock.relation = 'ledger.events'::regclass
        AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND number.locktype = 'transactionid' AND number.mode = 'ExclusiveLock' AND number.granted
$$;

GRANT SELECT ON ledger.epochs TO smoe_app;
