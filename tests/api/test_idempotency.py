"""A key gives its first answer again, byte for byte, to the same request of the same actor, and to nothing else."""

from datetime import date
from uuid import uuid4

import httpx

from features.bodies import changed, filing
from tests.api.service import Clock, Service, service_on

HEADERS = ("ETag", "X-Position", "Location", "Content-Type")


def key() -> str:
    return f"key-{uuid4()}"


def same(one: httpx.Response, other: httpx.Response) -> None:
    assert (one.status_code, one.content) == (other.status_code, other.content)
    assert [one.headers.get(name) for name in HEADERS] == [other.headers.get(name) for name in HEADERS]


def test_a_filing_repeated_gets_its_first_answer(service: Service) -> None:
    body, used = filing("introduction_permanent"), key()
    first = service.post("employer-acme", "/api/cases", body, key=used)
    assert first.status_code == 201
    before = service.desk.ledger.last_position()
    same(service.post("employer-acme", "/api/cases", body, key=used), first)
    assert service.desk.ledger.last_position() == before


def test_without_a_key_the_same_body_files_twice(service: Service) -> None:
    assert service.file().id != service.file().id


def test_the_first_answer_comes_back_whatever_happened_since(service: Service) -> None:
    dossier, used = service.file(), key()
    first = dossier.give("agent-63", "claim", {}, at=dossier.version, key=used)
    assert first.status_code == 200
    seen = dossier.version - 1
    dossier.must("agent-63", "release", {"reason": "Absence de longue durée."}).must("agent-63-bis", "claim")
    same(dossier.give("agent-63", "claim", {}, at=seen, key=used), first)
    assert dossier.case.assignee == "local:agent-63-bis", "repeated, not done again"


def test_a_key_with_another_request_is_refused(service: Service) -> None:
    dossier, used = service.file(), key()
    assert dossier.give("agent-63", "add-note", {"text": "Première."}, at=4, key=used).status_code == 200
    path = f"{dossier.path}/add-note"
    others = [
        service.post("agent-63", path, {"text": "Seconde."}, at=4, key=used),
        service.post("agent-63", path, {"text": "Première."}, at=5, key=used),
        service.post("agent-63", path, {"text": "Première."}, key=used),
        service.post("agent-63", f"{service.file().path}/add-note", {"text": "Première."}, at=4, key=used),
    ]
    for answer in others:
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused"), answer.text
    assert dossier.facts().count("NoteAdded") == 1


def test_two_actors_may_choose_the_same_key(service: Service) -> None:
    dossier, used = service.file(), key()
    for who in ("agent-63", "agent-63-bis"):
        answer = service.post(who, f"{dossier.path}/add-note", {"text": "Une note."}, key=used)
        assert answer.status_code == 200
    assert dossier.facts().count("NoteAdded") == 2


def test_a_refusal_does_not_use_the_key_up(service: Service) -> None:
    body, used = filing("introduction_permanent"), key()
    wrong = filing("introduction_permanent")
    changed(wrong, "/request/worker/nationality", "FR")
    assert service.post("employer-acme", "/api/cases", wrong, key=used).status_code == 422
    assert service.post("employer-acme", "/api/cases", body, key=used).status_code == 201


def test_another_process_gives_the_same_answer(service: Service) -> None:
    body, used = filing("introduction_permanent"), key()
    first = service.post("employer-acme", "/api/cases", body, key=used)
    with service_on(service.settings, Clock(), seeded=True) as other:
        same(other.post("employer-acme", "/api/cases", body, key=used), first)


def test_an_answer_goes_with_the_person_it_named(service: Service) -> None:
    body, used = filing("introduction_permanent"), key()
    first = service.post("employer-acme", "/api/cases", body, key=used).json()
    path = f"/api/cases/{first['case']}"
    gone = service.post("employer-acme", f"{path}/abandon", {"reason": "Poste pourvu."}, at=first["version"])
    person = service.get("auditor", path).json()["request"]["worker"]["person"]
    service.clock.go_to(date(2032, 1, 5))
    erasure = {"person": person, "reason": "Durée de conservation expirée.", "archival_visa": "AD63 1"}
    erased = service.post("admin", f"{path}/erase-person", erasure, at=gone.json()["version"])
    assert erased.status_code == 200, erased.text
    answer = service.post("employer-acme", "/api/cases", body, key=used)
    assert (answer.status_code, answer.json()["code"]) == (410, "answer_erased")
    assert "Benali" not in answer.text


def test_a_key_of_no_or_too_great_length_is_malformed(service: Service) -> None:
    for wrong in ("", "k" * 201):
        answer = service.post("employer-acme", "/api/cases", filing("introduction_permanent"), key=wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
