"""The rival of a catch-up: the library's own ProjectionRunner, one fact and one commit at a time."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import msgspec
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import EnvType
from psycopg.sql import SQL, Composed, Identifier
from psycopg.types.json import Jsonb

from domain.case import Case
from domain.fold import replay
from domain.reference.load import load_reference
from ledger.desk import AnyEvent, Desk
from ledger.facts import Recorded
from ledger.recorder import LedgerDatastore
from ledger.store import Ledger, LedgerApplication
from projections.read_model import CASE_EVENTS, Aids, ReadModel, Row, Told

SCHEMA = "stock"
TIMEOUT_SECONDS = 900.0


def stock_rate(owner_url: str, ledger: Ledger[AnyEvent], model: ReadModel[Any], facts: int, *, loads: bool) -> float:
    """Facts a second at which the library's runner tells the first facts to a read model of its own schema.

    With `loads` the projection reads the case of each fact from the store, as a projection of the library has no other
    way to it; else it keeps every case in memory, which is the most that its author could do for it.
    """
    stored = ledger.read_raw(0, facts)
    case_of = _loading(ledger) if loads else _remembering()
    began = time.perf_counter()
    runner = ProjectionRunner(
        application_class=_store_of(ledger),
        projection_class=_projection_of(model, case_of, Desk(ledger, load_reference())),
        view_class=_view_of(model),
        env=_environment(owner_url),
    )
    with runner:
        runner.wait(stored[-1].position, timeout=TIMEOUT_SECONDS)
        seconds = time.perf_counter() - began
    runner.view.datastore.close()
    return len(stored) / seconds


CaseOf = Callable[[Recorded[Any]], Told]


class Continued(Told):
    """A case after one more fact, folded from what it was before, for a model that looks at it."""

    def __init__(self, before: Told | None, fact: Recorded[Any]) -> None:
        super().__init__(facts=(*(before.facts if before else ()), fact), new=(fact,))
        self._before = before

    @cached_property
    def case(self) -> Case:
        """The case after its facts."""
        before, self._before = self._before, None
        case = replay((self.new[0].event,), self.stream, before.case if before else None)
        assert case is not None
        return case


def _loading(ledger: Ledger[AnyEvent]) -> CaseOf:
    def case_of(fact: Recorded[Any]) -> Told:
        facts: tuple[Recorded[Any], ...] = ledger.load(fact.stream)[: fact.version]
        return Told(facts=facts, new=(fact,))

    return case_of


def _remembering() -> CaseOf:
    known: dict[UUID, Told] = {}

    def case_of(fact: Recorded[Any]) -> Told:
        known[fact.stream] = told = Continued(known.get(fact.stream), fact)
        return told

    return case_of


def _store_of(ledger: Ledger[AnyEvent]) -> type[LedgerApplication]:
    found = ledger.recorder.datastore
    assert isinstance(found, LedgerDatastore)
    datastore: LedgerDatastore = found

    class OpenLedger(LedgerApplication):
        """The ledger that is open already, as the library's application."""

        name = "ledger"

        def __init__(self, env: EnvType | None = None) -> None:
            super().__init__(datastore, ledger.codec, coalesce=False)

        def close(self) -> None:
            """Leave the ledger to whoever opened it."""

    return OpenLedger


def _view_of(model: ReadModel[Any]) -> type["View"]:
    class Table(View):
        """The table of this model."""

        read_model = model

    return Table


class View(PostgresTrackingRecorder):
    """Rows and tracking in one transaction, as the library's manual shows it."""

    read_model: ReadModel[Any]

    def write(self, case_id: UUID, rows: list[Row], tracking: Tracking) -> None:
        """Replace the rows of a case, or add to them."""
        with self.datastore.transaction(commit=True) as cursor:
            if not self.read_model.grows:
                cursor.execute(self._delete, (case_id,), prepare=True)
            for row in rows:
                values = [_adapted(value) for value in msgspec.structs.astuple(row)]
                cursor.execute(self._insert, values, prepare=True)
            self._insert_tracking(cursor, tracking)

    @property
    def _delete(self) -> Composed:
        return SQL("DELETE FROM {} WHERE case_id = %s").format(Identifier(SCHEMA, self.read_model.table))

    @property
    def _insert(self) -> Composed:
        names = self.read_model.row.__struct_fields__
        return SQL("INSERT INTO {} ({}) VALUES ({})").format(
            Identifier(SCHEMA, self.read_model.table),
            SQL(", ").join(map(Identifier, names)),
            SQL(", ").join(SQL("%s") for _ in names),
        )


def _projection_of(model: ReadModel[Any], case_of: CaseOf, desk: Desk) -> type[Projection[View]]:
    desk.administration()

    class OneByOne(Projection[View]):
        """Tells each fact as it comes."""

        name = f"stock_{model.table}"

        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            """Fold the case as it was at this fact and write its rows."""
            if type(domain_event.event) not in CASE_EVENTS:
                self.view.insert_tracking(tracking)
                return
            told = case_of(domain_event)
            reference = desk.tables.on(told.last_day, position=domain_event.position)
            rows = list(model.rows(told, Aids(reference=reference, check_key=b"benchmark")))
            self.view.write(domain_event.stream, rows, tracking)

    return OneByOne


def _adapted(value: Any) -> Any:
    if isinstance(value, dict):
        return Jsonb(value)
    if isinstance(value, msgspec.Raw):
        return bytes(value).decode()
    return list(value) if isinstance(value, tuple) else value


def _environment(owner_url: str) -> dict[str, str]:
    address = urlsplit(owner_url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": address.path.lstrip("/"),
        "POSTGRES_HOST": parse_qs(address.query)["host"][0],
        "POSTGRES_PORT": "5432",
        "POSTGRES_USER": address.username or "",
        "POSTGRES_PASSWORD": "",
        "POSTGRES_SCHEMA": SCHEMA,
    }
