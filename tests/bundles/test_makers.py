"""The real sheets, brief, inventory and proof in a bundle; the PDF engine has tests of its own, and a double here."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from documents.bundle.building import Built, built
from documents.bundle.makers import around, makers_of
from documents.bundle.workbench import Workbench
from domain.administration import ADMINISTRATION_STREAM
from domain.defence.exhibits import sheet_names
from domain.envelope import SYSTEM, Actor, Role
from domain.events import CaseEvent, DelegationEnded
from domain.sheets import sheets_available
from ledger.desk import Desk
from ledger.settings import Settings
from tests.bundles import doubles
from tests.bundles.given import DAY, Court, court
from tests.bundles.test_bundle_job import yard_environment
from tests.properties.walks import Walk
from tests.servers import Database
from tests.unit.given import TODAY, an_actor
from verifier.checking import Asked, verify


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as a ledger would give it."""

    stream: UUID
    version: int
    event: CaseEvent
    actor: Actor = SYSTEM
    recorded_at: datetime = datetime(2026, 11, 2, 9, tzinfo=UTC)
    position: int | None = 1
    hash: bytes = bytes(32)


@pytest.fixture(scope="module")
def place(new_database: Callable[[], Database], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    with court(new_database(), tmp_path_factory.mktemp("court")) as made:
        made.act("order-bundle", bundle="B1", arrangement=2)
        yield made


def build(place: Court, folder: Path) -> Built:
    settings = Settings.from_environment(yard_environment(folder))
    order = place.order()
    # Another desk each time: nothing at hand may have a part in what is made.
    desk = Desk(place.desk.ledger, place.desk.shipped)
    makers = msgspec.structs.replace(makers_of(desk, settings, order), shown=doubles.shown, merge=doubles.merge)
    bench = Workbench(folder / "bench", "1")
    return built(order, makers, place.files, bench, tell=lambda *_: None, stop=lambda: False)


def test_what_the_administration_decides_later_changes_nothing(place: Court, tmp_path: Path) -> None:
    first = build(place, tmp_path / "a")
    delegation = place.desk.administration().delegations[0]
    ended = DelegationEnded(delegation=delegation.id, number=delegation.number, ends_on=TODAY, reason="Fin.")
    version, head = place.desk.ledger.head(ADMINISTRATION_STREAM)
    place.desk.ledger.append(
        ADMINISTRATION_STREAM,
        [ended],
        expected_version=version,
        previous_hash=head,
        actor=an_actor(Role.ADMIN),
        command=delegation.id,
    )
    place.act("add-note", text="Une note de plus.")
    second = build(place, tmp_path / "elsewhere")
    with zipfile.ZipFile(first.path) as one, zipfile.ZipFile(second.path) as other:
        assert one.namelist() == other.namelist()
        assert [name for name in one.namelist() if one.read(name) != other.read(name)] == []
    assert first.sha256 == second.sha256


def test_what_time_makes_is_judged_on_the_day_of_the_order(place: Court) -> None:
    """The day of the ledger's clock, long past when this is read."""
    order = place.order()
    surroundings = around(order, place.desk.decided().before(order.order.position or 0))
    assert surroundings.today == DAY.date()


def test_the_proof_within_is_accepted_and_the_texts_are_what_they_say(place: Court, tmp_path: Path) -> None:
    with zipfile.ZipFile(build(place, tmp_path).path) as opened:
        proof = opened.read("preuve/preuve.zip")
        assert opened.read("memoire/memoire.pdf").startswith(b"%PDF-1.7")
        assert opened.read("inventaire.pdf").startswith(b"%PDF-1.7")
        with zipfile.ZipFile(io.BytesIO(opened.read("memoire/memoire.docx"))) as word:
            assert "word/document.xml" in word.namelist()
        sheets = [name for name in opened.namelist() if name.startswith("pieces/1_")]
        assert opened.read(sheets[0])
    found = verify(proof, Asked())
    assert found.faults == []
    assert len(found.facts) == place.order().order.version


def test_every_sheet_that_may_be_an_exhibit_can_be_printed() -> None:
    """What the state of a case offers, its facts allow: over many lives."""
    tried: set[str] = set()
    for seed in range(120):
        walk = Walk(40_000 + seed)
        for _ in walk.steps(60):
            pass
        facts = [Told(stream=walk.stream, version=version, event=event) for version, event in enumerate(walk.facts, 1)]
        offered, allowed = sheet_names(walk.case), {each.name for each in sheets_available(facts)}
        assert offered <= allowed
        tried |= {name.partition("/")[0] for name in offered}
    assert tried >= {"request", "items", "opinion", "appeal", "assessment", "delegation", "notification", "litigation"}
