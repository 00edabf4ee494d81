"""An independent checker accepts whatever bundles are built, with every script in their labels, and no broken one."""

import hashlib
import io
import json
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import pytest

from documents.bundle import building
from documents.bundle.archive import write_archive
from documents.bundle.building import Order, built, order_of
from documents.bundle.workbench import Workbench
from documents.storage import Files
from domain.envelope import performer
from domain.events import BundleOrdered, BundlePrepared, CaseEvent, DocumentReceived
from domain.papers import ChosenExhibit, ExhibitSource, SourceKind
from domain.request import DocumentRef
from ledger.facts import Recorded
from tests.bundles.checker import faults_of
from tests.bundles.doubles import makers_for
from tests.histories import open_ledger
from tests.servers import Database
from tests.unit.given import CASE, TODAY
from tests.unit.given_facts import EMPLOYER, a_refusal
from tests.unit.test_naming import HOSTILE

BUNDLES: Final = int(os.environ.get("SMOE_BUNDLES", "25"))
"""How many are drawn; a thousand were."""
EXHIBITS_MAX: Final = 300
SCRIPTS: Final = ((0x20, 0x24F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0xDFF), (0x3040, 0x30FF), (0x4E00, 0x9FFF))


class Place(NamedTuple):
    """Files of nobody: each exhibit is a sheet, or a document that was never uploaded."""

    files: Files
    folder: Path


