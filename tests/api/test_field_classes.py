"""What a quality does not read is in no answer: names for administrators, the employer's record, internal notes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api.seen import WITHHELD, masked
from domain.demonstration import IDENTITIES
from domain.events import NoteAdded
from domain.findings import CRITERION_TITLES, Criterion
from domain.rights import VISIBLE, FieldClass
from features.bodies import FAMILY, WORKER, changed, filing
from tests.api import stages
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.servers import Database

NOTE = "L'employeur a été vu deux fois au guichet."
FINDING = "Condamnation du 4 mars 2025 pour travail dissimulé."
RECORD_TITLE = CRITERION_TITLES[Criterion.EMPLOYER_RECORD]
PERSONAL = (
    WORKER["family_name"],
    WORKER["given_names"],
    WORKER["birth_date"],
    WORKER["passport_number"],
    FAMILY["family_name"],
    FAMILY["street"],
    "Camille Renard",
)
"""What identifies the worker, the private employer, and who filed."""
CASE_READS = ("", "/clocks", "/documents", "/history", "/conditions", "/notes", "/routing", "/decision-sheets/D1")
OTHER_READS = (
    "/api/cases",
    "/api/registers/decisions",
    "/api/audit/decisions",
    "/api/queues",
    "/api/registers/messages",
)
ROLES = {
    "agent-63",
    "signatory-63",
    "manager-63",
    "prefecture-69",
    "legal-69",
    "auditor",
    "admin",
    "employer-acme",
}


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("classes"))) as service:
        yield service


def refused_for_record(service: Service) -> Dossier:
    """A refusal on the employer's record, signed and not notified yet, of a private employer, with a note."""
    body = filing("introduction_permanent")
    changed(body, "/request/employer", FAMILY)
    changed(body, "/request/job/workplace", {"street": "1 rue X", "postcode": "69100", "town": "Villeurbanne"})
    dossier = service.file_body(body).must("agent-63", "claim").must("agent-63", "add-note", {"text": NOTE})
    asked = {
        "body": "inspection du travail",
        "question": "Des condamnations sont-elles connues ?",
        "criterion": "employer_record",
    }
    dossier.must("agent-63", "request-opinion", asked)
    dossier.must("agent-63", "record-opinion", {"opinion": "O1", "adverse": True, "finding": FINDING})
    stages.assess_all(dossier)
    reason = {"criterion": "employer_record", "fact": FINDING}
    proposal = {"kind": "refusal", "reasons": [reason], "explanation": FINDING}
    dossier.must("agent-63", "propose", proposal)
    dossier.must("signatory-63", "return-proposal", {"reason": f"À préciser : {FINDING}"})
    dossier.must("agent-63", "propose", proposal).must("signatory-63", "sign", {"kind": "refusal"})
    service.runner.run_until_current()
    return dossier


@pytest.fixture(scope="module")
def dossier(place: Service) -> Dossier:
    return refused_for_record(place)


def everything(place: Service, dossier: Dossier, who: str) -> str:
    """All that somebody is answered about a case, as text."""
    reads = [dossier.read(who, part) for part in CASE_READS]
    reads += [dossier.read(who, "/history", as_of="2026-11-02T23:00:00+01:00", legal_as_of="2026-11-02")]
    reads += [place.get(who, path) for path in OTHER_READS]
    stale = {
        "lift-legal-hold": {"hold": "G9", "reason": "Fin."},
        "erase-person": {"person": str(dossier.id), "reason": "Fin."},
        "file-defence": {"litigation": "L1"},
        "propose": {"kind": "grant"},
    }
    reads += [place.post(who, f"{dossier.path}/{name}", body, at=1) for name, body in stale.items()]
    return "\n".join(answer.text for answer in reads)


@pytest.mark.parametrize("who", sorted(ROLES))
def test_an_answer_holds_what_the_quality_reads_and_nothing_else(place: Service, dossier: Dossier, who: str) -> None:
    classes = VISIBLE[IDENTITIES[who].actor.role]
    told = everything(place, dossier, who)
    assert dossier.case.number in told, "something is told at all"
    assert (NOTE in told) is (FieldClass.NOTE in classes)
    assert (FINDING in told) is (FieldClass.RECORD in classes)
    found = [text for text in PERSONAL if text in told]
    assert found == (list(PERSONAL) if FieldClass.PERSONAL in classes else [])
    assert (WITHHELD in told) is (FieldClass.PERSONAL not in classes or who == "prefecture-69")


def test_conditions_of_the_record_are_named_as_withheld(place: Service, dossier: Dossier) -> None:
    whole, less = (dossier.read(who, "/conditions").json() for who in ("legal-69", "prefecture-69"))
    assert whole["withheld"] == []
    assert RECORD_TITLE in less["withheld"]
    kept = {each["title"] for each in less["conditions"]}
    assert kept == {each["title"] for each in whole["conditions"]} - set(less["withheld"])
    sheet = dossier.read("prefecture-69", "/decision-sheets/D1").json()
    assert {each["title"] for each in sheet["held"]["conditions"]} == kept
    assert sheet["held"]["version"] == dossier.read("legal-69", "/decision-sheets/D1").json()["held"]["version"]


