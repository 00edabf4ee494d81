"""Files that nobody can use as they are, from their sender to the court: each is told, and none stops a bundle."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psycopg
import pypdfium2
import pytest

from documents.bundle.makers import makers_of
from documents.storage import Files
from features.bodies import COOK, changed, filing
from reactions.bundles import Bundles
from reactions.intake import Intake
from tests.api import stages
from tests.api.files import listed, send, sha256, uploaded
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.court.hostile import HOSTILE, LARGE_BYTES
from tests.court.registry import objections
from tests.servers import Database

FILER, LEGAL = "employer-acme", "legal-69"
JOINED, HELD = "est joint tel quel", "L'administration conserve le fichier d'origine"


class Line(NamedTuple):
    """What a bundle says and shows of an exhibit."""

    row: dict[str, str]
    first_page: str
    joined: bytes


class Carried(NamedTuple):
    """Every file, as it came to be in a bundle."""

    dossier: Dossier
    contents: dict[str, bytes]
    archive: Path
    lines: dict[str, Line]
    """By the title of the file; those of files that never came among them."""


def announced(service: Service, contents: dict[str, bytes]) -> Dossier:
    """A request below the minimum wage that announces these files beside those of every request."""
    body = filing("introduction_permanent")
    changed(body, "/request/job", {**COOK, "pay_monthly_gross": "1500.00", "agreement_minimum_monthly": None})
    body["documents"] += [
        {
            "item": "other",
            "title": title,
            "sha256": sha256(content),
            "bytes": len(content),
            "media_type": HOSTILE[title].kind,
        }
        for title, content in contents.items()
    ]
    return service.file_body(body)


def document_of(dossier: Dossier, title: str) -> str:
    (found,) = [each.id for each in dossier.case.documents.values() if each.current.title == title]
    return found


def delivered(dossier: Dossier, title: str, content: bytes) -> httpx.Response:
    """The bytes of what was announced: in a form, or in parts where there are many."""
    service, hostile = dossier.service, HOSTILE[title]
    path = f"{dossier.path}/documents/{document_of(dossier, title)}/versions/1/content"
    if len(content) < LARGE_BYTES:
        part = {"file": (hostile.name, content, hostile.kind)}
        return service.client.put(path, files=part, headers=service.headers(FILER))
    place = uploaded(service, FILER, content, filename=hostile.name, filetype=hostile.kind)
    return service.client.put(path, json={"upload": place.rpartition("/")[2]}, headers=service.headers(FILER))


def told_at_once(dossier: Dossier, title: str, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliver it; what is answered is what is expected, unless its process dies once the bytes are kept."""

    def die(*_: Any, **__: Any) -> Any:
        raise SystemError("the process ends here")

    hostile = HOSTILE[title]
    with monkeypatch.context() as patched:
        if hostile.examined_late:
            patched.setattr(dossier.service.desk.ledger, "append", die)
        answer = delivered(dossier, title, content)
    assert answer.status_code == (500 if hostile.examined_late else 200), f"{title}: {answer.text}"
    if not hostile.examined_late:
        assert [each["code"] for each in answer.json()["file"]["faults"]] == list(hostile.faults), title


def built(service: Service, dossier: Dossier, out: Path) -> None:
    """Refuse the request, bring it to court, and let the worker build the bundle that is proposed."""
    dossier.version = dossier.case.version
    dossier.must("agent-63", "claim")
    stages.assess_all(dossier).must("agent-63", "propose", {"kind": "refusal", "reasons": [stages.UNDERPAID]})
    dossier.must("signatory-63", "sign", {"kind": "refusal"})
    dossier.must("agent-63", "make-available", {"decision": "D1"})
    dossier.must(FILER, "acknowledge-reading", {"decision": "D1"})
    claim = {"action": "annulment", "court": "Lyon", "court_number": "2600456", "lodged_by": "employer"}
    dossier.must(LEGAL, "open-litigation", claim)
    dossier.must(LEGAL, "prepare-bundle", {"decision": "D1", "litigation": "L1"})
    dossier.must(LEGAL, "order-bundle", {"bundle": "B1", "arrangement": 1})
    with psycopg.connect(service.settings.database_url, autocommit=True) as connection:
        assert Bundles(service.desk, service.settings, makers_of, retry_seconds=0).run_once(connection) == 1
    answer = dossier.read(LEGAL, "/bundles/B1/content")
    assert answer.status_code == 200, answer.text
    out.write_bytes(answer.content)


