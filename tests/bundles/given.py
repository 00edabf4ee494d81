"""A case in court with files, in a ledger, whose bundle is ordered."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4, uuid5

import msgspec

from documents.bundle.building import Order, order_of
from documents.storage import Files
from domain.case import Case
from domain.command import case_commands
from domain.envelope import Role
from domain.events import DocumentReceived
from domain.reference.load import load_reference
from domain.request import DocumentRef
from ledger.desk import Desk
from ledger.histories import case_facts
from tests.bundles.doubles import BROKEN
from tests.histories import open_ledger, record_administration, write
from tests.servers import Database
from tests.unit.given import TODAY, an_actor
from tests.unit.given_facts import a_refusal as refusal_steps

DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEGAL = an_actor(Role.LEGAL)


class Court(NamedTuple):
    """A ledger with a case before the tribunal, and its files."""

    desk: Desk
    files: Files
    stream: UUID

    @property
    def case(self) -> Case:
        return self.desk.history(self.stream).case

    def act(self, name: str, **body: Any) -> Case:
        """Give a command as a legal officer."""
        command = case_commands()[name]
        given = msgspec.json.decode(msgspec.json.encode(body), type=command.body)
        self.desk.execute(self.stream, command, given, self.desk.context(LEGAL, uuid4()))
        return self.case

    def order(self) -> Order:
        """The newest order."""
        facts = case_facts(self.desk.history(self.stream))
        return order_of(facts, max(fact.version for fact in facts if fact.type == "BundleOrdered"))


def contents() -> Mapping[str, bytes]:
    """What the documents of the case hold, by their titles."""
    return {
        "Passeport": b"%PDF-1.7 passeport",
        "Contrat de travail": b"%PDF-1.7 contrat " * 1_000,
        "عقد عمل": b"%PDF-1.7 arabe",
        "CON": BROKEN,
        "../../etc/passwd": b"%PDF-1.7 chemin",
    }


@contextmanager
def court(
    database: Database,
    folder: Path,
    *,
    exhibits: int = 0,
    files: Mapping[str, bytes] | None = None,
    empty: bool = False,
) -> Iterator[Court]:
    """A refusal before the tribunal of Lyon, with documents of which one is broken and one was never uploaded.

    All that is proposed is joined, or nothing.
    """
    # A day that is no longer: nothing that is made may look at today.
    ledger = open_ledger(database.app_url, clock=lambda: DAY)
    record_administration(ledger)
    desk = Desk(ledger, load_reference())
    stream = uuid5(UUID(int=5), database.name)
    write(ledger, stream, refusal_steps(stream))
    store = Files(f"file://{folder}/files", ledger.keys)
    person = desk.history(stream).case.request.worker.person
    known = len(desk.history(stream).case.documents)
    received = []
    more = {f"Bulletin de paie n° {number}": b"%PDF-1.7 paie" + str(number).encode() for number in range(exhibits)}
    for number, (title, content) in enumerate({**(contents() if files is None else files), **more}.items(), known + 1):
        kept = store.put(stream, person, io.BytesIO(content))
        ref = DocumentRef(id=f"P{number}", version=1, item="other", title=title, sha256=kept.sha256, bytes=kept.bytes)
        received.append((an_actor(Role.EMPLOYER), DocumentReceived(document=ref, received_on=TODAY), TODAY))
    write(ledger, stream, received)
    made = Court(desk, store, stream)
    made.act("open-litigation", action="annulment", court="Lyon", court_number="2612345", lodged_by="employer")
    made.act("prepare-bundle", decision="D1", litigation="L1")
    bundle = made.case.bundle("B1")
    chosen = [
        {
            **each,
            "included": not empty,
            "why_excluded": "Le requérant a joint ce qui sert." if empty else "",
            "sources": [{k: v for k, v in source.items() if k != "sha256"} for source in each["sources"]],
        }
        for each in map(msgspec.to_builtins, bundle.exhibits)
    ]
    made.act("arrange-bundle", bundle="B1", arrangement=1, exhibits=chosen)
    try:
        yield made
    finally:
        ledger.close()
