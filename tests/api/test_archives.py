"""The export for the archives: a bag that other programs accept, with all that the case holds, once it is over."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import bagit
import httpx
import pytest

from documents.storage import Files
from tests.api import stages
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.servers import Database
from tests.verapdf import faults

SEDA = "{fr:gouv:culture:archivesdefrance:seda:v2.1}"
AGENCIES = {"SMOE_ARCHIVAL_AGENCY": "FRAD063", "SMOE_TRANSFERRING_AGENCY": "SMOE-63", "SMOE_ARCHIVAL_AGREEMENT": "AV-1"}
PASSPORT = b"%PDF-1.7 un passeport"
LONG_AFTER = date(2031, 6, 2)


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    settings = settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("archives"), **AGENCIES)
    with service_on(settings) as service:
        yield service


def files_of(place: Service) -> Files:
    return Files(place.settings.files_url, place.desk.ledger.keys)


def filed(place: Service) -> Dossier:
    """A request whose first document has come, and whose second never did."""
    body = stages.filing("introduction_permanent")
    body["documents"][0] |= {"sha256": hashlib.sha256(PASSPORT).hexdigest(), "title": "=Passeport n° 1 (été) ../../x"}
    dossier = place.file_body(body)
    files_of(place).put(dossier.id, dossier.case.request.worker.person, io.BytesIO(PASSPORT))
    return dossier


@pytest.fixture(scope="module")
def over(place: Service) -> Dossier:
    """A request refused, read by both, which nobody contested."""
    dossier = filed(place).must("agent-63", "claim")
    stages.assess_all(dossier)
    dossier.must("agent-63", "add-note", {"text": "Rien à signaler."})
    dossier.must("employer-acme", "abandon", {"reason": "Poste pourvu."})
    return dossier


def archive_of(place: Service, dossier: Dossier, who: str = "manager-63") -> httpx.Response:
    return place.get(who, f"{dossier.path}/archive")


def opened(place: Service, dossier: Dossier, folder: Path) -> Path:
    """The bag, unpacked."""
    answer = archive_of(place, dossier)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == int(answer.headers["content-length"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    (bag,) = folder.iterdir()
    return bag


def test_other_programs_find_a_valid_bag(place: Service, over: Dossier, tmp_path: Path) -> None:
    bag = opened(place, over, tmp_path)
    read = bagit.Bag(str(bag))
    assert read.is_valid(fast=False, completeness_only=False)
    assert read.version_info == (1, 0)
    assert sorted(read.algorithms) == ["sha256", "sha512"]
    assert read.info["External-Identifier"] == over.case.number
    assert read.info["Bagging-Date"] == place.clock.today.isoformat()
    assert not (bag / "fetch.txt").exists()


def test_our_own_check_agrees_and_can_fail(place: Service, over: Dossier, tmp_path: Path) -> None:
    bag = opened(place, over, tmp_path)
    assert faults_of(bag) == []
    (bag / "data/content/faits/faits.jsonl").write_bytes(b"{}\n")
    (bag / "data/content/intrus.txt").write_bytes(b"x")
    (bag / "data/content/LISEZMOI.txt").unlink()
    (bag / "bag-info.txt").write_text("Payload-Oxum: 1.1\n")
    assert len(faults_of(bag)) >= 6


def faults_of(bag: Path) -> list[str]:
    """What is wrong with a bag by RFC 8493, read from the text of the standard."""
    wrong = []
    if (bag / "bagit.txt").read_text() != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        wrong.append("declaration")
    payload = {str(path.relative_to(bag)) for path in (bag / "data").rglob("*") if path.is_file()}
    for algorithm in ("sha256", "sha512"):
        for kind in ("manifest", "tagmanifest"):
            listed = dict(
                reversed(line.split("  ", 1)) for line in (bag / f"{kind}-{algorithm}.txt").read_text().splitlines()
            )
            if kind == "manifest" and set(listed) != payload:
                wrong.append(f"{kind} {algorithm} lists other files")
            for name, digest in listed.items():
                found = bag / name
                if not found.is_file() or hashlib.new(algorithm, found.read_bytes()).hexdigest() != digest:
                    wrong.append(f"{algorithm} of {name}")
    size = sum((bag / name).stat().st_size for name in payload)
    if f"Payload-Oxum: {size}.{len(payload)}\n" not in (bag / "bag-info.txt").read_text():
        wrong.append("size")
    return wrong


def test_it_holds_what_the_case_holds(place: Service, over: Dossier, tmp_path: Path) -> None:
    content = opened(place, over, tmp_path) / "data/content"
    (document,) = (content / "pieces").iterdir()
    assert document.name == "P1-v1-Passeport-n-1-ete-x.pdf"
    assert document.read_bytes() == PASSPORT
    lines = [json.loads(line) for line in (content / "faits/faits.jsonl").read_text().splitlines()]
    assert [line["type"] for line in lines] == over.facts()
    assert lines[0]["phrase"].startswith("Demande déposée")
    assert lines[0]["fait"]["request"]["worker"]["family_name"]
    assert any(line["fait"].get("text") == "Rien à signaler." for line in lines)
    names = {path.name for path in (content / "fiches").iterdir()}
    assert {"request.pdf", "acknowledgement.pdf", "history.pdf"} <= names
    assert not any(faults("2a", *(content / "fiches").iterdir()).values())
    table = list(csv.reader(io.StringIO((content / "inventaire.csv").read_bytes().decode("utf-8-sig")), delimiter=";"))
    assert [row[3] for row in table[1:]] == ["présent", "jamais déposé"]
    assert table[1][1].startswith("'=Passeport")


def test_the_proof_in_it_is_checked_by_the_program_in_it(place: Service, over: Dossier, tmp_path: Path) -> None:
    folder = opened(place, over, tmp_path) / "data/content/preuve"
    (key,) = place.get(None, "/api/ledger/keys").json()["keys"]
    command = [sys.executable, "-I", "verify_smoe.py", "preuve.zip", "--cle", key]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env={})
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("PROUVÉ")


def test_the_manifest_names_every_file_once_with_its_hash(place: Service, over: Dossier, tmp_path: Path) -> None:
    bag = opened(place, over, tmp_path)
    root = ET.parse(bag / "data/manifest.xml").getroot()
    assert root.tag == f"{SEDA}ArchiveTransfer"
    assert [child.tag.removeprefix(SEDA) for child in root] == [
        "Comment", "Date", "MessageIdentifier", "ArchivalAgreement", "CodeListVersions", "DataObjectPackage",
        "ArchivalAgency", "TransferringAgency",
    ]  # fmt: skip
    binaries = list(root.iter(f"{SEDA}BinaryDataObject"))
    named = [each.findtext(f"{SEDA}Uri") for each in binaries]
    payload = {str(path.relative_to(bag / "data")) for path in (bag / "data").rglob("*") if path.is_file()}
    assert sorted(name for name in named if name) == sorted(payload - {"manifest.xml"})
    for each in binaries:
        file = bag / "data" / str(each.findtext(f"{SEDA}Uri"))
        digest = each.find(f"{SEDA}MessageDigest")
        assert digest is not None
        assert digest.get("algorithm") == "SHA-512"
        assert digest.text == hashlib.sha512(file.read_bytes()).hexdigest()
        assert each.findtext(f"{SEDA}Size") == str(file.stat().st_size)
    groups = [each.get("id") for each in root.iter(f"{SEDA}DataObjectGroup")]
    referred = [each.text for each in root.iter(f"{SEDA}DataObjectGroupReferenceId")]
    assert groups == sorted(groups, key=lambda each: int(str(each)[1:]))
    assert sorted(map(str, referred)) == sorted(map(str, groups))
    identifiers = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(identifiers) == len(set(identifiers))
    rule = root.find(f".//{SEDA}AppraisalRule")
    assert rule is not None
    assert [(child.tag.removeprefix(SEDA), child.text) for child in rule] == [
        ("Rule", "RETENTION_CASE_MONTHS"), ("StartDate", place.clock.today.isoformat()), ("FinalAction", "Keep"),
    ]  # fmt: skip
    told = root.findtext(f".//{SEDA}Description")
    assert told is not None
    assert "à confirmer" in told


def test_without_the_identifiers_of_the_agencies_no_manifest_is_invented(service: Service, tmp_path: Path) -> None:
    dossier = service.file().must("employer-acme", "abandon", {"reason": "Poste pourvu."})
    bag = opened(service, dossier, tmp_path)
    assert bagit.Bag(str(bag)).is_valid()
    assert not (bag / "data/manifest.xml").exists()


def test_twice_it_is_the_same_but_for_the_proof(place: Service, over: Dossier, tmp_path: Path) -> None:
    one, two = (opened(place, over, tmp_path / each) for each in ("a", "b"))
    files = sorted(str(path.relative_to(one)) for path in one.rglob("*") if path.is_file())
    assert files == sorted(str(path.relative_to(two)) for path in two.rglob("*") if path.is_file())
    differing = {name for name in files if (one / name).read_bytes() != (two / name).read_bytes()}
    hashed = {
        "data/manifest.xml",
        *(f"{kind}-{each}.txt" for kind in ("manifest", "tagmanifest") for each in ("sha256", "sha512")),
    }
    assert differing <= {"data/content/preuve/preuve.zip", *hashed}


def test_a_file_that_was_altered_is_told_and_left_out(place: Service, tmp_path: Path) -> None:
    dossier = filed(place).must("employer-acme", "abandon", {"reason": "Poste pourvu."})
    (kept,) = Path(place.settings.data_dir / "documents" / "cases" / str(dossier.id)).iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] + b"\x00")
    bag = opened(place, dossier, tmp_path)
    assert bagit.Bag(str(bag)).is_valid()
    assert not (bag / "data/content/pieces").exists()
    assert "altéré" in (bag / "data/content/inventaire.csv").read_text("utf-8-sig")


def test_what_is_erased_is_in_no_file_of_it(
    new_database: Callable[[], Database], valkey_url: str, tmp_path: Path
) -> None:
    with service_on(settings_on(new_database(), valkey_url, tmp_path / "data")) as place:
        dossier = filed(place).must("employer-acme", "abandon", {"reason": "Poste pourvu."})
        worker = dossier.case.request.worker
        place.clock.go_to(LONG_AFTER)
        erasure = {"person": str(worker.person), "reason": "Durée expirée.", "archival_visa": "AD63 1"}
        dossier.must("admin", "erase-person", erasure)
        answer = archive_of(place, dossier)
        assert answer.status_code == 200, answer.text
        assert worker.family_name.encode() not in answer.content
        assert PASSPORT not in answer.content
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            (name,) = [each for each in archive.namelist() if each.endswith("inventaire.csv")]
            assert "effacé" in archive.read(name).decode("utf-8-sig")


@pytest.mark.parametrize("stage", [stages.claimed, stages.refused, stages.granted, stages.appealed, stages.in_court])
def test_a_case_to_which_something_may_happen_is_not_handed_over(
    place: Service, stage: Callable[[Service], Dossier]
) -> None:
    answer = archive_of(place, stage(place))
    assert (answer.status_code, answer.json()["code"]) == (409, "case_still_alive")


def test_a_hold_stands_in_no_way(place: Service) -> None:
    dossier = stages.held(place)
    dossier.must("employer-acme", "abandon", {"reason": "Poste pourvu."})
    assert archive_of(place, dossier).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("manager-63", 200),
        ("legal-69", 200),
        ("agent-63", 404),
        ("auditor", 404),
        ("admin", 404),
        ("prefecture-69", 404),
        ("employer-acme", 404),
        ("manager-84", 404),
        (None, 401),
    ],
)
def test_who_hands_a_case_over(place: Service, over: Dossier, who: Any, status: int) -> None:
    assert archive_of(place, over, who).status_code == status