def lines_of(archive: Path) -> dict[str, Line]:
    lines = {}
    with zipfile.ZipFile(archive) as opened, pypdfium2.PdfDocument(opened.read("dossier.pdf")) as merged:
        table = io.StringIO(opened.read("inventaire.csv").decode("utf-8-sig"))
        for row in csv.DictReader(table, delimiter=";"):
            page = merged[int(row["page du dossier"]) - 1].get_textpage().get_text_range()
            title = row["intitulé"].removeprefix("« ").partition(" »")[0]
            lines[title] = Line(row, " ".join(page.split()), opened.read(f"pieces/{row['fichier']}"))
    return lines


@pytest.fixture(scope="module")
def carried(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Carried]:
    folder = tmp_path_factory.mktemp("hostile")
    contents = {title: each.content() for title, each in HOSTILE.items()}
    with (
        service_on(settings_on(new_database(), valkey_url, folder)) as service,
        pytest.MonkeyPatch.context() as patched,
    ):
        dossier = announced(service, contents)
        for title, content in contents.items():
            told_at_once(dossier, title, content, patched)
        intake = Intake(service.desk, Files(service.settings.files_url, service.desk.ledger.keys), None)
        service.runner.run_until_current()
        with psycopg.connect(service.settings.database_url, autocommit=True) as connection:
            while intake.run_once(connection):
                service.runner.run_until_current()
        built(service, dossier, folder / "dossier.zip")
        yield Carried(dossier, contents, folder / "dossier.zip", lines_of(folder / "dossier.zip"))


def test_a_registry_takes_the_bundle_of_them_all(carried: Carried) -> None:
    found = objections(carried.archive)
    assert found == [], "\n".join(found)
    assert carried.dossier.facts()[-1] == "BundleBuilt"
    assert carried.lines.keys() >= HOSTILE.keys()


@pytest.mark.parametrize("title", HOSTILE)
def test_its_sender_reads_what_is_wrong_with_it(carried: Carried, title: str) -> None:
    """Also of what the worker alone has looked at."""
    (file,) = listed(carried.dossier, FILER, document_of(carried.dossier, title))["files"]
    assert file["held"]
    assert [each["code"] for each in file["faults"]] == list(HOSTILE[title].faults)
    told = " ".join(each["message"] for each in file["faults"])
    assert HOSTILE[title].says in told
    assert bool(told) is bool(HOSTILE[title].faults)


@pytest.mark.parametrize("title", HOSTILE)
def test_what_nobody_could_use_is_turned_away_while_its_sender_has_the_original(carried: Carried, title: str) -> None:
    dossier, hostile = carried.dossier.service.file(), HOSTILE[title]
    answer = send(dossier, FILER, carried.contents[title], name=hostile.name, kind=hostile.kind, title=title)
    assert answer.status_code == (422 if hostile.is_turned_away else 201), answer.text
    faults = answer.json()["faults"] if hostile.is_turned_away else answer.json()["file"]["faults"]
    assert [each["code"] for each in faults] == list(hostile.faults)
    assert hostile.says in " ".join(each["message"] for each in faults)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_bundle_says_what_stands_for_it_and_why(carried: Carried, title: str) -> None:
    line, hostile = carried.lines[title], HOSTILE[title]
    observed = line.row["observations"]
    assert bool(observed) is bool(hostile.observed), observed
    assert hostile.observed in observed
    assert int(line.row["pages"]) == hostile.pages
    assert ("fichier non reproduit" in line.first_page) is hostile.sheet, line.first_page
    assert (line.joined == carried.contents[title]) is hostile.joined
    if hostile.sheet:
        assert " ".join(observed.split()) in line.first_page, line.first_page
        assert sha256(carried.contents[title]) in line.first_page.replace(" ", "")
        assert (JOINED in line.first_page) is hostile.joined, line.first_page
        assert (HELD in line.first_page) is not hostile.joined, line.first_page


def test_what_was_announced_and_never_came_is_told_too(carried: Carried) -> None:
    absent = carried.lines["Pièce passport"]
    assert absent.row["observations"] == "Son contenu n'a pas été versé au dossier : seule son empreinte y figure."
    assert absent.row["observations"] in absent.first_page