def test_what_the_criminal_record_answers_is_of_the_record_though_no_condition_is_named(place: Service) -> None:
    dossier = place.file().must("agent-63", "claim")
    asked = {"body": "casier judiciaire national", "question": "Le bulletin n° 2, s'il vous plaît."}
    dossier.must("agent-63", "request-opinion", asked)
    dossier.must("agent-63", "record-opinion", {"opinion": "O1", "adverse": True, "finding": FINDING})
    place.runner.run_until_current()
    for who in ("legal-69", "prefecture-69", "admin"):
        told = dossier.read(who).text + dossier.read(who, "/history").text
        assert (FINDING in told) is ("casier" in told) is (who == "legal-69"), who


def test_not_even_the_condition_is_named_before_the_decision_is_notified(place: Service, dossier: Dossier) -> None:
    """Which ground the refusal rests on would tell what was found."""
    reads = ("", "/history", "/decision-sheets/D1")
    register = ("/api/registers/decisions", "/api/audit/decisions")

    def told(who: str) -> dict[str, str]:
        # The notice lists the conditions that the algorithm looks at, whatever was found.
        notice = dossier.case.decision("D1").signed.algorithmic_notice
        of_case = {part: dossier.read(who, part).text.replace(notice, "") for part in reads}
        return of_case | {path: place.get(who, path).text for path in register}

    whole, less = told("legal-69"), told("prefecture-69")
    assert all("employer_record" in text for text in whole.values()), "there is something to hide everywhere"
    for part, text in less.items():
        assert "employer_record" not in text, part
        assert RECORD_TITLE not in text, part
        assert "R5221-20 2° b" not in text, part


def test_a_notified_decision_keeps_its_grounds(place: Service) -> None:
    dossier = refused_for_record(place)
    before = dossier.read("prefecture-69").json()["decisions"][0]["signed"]
    assert (before["reasons"], before["explanation"]) == ([], WITHHELD)
    (line,) = _register(place, "prefecture-69", dossier)
    assert (line["grounds"], line["articles"]) == ([], [])
    dossier.must("agent-63", "make-available", {"decision": "D1"})
    dossier.must("employer-acme", "acknowledge-reading", {"decision": "D1"})
    place.runner.run_until_current()
    after = dossier.read("prefecture-69").json()["decisions"][0]["signed"]
    assert [each["fact"] for each in after["reasons"]] == [FINDING]
    assert all(each["rule"]["criterion"] != "employer_record" for each in after["assessments"])
    (line,) = _register(place, "prefecture-69", dossier)
    assert line["grounds"] == ["employer_record"]


def _register(place: Service, who: str, dossier: Dossier) -> list[dict[str, Any]]:
    rows = place.get(who, "/api/registers/decisions").json()["items"]
    return [row for row in rows if row["case_id"] == str(dossier.id)]


def test_who_may_not_read_names_searches_numbers_alone(place: Service, dossier: Dossier) -> None:
    def found(who: str, text: str) -> set[str]:
        return {item["case"] for item in place.get(who, "/api/cases", q=text).json()["items"]}

    for text in (WORKER["family_name"], FAMILY["family_name"], "Cuisinier"):
        assert str(dossier.id) in found("auditor", text)
        assert found("admin", text) == set()
        assert place.get("admin", "/api/cases", q=text).json()["total"] == 0
    assert found("admin", dossier.case.number) == {str(dossier.id)}
    (row,) = place.get("admin", "/api/cases", q=dossier.case.number).json()["items"]
    assert (row["worker_name"], row["employer_name"]) == (WITHHELD, WITHHELD)


def test_the_name_of_a_company_is_no_personal_datum(place: Service) -> None:
    dossier = place.file()
    place.runner.run_until_current()
    (row,) = place.get("admin", "/api/cases", q=dossier.case.number).json()["items"]
    assert (row["worker_name"], row["employer_name"]) == (WITHHELD, "Acme Robotique")


def test_a_prefecture_reads_no_note_on_what_it_filed_itself(place: Service) -> None:
    dossier = place.file("exceptional_admission", "prefecture-69").must("agent-63", "add-note", {"text": NOTE})
    assert dossier.read("prefecture-69", "/notes").json()["notes"] == []
    assert NOTE not in dossier.read("prefecture-69", "/history").text
    assert dossier.read("legal-69", "/notes").json()["notes"][0]["text"] == NOTE


def test_a_proof_shows_the_record_and_is_for_those_who_read_it(place: Service, dossier: Dossier) -> None:
    statuses = {who: dossier.read(who, "/proof").status_code for who in ROLES}
    refused = {who for who, status in statuses.items() if status == 403}
    assert refused == {"prefecture-69", "admin", "employer-acme"}


def test_masking_is_by_the_marks(dossier: Dossier) -> None:
    request = dossier.case.request
    assert masked(NoteAdded(person=request.worker.person, text=NOTE)).text == WITHHELD
    worker = masked(request.worker)
    assert (worker.family_name, worker.birth_date) == (WITHHELD, None)
    assert (worker.nationality, worker.person) == (request.worker.nationality, request.worker.person)
    assert masked(request).employer.family_name == WITHHELD
