"""Letters over HTTP: whose they are, when they are known, that they are what was recorded, and the draft of one."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pypdfium2
import pytest

from documents.stationery import Composed, Stationery
from domain.acts import DecisionKind
from domain.events import LetterIssued, RequestRefused
from domain.findings import Criterion, ReasonGiven, RuleId
from domain.papers import LetterKind
from tests.api import stages
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.api.written import write_letters
from tests.histories import SIGNATORY, a_signed, erase, write
from tests.servers import Database
from tests.stationery import Plain

EMPLOYER, WORKER, AGENT = "employer-acme", "worker-diallo", "agent-63"


@pytest.fixture(scope="module")
def house(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("letters"))) as service:
        yield service


@pytest.fixture
def place(house: Service) -> Service:
    house.clock.restart()
    return house


def stationery(place: Service) -> Stationery:
    return Stationery.of(place.settings)


def lines(dossier: Dossier, who: str = AGENT) -> list[dict[str, Any]]:
    answer = dossier.read(who, "/letters")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def told(dossier: Dossier, who: str = AGENT) -> list[tuple[str, str | None, str]]:
    return [(line["kind"], line["addressee"], line["state"]) for line in lines(dossier, who)]


def pages(dossier: Dossier, letter: str, who: str = AGENT) -> httpx.Response:
    return dossier.read(who, f"/letters/{letter}/content")


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def letter_of(dossier: Dossier, kind: str, addressee: str | None = None) -> dict[str, Any]:
    return next(each for each in lines(dossier) if (each["kind"], each["addressee"]) == (kind, addressee))


def with_worker(dossier: Dossier) -> Dossier:
    given = {"identity": "local:worker-diallo", "quality": "worker", "basis": "Titre présenté au guichet."}
    return dossier.must(AGENT, "give-access", given)


def test_a_letter_is_announced_then_read_as_it_was_written(place: Service) -> None:
    dossier = stages.claimed(place)
    assert told(dossier, EMPLOYER) == [
        ("receipt", None, "being_written"),
        ("acknowledgement", None, "being_written"),
    ]
    assert [line["state_title"] for line in lines(dossier)] == ["en préparation"] * 2
    write_letters(place, stationery(place))
    assert told(dossier, EMPLOYER) == [("receipt", None, "issued"), ("acknowledgement", None, "issued")]
    for line in lines(dossier, EMPLOYER):
        answer = place.get(EMPLOYER, line["content"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert hashlib.sha256(answer.content).hexdigest() == line["sha256"]
        assert len(answer.content) == line["bytes"]
        assert answer.headers["content-disposition"] == f'inline; filename="{dossier.case.number}-{line["letter"]}.pdf"'
        assert dossier.case.number in text_of(answer.content)


def test_the_data_kept_beside_a_letter_give_its_pages_again(place: Service) -> None:
    dossier = stages.granted(place)
    write_letters(place, stationery(place))
    for line in lines(dossier):
        kept = dossier.read(AGENT, f"/letters/{line['letter']}/data")
        assert hashlib.sha256(kept.content).hexdigest() == line["data_sha256"]
        assert kept.json()["template"] == line["template"]
        again = Stationery.of(place.settings).rendered(Composed(line["template"], kept.content))
        assert again == pages(dossier, line["letter"]).content


def test_whoever_acts_on_a_case_is_not_stale_for_a_letter(place: Service) -> None:
    dossier = stages.claimed(place)
    seen = dossier.version
    assert write_letters(place) >= 2
    assert dossier.case.version > seen
    answer = dossier.give(AGENT, "propose", {"kind": "grant"}, at=seen)
    assert answer.json()["code"] != "stale", "what nobody decides upon makes nobody stale"


def test_a_decision_is_read_by_its_addressees_once_it_is_made_available(place: Service) -> None:
    dossier = with_worker(stages.granted(place))
    write_letters(place, stationery(place))
    filed = {("receipt", None, "issued"), ("acknowledgement", None, "issued")}
    for who in (EMPLOYER, WORKER):
        assert set(told(dossier, who)) == filed
    decision = {to: letter_of(dossier, "decision", to)["letter"] for to in ("employer", "worker")}
    permit = letter_of(dossier, "permit")["letter"]
    for letter in (*decision.values(), permit):
        assert [pages(dossier, letter, who).status_code for who in (EMPLOYER, WORKER, AGENT)] == [404, 404, 200]
    dossier.must(AGENT, "make-available", {"decision": "D1", "addressees": ["employer"]})
    known = filed | {("decision", "employer", "issued"), ("permit", None, "issued")}
    assert set(told(dossier, EMPLOYER)) == known
    assert set(told(dossier, WORKER)) == filed
    assert letter_of(dossier, "decision", "employer")["available_on"] == place.clock.today.isoformat()
    assert letter_of(dossier, "decision", "worker")["available_on"] is None
    dossier.must(AGENT, "make-available", {"decision": "D1", "addressees": ["worker"]})
    assert set(told(dossier, WORKER)) == filed | {("decision", "worker", "issued"), ("permit", None, "issued")}
    # Each reads what is written to them, and the permit is of both.
    expected = {EMPLOYER: [200, 404, 200], WORKER: [404, 200, 200]}
    for who, codes in expected.items():
        read = [pages(dossier, each, who).status_code for each in (decision["employer"], decision["worker"], permit)]
        assert read == codes
        assert [part.status_code for part in (dossier.read(who, f"/letters/{permit}/data"),)] == [403]
    assert f"lettre {decision['worker']}" not in dossier.read(EMPLOYER, "/history").text


def test_a_letter_being_written_is_announced_to_whom_it_is_written(place: Service) -> None:
    dossier = with_worker(stages.refused(place))
    awaited = [("receipt", None, "being_written"), ("acknowledgement", None, "being_written")]
    assert told(dossier, EMPLOYER) == [*awaited, ("decision", "employer", "being_written")]
    assert told(dossier, WORKER) == [*awaited, ("decision", "worker", "being_written")]
    assert len(told(dossier)) == 4
    write_letters(place, Plain(LetterKind.DECISION))
    assert told(dossier, WORKER)[-1] == ("decision", "worker", "delayed")
    with psycopg.connect(place.settings.database_url) as connection:
        connection.execute("UPDATE ledger.letters_parked SET retry_at = now()")
    write_letters(place, stationery(place))
    assert told(dossier, WORKER)[-1] == ("decision", "worker", "issued")
    with psycopg.connect(place.settings.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM ledger.letters_parked").fetchone() == (0,)


def test_administrators_know_of_letters_and_read_none(place: Service) -> None:
    dossier = stages.claimed(place)
    write_letters(place)
    assert len(lines(dossier, "admin")) == 2
    assert pages(dossier, "L1", "admin").status_code == 403
    assert dossier.read("admin", "/letters/L1/data").status_code == 403
    assert pages(dossier, "L9", AGENT).status_code == 404


def test_grounds_of_the_record_are_read_in_no_letter_before_they_are_notified(place: Service) -> None:
    dossier = stages.claimed(place)
    ground = ReasonGiven(
        rule=RuleId(criterion=Criterion.EMPLOYER_RECORD, article="CT R5221-20 2°", since=place.clock.today),
        fact="Trois condamnations.",
    )
    signed = a_signed(DecisionKind.REFUSAL, place.clock.today)
    refusal = RequestRefused(decision=type(signed)(**{**_members(signed), "reasons": (ground,)}))
    write(place.desk.ledger, dossier.id, [(SIGNATORY, refusal, place.clock.today)])
    dossier.version += 1
    write_letters(place)
    letter = letter_of(dossier, "decision", "worker")["letter"]
    codes = {who: pages(dossier, letter, who).status_code for who in ("prefecture-69", "legal-69", AGENT)}
    assert codes == {"prefecture-69": 404, "legal-69": 200, AGENT: 200}
    assert dossier.read("prefecture-69", f"/letters/{letter}/data").status_code == 404
    assert pages(dossier, "L1", "prefecture-69").status_code == 200
    dossier.version = dossier.case.version
    dossier.must(AGENT, "make-available", {"decision": "D1"})
    assert pages(dossier, letter, "prefecture-69").status_code == 200


def _members(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


# Files


def test_pages_that_are_not_those_recorded_are_refused(place: Service) -> None:
    dossier = stages.claimed(place)
    write_letters(place)
    first, second = (each["sha256"] for each in lines(dossier))
    folder = Path(urlsplit(place.settings.files_url).path) / "cases" / str(dossier.id)
    kept = (folder / first).read_bytes()
    for altered in (kept[:-1] + bytes([kept[-1] ^ 1]), kept[:-20], (folder / second).read_bytes(), b""):
        (folder / first).write_bytes(altered)
        answer = pages(dossier, "L1")
        assert (answer.status_code, answer.json()["code"]) == (500, "file_lost")
    (folder / first).unlink()
    assert pages(dossier, "L1").json()["code"] == "file_lost"
    (folder / first).write_bytes(kept)
    assert pages(dossier, "L1").status_code == 200


def test_letters_to_somebody_erased_are_gone(place: Service) -> None:
    dossier = stages.claimed(place)
    write_letters(place)
    erase(place.desk.ledger, dossier.id, dossier.case.request.worker.person, place.clock.today)
    answer = pages(dossier, "L1")
    assert (answer.status_code, answer.json()["code"]) == (410, "files_erased")
    assert dossier.read(AGENT, "/letters/L1/data").status_code == 410


# The permit


def test_a_permit_bears_the_code_that_checks_it(place: Service) -> None:
    dossier = stages.granted(place)
    write_letters(place, stationery(place))
    letter = letter_of(dossier, "permit")["letter"]
    check = dossier.read(AGENT, f"/letters/{letter}/data").json()["check"]
    text = text_of(pages(dossier, letter).content)
    number = dossier.case.decisions[0].permit.number  # type: ignore[union-attr]
    assert number in text
    assert check["code"] in text.replace("\r\n", "").replace("\ufffe", "-")
    origin, _, path = check["address"].partition("/verification")
    assert origin == place.settings.origin
    page = place.client.get(f"/verification{path}")
    assert page.status_code == 200
    assert "authentique" in page.text
    answer = place.get(None, "/api/permits/check", number=number, code=check["code"])
    assert (answer.status_code, answer.json()["permit"]) == (200, number)
    other = ("B" if check["code"][0] != "B" else "C") + check["code"][1:]
    assert place.get(None, "/api/permits/check", number=number, code=other).status_code == 404


# The draft


@pytest.mark.parametrize("who", [AGENT, "signatory-63", "manager-63", "legal-69", "auditor"])
def test_a_proposal_can_be_read_as_the_letter_that_it_would_be(place: Service, who: str) -> None:
    dossier = stages.refusal_proposed(place)
    before = dossier.facts()
    answer = dossier.read(who, "/proposal/letter")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    document = pypdfium2.PdfDocument(answer.content)
    for page in document:
        assert "PROJET" in page.get_textpage().get_text_range()
    document.close()
    text = " ".join(text_of(answer.content).split())
    assert "1 500 euros" in text
    author = dossier.service.desk.administration().delegations[0].name if who == "signatory-63" else "(à la signature)"
    assert ("(à la signature)" in text) == (who != "signatory-63"), author
    assert dossier.facts() == before
    assert dossier.read(who, "/proposal/letter").content == answer.content


def test_the_draft_is_the_letter_that_the_signature_gives(place: Service) -> None:
    """The data of both are the same but for what the signature adds: who reads the draft reads the decision."""
    dossier = stages.refusal_proposed(place)
    draft = text_of(dossier.read("signatory-63", "/proposal/letter").content)
    dossier.must("signatory-63", "sign", {"kind": "refusal"})
    write_letters(place, stationery(place))
    letter = letter_of(dossier, "decision", "employer")["letter"]
    final = text_of(pages(dossier, letter).content)

    def words(text: str) -> str:
        return "".join(text.split()).replace("PROJET", "")

    assert words(draft) == words(final)


def test_there_is_no_draft_without_a_proposal_nor_for_those_who_file(place: Service) -> None:
    claimed = stages.claimed(place)
    answer = claimed.read(AGENT, "/proposal/letter")
    assert answer.status_code == 409, answer.text
    proposed = stages.refusal_proposed(place)
    assert proposed.read(EMPLOYER, "/proposal/letter").status_code == 404
    assert proposed.read("agent-84", "/proposal/letter").status_code == 404


def test_letters_are_facts_of_the_history(place: Service) -> None:
    dossier = stages.claimed(place)
    write_letters(place)
    facts = [fact for fact in place.desk.history(dossier.id).facts if isinstance(fact.event, LetterIssued)]
    assert [fact.actor.identity for fact in facts] == ["system", "system"]
    history = dossier.read(EMPLOYER, "/history").json()
    sentences = [line["sentence"] for line in history["lines"] if line["type"] == "LetterIssued"]
    assert len(sentences) == 2
    assert all(each.endswith("d'après le modèle receipt/1.") or "acknowledgement/1" in each for each in sentences)
