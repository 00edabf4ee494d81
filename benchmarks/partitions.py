"""What partitions of the ledger by the age of cases would cost and allow, beside the one table that it is."""

import argparse
import random
import time
from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from benchmarks import harness

EVENTS: Final = 8_000_000
PARTITIONS: Final = 40
"""Ten years of quarters."""
LENGTH: Final = 20
"""Facts of each stream."""
PART: Final = 500_000
TIMES: Final = 300
"""Of each piece of work in a round."""
LOG: Final = 5_000
STATE: Final = b'{"schema":1}' * 100
TABLES: Final = ("flat", "parted")

# As the ledger's own, in the order of time, so that a partition is a range of identifiers and of positions alike.
FILL: Final = """
INSERT INTO {table} (originator_id, originator_version, topic, state, hash, notification_id)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n / {length}), 12, '0'))::uuid, n % {length} + 1, 'NoteAdded',
    convert_to(repeat(md5(n::text), 26), 'UTF8'), sha256(n::text::bytea), n + 1
FROM generate_series({first}, {last}) AS n
"""
APPEND: Final = """
INSERT INTO {table} (originator_id, originator_version, topic, state, hash, notification_id)
SELECT new.stream, new.version, 'NoteAdded', new.state, new.hash, new.position
FROM (VALUES (%b::uuid, %b::bigint, %b::bytea, %b::bytea, %b::bigint)) AS new (stream, version, state, hash, position)
WHERE EXISTS (SELECT FROM {table} AS known WHERE known.originator_id = new.stream
    AND known.originator_version = new.version - 1)
RETURNING notification_id
"""
FETCH: Final = "SELECT originator_version, topic, state, hash FROM {table} WHERE originator_id = %b ORDER BY 1"
READ: Final = (
    "SELECT originator_id, originator_version, state, hash, notification_id FROM {table}"
    " WHERE notification_id > %b ORDER BY notification_id LIMIT %b"
)
SIZE: Final = (
    "SELECT sum(pg_table_size(oid))::bigint, sum(pg_indexes_size(oid))::bigint FROM pg_class"
    " WHERE oid = %(name)s::regclass OR oid IN (SELECT relid FROM pg_partition_tree(%(name)s::regclass))"
)


def stream_of(number: int) -> UUID:
    """The identifier of a stream, the older the smaller."""
    return UUID(f"01900000-0000-7000-8000-{number:012x}")


