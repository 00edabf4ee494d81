"""Which letters the facts of a case call for: each once, on the facts that call for it, until it is written."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from domain.acts import Addressee, AppealKind, AppealOutcome, DecisionKind, RequestedItem
from domain.case import PARIS, Case
from domain.command import case_commands
from domain.commands.issue_letter import IssueLetter, issue_letter
from domain.demonstration import SYSTEM
from domain.envelope import Actor, Role
from domain.events import (
    AppealAcknowledged,
    AppealDecided,
    AppealLodged,
    CaseEvent,
    ImplicitDecisionArisen,
    LetterIssued,
    MissingItemsRequested,
    PersonErased,
    PriorHearingOpened,
    ReasonsCommunicated,
    RequestAmended,
)
from domain.fold import replay
from domain.letters.due import CALLING, NO_CASE, Due, letters_due
from domain.papers import LetterKind
from tests.histories import a_grant, a_refusal, a_signed
from tests.properties.walks import Walk
from tests.unit.given import CASE, TODAY, a_context, filing
from tests.unit.given_disputed import refusal_of

HASH = "5a" * 32
DAY = TODAY


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A fact at its place."""

    version: int
    event: CaseEvent
    actor: Actor = SYSTEM
    recorded_at: datetime = datetime(2026, 11, 2, 9, tzinfo=PARIS)


def told(*events: CaseEvent) -> tuple[Told, ...]:
    """A case that has been filed, and then these facts."""
    return tuple(Told(version=version, event=event) for version, event in enumerate((*filing(), *events), 1))


def case_of(facts: Sequence[Told]) -> Case:
    case = replay((fact.event for fact in facts), CASE)
    assert case is not None
    return case


def kinds(due: Sequence[Due]) -> list[tuple[str, str, str | None]]:
    return [(each.kind.value, each.about, each.addressee) for each in due]


def body_of(due: Due) -> IssueLetter:
    return IssueLetter(**msgspec.structs.asdict(due), template="receipt/1", data_sha256=HASH, sha256=HASH, bytes=34_512)


def issued(case: Case, due: Due) -> LetterIssued:
    (event,) = issue_letter(case, body_of(due), a_context(Role.SYSTEM))
    return event


def new(facts: Sequence[Told], *events: CaseEvent) -> tuple[Due, ...]:
    """What further facts make due, the letters due before being written."""
    held = list(facts)
    for due in letters_due(held):
        held.append(Told(version=len(held) + 1, event=issued(case_of(held), due)))
    for event in events:
        held.append(Told(version=len(held) + 1, event=event))
    return letters_due(held)


FILED = [("receipt", "", None), ("acknowledgement", "", None)]
GRANT = a_grant(DAY, "AT-2026-0AB1-52CD-9E01")[1]
REFUSAL = a_refusal(DAY)[1]
BOTH = (Addressee.EMPLOYER, Addressee.WORKER)
ASKED = MissingItemsRequested(
    request="M1",
    items=(RequestedItem(item="contract", label="le contrat", required_by="arrêté du 1er avril 2021"),),
    requested_on=DAY,
    due_on=DAY + timedelta(days=15),
    suspends=True,
)
HEARING = PriorHearingOpened(
    hearing="H1",
    decision="D1",
    intended=DecisionKind.WITHDRAWAL,
    grounds="Obtenue par fraude.",
    legal_basis="fraud",
    opened_on=DAY,
    observations_until=DAY + timedelta(days=15),
)
LODGED = AppealLodged(
    appeal="A1",
    kind=AppealKind.GRACIOUS,
    against="D1",
    lodged_by=Addressee.WORKER,
    received_on=DAY,
    in_time=True,
    person=UUID(int=5),
    arguments="Le salaire est conforme.",
    implicit_rejection_on=DAY + timedelta(days=61),
)
IMPLICIT = {"rule": "T1", "articles": "CT R5221-20-1", "explanation": "Deux mois de silence.", "arisen_on": DAY}


def test_a_filing_calls_for_its_receipt_and_its_acknowledgement() -> None:
    facts = told()
    due = letters_due(facts)
    assert kinds(due) == FILED
    assert [type(facts[each.on_version - 1].event).__name__ for each in due] == [
        "RegistrationReceiptIssued",
        "AcknowledgementIssued",
    ]
    assert {each.dated for each in due} == {TODAY}


@pytest.mark.parametrize(
    ("before", "event", "expected"),
    [
        ((), ASKED, [("missing_items", "M1", None)]),
        ((), REFUSAL, [("decision", "D1", "employer"), ("decision", "D1", "worker")]),
        ((), GRANT, [("decision", "D1", "employer"), ("decision", "D1", "worker"), ("permit", "D1", None)]),
        ((GRANT,), HEARING, [("prior_hearing", "H1", "employer"), ("prior_hearing", "H1", "worker")]),
        ((REFUSAL,), LODGED, []),
    ],
    ids=["missing items", "refusal", "grant", "hearing", "appeal alone"],
)
def test_each_fact_calls_for_its_letters(
    before: tuple[CaseEvent, ...], event: CaseEvent, expected: list[tuple[str, str, str | None]]
) -> None:
    facts = told(*before)
    due = new(facts, event)
    assert kinds(due) == expected
    assert all(each.dated == DAY for each in due)


def test_silence_is_written_to_nobody_but_the_permit_that_it_gives_is() -> None:
    refusal = ImplicitDecisionArisen(decision="D1", kind=DecisionKind.IMPLICIT_REFUSAL, **IMPLICIT)
    assert new(told(), refusal) == ()
    grant = ImplicitDecisionArisen(decision="D1", kind=DecisionKind.IMPLICIT_GRANT, permit=GRANT.permit, **IMPLICIT)
    assert kinds(new(told(), grant)) == [("permit", "D1", None)]
    reasons = ReasonsCommunicated(decision="D1", reasons=(), communicated_on=DAY)
    assert kinds(new(told(refusal), reasons)) == [("reasons", "D1", None)]


