"""Defence bundles over HTTP: who reads them, what they show, what is handed over and when."""

import hashlib
import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest

from documents.storage import Files
from reactions.bundles import Bundles
from tests.api import stages
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.bundles import worker
from tests.histories import erase
from tests.servers import Database

LEGAL, PREFECTURE, AUDITOR = "legal-69", "prefecture-69", "auditor"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(scope="module")
def service(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("bundles"))) as made:
        yield made


@pytest.fixture(scope="module")
def built(service: Service) -> Dossier:
    dossier = stages.bundle_ordered(service)
    assert react(service) == 1
    return dossier


def react(service: Service) -> int:
    """What the worker does."""
    bundles = Bundles(service.desk, service.settings, worker.makers)
    with psycopg.connect(service.settings.database_url, autocommit=True) as connection:
        return bundles.run_once(connection)


def read(dossier: Dossier, who: str, part: str = "", **query: Any) -> httpx.Response:
    return dossier.read(who, f"/bundles{part}", **query)


def test_a_bundle_shows_its_exhibits_numbered_and_named(service: Service) -> None:
    dossier = stages.bundle_prepared(service)
    (line,) = read(dossier, LEGAL).json()["bundles"]
    assert (line["bundle"], line["recipe"], line["arrangement"], line["builds"]) == ("B1", "excess_of_power/1", 1, [])
    told = read(dossier, LEGAL, "/B1").json()
    numbers = [each["number"] for each in told["exhibits"] if each["included"]]
    assert numbers == list(range(1, line["exhibits"] + 1))
    first = told["exhibits"][0]
    assert (first["slot"], first["name"][:2], first["heading"]) == ("request", "1_", "Demande et accusé de réception")
    assert all(len(each["name"]) <= 80 for each in told["exhibits"])
    assert any("R611-1" in each["caution"] for each in told["exhibits"])


def test_what_is_laid_out_can_be_given_back_changed(service: Service) -> None:
    dossier = stages.bundle_prepared(service)
    told = read(dossier, LEGAL, "/B1").json()
    exhibits = [
        {
            "slot": each["slot"],
            "label": each["label"],
            "included": each["included"],
            "why_excluded": each["why_excluded"],
            "sources": [{name: source[name] for name in ("kind", "ref", "version")} for source in each["sources"]],
        }
        for each in reversed(told["exhibits"])
    ]
    body = {"bundle": "B1", "arrangement": told["arrangement"], "exhibits": exhibits}
    # Another who arranges meanwhile is not undone unawares, whatever version of the case either of them names.
    seen = dossier.version
    dossier.must(PREFECTURE, "arrange-bundle", body)
    refused = dossier.give(LEGAL, "arrange-bundle", {**body, "exhibits": exhibits[1:]}, at=seen)
    assert (refused.status_code, refused.json()["code"]) == (409, "bundle_rearranged")
    again = read(dossier, LEGAL, "/B1").json()
    assert again["arrangement"] == 2
    assert [each["label"] for each in again["exhibits"]] == [each["label"] for each in exhibits]