class Store:
    """One table with its facts, flat or in partitions."""

    def __init__(self, connection: Connection[Any], name: str, events: int) -> None:
        self.connection, self.name, self.events = connection, name, events
        self.table = Identifier("trial", name)
        self.chance = random.Random(1)
        self.position = events
        self.streams = events // LENGTH
        newest = self.streams - self.streams // PARTITIONS
        self.heads = {stream_of(number): LENGTH for number in range(newest, newest + 40)}

    def _run(self, statement: str, *values: Any) -> list[Any]:
        text = SQL(statement).format(table=self.table)  # type: ignore[arg-type]
        return self.connection.execute(text, values, prepare=True, binary=True).fetchall()

    def append(self) -> None:
        """One more fact on one of forty open streams, all of the newest partition, if it continues what is there."""
        stream = self.chance.choice(list(self.heads))
        self.heads[stream] += 1
        self.position += 1
        if not self._run(APPEND, stream, self.heads[stream], STATE, bytes(32), self.position):
            raise RuntimeError("the fact to continue is not there")

    def fetch(self) -> None:
        """The facts of any stream there is."""
        if len(self._run(FETCH, stream_of(self.chance.randrange(self.streams // 2)))) != LENGTH:
            raise RuntimeError("facts are missing")

    def read(self) -> None:
        """Facts in the order of positions, from anywhere on."""
        if len(self._run(READ, self.chance.randrange(self.events // 2), LOG)) != LOG:
            raise RuntimeError("facts are missing")

    def size(self) -> dict[str, int]:
        """Bytes of the table and of its indexes, partitions included."""
        found = self.connection.execute(SIZE, {"name": f"trial.{self.name}"}).fetchone() or (0, 0)
        return {"table_bytes": found[0], "indexes_bytes": found[1]}

    def refuses(self, stream: UUID, version: int, position: int) -> bool:
        """Whether one more row with such a place is refused."""
        insert = SQL("INSERT INTO {} VALUES (%s, %s, 'NoteAdded', '', %s, %s)").format(self.table)
        try:
            with self.connection.transaction(force_rollback=True):
                self.connection.execute(insert, (stream, version, bytes(32), position))
        except (psycopg.errors.UniqueViolation, psycopg.errors.CheckViolation):
            # A row that no partition takes violates a check.
            return True
        return False


def make(connection: Connection[Any], events: int) -> dict[str, float]:
    """Both tables, filled alike; rows a second."""
    columns = (
        "originator_id uuid NOT NULL, originator_version bigint NOT NULL, topic text NOT NULL, state bytea NOT NULL,"
        " hash bytea NOT NULL, notification_id bigint NOT NULL, PRIMARY KEY (originator_id, originator_version)"
    )
    connection.execute("CREATE SCHEMA trial")
    connection.execute(f"CREATE TABLE trial.flat ({columns})".encode())
    connection.execute("CREATE UNIQUE INDEX ON trial.flat (notification_id)")
    connection.execute(f"CREATE TABLE trial.parted ({columns}) PARTITION BY RANGE (originator_id)".encode())
    # A unique index would have to hold the identifier too: positions are unique because transactions are.
    connection.execute("CREATE INDEX ON trial.parted (notification_id)")
    of_one = events // LENGTH // PARTITIONS
    for number in range(PARTITIONS):
        connection.execute(
            SQL("CREATE TABLE {} PARTITION OF trial.parted FOR VALUES FROM ({}) TO ({})").format(
                Identifier("trial", f"part_{number}"),
                Literal(stream_of(number * of_one)),
                SQL("MAXVALUE") if number == PARTITIONS - 1 else Literal(stream_of((number + 1) * of_one)),
            )
        )
    rates = {}
    for name in TABLES:
        began = time.perf_counter()
        for first in range(0, events, PART):
            connection.execute(
                SQL(FILL).format(
                    table=Identifier("trial", name),
                    length=Literal(LENGTH),
                    first=Literal(first),
                    last=Literal(min(first + PART, events) - 1),
                )
            )
        rates[name] = events / (time.perf_counter() - began)
        connection.execute(SQL("VACUUM (ANALYZE) {}").format(Identifier("trial", name)))
    return rates


def compared(stores: Sequence[Store], rounds: int) -> dict[str, Any]:
    """The same work on both, in an order drawn anew each round."""
    works = {
        f"{name}_{store.name}": partial(harness.microseconds, getattr(store, name), times)
        for store in stores
        for name, times in (("append", TIMES), ("fetch", TIMES), ("read", TIMES // 20))
    }
    for work in works.values():
        work()
    found = harness.interleaved(works, rounds)
    return {
        "ratios": {
            f"{name}_parted_vs_flat": harness.ratio(found, f"{name}_parted", f"{name}_flat")
            for name in ("append", "fetch", "read")
        },
        "microseconds": {name: median(values) for name, values in found.items()},
    }


def put_away(connection: Connection[Any], parted: Store) -> dict[str, Any]:
    """Take the oldest partition out while appends go on, try to write to its range, and put it back."""
    began = time.perf_counter()
    connection.execute("ALTER TABLE trial.parted DETACH PARTITION trial.part_0 CONCURRENTLY")
    detached = time.perf_counter() - began
    refused = parted.refuses(stream_of(0), 1, 1) and parted.refuses(stream_of(0), LENGTH + 1, 1)
    border = Literal(stream_of(parted.streams // PARTITIONS))
    # With the check in place, attaching reads no row.
    connection.execute(
        SQL("ALTER TABLE trial.part_0 ADD CHECK (originator_id >= {} AND originator_id < {})").format(
            Literal(stream_of(0)), border
        )
    )
    began = time.perf_counter()
    connection.execute(
        SQL("ALTER TABLE trial.parted ATTACH PARTITION trial.part_0 FOR VALUES FROM ({}) TO ({})").format(
            Literal(stream_of(0)), border
        )
    )
    attached = time.perf_counter() - began
    return {"detach_seconds": detached, "attach_seconds": attached, "range_that_is_away_refuses": refused}


def main() -> None:
    """Fill both, compare, try the keys, and put a partition away."""
    parser = harness.arguments(__doc__, rounds=7)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--quick", action="store_const", dest="events", const=400_000, help=argparse.SUPPRESS)
    args, _ = parser.parse_known_args()
    with harness.server() as server:
        database = server.database("partitions", migrated=False)
        with psycopg.connect(database.owner_url, autocommit=True) as connection:
            rates = make(connection, args.events)
            stores = [Store(connection, name, args.events) for name in TABLES]
            keys = {
                f"{what}_refused_{store.name}": store.refuses(*place)
                for store in stores
                for what, place in {
                    "version_twice": (stream_of(5), 3, args.events * 2),
                    "position_twice": (stream_of(5), LENGTH + 1, args.events),
                }.items()
            }
            figures = {
                "events": args.events,
                "partitions": PARTITIONS,
                "fill_rows_per_second": rates,
                **compared(stores, args.rounds),
                "keys": keys,
                "sizes": {store.name: store.size() for store in stores},
                "put_away": put_away(connection, stores[1]),
            }
    harness.report("partitions", figures, args.json)


if __name__ == "__main__":
    main()
