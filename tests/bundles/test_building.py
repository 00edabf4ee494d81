"""Building: whole, the same bytes wherever it is done, going on from where it stopped, never ended by a bad file."""

import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from documents.bundle.building import Built, Order, built
from documents.bundle.merging import Stopped
from documents.bundle.workbench import Workbench
from domain.papers import SourceKind
from tests.bundles.doubles import makers_for
from tests.bundles.given import Court, court
from tests.servers import Database
from tests.verapdf import faults


@pytest.fixture(scope="module")
def place(new_database: Callable[[], Database], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    with court(new_database(), tmp_path_factory.mktemp("court")) as made:
        made.act("order-bundle", bundle="B1", arrangement=2)
        yield made


def build(place: Court, folder: Path, order: Order | None = None, called: list[str] | None = None) -> Built:
    order = order or place.order()
    bench = Workbench(folder, "1")
    return built(order, makers_for(order, called=called), place.files, bench, tell=lambda *_: None, stop=lambda: False)


def entries(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def test_a_bundle_holds_all_that_the_court_asks_for(place: Court, tmp_path: Path) -> None:
    made = build(place, tmp_path / "a")
    held = entries(made.path)
    exhibits = sorted(
        (name for name in held if name.startswith("pieces/")), key=lambda name: int(name[7:].split("_")[0])
    )
    assert len(exhibits) == made.exhibits
    assert [int(name[7:].partition("_")[0]) for name in exhibits] == list(range(1, made.exhibits + 1))
    assert set(held) - set(exhibits) == {
        "memoire/memoire.docx",
        "memoire/memoire.pdf",
        "inventaire.pdf",
        "inventaire.csv",
        "dossier.pdf",
        "preuve/annexe.json",
        "preuve/annexe.pdf",
        "preuve/preuve.zip",
        "empreintes.txt",
        "LISEZMOI.txt",
    }
    listed = dict(reversed(line.split("  ", 1)) for line in held.pop("empreintes.txt").decode().splitlines())
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in held.items()}
    assert made.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()
    assert any(content == b"%PDF-1.7 passeport" for content in held.values()), "an original is joined as it is"


def test_the_inventory_goes_on_rising_and_tells_each_file(place: Court, tmp_path: Path) -> None:
    made = build(place, tmp_path / "a")
    held = entries(made.path)
    lines = list(csv.DictReader(io.StringIO(held["inventaire.csv"].decode("utf-8-sig")), delimiter=";"))
    assert [int(line["numéro"]) for line in lines] == list(range(1, made.exhibits + 1))
    for line in lines:
        assert hashlib.sha256(held[f"pieces/{line['fichier']}"]).hexdigest() == line["SHA-256"]


def test_two_folders_give_the_same_bytes(place: Court, tmp_path: Path) -> None:
    first, second = build(place, tmp_path / "a"), build(place, tmp_path / "elsewhere" / "b")
    assert first.path.read_bytes() == second.path.read_bytes()


def test_what_comes_later_changes_nothing(place: Court, tmp_path: Path) -> None:
    order = place.order()
    before = build(place, tmp_path / "a")
    place.act("add-note", text="Une note de plus.")
    assert place.order() == order
    assert build(place, tmp_path / "b").sha256 == before.sha256


def test_a_bad_file_or_a_missing_one_has_a_sheet_in_its_place(place: Court, tmp_path: Path) -> None:
    made = build(place, tmp_path / "a")
    order = place.order()
    included = [each for each in order.build.exhibits if each.included]
    broken = [n for n, each in enumerate(included, 1) if "CON" in each.label]
    never_here = [n for n, each in enumerate(included, 1) for s in each.sources if s.ref in {"P1", "P2"}]
    assert broken
    assert never_here
    assert set(made.faulty) == {*broken, *never_here}
    held = entries(made.path)
    assert any(content == b"%PDF-broken" for content in held.values()), (
        "the original of a broken file is joined all the same"
    )


def test_finished_steps_are_not_made_again(place: Court, tmp_path: Path) -> None:
    called: list[str] = []
    whole = build(place, tmp_path / "a", called=called)
    count = len(called)
    (tmp_path / "a" / "archive" / "archive.zip").unlink()
    altered = tmp_path / "a" / "piece-2" / "pages.pdf"
    altered.write_bytes(b"other bytes")
    shutil.rmtree(tmp_path / "a" / "dossier")
    again = build(place, tmp_path / "a", called=called)
    assert len(called) == count + 1, "only what was altered"
    assert again.sha256 == whole.sha256


def test_steps_of_another_order_are_thrown_away(place: Court, tmp_path: Path) -> None:
    called: list[str] = []
    build(place, tmp_path / "a", called=called)
    count = len(called)
    Workbench(tmp_path / "a", "2")
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["stamp"]
    build(place, tmp_path / "a", called=called)
    assert len(called) == 2 * count


def test_a_build_stops_when_told(place: Court, tmp_path: Path) -> None:
    order = place.order()
    told: list[tuple[str, int, int]] = []
    bench = Workbench(tmp_path / "a", "1")
    with pytest.raises(Stopped):
        built(
            order,
            makers_for(order),
            place.files,
            bench,
            tell=lambda step, done, total: told.append((step, done, total)),
            stop=lambda: len(told) == 3,
        )
    assert [done for _, done, _ in told] == [0, 1, 2]
    bench.clear()
    assert not (tmp_path / "a").exists()


def test_progress_goes_up_to_its_total(place: Court, tmp_path: Path) -> None:
    order = place.order()
    told: list[tuple[str, int, int]] = []
    built(
        order,
        makers_for(order),
        place.files,
        Workbench(tmp_path / "a", "1"),
        tell=lambda step, done, total: told.append((step, done, total)),
        stop=lambda: False,
    )
    assert [done for _, done, _ in told] == [*range(told[-1][2] + 1)]


def test_the_annex_tells_each_fact_with_the_exhibits_that_show_it(place: Court, tmp_path: Path) -> None:
    order = place.order()
    held = entries(build(place, tmp_path / "a").path)
    annex = json.loads(held["preuve/annexe.json"])
    assert [line["version"] for line in annex["faits"]] == list(range(1, order.order.version + 1))
    assert [line["empreinte"] for line in annex["faits"]] == [f.hash.hex() for f in (*order.facts, order.order)]
    told = {line["type"]: line["enonce"] for line in annex["faits"]}
    assert {"RequestFiled", "RequestRefused", "LitigationOpened"} <= set(told)
    # What the services do among themselves is not told to the other party: assessments, proposals, bundles.
    assert not {"CriterionAssessed", "DecisionProposed", "CaseClaimed", "BundlePrepared"} & set(told)
    assert "CriterionAssessed" not in held["preuve/annexe.json"].decode()
    shown = {number for line in annex["faits"] for number in line["pieces"]}
    included = [each for each in order.build.exhibits if each.included]
    documents = {n for n, each in enumerate(included, 1) if each.sources[0].kind is SourceKind.DOCUMENT}
    assert shown == documents
    (tmp_path / "annexe.pdf").write_bytes(held["preuve/annexe.pdf"])
    for flavour in ("2a", "ua1"):
        assert faults(flavour, tmp_path / "annexe.pdf") == {tmp_path / "annexe.pdf": []}


def test_no_name_leads_out_of_the_archive(place: Court, tmp_path: Path) -> None:
    for name in entries(build(place, tmp_path / "a").path):
        assert ".." not in name
        assert name.isascii()
