"""Examination: who holds a case, documents and their versions, missing items, opinions, notes."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.acts import Stage, StageKind
from domain.case import Case, Status
from domain.command import case_commands
from domain.commands.add_document import DOCUMENTS_MAX, AddDocument, add_document
from domain.commands.add_note import AddNote, add_note
from domain.commands.assign_case import AssignCase, assign_case
from domain.commands.claim_case import ClaimCase, claim_case
from domain.commands.give_opinion import GiveOpinion, give_opinion
from domain.commands.refuse_document import RefuseDocument, refuse_document
from domain.commands.release_case import ReleaseCase, release_case
from domain.commands.replace_document import ReplaceDocument, replace_document
from domain.commands.request_missing_items import AskedItem, RequestMissingItems, request_missing_items
from domain.commands.request_opinion import Body, RequestOpinion, request_opinion
from domain.commands.supply_missing_items import SupplyMissingItems, supply_missing_items
from domain.envelope import Role
from domain.events import CaseAssigned, CaseReleased, DocumentReceived, NoteAdded, OpinionGiven, RequestAbandoned
from domain.findings import Criterion, Exhibit
from domain.procedures import Procedure
from domain.refusals import Refused
from tests.unit.given import (
    HASH,
    TODAY,
    a_company,
    a_context,
    a_request,
    an_address,
    an_attached,
    case_after,
    claimed,
    filed,
)

AGENT = a_context(Role.AGENT)
OTHER = a_context(Role.AGENT, identity="local:agent-63-bis")
MANAGER = a_context(Role.MANAGER)
EMPLOYER = a_context(Role.EMPLOYER)
HELD = claimed(documents=(an_attached("passport"), an_attached("other")))


def abandoned() -> Case:
    return case_after([RequestAbandoned(reason="x", abandoned_on=TODAY)], filed(documents=(an_attached("passport"),)))


# --- holding ----------------------------------------------------------------------------------------------------------


def test_a_case_is_claimed_once_and_the_refusal_names_the_holder() -> None:
    assert (HELD.assignee, HELD.status) == ("local:agent-63", Status.UNDER_EXAMINATION)
    with pytest.raises(Refused, match=f"case_already_claimed.*{AGENT.actor.name}"):
        claim_case(HELD, ClaimCase(), OTHER)


@pytest.mark.parametrize("context", [AGENT, MANAGER])
def test_the_holder_or_a_manager_releases_a_case(context: Any) -> None:
    (event,) = release_case(HELD, ReleaseCase(reason="Congé."), context)
    assert event == CaseReleased(agent="local:agent-63", reason="Congé.")
    after = case_after([event], HELD)
    assert (after.assignee, after.status) == (None, Status.TO_CLAIM)


def test_a_release_is_refused() -> None:
    with pytest.raises(Refused, match="case_held_by_another"):
        release_case(HELD, ReleaseCase(), OTHER)
    with pytest.raises(Refused, match="status_forbids"):
        release_case(filed(), ReleaseCase(), MANAGER)
    awaiting = case_after(release_case(asked(), ReleaseCase(), AGENT), asked())
    assert awaiting.status is Status.AWAITING_ITEMS
    with pytest.raises(Refused, match="case_not_claimed"):
        release_case(awaiting, ReleaseCase(), MANAGER)


def test_a_manager_assigns_a_case_to_an_agent_of_the_platform() -> None:
    (event,) = assign_case(HELD, AssignCase(agent="local:agent-63-bis"), MANAGER)
    assert event == CaseAssigned(agent="local:agent-63-bis", agent_name=OTHER.actor.name)
    assert case_after([event], HELD).assignee == "local:agent-63-bis"


@pytest.mark.parametrize(
    ("case", "agent", "code"),
    [
        (HELD, "local:nobody", "agent_unknown"),
        (HELD, "local:agent-84", "agent_of_another_platform"),
        (HELD, "local:agent-63", "agent_already_holds_case"),
        (abandoned(), "local:agent-63", "status_forbids"),
    ],
)
def test_an_assignment_is_refused(case: Case, agent: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        assign_case(case, AssignCase(agent=agent), MANAGER)


# --- documents --------------------------------------------------------------------------------------------------------


def test_a_document_is_added_with_the_next_identifier() -> None:
    (event,) = add_document(HELD, AddDocument(document=an_attached("mandate")), EMPLOYER)
    assert isinstance(event, DocumentReceived)
    assert (event.document.id, event.document.version, event.received_on) == ("P3", 1, TODAY)
    assert set(case_after([event], HELD).documents) == {"P1", "P2", "P3"}


@pytest.mark.parametrize(
    ("case", "received_on", "code"),
    [
        (HELD, date(2026, 11, 3), "content_impossible"),
        (HELD, date(2026, 11, 1), "content_impossible"),
        (abandoned(), None, "status_forbids"),
    ],
)
def test_a_document_is_not_added(case: Case, received_on: date | None, code: str) -> None:
    with pytest.raises(Refused, match=code):
        add_document(case, AddDocument(document=an_attached("other"), received_on=received_on), EMPLOYER)


def test_a_replaced_document_keeps_every_version() -> None:
    newer = ReplaceDocument(document="P1", title="Passeport lisible", sha256="cd" * 32, reason="Illisible.")
    (event,) = replace_document(HELD, newer, EMPLOYER)
    assert (event.document.id, event.document.version, event.replaces_version) == ("P1", 2, 1)
    assert event.document.item == "passport"
    versions = case_after([event], HELD).documents["P1"].versions
    assert [(ref.version, ref.sha256) for ref in versions] == [(1, HASH), (2, "cd" * 32)]


@pytest.mark.parametrize(
    ("case", "document", "sha256", "code"),
    [
        (HELD, "P9", "cd" * 32, "document_unknown"),
        (HELD, "P1", HASH, "document_identical"),
        (abandoned(), "P1", "cd" * 32, "status_forbids"),
    ],
)
def test_a_replacement_is_refused(case: Case, document: str, sha256: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        replace_document(case, ReplaceDocument(document=document, title="x", sha256=sha256, reason="y"), EMPLOYER)


def _refuse(case: Case = HELD, document: str = "P1", version: int = 1) -> Any:
    body = RefuseDocument(document=document, version=version, reason="La page de validité est illisible.")
    return refuse_document(case, body, AGENT)


def test_a_refused_version_stays_and_a_newer_one_is_usable() -> None:
    case = case_after(_refuse(), HELD)
    assert case.documents["P1"].refused == {1: "La page de validité est illisible."}
    newer = ReplaceDocument(document="P1", title="x", sha256="cd" * 32, reason="y")
    case = case_after(replace_document(case, newer, EMPLOYER), case)
    assert case.documents["P1"].current.version == 2
    assert 2 not in case.documents["P1"].refused


@pytest.mark.parametrize(
    ("case", "document", "version", "code"),
    [
        (HELD, "P7", 1, "document_unknown"),
        (HELD, "P1", 2, "document_version_unknown"),
        (case_after(_refuse(), HELD), "P1", 1, "document_already_refused"),
        (filed(documents=(an_attached("passport"),)), "P1", 1, "status_forbids"),
    ],
)
def test_a_document_is_not_refused(case: Case, document: str, version: int, code: str) -> None:
    with pytest.raises(Refused, match=code):
        _refuse(case, document, version)


# --- missing items ----------------------------------------------------------------------------------------------------


def ask(*items: str, days: int = 30, **asked_item: str) -> RequestMissingItems:
    return RequestMissingItems(items=tuple(AskedItem(item=item, **asked_item) for item in items), delay_days=days)


def asked(case: Case = HELD, *items: str) -> Case:
    body = ask(*(items or ("contributions_certificate",)))
    return case_after(request_missing_items(case, body, AGENT), case)


def test_an_item_is_asked_for_with_the_text_that_requires_it() -> None:
    (event,) = request_missing_items(HELD, ask("contributions_certificate"), AGENT)
    assert (event.request, event.requested_on, event.due_on) == ("M1", TODAY, date(2026, 12, 2))
    assert event.suspends
    (item,) = event.items
    assert item.label == "Attestation de paiement des cotisations sociales de moins de six mois"
    assert item.required_by == "CT R5221-12 ; arrêté du 1er avril 2021, version en vigueur depuis le 12 janvier 2025"
    assert asked().status is Status.AWAITING_ITEMS


@pytest.mark.parametrize("item", ["job_offer_copy", "job_offer_publication_proof"])
def test_an_item_whose_condition_only_the_examination_tells_may_be_asked_for(item: str) -> None:
    case = claimed(procedure=Procedure.CHANGE_OF_STATUS)
    (event,) = request_missing_items(case, ask(item), AGENT)
    assert event.items[0].item == item


@pytest.mark.parametrize(
    ("case", "body", "fault"),
    [
        (HELD, ask("passport"), ("/items/0/item", "item_already_produced")),
        (HELD, ask("contributions_certificate", "diploma_and_experience"), ("/items/1/item", "item_not_required")),
        (HELD, ask("mandate"), ("/items/0/item", "item_not_required")),
        (HELD, ask("income_tax_notice"), ("/items/0/item", "item_not_required")),
        (HELD, ask("free", label="Photo", required_by="CT R5221-20"), ("/items/0/item", "item_not_required")),
        (claimed(procedure=Procedure.CHANGE_OF_STATUS), ask("residence_permit_copy"),
         ("/items/0/item", "item_not_required")),
        (claimed(procedure=Procedure.INTERNSHIP_AGREEMENT), ask("agreement", label="Convention"),
         ("/items/0/required_by", "text_citation_missing")),
    ],
)  # fmt: skip
def test_only_what_a_text_requires_may_be_asked_for(
    case: Case, body: RequestMissingItems, fault: tuple[str, str]
) -> None:
    with pytest.raises(Refused, match="content_impossible") as refusal:
        request_missing_items(case, body, AGENT)
    assert [(f.pointer, f.code) for f in refusal.value.faults] == [fault]


def test_an_unusable_document_is_refused_then_asked_for_again() -> None:
    case = case_after(_refuse(), HELD)
    (event,) = request_missing_items(case, ask("passport"), AGENT)
    assert event.items[0].item == "passport"


@pytest.mark.parametrize(
    ("case", "context", "code"),
    [
        (filed(), AGENT, "status_forbids"),
        (HELD, OTHER, "case_held_by_another"),
        (asked(), AGENT, "items_already_requested"),
    ],
)
def test_items_are_not_asked_for(case: Case, context: Any, code: str) -> None:
    with pytest.raises(Refused, match=code):
        request_missing_items(case, ask("contributions_certificate"), context)


@pytest.mark.parametrize(("days", "valid"), [(0, False), (1, True), (90, True), (91, False)])
def test_the_delay_is_between_one_and_ninety_days(days: int, valid: bool) -> None:
    body = {"items": [{"item": "contributions_certificate"}], "delay_days": days}
    if valid:
        assert msgspec.convert(body, RequestMissingItems).delay_days == days
    else:
        with pytest.raises(msgspec.ValidationError, match="delay_days"):
            msgspec.convert(body, RequestMissingItems)


@pytest.mark.parametrize(
    ("procedure", "suspends"),
    [
        (Procedure.RENEWAL, True),
        (Procedure.ASYLUM_SEEKER, False),
        (Procedure.INTERNSHIP_AGREEMENT, True),
        (Procedure.INTERNSHIP_AMENDMENT, False),
        (Procedure.VIABILITY_OPINION, False),
    ],
)
def test_whether_the_clock_is_suspended_depends_on_what_silence_means(procedure: Procedure, suspends: bool) -> None:
    listed = {Procedure.RENEWAL: "mandate", Procedure.ASYLUM_SEEKER: "contributions_certificate"}
    mandated = procedure is Procedure.RENEWAL
    case = claimed(procedure=procedure)
    if mandated:
        case = msgspec.structs.replace(case, filed_as=Role.MANDATARY)
    free = {} if procedure in listed else {"label": "Convention", "required_by": "CESEDA R426-19"}
    (event,) = request_missing_items(case, ask(listed.get(procedure, "agreement"), **free), AGENT)
    assert event.suspends is suspends
    if mandated:
        assert event.items[0].required_by == "CT R5221-1 II"


def supply(case: Case, *items: str, context: Any = EMPLOYER, **changes: Any) -> Any:
    documents = tuple(an_attached(item) for item in items)
    body: dict[str, Any] = {"request": "M1", "documents": documents, **changes}
    return supply_missing_items(case, SupplyMissingItems(**body), context)


def test_what_was_asked_for_is_supplied() -> None:
    (event,) = supply(asked(), "contributions_certificate")
    assert (event.complete, event.supplied_on) == (True, TODAY)
    assert [ref.id for ref in event.documents] == ["P3"]
    after = case_after([event], asked())
    assert (after.status, after.open_missing_items) == (Status.UNDER_EXAMINATION, None)


def test_a_partial_answer_keeps_the_request_open_until_the_rest_comes() -> None:
    request = a_request(employer=a_company(), job=a_request().job)
    case = asked(claimed(request=request), "passport", "contributions_certificate")
    (first,) = supply(case, "passport")
    assert first.complete is False
    case = case_after([first], case)
    assert case.status is Status.AWAITING_ITEMS
    (second,) = supply(case, "contributions_certificate")
    assert second.complete is True


def test_a_replaced_document_answers_without_being_sent_twice() -> None:
    case = asked(case_after(_refuse(), HELD), "passport")
    with pytest.raises(Refused, match="nothing_supplied"):
        supply(case)
    newer = ReplaceDocument(document="P1", title="Passeport lisible", sha256="cd" * 32, reason="Illisible.")
    case = case_after(replace_document(case, newer, EMPLOYER), case)
    (event,) = supply(case)
    assert (event.complete, event.documents) == (True, ())


def test_no_clock_of_silence_is_suspended_in_an_appeal() -> None:
    in_appeal = msgspec.structs.replace(HELD, stage=Stage(kind=StageKind.APPEAL, ref="A1"))
    (event,) = request_missing_items(in_appeal, ask("contributions_certificate"), AGENT)
    assert event.suspends is False


def test_an_agent_may_find_that_what_came_suffices() -> None:
    (event,) = supply(asked(), context=AGENT, complete=True)
    assert event.complete


@pytest.mark.parametrize(
    ("case", "items", "changes", "code"),
    [
        (asked(), ("contributions_certificate",), {"request": "M2"}, "items_request_unknown"),
        (asked(), (), {}, "nothing_supplied"),
        (asked(), ("other",), {"complete": True}, "role_not_entitled"),
        (case_after(supply(asked(), "contributions_certificate"), asked()), ("other",), {}, "items_request_ended"),
    ],
)
def test_a_supply_is_refused(case: Case, items: tuple[str, ...], changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        supply(case, *items, **changes)


# --- opinions ---------------------------------------------------------------------------------------------------------


def opinion(case: Case = HELD, criterion: Criterion | None = None, **changes: Any) -> Case:
    body: dict[str, Any] = {"body": Body.URSSAF, "question": "L'employeur est-il à jour ?", "criterion": criterion}
    return case_after(request_opinion(case, RequestOpinion(**{**body, **changes}), AGENT), case)


def answer(case: Case, context: Any = AGENT, **changes: Any) -> Any:
    body: dict[str, Any] = {"opinion": "O1", "adverse": False, "finding": "À jour."}
    return give_opinion(case, GiveOpinion(**{**body, **changes}), context)


def test_an_opinion_is_asked_and_given_with_its_exhibits() -> None:
    case = opinion(criterion=Criterion.EMPLOYER_OBLIGATIONS)
    (event,) = answer(case, documents=("P2",))
    assert event == OpinionGiven(
        opinion="O1",
        adverse=False,
        finding="À jour.",
        exhibits=(Exhibit(document="P2", version=1, sha256=HASH),),
        given_on=TODAY,
    )
    assert case_after([event], case).opinions[0].given_on == TODAY


@pytest.mark.parametrize("criterion", [Criterion.EMPLOYER_RECORD, None])
def test_of_a_record_only_the_finding_is_kept(criterion: Criterion | None) -> None:
    """Also where the record office is asked without naming a condition: its answer is a bulletin all the same."""
    case = opinion(criterion=criterion, body=Body.CRIMINAL_RECORD)
    (event,) = answer(case, finding="x" * 300)
    assert event.exhibits == ()
    for changes in ({"documents": ("P1",)}, {"finding": "x" * 301}):
        with pytest.raises(Refused, match="record_kept_as_finding_only"):
            answer(case, **changes)


@pytest.mark.parametrize(
    ("case", "changes", "code"),
    [
        (filed(), {}, "status_forbids"),
        (opinion(), {}, "opinion_pending"),
        (HELD, {"due_on": TODAY}, "content_impossible"),
    ],
)
def test_an_opinion_is_not_asked(case: Case, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        opinion(case, **changes)


@pytest.mark.parametrize(
    ("case", "context", "changes", "code"),
    [
        (HELD, AGENT, {}, "opinion_unknown"),
        (opinion(), OTHER, {}, "case_held_by_another"),
        (opinion(), AGENT, {"given_on": date(2026, 11, 3)}, "content_impossible"),
        (opinion(), AGENT, {"given_on": date(2026, 11, 1)}, "content_impossible"),
        (opinion(), AGENT, {"documents": ("P8",)}, "document_unknown"),
        (case_after(answer(opinion()), opinion()), AGENT, {}, "opinion_already_given"),
    ],
)
def test_an_opinion_is_not_recorded(case: Case, context: Any, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        answer(case, context, **changes)


# --- notes and the list of commands -----------------------------------------------------------------------------------


def test_a_note_is_sealed_with_the_worker_s_key() -> None:
    (event,) = add_note(HELD, AddNote(text="Rappeler l'employeur."), AGENT)
    assert event == NoteAdded(person=HELD.request.worker.person, text="Rappeler l'employeur.")


CHAPTER = {
    "claim", "release", "assign", "request-missing-items", "supply-missing-items", "request-opinion",
    "record-opinion", "add-note", "add-document", "refuse-document", "replace-document", "amend", "abandon",
    "route", "transfer",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CHAPTER))
def test_the_example_of_each_command_is_a_body_that_works(name: str) -> None:
    known = case_commands()[name]
    context = a_context(next(role for role in (Role.AGENT, Role.MANAGER, Role.EMPLOYER) if role in known.by))
    with_one = claimed(documents=(an_attached("passport"),))
    suited = {
        "claim": filed(),
        "assign": filed(),
        "amend": filed(),
        "supply-missing-items": asked(),
        "record-opinion": opinion(),
        "route": filed(request=a_request(employer=a_company(seat=an_address("75011")))),
    }
    events = known.decide(suited.get(name, with_one), msgspec.convert(known.example, known.body), context)
    assert len(events) >= 1


def test_only_acts_that_do_not_depend_on_what_was_read_are_not_fresh() -> None:
    assert {n for n in CHAPTER if not case_commands()[n].fresh} == {"claim", "release", "add-note", "add-document"}


def test_a_case_holds_a_number_of_documents_and_no_more() -> None:
    (name, document), *_ = HELD.documents.items()
    almost = msgspec.structs.replace(HELD, documents={f"{name}-{n}": document for n in range(DOCUMENTS_MAX - 1)})
    (event,) = add_document(almost, AddDocument(document=an_attached("other")), EMPLOYER)
    assert isinstance(event, DocumentReceived)
    full = msgspec.structs.replace(HELD, documents={f"{name}-{n}": document for n in range(DOCUMENTS_MAX)})
    with pytest.raises(Refused, match="too_many_documents"):
        add_document(full, AddDocument(document=an_attached("other")), EMPLOYER)
