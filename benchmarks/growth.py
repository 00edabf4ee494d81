"""Whether appends and folds stay as fast as the ledger grows: the same work on a small and a large one, in turns."""

import argparse
import random
import time
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg

from benchmarks import harness
from cli.simulate import simulate
from domain.demonstration import IDENTITIES
from domain.events import NoteAdded
from ledger.desk import open_ledger
from ledger.facts import FIRST_HASH
from ledger.histories import AnyEvent, folded
from ledger.identifiers import new_id
from ledger.settings import Settings
from ledger.store import Ledger

SMALL: Final = 10_000
LARGE: Final = 10_000_000
PART: Final = 1_000_000
LENGTH: Final = 20
"""Facts of each stream that fills."""
CASES: Final = 200
SEED: Final = 5
UNTIL: Final = date(2026, 11, 22)
FILLED: Final = 1 << 28
"""Above the positions of what fills, below any that a transaction gives."""
TIMES: Final = 400
"""Of each piece of work in a round."""
ACTOR: Final = IDENTITIES["agent-63"].actor
# Rows of the size of ours, streams in the order of time, positions as an old sequence gave them: written by the owner,
# who alone can leave the triggers aside. They are there to be many; only their bytes are read.
FILL: Final = f"""
INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash, notification_id)
SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n / {LENGTH}), 12, '0'))::uuid, n %% {LENGTH} + 1, 'NoteAdded',
    convert_to(repeat(md5(n::text), 26), 'UTF8'), sha256(n::text::bytea), n + 1
FROM generate_series(%s::bigint, %s::bigint) AS n
"""


def fill(database: harness.Database, events: int) -> float:
    """Bring the table to so many rows; rows a second."""
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        found = owner.execute("SELECT count(*) FROM ledger.events").fetchone()
        held = found[0] if found else 0
        if held >= events:
            return 0.0
        began = time.perf_counter()
        owner.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER")
        for start in range(held, events, PART):
            owner.execute(FILL, (start, min(start + PART, events) - 1))
        owner.execute("ALTER TABLE ledger.events ENABLE TRIGGER USER")
        owner.execute("ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER refuse_change")
        rate = (events - held) / (time.perf_counter() - began)
        owner.execute("VACUUM (ANALYZE) ledger.events")
        return rate


class Place:
    """One ledger with real cases among what fills it."""

    def __init__(self, database: harness.Database, folder: Path, events: int) -> None:
        self.database = database
        self.fill_rate = fill(database, events)
        settings = Settings.from_environment(
            {
                "SMOE_DATA_DIR": str(folder / "keys"),
                "DATABASE_URL": database.app_url,
                "SMOE_OWNER_DATABASE_URL": database.owner_url,
            }
        )
        self.ledger: Ledger[AnyEvent] = open_ledger(settings)
        if not self.ledger.read(FILLED, 1):
            simulate(settings, cases=CASES, seed=SEED, until=UNTIL)
        with psycopg.connect(database.owner_url) as owner:
            found = owner.execute(
                "SELECT originator_id FROM ledger.events WHERE notification_id > %s GROUP BY 1"
                " HAVING count(*) BETWEEN 17 AND 23 ORDER BY 1",
                (FILLED,),
            )
            self.cases: list[UUID] = [stream for (stream,) in found]
        self.streams = [UUID(f"01900000-0000-7000-8000-{number:012x}") for number in range(events // LENGTH)]
        self.heads: list[tuple[UUID, int, bytes]] = [(new_id(), 0, FIRST_HASH) for _ in range(40)]
        self.chance = random.Random(1)

    def append(self) -> None:
        """One more fact on one of forty open streams."""
        place = self.chance.randrange(len(self.heads))
        stream, version, head = self.heads[place]
        (fact,) = self.ledger.append(
            stream,
            [NoteAdded(person=ACTOR.person, text="Pièces vérifiées, rien à signaler." * 8)],
            expected_version=version,
            previous_hash=head,
            actor=ACTOR,
            command=uuid4(),
        )
        self.heads[place] = (stream, fact.version, fact.hash)

    def fold(self) -> None:
        """One of the real cases, loaded and folded."""
        stream = self.chance.choice(self.cases)
        (tail,) = self.ledger.tails([(stream, 0, FIRST_HASH)])
        folded(tail.events, stream)

    def fetch(self) -> None:
        """The rows of any stream there is: of the large ledger, mostly one that no memory of PostgreSQL holds."""
        self.ledger.recorder.select_stream(self.chance.choice(self.streams))

    def size(self) -> dict[str, int]:
        """Rows, and bytes of table and indexes."""
        with psycopg.connect(self.database.owner_url) as owner:
            found = owner.execute(
                "SELECT reltuples::bigint, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class"
                " WHERE oid = 'ledger.events'::regclass"
            ).fetchone()
        rows, table, indexes = found or (0, 0, 0)
        return {"rows": rows, "table_bytes": table, "indexes_bytes": indexes}


def measure(places: Sequence[Place], rounds: int) -> dict[str, Any]:
    """The same work on both, in an order drawn anew each round."""
    small, large = places
    for place in places:
        for work in (place.append, place.fold, place.fetch):
            harness.microseconds(work, TIMES)
    figures = harness.interleaved(
        {
            f"{name}_{size}": partial(harness.microseconds, getattr(place, name), TIMES)
            for size, place in (("small", small), ("large", large))
            for name in ("append", "fold", "fetch")
        },
        rounds,
    )
    return {
        "ratios": {
            f"{name}_large_vs_small": harness.ratio(figures, f"{name}_large", f"{name}_small")
            for name in ("append", "fold", "fetch")
        },
        "microseconds": {name: median(values) for name, values in figures.items()},
        "small": small.size(),
        "large": large.size(),
        "fill_rows_per_second": large.fill_rate,
    }


def main() -> None:
    """Fill, or take up a folder that was filled, and measure."""
    parser = harness.arguments(__doc__, rounds=7)
    parser.add_argument("--events", type=int, default=LARGE)
    parser.add_argument("--folder", type=Path, help="where the databases stay between runs")
    parser.add_argument("--quick", action="store_const", dest="events", const=1_000_000, help=argparse.SUPPRESS)
    args, _ = parser.parse_known_args()
    with harness.server(folder=args.folder) as server:
        places = [
            Place(server.database(name), server.folder, events)
            for name, events in (("small", SMALL), ("large", args.events))
        ]
        figures = measure(places, args.rounds)
        for place in places:
            place.ledger.close()
    harness.report("growth", figures, args.json)


if __name__ == "__main__":
    main()
