"""Every example body, and the example of every command of this chapter, works through the domain."""

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest

from domain.case import Status
from domain.commands.amend_request import AmendRequest, amend_request
from domain.commands.file_request import EXAMPLE, FileRequest, file_request
from domain.envelope import Role
from domain.procedures import Procedure
from tests.unit.given import CASE, a_context, case_after, filer_of

FILINGS = sorted((Path(__file__).parents[2] / "examples" / "filings").glob("*.json"))
UNKNOWN_PLATFORM = {"c-07", "c-08", "c-12", "c-22"}


def _body(path: Path) -> FileRequest:
    return msgspec.json.decode(path.read_bytes(), type=FileRequest)


@pytest.mark.parametrize("path", FILINGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2031, 6, 30)], ids=str)
def test_an_example_is_filed(path: Path, today: date) -> None:
    body = _body(path)
    role = Role.MANDATARY if body.request.mandate else filer_of(body.request.procedure)
    case = case_after(file_request(body, a_context(role, today=today, id=CASE)))
    expected = Status.TO_ROUTE if path.stem[:4] in UNKNOWN_PLATFORM else Status.TO_CLAIM
    assert case.status is expected
    assert len(case.documents) == len(body.documents)


def test_examples_are_enough_and_cover_every_procedure() -> None:
    assert len(FILINGS) >= 20
    assert {_body(path).request.procedure for path in FILINGS} == set(Procedure)


def test_the_readme_names_every_example_and_no_other() -> None:
    readme = (FILINGS[0].parent / "README.md").read_text(encoding="utf-8")
    named = {line.split("`")[1] for line in readme.splitlines() if line.startswith("| `")}
    assert named == {path.stem for path in FILINGS}


def test_the_example_of_filing_works_and_can_be_amended() -> None:
    body = msgspec.convert(json.loads(json.dumps(EXAMPLE)), FileRequest)
    case = case_after(file_request(body, a_context(Role.EMPLOYER, id=CASE)))
    raised = {**EXAMPLE["request"], "job": {**EXAMPLE["request"]["job"], "pay_monthly_gross": "2550.00"}}
    amend = msgspec.convert({"request": raised, "reason": "La rémunération est relevée."}, AmendRequest)
    (amended,) = amend_request(case, amend, a_context(Role.EMPLOYER))
    assert amended.changes == ("/request/job/pay_monthly_gross",)