@pytest.fixture(scope="module")
def place(new_database: Callable[[], Database], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("checked")
    ledger = open_ledger(new_database().app_url)
    yield Place(Files(f"file://{folder}/files", ledger.keys), folder)
    ledger.close()


def a_label(chance: random.Random) -> str:
    if chance.random() < 0.4:
        return chance.choice(HOSTILE) or "…"
    first, last = chance.choice(SCRIPTS)
    return "".join(chr(chance.randrange(first, last)) for _ in range(chance.randrange(1, 300)))


def an_order(seed: int) -> Order:
    """A bundle of hostile labels, as the facts of a case would tell it."""
    chance = random.Random(seed)
    count = 1 + seed % 3 if seed % 5 else chance.randrange(1, EXHIBITS_MAX + 1)
    steps: list[tuple[Any, CaseEvent]] = [(actor, event) for actor, event, _ in a_refusal()]
    exhibits = []
    for number in range(count):
        document, digest = f"P{100 + number}", f"{chance.getrandbits(256):064x}"
        media = chance.choice(("application/pdf", "image/png", "text/plain", "application/x-msdownload"))
        ref = DocumentRef(id=document, version=1, item="other", title=a_label(chance), sha256=digest, media_type=media)
        steps.append((EMPLOYER, DocumentReceived(document=ref, received_on=TODAY)))
        is_sheet = chance.random() < 0.3
        source = (
            ExhibitSource(kind=SourceKind.SHEET, ref="request", version=1)
            if is_sheet
            else ExhibitSource(kind=SourceKind.DOCUMENT, ref=document, version=1, sha256=digest)
        )
        exhibits.append(ChosenExhibit(slot="documents", label=a_label(chance), sources=(source,)))
    prepared = BundlePrepared(
        bundle="B1",
        decision="D1",
        litigation=None,
        recipe="excess_of_power/1",
        exhibits=tuple(exhibits),
        prepared_on=TODAY,
    )
    steps.append((EMPLOYER, prepared))
    steps.append((EMPLOYER, BundleOrdered(bundle="B1", build=1, on_version=len(steps), ordered_on=TODAY)))
    begun = datetime(2026, 11, 2, 9, tzinfo=UTC)
    facts = [
        Recorded(
            stream=CASE,
            version=version,
            position=version,
            event=event,
            actor=performer(event, actor),
            recorded_at=begun + timedelta(seconds=version),
            legal_date=None,
            correlation=CASE,
            causation=None,
            command=UUID(int=version),
            command_key=None,
            code_version="test",
            previous_hash=bytes(32),
            salt=bytes(16),
            hash=version.to_bytes(32, "big"),
        )
        for version, (actor, event) in enumerate(steps, 1)
    ]
    return order_of(facts, len(facts))


def archive_of(place: Place, seed: int) -> bytes:
    order = an_order(seed)
    bench = Workbench(place.folder / uuid4().hex, "1")
    made = built(order, makers_for(order), place.files, bench, tell=lambda *_: None, stop=lambda: False)
    content = made.path.read_bytes()
    bench.clear()
    return content


@pytest.fixture
def bare_annex(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages of the annex, which are tried elsewhere, take longer to set than all the rest."""
    monkeypatch.setattr(building, "annex_pdf", lambda annexed: b"%PDF-1.7")


@pytest.mark.usefixtures("bare_annex")
def test_whatever_is_built_may_be_filed(place: Place) -> None:
    for seed in range(BUNDLES):
        assert faults_of(archive_of(place, seed)) == [], seed


Entries = dict[str, bytes]


def _renamed(held: Entries, change: Callable[[str], str]) -> None:
    name = next(each for each in held if each.startswith("pieces/2_"))
    held[f"pieces/{change(name.removeprefix('pieces/'))}"] = held.pop(name)


def _line(change: Callable[[list[str]], list[str]]) -> Callable[[Entries], None]:
    """Change the cells of the second exhibit of the inventory."""

    def broken(held: Entries) -> None:
        lines = held["inventaire.csv"].decode("utf-8-sig").split("\r\n")
        lines[2] = ";".join(change(lines[2].split(";")))
        held["inventaire.csv"] = ("\ufeff" + "\r\n".join(lines)).encode()

    return broken


def _annex(change: Callable[[Any], Any]) -> Callable[[Entries], None]:
    def broken(held: Entries) -> None:
        told = json.loads(held["preuve/annexe.json"])
        change(told)
        held["preuve/annexe.json"] = json.dumps(told).encode()

    return broken


def _hashes(change: Callable[[list[str]], list[str]]) -> Callable[[Entries], None]:
    def broken(held: Entries) -> None:
        held["empreintes.txt"] = "".join(change(held["empreintes.txt"].decode().splitlines(keepends=True))).encode()

    return broken


def _at(index: int, value: str) -> Callable[[list[str]], list[str]]:
    return lambda cells: [*cells[:index], value, *cells[index + 1 :]]


BROKEN: dict[str, Callable[[Entries], Any]] = {
    "no brief": lambda held: held.pop("memoire/memoire.docx"),
    "no inventory": lambda held: held.pop("inventaire.csv"),
    "no merged file": lambda held: held.pop("dossier.pdf"),
    "no proof": lambda held: held.pop("preuve/preuve.zip"),
    "no hashes": lambda held: held.pop("empreintes.txt"),
    "an empty brief": lambda held: held.update({"memoire/memoire.pdf": b""}),
    "a stranger": lambda held: held.update({"notes.txt": b"x"}),
    "an exhibit less": lambda held: held.pop(next(each for each in held if each.startswith("pieces/2_"))),
    "an exhibit more": lambda held: held.update({"pieces/4_De-trop.pdf": b"x"}),
    "an exhibit altered": lambda held: held.update({next(e for e in held if e.startswith("pieces/2_")): b"x"}),
    "a number twice": lambda held: _renamed(held, lambda name: f"1_{name[2:]}"),
    "a number with zeros": lambda held: _renamed(held, lambda name: f"0{name}"),
    "no number": lambda held: _renamed(held, lambda name: name[2:]),
    "the number last": lambda held: _renamed(held, lambda name: f"Piece_{name}"),
    "a special character": lambda held: _renamed(held, lambda name: name.replace("_", "_&", 1)),
    "a space": lambda held: _renamed(held, lambda name: name.replace("_", "_a b", 1)),
    "an inner dot": lambda held: _renamed(held, lambda name: name.replace("_", "_v1.2-", 1)),
    "too long": lambda held: _renamed(held, lambda name: f"2_{'a' * 80}.pdf"),
    "no extension": lambda held: _renamed(held, lambda name: name.rpartition(".")[0]),
    "a program": lambda held: _renamed(held, lambda name: f"{name.rpartition('.')[0]}.exe"),
    "no description": lambda held: _renamed(held, lambda name: "2_.pdf"),
    "numbers that jump": _line(_at(0, "3")),
    "no label": _line(_at(2, "")),
    "a formula": _line(_at(2, "=1+1")),
    "another file": _line(_at(3, "3_x.pdf")),
    "no pages": _line(_at(4, "0")),
    "pages out of order": _line(_at(5, "1")),
    "another hash": _line(_at(6, "0" * 64)),
    "hashes out of order": _hashes(lambda lines: lines[::-1]),
    "a hash less": _hashes(lambda lines: lines[1:]),
    "an annex without a fact": _annex(lambda told: told["faits"].pop(2)),
    "an annex without a hash": _annex(lambda told: told["faits"][0].update(empreinte="")),
    "an annex of other exhibits": _annex(lambda told: told["faits"][0].update(pieces=[99])),
    "a checkpoint too early": _annex(lambda told: told["point_de_controle"].update(taille=1)),
    "leaves that fall": _annex(lambda told: told["faits"][1].update(feuille=0)),
}


@pytest.fixture(scope="module")
def good(place: Place) -> Entries:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "annex_pdf", lambda annexed: b"%PDF-1.7")
        with zipfile.ZipFile(io.BytesIO(archive_of(place, 2))) as opened:
            return {name: opened.read(name) for name in opened.namelist()}


HASHES_BROKEN: Final = {"no hashes", "hashes out of order", "a hash less"}
"""For all others the hashes are made anew, so that nothing but the defect itself is found."""


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_bundle_is_found_out(good: Entries, name: str, tmp_path: Path) -> None:
    held = dict(good)
    BROKEN[name](held)
    if name not in HASHES_BROKEN:
        del held["empreintes.txt"]
        lines = (f"{hashlib.sha256(content).hexdigest()}  {each}\n" for each, content in sorted(held.items()))
        held["empreintes.txt"] = "".join(lines).encode()
    write_archive(tmp_path / "a.zip", list(held.items()))
    assert faults_of((tmp_path / "a.zip").read_bytes()) != []


def test_what_is_no_archive_is_found_out(good: Entries, tmp_path: Path) -> None:
    assert faults_of(b"PK nothing") != []
    write_archive(tmp_path / "a.zip", list(good.items()))
    whole = (tmp_path / "a.zip").read_bytes()
    assert faults_of(whole) == []
    assert faults_of(whole[: len(whole) // 2]) != []
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as other:
        for number, (name, content) in enumerate(good.items()):
            other.writestr(zipfile.ZipInfo(name, (1990 + number % 2, 1, 1, 0, 0, 0)), content)
    assert faults_of((tmp_path / "b.zip").read_bytes()) == ["entries bear different moments"]