def test_two_who_arrange_at_the_same_instant_do_not_both_succeed(service: Service) -> None:
    dossier = stages.bundle_prepared(service)
    start, codes = threading.Barrier(4), []

    def arrange(label: str) -> None:
        body = {
            "bundle": "B1",
            "arrangement": 1,
            "exhibits": [{"label": label, "sources": [{"kind": "sheet", "ref": "request"}]}],
        }
        start.wait()
        codes.append(service.post(LEGAL, f"{dossier.path}/arrange-bundle", body).status_code)

    threads = [threading.Thread(target=arrange, args=(f"Demande {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409, 409, 409]


def test_a_fault_is_told_where_it_stands(service: Service) -> None:
    dossier = stages.bundle_prepared(service)
    body = {
        "bundle": "B1",
        "arrangement": 1,
        "exhibits": [{"label": "Pièce d'ailleurs", "sources": [{"kind": "document", "ref": "P99"}]}],
    }
    answer = dossier.give(LEGAL, "arrange-bundle", body)
    assert answer.status_code == 422
    (fault,) = answer.json()["faults"]
    assert (fault["pointer"], fault["code"]) == ("/exhibits/0/sources/0/ref", "source_unknown")


def test_nothing_is_handed_over_before_it_is_built(service: Service) -> None:
    dossier = stages.bundle_ordered(service)
    (build,) = read(dossier, LEGAL, "/B1").json()["builds"]
    assert (build["state"], build["sha256"]) == ("waiting", "")
    for part in ("/B1/content", "/B1/brief"):
        assert read(dossier, LEGAL, part).json()["code"] == "bundle_not_built"
    dossier.must(LEGAL, "cancel-bundle", {"bundle": "B1"})
    assert read(dossier, LEGAL, "/B1").json()["builds"][0]["state"] == "cancelled"
    assert react(service) == 0


def test_the_archive_is_the_one_that_was_recorded(built: Dossier) -> None:
    (build,) = read(built, LEGAL, "/B1").json()["builds"]
    assert (build["state"], build["step"]) == ("built", "")
    for who in (LEGAL, AUDITOR):
        answer = read(built, who, "/B1/content")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        assert hashlib.sha256(answer.content).hexdigest() == build["sha256"]
        assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert read(built, LEGAL, "/B1/brief").content == opened.read("memoire/memoire.pdf")
        docx = built.service.client.get(
            f"{built.path}/bundles/B1/brief", headers=built.service.headers(LEGAL, Accept=DOCX)
        )
        assert docx.headers["content-type"] == DOCX
        assert docx.content == read(built, LEGAL, "/B1/brief", format="docx").content
        assert docx.content == opened.read("memoire/memoire.docx")
    assert read(built, LEGAL, "/B1/content", build=2).status_code == 409
    assert read(built, LEGAL, "/B2/content").status_code == 404


def test_whoever_does_not_read_convictions_does_not_read_what_tells_of_them(built: Dossier) -> None:
    """Every condition is assessed, the employer's record among them: the prefecture reads the layout alone."""
    assert read(built, PREFECTURE, "/B1").status_code == 200
    for part in ("/B1/content", "/B1/brief"):
        answer = read(built, PREFECTURE, part)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("who", ["employer-acme", "worker-diallo", "agent-63", "signatory-63", "manager-63", "admin"])
def test_nobody_else_reads_a_bundle(built: Dossier, who: str) -> None:
    for part in ("", "/B1", "/B1/content", "/B1/brief"):
        assert read(built, who, part).status_code in {403, 404}


@pytest.mark.parametrize("who", ["legal-84", "prefecture-84"])
def test_another_department_does_not_know_of_it(built: Dossier, who: str) -> None:
    for part in ("", "/B1", "/B1/content", "/B1/brief"):
        assert read(built, who, part).status_code == 404


def test_those_who_filed_find_no_trace_of_it_in_the_history(built: Dossier) -> None:
    built.service.runner.run_until_current()
    whole, shown = (
        {line["type"] for line in built.read(who, "/history").json()["lines"]} for who in (LEGAL, "employer-acme")
    )
    assert {"BundlePrepared", "BundleOrdered", "BundleBuilt"} <= whole
    assert shown
    assert not {each for each in shown if each.startswith("Bundle")}


def test_a_bundle_outlives_no_erasure(service: Service) -> None:
    dossier = stages.bundle_ordered(service)
    assert react(service) == 1
    files = Files(service.settings.files_url, service.desk.ledger.keys)
    (build,) = dossier.case.bundle("B1").builds
    assert files.has(dossier.id, build.sha256)
    person = dossier.case.request.worker.person
    erase(service.desk.ledger, dossier.id, person, service.clock.today)
    answer = read(dossier, LEGAL, "/B1/content")
    assert (answer.status_code, answer.json()["code"]) == (410, "files_erased")
