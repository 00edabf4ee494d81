"""Proofs over HTTP: a case's archive, verified by the file that the API hands out; whose they are; what was erased."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.api.service import Dossier, Service, service_on, settings_on
from tests.api.stages import granted, refused
from tests.servers import Database


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("proofs"))) as service:
        yield service


@pytest.fixture(scope="module")
def dossier(place: Service) -> Dossier:
    refused(place)
    return granted(place)


def proof_of(place: Service, dossier: Dossier, who: str = "auditor", **query: Any) -> bytes:
    answer = place.get(who, f"/api/cases/{dossier.id}/proof", **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    return answer.content


def verified(folder: Path, place: Service, archive: bytes, *options: str) -> tuple[int, dict[str, Any]]:
    """What the stand-alone file says, run isolated in a folder that holds nothing else."""
    (folder / "verify_smoe.py").write_text(place.get(None, "/api/ledger/verifier").text)
    (folder / "preuve.zip").write_bytes(archive)
    done = subprocess.run(
        [sys.executable, "-I", "verify_smoe.py", "preuve.zip", "--json", *options],
        cwd=folder,
        env={},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def key_of(place: Service) -> str:
    (key,) = place.get(None, "/api/ledger/keys").json()["keys"]
    return str(key)


def test_a_case_is_proven_by_one_file_and_its_key(place: Service, dossier: Dossier, tmp_path: Path) -> None:
    status, told = verified(tmp_path, place, proof_of(place, dossier), "--cle", key_of(place))
    assert (status, told["verdict"], told["faults"], told["reserves"]) == (0, "proven", [], [])
    assert told["sentence"].startswith(f"PROUVÉ : les {told['facts']} faits du dossier {dossier.id} sont entiers")
    assert told["facts"] == dossier.read("auditor").json()["version"]
    documents = dossier.read("auditor", "/documents").json()["documents"]
    shas = {version["sha256"] for document in documents for version in document["versions"]}
    assert {document["sha256"] for document in told["documents"]} == shas != set()


def test_without_a_key_it_is_coherent_and_says_what_is_lacking(
    place: Service, dossier: Dossier, tmp_path: Path
) -> None:
    status, told = verified(tmp_path, place, proof_of(place, dossier))
    assert (status, told["verdict"], len(told["reserves"])) == (3, "coherent", 1)
    other = "smoe/x+" + key_of(place).split("+", 1)[1]
    done = subprocess.run(
        [sys.executable, "-I", "verify_smoe.py", "preuve.zip", "--cle", other], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 2


def test_an_archive_holds_nothing_of_another_case(place: Service, dossier: Dossier) -> None:
    other = refused(place)
    archive = proof_of(place, dossier)
    facts = place.desk.history(other.id).facts
    for secret in (str(other.id), other.read("auditor").json()["number"], *(fact.hash.hex() for fact in facts)):
        assert secret.encode() not in archive
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        assert opened.namelist()[:5] == ["preuve.txt", "LISEZMOI.txt", "faits.txt", "arbre.txt", "cles.txt"]


def test_a_kept_checkpoint_is_continued(place: Service, dossier: Dossier, tmp_path: Path) -> None:
    proof_of(place, dossier)
    kept = place.get(None, "/api/ledger/checkpoint").text
    size = int(kept.split("\n")[1])
    later = refused(place)
    (tmp_path / "gardé.txt").write_text(kept)
    options = ("--cle", key_of(place), "--point", "gardé.txt")
    status, told = verified(tmp_path, place, proof_of(place, later, since=size), *options)
    assert (status, told["reserves"]) == (0, [])
    assert any("continue celui" in sentence for sentence in told["held"])
    answer = place.get(None, "/api/ledger/consistency", **{"from": size, "to": told["checkpoint"]["size"]}).json()
    assert answer["root"] == told["checkpoint"]["root"]
    assert answer["hashes"]


def test_an_erased_person_is_said_to_be_and_the_proof_still_holds(
    new_database: Callable[[], Database], valkey_url: str, tmp_path: Path
) -> None:
    with service_on(settings_on(new_database(), valkey_url, tmp_path)) as service:
        gone = service.file()
        abandoned = service.post(
            "employer-acme", f"/api/cases/{gone.id}/abandon", {"reason": "Poste pourvu."}, at=gone.version
        )
        before = proof_of(service, gone)
        person = service.get("auditor", f"/api/cases/{gone.id}").json()["request"]["worker"]["person"]
        service.clock.go_to(date(2032, 1, 5))
        erasure = {"person": person, "reason": "Durée de conservation expirée.", "archival_visa": "AD63 1"}
        answer = service.post("admin", f"/api/cases/{gone.id}/erase-person", erasure, at=abandoned.json()["version"])
        assert answer.status_code == 200, answer.text
        status, told = verified(tmp_path, service, proof_of(service, gone), "--cle", key_of(service))
        assert status == 0
        erased = {(each["fact"], field) for each in told["erased"] for field in each["fields"]}
        assert {(1, "family_name"), (1, "birth_date")} <= erased
        assert {each["person"] for each in told["erased"]} == {person}
        assert [each["person"] for each in told["erasures"]] == [person]
        assert verified(tmp_path, service, before, "--cle", key_of(service))[0] == 0


@pytest.mark.parametrize("who", ["employer-acme", "mandatary-durand"])
def test_those_who_file_get_no_proof(place: Service, dossier: Dossier, who: str) -> None:
    answer = place.get(who, f"/api/cases/{dossier.id}/proof")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_whoever_may_not_know_a_case_gets_no_proof_of_it(place: Service, dossier: Dossier) -> None:
    assert place.get(None, f"/api/cases/{dossier.id}/proof").status_code == 401
    assert place.get("agent-84", f"/api/cases/{dossier.id}/proof").status_code == 404
    unknown = "01890000-0000-7000-8000-000000000000"
    assert place.get("auditor", f"/api/cases/{unknown}/proof").status_code == 404


@pytest.mark.parametrize("since", [0, -1, 10**9, "x", 2**63])
def test_a_size_that_never_was_is_refused(place: Service, dossier: Dossier, since: Any) -> None:
    answer = place.get("auditor", f"/api/cases/{dossier.id}/proof", since=since)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize(("old", "new"), [(0, 1), (2, 1), (1, 10**9), ("x", 1), (1, 2**63)])
def test_sizes_that_the_log_never_had_are_refused(place: Service, dossier: Dossier, old: Any, new: Any) -> None:
    proof_of(place, dossier)
    answer = place.get(None, "/api/ledger/consistency", **{"from": old, "to": new})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_an_empty_log_has_no_checkpoint(new_database: Callable[[], Database], valkey_url: str, tmp_path: Path) -> None:
    with service_on(settings_on(new_database(), valkey_url, tmp_path), seeded=True) as service:
        answer = service.get(None, "/api/ledger/checkpoint")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert service.get(None, "/api/ledger/keys").json()["keys"] == []
