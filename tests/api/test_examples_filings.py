"""Every body of `examples/filings/` is filed through the API by somebody who may file it."""

import json
from pathlib import Path

import pytest

from domain.demonstration import IDENTITIES, DemonstrationIdentity
from domain.envelope import Role
from domain.procedures import PROCEDURES, Procedure
from tests.api.service import Service
from tests.unit.given import WORKER

FOLDER = Path(__file__).parents[2] / "examples" / "filings"
BODIES = sorted(FOLDER.glob("*.json"))
FILERS = {
    Role.EMPLOYER: "employer-acme",
    Role.PREFECTURE: "prefecture-69",
    Role.WORKER: "worker",
    Role.MANDATARY: "mandatary-durand",
}


def filer_of(path: Path) -> str:
    """The mandatary where there is a mandate, else the first of the identities that may file."""
    request = json.loads(path.read_text())["request"]
    may_file = PROCEDURES[Procedure(request["particulars"]["procedure"])].filers
    if request.get("mandate") and Role.MANDATARY in may_file:
        return FILERS[Role.MANDATARY]
    return next(who for role, who in FILERS.items() if role in may_file)


def test_every_procedure_has_an_example() -> None:
    assert len(BODIES) >= 20
    filed = {json.loads(path.read_text())["request"]["particulars"]["procedure"] for path in BODIES}
    assert filed == {procedure.value for procedure in Procedure}


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_an_example_is_filed(service: Service, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The demonstration has no foreigner who files for himself: this one does, for an opinion on his own project.
    monkeypatch.setitem(IDENTITIES, "worker", DemonstrationIdentity(name="worker", actor=WORKER))
    who, body = filer_of(path), json.loads(path.read_text())
    answer = service.post(who, "/api/cases", body)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    kinds = [fact["type"] for fact in told["events"]]
    assert kinds[:2] == ["RequestFiled", "RegistrationReceiptIssued"]
    assert kinds[2:] in (["RequestRouted", "AcknowledgementIssued"], ["RoutingLeftToHand"])
    case = service.get(who, answer.headers["Location"]).json()
    assert case["procedure"] == body["request"]["particulars"]["procedure"]
    assert case["number"] == told["number"]
    assert len(case["documents"]) == len(body.get("documents", []))
    assert IDENTITIES[who].actor.role in PROCEDURES[Procedure(case["procedure"])].filers