def test_an_appeal_is_acknowledged_to_its_author_and_answered_to_every_addressee() -> None:
    acknowledged = AppealAcknowledged(
        appeal="A1",
        acknowledged_on=DAY,
        implicit_rejection_on=DAY + timedelta(days=61),
        contact=a_context().administration.contact("Clermont-Ferrand", DAY),
    )
    facts = told(REFUSAL, LODGED)
    assert kinds(new(facts, acknowledged)) == [("appeal_acknowledgement", "A1", "worker")]
    rejected = AppealDecided(
        appeal="A1", outcome=AppealOutcome.REJECTED, decision=a_signed(DecisionKind.REFUSAL, DAY, "D2"), decided_on=DAY
    )
    assert kinds(new(facts, rejected)) == [("appeal_decision", "A1", "employer"), ("appeal_decision", "A1", "worker")]
    by_minister = AppealDecided(appeal="A1", outcome=AppealOutcome.REJECTED, by_minister=True, decided_on=DAY)
    assert new(facts, by_minister) == (), "the minister writes his own"


def test_an_appeal_rejected_twice_is_answered_twice() -> None:
    def rejection(decision: str, on: date) -> AppealDecided:
        return AppealDecided(
            appeal="A1",
            outcome=AppealOutcome.REJECTED,
            decision=a_signed(DecisionKind.REFUSAL, on, decision),
            decided_on=on,
        )

    later = DAY + timedelta(days=200)
    due = new(told(REFUSAL, LODGED, rejection("D2", DAY)), rejection("D3", later))
    assert [(*kinds([each])[0], each.dated) for each in due] == [
        ("appeal_decision", "A1", "employer", later),
        ("appeal_decision", "A1", "worker", later),
    ]


def test_a_permit_that_ends_before_it_is_written_is_not_written() -> None:
    facts = told(GRANT)
    assert ("permit", "D1", None) in kinds(letters_due(facts))
    again = told(GRANT, a_grant(DAY + timedelta(days=1), "AT-2", "D2")[1])
    assert [each for each in kinds(letters_due(again)) if each[0] == "permit"] == [("permit", "D2", None)]
    assert ("decision", "D1", "worker") in kinds(letters_due(again)), "the decision was taken: it is told"


def test_a_later_change_of_the_request_calls_for_no_letter_of_what_was_decided_before() -> None:
    facts = told(REFUSAL)
    request = msgspec.structs.replace(case_of(facts).request, employer=None)
    without = RequestAmended(request=request, changes=("/employer",), reason="Reprise.", amended_on=DAY)
    back = RequestAmended(request=case_of(facts).request, changes=("/employer",), reason="Reprise.", amended_on=DAY)
    due = new(told(without, REFUSAL), back, ASKED)
    assert kinds(due) == [("missing_items", "M1", None)]


def test_nothing_is_written_about_an_erased_person() -> None:
    facts = told(GRANT)
    erased = PersonErased(person=case_of(facts).request.worker.person, reason="Demande.", erased_on=DAY)
    gone = told(GRANT, erased)
    assert letters_due(gone) == ()
    for due in letters_due(facts):
        assert refusal_of(issue_letter, case_of(gone), body_of(due), a_context(Role.SYSTEM)).code == "letter_not_due"


def test_a_letter_is_issued_once_and_only_if_it_is_called_for() -> None:
    facts = told(GRANT)
    case, context = case_of(facts), a_context(Role.SYSTEM)
    due = letters_due(facts)[2]
    event = issued(case, due)
    assert (event.letter, event.on_version, event.dated, event.issued_on) == ("L1", due.on_version, DAY, TODAY)
    after = case_of(told(GRANT, event))
    assert after.letter("L1").addressee is due.addressee
    assert refusal_of(issue_letter, after, body_of(due), context).code == "letter_already_issued"
    wrong: dict[str, Any]
    for wrong in (
        {"about": "D9"},
        {"addressee": Addressee.PREFECTURE},
        {"addressee": None},
        {"kind": LetterKind.REASONS},
        {"dated": DAY + timedelta(days=1)},
        {"on_version": case.version + 1},
    ):
        body = msgspec.structs.replace(body_of(due), **wrong)
        assert refusal_of(issue_letter, case, body, context).code == "letter_not_due", wrong


def test_the_example_works_on_a_case_just_filed() -> None:
    command = case_commands()["issue-letter"]
    body = msgspec.convert({**command.example, "dated": TODAY.isoformat()}, command.body)
    (event,) = command.decide(case_of(told()), body, a_context(Role.SYSTEM))
    assert event.kind is LetterKind.RECEIPT


def test_only_smoe_issues_letters() -> None:
    assert case_commands()["issue-letter"].by == {Role.SYSTEM}


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_case_lives_through_its_letters_are_due_once(seed: int) -> None:
    """At every moment of a life what is due is accepted, once, and rests on the fact that calls for it."""
    walk = Walk(seed)
    for _ in range(60):
        walk.step()
    facts = [Told(version=version, event=event) for version, event in enumerate(walk.facts, 1)]
    case = walk.case
    due = letters_due(facts)
    assert len(set(due)) == len(due)
    written = len(case.letters)
    for each in due:
        assert type(facts[each.on_version - 1].event) in CALLING
        event = issued(case, each)
        facts.append(Told(version=len(facts) + 1, event=event))
        after = replay([event], NO_CASE, case)
        assert after is not None
        case = after
    assert letters_due(facts) == ()
    assert len({letter.id for letter in case.letters}) == written + len(due)
