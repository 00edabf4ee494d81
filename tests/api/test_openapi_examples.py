"""Every body of the OpenAPI document has an example, and every example works on a case that can be reached."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.command import administration_commands, case_commands
from domain.envelope import Role
from domain.events import RequestFiled
from features.bodies import changed, filing
from ledger.facts import FIRST_HASH
from ledger.identifiers import new_id
from tests.api import stages
from tests.api.operations import facts_of
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.servers import Database

Stage = Callable[[Service], Dossier]


def filed(service: Service) -> Dossier:
    return service.file()


def claimed(service: Service) -> Dossier:
    return stages.claimed(service)


def on(day: date, stage: Stage) -> Stage:
    """A stage, then a day."""

    def reached(service: Service) -> Dossier:
        dossier = stage(service)
        service.clock.go_to(day)
        return dossier

    return reached


def hierarchical(service: Service) -> Dossier:
    return stages.appealed(service, "hierarchical")


def to_repeal(service: Service) -> Dossier:
    return stages.hearing_over(service, "repeal", "condition_no_longer_met")


def attacked_for_labour_market(service: Service) -> Dossier:
    """A refusal because the offer was published ten days only, before the tribunal."""
    ground = {
        "criterion": "labour_market",
        "fact": "L'emploi ne figure pas sur la liste régionale et l'offre n'a été publiée que dix jours.",
    }
    body = filing("introduction_permanent")
    changed(body, "/request/job/fap", "Q2Z90")
    changed(body, "/request/job/rome", "M1607")
    changed(body, "/request/job/title", "Secrétaire")
    published = {"body": "France Travail", "published_from": "2026-09-01", "published_until": "2026-09-10"}
    changed(body, "/request/job/posting", {**published, "applications": 3, "fitting_candidates": 0})
    dossier = stages.assess_all(service.file_body(body).must("agent-63", "claim"))
    dossier.must("agent-63", "propose", {"kind": "refusal", "reasons": [ground]})
    dossier.must("signatory-63", "sign", {"kind": "refusal"})
    dossier.must("agent-63", "make-available", {"decision": "D1"})
    lodged = {"action": "annulment", "court": "Lyon", "court_number": "2600458", "lodged_by": "employer"}
    return dossier.must("legal-69", "open-litigation", lodged)


def of_the_person_of_the_example(service: Service) -> Dossier:
    """A request given up long ago, whose worker bears the identifier that the example names."""
    body = service.file()
    (first, *_) = service.desk.history(body.id).facts
    assert isinstance(first.event, RequestFiled)
    person = UUID(case_commands()["erase-person"].example["person"])
    worker = msgspec.structs.replace(first.event.request.worker, person=person)
    request = msgspec.structs.replace(first.event.request, worker=worker)
    case_id = new_id()
    service.desk.ledger.append(
        case_id,
        (msgspec.structs.replace(first.event, request=request),),
        expected_version=0,
        previous_hash=FIRST_HASH,
        actor=first.actor,
        command=new_id(),
        correlation=case_id,
    )
    dossier = Dossier(service, case_id, 1).must("employer-acme", "abandon", {"reason": "Poste pourvu."})
    service.clock.go_to(date(2031, 6, 2))
    return dossier


WAYS: dict[str, tuple[str, Stage]] = {
    "abandon": ("employer-acme", filed),
    "acknowledge-appeal": ("agent-63", stages.appealed),
    "acknowledge-message": ("agent-63", stages.notified_to_ofii),
    "acknowledge-reading": ("employer-acme", stages.refused),
    "add-document": ("employer-acme", filed),
    "add-note": ("agent-63", claimed),
    "amend": ("employer-acme", filed),
    "arrange-bundle": ("legal-69", stages.bundle_prepared),
    "assess": ("agent-63", claimed),
    "assign": ("manager-63", filed),
    "cancel-bundle": ("legal-69", stages.bundle_ordered),
    "claim": ("agent-63", filed),
    "close-investigation": ("legal-69", stages.served),
    "confirm-main-claim": ("legal-69", stages.suspension_refused),
    "communicate-reasons": ("agent-63", stages.reasons_asked),
    "decide-appeal": ("legal-69", hierarchical),
    "end-access": ("agent-63", stages.accessed),
    "erase-person": ("admin", of_the_person_of_the_example),
    "rectify-person": ("manager-63", of_the_person_of_the_example),
    "file-defence": ("legal-69", stages.served),
    "give-access": ("agent-63", filed),
    "lift-legal-hold": ("legal-69", stages.held),
    "lodge-appeal": ("employer-acme", stages.read),
    "make-available": ("agent-63", stages.granted),
    "notify-ofii": ("agent-63", stages.granted),
    "notify-tax-authority": ("agent-63", stages.granted),
    "open-litigation": ("legal-69", stages.read),
    "open-prior-hearing": ("agent-63", stages.granted),
    "order-suspension": ("legal-69", stages.suspension_asked),
    "order-bundle": ("legal-69", stages.bundle_prepared),
    "override-finding": ("agent-63", claimed),
    "place-legal-hold": ("legal-69", filed),
    "prepare-bundle": ("legal-69", stages.in_court),
    "propose": ("agent-63", stages.underpaid_assessed),
    "receive-formal-notice": ("legal-69", stages.served),
    "receive-observations": ("employer-acme", stages.hearing_opened),
    "record-appeal-silence": ("manager-63", on(date(2027, 1, 4), stages.appealed)),
    "record-consent": ("agent-63", filed),
    "record-deemed-notification": ("manager-63", on(date(2026, 11, 19), stages.refused)),
    "record-failed-message": ("agent-63", stages.notified_to_ofii),
    "record-judgment": ("legal-69", stages.in_court),
    "record-missing-medical-certificate": ("agent-63", on(date(2027, 2, 4), stages.granted)),
    "record-opinion": ("agent-63", stages.opinion_asked),
    "record-silence": ("manager-63", on(date(2027, 1, 4), filed)),
    "refuse-document": ("agent-63", claimed),
    "release": ("agent-63", claimed),
    "repeal-permit": ("signatory-63", to_repeal),
    "replace-document": ("employer-acme", filed),
    "request-missing-items": ("agent-63", stages.without_certificate),
    "request-opinion": ("agent-63", claimed),
    "request-reasons": ("employer-acme", stages.refused_by_silence),
    "return-proposal": ("signatory-63", stages.grant_proposed),
    "route": ("manager-63", stages.left_to_hand),
    "serve-claim": ("legal-69", stages.in_court),
    "set-defence-period": ("legal-69", stages.served),
    "set-hearing": ("legal-69", stages.served),
    "sign": ("signatory-63", stages.grant_proposed),
    "substitute-ground": ("legal-69", attacked_for_labour_market),
    "substitute-legal-basis": ("legal-69", stages.served),
    "supply-missing-items": ("employer-acme", stages.items_asked),
    "transfer": ("manager-63", filed),
    "transfer-proceedings": ("legal-69", stages.in_court),
    "withdraw-permit": ("signatory-63", stages.hearing_over),
}
"""Who gives each command, and on which case its example works."""


FILES = {
    ("post", "/api/cases/{case_id}/documents"): {"multipart/form-data", "application/json"},
    ("put", "/api/cases/{case_id}/documents/{document}/versions/{version}/content"): {
        "multipart/form-data",
        "application/json",
    },
    ("patch", "/api/uploads/{upload}"): {"application/offset+octet-stream"},
}
"""Bodies that are, or name, a file: what they are made of is tried in test_documents.py and test_uploads.py."""


@pytest.fixture(scope="module")
def document(service_of_session: Service) -> Any:
    return service_of_session.client.get("/schema/openapi.json").json()


@pytest.fixture(scope="module")
def other_service(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """An application whose administration tests may change."""
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("examples"))) as service:
        yield service


def example_of(document: Any, path: str) -> Any:
    """The one example that the document gives for the body of a POST."""
    (example,) = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["examples"]
    return example


def test_every_body_has_one_example(document: Any) -> None:
    bodies = [
        (path, method, operation["requestBody"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "requestBody" in operation and (method, path) not in FILES
    ]
    assert len(bodies) == len(case_commands()) + len(administration_commands()) + 5, (
        "filing, sign-in, choice of a role, orders to erase and dry run besides"
    )
    without = [(path, method) for path, method, body in bodies if set(body["content"]) != {"application/json"}]
    assert not without
    assert [path for path, *_ in bodies if not example_of(document, path) and not path.endswith("/claim")] == [
        "/api/cases/{case_id}/record-silence"
    ], "only claiming and noting a silence need no word"


def test_a_file_is_taken_as_the_types_that_are_documented(document: Any) -> None:
    for (method, path), types in FILES.items():
        content = document["paths"][path][method]["requestBody"]["content"]
        assert set(content) == types
        if "application/json" in types:
            assert content["application/json"]["schema"]["examples"]


def test_every_command_on_a_case_has_its_way() -> None:
    """But for those that smoe alone gives: nobody signs in as smoe, and tests of the domain try their examples."""
    own = {name for name, each in case_commands().items() if each.by == {Role.SYSTEM}}
    assert set(WAYS) == set(case_commands()) - own


@pytest.mark.parametrize("name", sorted(WAYS))
def test_the_example_of_a_command_works(service: Service, document: Any, name: str) -> None:
    who, stage = WAYS[name]
    dossier = stage(service)
    before = dossier.facts()
    answer = dossier.give(who, name, example_of(document, f"/api/cases/{{case_id}}/{name}"))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [fact["type"] for fact in told["events"]] == dossier.facts()[len(before) :] != []
    assert {fact["type"] for fact in told["events"]} <= facts_of(case_commands()[name].decide)
    assert answer.headers["ETag"] == f'"{told["version"]}"' == f'"{len(dossier.facts())}"'


def test_the_example_of_a_filing_works(service: Service, document: Any) -> None:
    answer = service.post("employer-acme", "/api/cases", example_of(document, "/api/cases"))
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/cases/{answer.json()['case']}"
    assert service.get("employer-acme", answer.headers["Location"]).status_code == 200


def test_the_example_of_the_sign_in_works(service: Service, document: Any) -> None:
    answer = service.post(None, "/api/local-sign-in", example_of(document, "/api/local-sign-in"))
    assert answer.status_code == 200
    assert answer.json()["actor"]["identity"] == "local:agent-63"


@pytest.mark.parametrize("name", sorted(administration_commands()))
def test_the_example_of_an_act_of_administration_works(other_service: Service, document: Any, name: str) -> None:
    answer = other_service.post("admin", f"/api/admin/{name}", example_of(document, f"/api/admin/{name}"))
    assert answer.status_code == 201, answer.text
    (fact,) = answer.json()["events"]
    assert fact["type"] in facts_of(administration_commands()[name].decide)


def test_the_example_of_a_dry_run_works_and_records_nothing(service: Service, document: Any) -> None:
    path = "/api/admin/routing/dry-run"
    before = service.desk.administration().version
    answer = service.post("admin", path, example_of(document, path))
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == example_of(document, path)["version"]
    assert service.desk.administration().version == before
