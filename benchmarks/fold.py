"""How fast a case is loaded and folded, beside fetching its rows alone and beside the library's own aggregate.

The rows alone are fetched by the driver as it is meant to be used: a connection at hand, the statement prepared, values
in binary form, nothing made of them. `own_fetch` is our own reading of them, which a fold is made of.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Transcoding
from psycopg.conninfo import conninfo_to_dict

from benchmarks import harness
from cli.simulate import simulate
from domain.reference.load import load_reference
from ledger.desk import Desk, open_ledger
from ledger.facts import FIRST_HASH
from ledger.garbage import started_up
from ledger.histories import AnyEvent, folded
from ledger.settings import Settings
from ledger.store import Ledger

LENGTHS: Final = (5, 20, 80)
CASES: Final = 4_000
SEED: Final = 3
UNTIL: Final = date(2026, 11, 22)
LOADS: Final = 200
"""Of each contender in a round."""
ROWS: Final = (
    "SELECT originator_version, topic, state, hash, notification_id FROM ledger.events"
    " WHERE originator_id = %s AND originator_version > %s ORDER BY originator_version"
)


class Dossier(Aggregate):
    """The library's aggregate: as many events, with the same members, applied by its own machinery."""

    @event("Filed")
    def __init__(self, kind: str, payload: dict[str, Any]) -> None:
        self.number = payload.get("number")
        self.facts = {kind: payload}

    @event("Happened")
    def happen(self, kind: str, payload: dict[str, Any]) -> None:
        """Take in one more fact, as simply as can be."""
        self.facts[kind] = payload


class DateAsText(Transcoding):
    """What the library's transcoder does not know by itself."""

    type = date
    name = "date"

    def encode(self, obj: date) -> str:
        """A day as ISO 8601 writes it."""
        return obj.isoformat()

    def decode(self, data: str) -> date:
        """A day from ISO 8601."""
        return date.fromisoformat(data)


class Stock(Application[UUID]):
    """The library as it comes: its recorder, its JSON transcoder, no cache, no snapshots."""

    def register_transcodings(self, transcoder: Any) -> None:
        """Days are known too."""
        super().register_transcodings(transcoder)
        transcoder.register(DateAsText())


def stock_application(owner_url: str) -> Stock:
    """An application with its own table in the same database."""
    address = conninfo_to_dict(owner_url)
    return Stock(
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(address["dbname"]),
            "POSTGRES_HOST": str(address["host"]),
            "POSTGRES_PORT": str(address["port"]),
            "POSTGRES_USER": str(address["user"]),
            "POSTGRES_PASSWORD": "none",
        }
    )


def cases_of(owner_url: str, length: int) -> list[UUID]:
    """Cases with so many facts, or the nearest to it that there are."""
    with psycopg.connect(owner_url) as connection:
        found = connection.execute(
            "SELECT originator_id FROM ledger.events GROUP BY 1 HAVING count(*) >= 3"
            " ORDER BY abs(count(*) - %s), originator_id LIMIT 40",
            (length,),
        )
        return [stream for (stream,) in found]


def lengthened(ledger: Ledger[AnyEvent], stream: UUID, length: int) -> None:
    """Bring a case to its length with more of the facts it has; the fold does not ask whether they are likely."""
    facts = ledger.load(stream)
    wanted = length - len(facts)
    if wanted <= 0:
        return
    middle = [fact.event for fact in facts[1:]]
    ledger.append(
        stream,
        [middle[number % len(middle)] for number in range(wanted)],
        expected_version=len(facts),
        previous_hash=facts[-1].hash if facts else FIRST_HASH,
        actor=facts[0].actor,
        command=facts[0].command,
    )


def twin_of(stock: Stock, events: Sequence[AnyEvent]) -> UUID:
    """The same history saved by the library's application."""
    first, *rest = (
        {"kind": type(each).__name__, "payload": msgspec.to_builtins(each, builtin_types=(date,))} for each in events
    )
    dossier = Dossier(**first)
    for arguments in rest:
        dossier.happen(**arguments)
    stock.save(dossier)
    return dossier.id


def microseconds(work: Callable[[UUID], Any], streams: Sequence[UUID]) -> float:
    """The median of so many loads, of one stream after the other."""
    following = cycle(streams)
    return harness.microseconds(lambda: work(next(following)), LOADS)


def measure(database: harness.Database, folder: Path, rounds: int) -> dict[str, Any]:
    """The figures for each length of history."""
    settings = Settings.from_environment(
        {
            "SMOE_DATA_DIR": str(folder / "keys"),
            "DATABASE_URL": database.app_url,
            "SMOE_OWNER_DATABASE_URL": database.owner_url,
        }
    )
    simulate(settings, cases=CASES, seed=SEED, until=UNTIL)
    ledger = open_ledger(settings)
    stock = stock_application(database.owner_url)
    desk = Desk(ledger, load_reference())
    recorder = ledger.recorder
    connection = psycopg.connect(database.app_url, autocommit=True)

    def fetch(stream: UUID) -> Any:
        return connection.execute(ROWS, (stream, 0), prepare=True, binary=True).fetchall()

    def own_fetch(stream: UUID) -> Any:
        return recorder.select_stream(stream)

    def fold(stream: UUID) -> Any:
        (tail,) = ledger.tails([(stream, 0, FIRST_HASH)])
        return folded(tail.events, stream)

    def whole(stream: UUID) -> Any:
        return folded([fact.event for fact in ledger.load(stream)], stream)

    figures: dict[str, Any] = {}
    try:
        for length in LENGTHS:
            streams = cases_of(database.owner_url, length)
            for stream in streams:
                lengthened(ledger, stream, length)
            facts = [len(recorder.select_stream(stream)) for stream in streams]
            states = [len(fact.state) for stream in streams for fact in recorder.select_stream(stream)]
            twins = [twin_of(stock, [fact.event for fact in ledger.load(stream)]) for stream in streams]
            for stream in streams:
                desk.history(stream)
            # As a process of the API does once it has started.
            started_up()
            contenders: dict[str, Callable[[], float]] = {
                "fetch": lambda streams=streams: microseconds(fetch, streams),  # type: ignore[misc]
                "own_fetch": lambda streams=streams: microseconds(own_fetch, streams),  # type: ignore[misc]
                "fold": lambda streams=streams: microseconds(fold, streams),  # type: ignore[misc]
                "fold_with_actors": lambda streams=streams: microseconds(whole, streams),  # type: ignore[misc]
                "kept": lambda streams=streams: microseconds(desk.history, streams),  # type: ignore[misc]
                "stock": lambda twins=twins: microseconds(stock.repository.get, twins),  # type: ignore[misc]
            }
            found = harness.interleaved(contenders, rounds)
            figures[f"events_{length}"] = {
                "events": median(facts),
                "bytes_per_event": median(states),
                **{f"{name}_us": median(values) for name, values in found.items()},
                "fold_vs_fetch": harness.ratio(found, "fold", "fetch"),
                "fold_vs_own_fetch": harness.ratio(found, "fold", "own_fetch"),
                "stock_vs_fold": harness.ratio(found, "stock", "fold"),
                "kept_vs_fetch": harness.ratio(found, "kept", "fetch"),
            }
    finally:
        connection.close()
        stock.close()
        ledger.close()
    return figures


def main() -> None:
    """Simulate cases, save the same histories by the library, and load both."""
    parser = harness.arguments(__doc__, rounds=9)
    args, _ = parser.parse_known_args()
    with harness.server() as server:
        figures = measure(server.database("fold"), server.folder, args.rounds)
    harness.report("fold", figures, args.json)


if __name__ == "__main__":
    main()
