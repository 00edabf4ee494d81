"""Our API with its cases in the library's own tables: stock recorder, stock mapper, no chain, no keys, no cache."""

import os
from collections.abc import Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from psycopg.conninfo import conninfo_to_dict

import api.app
import cli.serve
from cli.child import die_with_parent
from domain.administration import ADMINISTRATION_STREAM
from domain.case import Case
from domain.command import Command
from domain.context import Context
from domain.envelope import Actor
from domain.events import EVENT_TYPES
from domain.reference import Reference
from ledger.desk import Desk, Done, open_ledger
from ledger.facts import FIRST_HASH, Recorded
from ledger.garbage import started_up
from ledger.histories import AnyEvent, CaseHistory, CaseUnknown, folded
from ledger.settings import Settings
from ledger.store import Ledger

TYPES = {kind.__name__: kind for kind in EVENT_TYPES}


class StockFact(DomainEvent):
    """A fact as an event of the library: its members, and who acted, as plain values that its transcoder knows."""

    kind: str
    payload: dict[str, Any]
    actor: dict[str, Any]
    command: str


def stock_application(settings: Settings, *, makes_tables: bool) -> Application[UUID]:
    """The library as it comes, on its own table beside ours."""
    address = conninfo_to_dict(settings.owner_database_url)
    return Application[UUID](
        {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(address["dbname"]),
            "POSTGRES_HOST": str(address["host"]),
            "POSTGRES_PORT": str(address["port"]),
            "POSTGRES_USER": str(address["user"]),
            "POSTGRES_PASSWORD": "none",
            "POSTGRES_POOL_SIZE": "16",
            "CREATE_TABLE": "y" if makes_tables else "n",
        }
    )


def stock_fact(fact: Recorded[AnyEvent]) -> StockFact:
    """One of our facts as one of the library's."""
    return StockFact(
        originator_id=fact.stream,
        originator_version=fact.version,
        timestamp=fact.recorded_at,
        kind=fact.type,
        payload=msgspec.to_builtins(fact.event),
        actor=msgspec.to_builtins(fact.actor),
        command=str(fact.command),
    )


def recorded(fact: StockFact) -> Recorded[AnyEvent]:
    """One of the library's facts as one of ours."""
    command = UUID(fact.command)
    return Recorded(
        stream=fact.originator_id,
        version=fact.originator_version,
        position=1,
        event=msgspec.convert(fact.payload, TYPES[fact.kind]),
        actor=msgspec.convert(fact.actor, Actor),
        recorded_at=fact.timestamp.astimezone(UTC),
        legal_date=None,
        correlation=fact.originator_id,
        causation=None,
        command=command,
        command_key=None,
        code_version="stock",
        previous_hash=FIRST_HASH,
        salt=b"",
        hash=FIRST_HASH,
    )


class StockDesk(Desk):
    """Loads and saves cases through the library; decides and answers as we do."""

    def __init__(self, ledger: Ledger[AnyEvent], reference: Reference) -> None:
        super().__init__(ledger, reference)
        self.stock = stock_application(Settings.from_environment(os.environ), makes_tables=False)

    def history(self, case_id: UUID) -> CaseHistory:
        """Every fact of the case, fetched and mapped by the library."""
        facts = tuple(map(recorded, self.stock.events.get(case_id)))
        if not facts:
            raise CaseUnknown
        return CaseHistory.of(folded([fact.event for fact in facts], case_id), facts)

    def look(self, case_id: UUID) -> CaseHistory | None:
        """The administration and the case, each asked by itself."""
        self.administration()
        return None

    def execute(self, case_id: UUID, command: Any, body: Command, context: Context, **more: Any) -> Done:
        """Load, decide, save."""
        before = self.history(case_id)
        if more.get("guard") is not None:
            more["guard"](before.case)
        events = command.decide(before.case, body, context)
        after: Case = folded(events, case_id, before.case)
        facts = tuple(
            msgspec.structs.replace(
                before.facts[-1],
                version=before.case.version + number,
                event=event,
                actor=context.actor,
                recorded_at=context.now,
                command=context.id,
            )
            for number, event in enumerate(events, 1)
        )
        self.stock.save(*map(stock_fact, facts))
        return Done(facts=facts, case=after, before=before)


def copy_cases(settings: Settings, platform: str) -> list[str]:
    """Save the cases of a platform by the library too; their identifiers."""
    ledger = open_ledger(settings)
    stock = stock_application(settings, makes_tables=True)
    copied = []
    try:
        streams = dict.fromkeys(fact.stream for fact in _all(ledger) if fact.stream != ADMINISTRATION_STREAM)
        for stream in streams:
            facts = ledger.load(stream)
            case = folded([fact.event for fact in facts], stream)
            if case.routing is not None and case.routing.platform == platform:
                stock.save(*map(stock_fact, facts))
                copied.append(str(stream))
    finally:
        stock.close()
        ledger.close()
    return copied


def _all(ledger: Ledger[AnyEvent]) -> Sequence[Any]:
    found: list[Any] = []
    while more := ledger.read_raw(found[-1].position if found else 0, 5_000):
        found += more
    return found


def load_stock(server_pid: int) -> Any:
    """Build the application with the library's desk, in a worker of granian."""
    die_with_parent(server_pid, 9)
    api.app.Desk = StockDesk  # type: ignore[misc]
    application = api.app.create_app()
    started_up()
    return application


def main() -> None:
    """Serve as `smoe api` does."""
    cli.serve.load = load_stock
    cli.serve.serve_api(Settings.from_environment(os.environ))


if __name__ == "__main__":
    main()
