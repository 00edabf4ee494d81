"""What smoe records of files: of the very bytes that were announced, once, and nobody else records it."""

from typing import Any

import msgspec
import pytest

from domain.case import Case
from domain.command import case_commands
from domain.commands.examine_document import ExamineDocument, examine_document
from domain.commands.scan_document import ScanDocument, scan_document
from domain.envelope import Role
from domain.papers import FileFault, ScanVerdict
from domain.rights import TABLE
from domain.sentences import sentence
from tests.unit.given import HASH, a_context, an_attached, case_after, filed
from tests.unit.given_decided import only
from tests.unit.given_disputed import refusal_of

CONTEXT = a_context(Role.SYSTEM)


@pytest.fixture
def case() -> Case:
    return filed(documents=(an_attached("passport", "Passeport"),))


def an_examination(**changes: Any) -> ExamineDocument:
    body = ExamineDocument(
        document="P1",
        version=1,
        sha256=HASH,
        bytes=120_000,
        media_type="application/pdf",
        pages=2,
        faults=(FileFault.IMAGE_ONLY,),
        examiner="smoe-intake 1",
    )
    return msgspec.structs.replace(body, **changes)


def a_scan(verdict: ScanVerdict = ScanVerdict.CLEAN, **changes: Any) -> ScanDocument:
    body = ScanDocument(document="P1", version=1, sha256=HASH, verdict=verdict, engine="ClamAV 1.4.3/27700")
    return msgspec.structs.replace(body, **changes)


def test_an_examination_is_recorded_and_known(case: Case) -> None:
    event = only(examine_document(case, an_examination(), CONTEXT))
    report = case_after([event], case).documents["P1"].reports[1]
    assert (report.media_type, report.pages, report.faults, report.bytes) == (
        "application/pdf",
        2,
        (FileFault.IMAGE_ONLY,),
        120_000,
    )


def test_the_same_examination_is_not_recorded_twice_but_another_one_is(case: Case) -> None:
    after = case_after(examine_document(case, an_examination(), CONTEXT), case)
    assert refusal_of(examine_document, after, an_examination(), CONTEXT).code == "document_already_examined"
    assert refusal_of(examine_document, after, an_examination(examiner="other"), CONTEXT).code == (
        "document_already_examined"
    )
    again = only(examine_document(after, an_examination(faults=()), CONTEXT))
    assert case_after([again], after).documents["P1"].reports[1].faults == ()


def test_a_verdict_is_recorded_once_until_another_comes(case: Case) -> None:
    clean = case_after(scan_document(case, a_scan(), CONTEXT), case)
    assert clean.documents["P1"].verdicts == {1: ScanVerdict.CLEAN}
    assert refusal_of(scan_document, clean, a_scan(), CONTEXT).code == "document_already_scanned"
    infected = case_after(scan_document(clean, a_scan(ScanVerdict.INFECTED), CONTEXT), clean)
    assert infected.documents["P1"].verdicts == {1: ScanVerdict.INFECTED}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": "P9"}, "document_unknown"),
        ({"version": 2}, "document_version_unknown"),
        ({"sha256": "cd" * 32}, "document_version_unknown"),
    ],
)
def test_only_the_bytes_that_were_announced_are_recorded(case: Case, changes: dict[str, Any], code: str) -> None:
    assert refusal_of(examine_document, case, an_examination(**changes), CONTEXT).code == code
    assert refusal_of(scan_document, case, a_scan(**changes), CONTEXT).code == code


@pytest.mark.parametrize("name", ["examine-document", "scan-document"])
def test_smoe_alone_records_it_and_the_example_works(name: str) -> None:
    command = case_commands()[name]
    assert TABLE[name].by == {Role.SYSTEM}
    body = msgspec.convert(command.example, command.body)
    attached = msgspec.structs.replace(an_attached("passport"), sha256=command.example["sha256"])
    assert command.decide(filed(documents=(attached,)), body, CONTEXT)


def test_only_a_clean_verdict_and_an_examination_leave_decisions_as_current_as_they_were(case: Case) -> None:
    settled = case.settled
    examined = case_after(examine_document(case, an_examination(), CONTEXT), case)
    clean = case_after(scan_document(examined, a_scan(), CONTEXT), examined)
    assert (examined.settled, clean.settled) == (settled, settled)
    failed = case_after(scan_document(clean, a_scan(ScanVerdict.FAILED), CONTEXT), clean)
    infected = case_after(scan_document(clean, a_scan(ScanVerdict.INFECTED), CONTEXT), clean)
    assert failed.settled == failed.version == infected.settled == infected.version


def test_they_read_as_french(case: Case) -> None:
    read = sentence(only(examine_document(case, an_examination(), CONTEXT)))
    assert read == (
        "Fichier de la pièce P1 (version 1) examiné : un PDF, 2 pages (à savoir : il ne contient que des images)."
    )
    locked = an_examination(pages=None, faults=(FileFault.ENCRYPTED, FileFault.MISLABELLED))
    assert sentence(only(examine_document(case, locked, CONTEXT))) == (
        "Fichier de la pièce P1 (version 1) examiné : un PDF (inexploitable : un mot de passe le protège ; "
        "il n'est pas du type annoncé)."
    )
    sound = an_examination(faults=(), pages=1)
    assert sentence(only(examine_document(case, sound, CONTEXT))).endswith("un PDF, 1 page, sans défaut constaté.")
    found = a_scan(ScanVerdict.INFECTED, signature="Eicar-Test")
    assert sentence(only(scan_document(case, found, CONTEXT))) == (
        "Analyse antivirus de la pièce P1 (version 1) : fichier infecté, qui ne peut plus être ouvert "
        "(« Eicar-Test »), selon ClamAV 1.4.3/27700."
    )
