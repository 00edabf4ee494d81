"""What tests of appeals and litigation start from: decisions notified, refusals born of silence, cases in court."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from domain.acts import Addressee, CourtAction, DecisionKind
from domain.case import PARIS, Case
from domain.command import Command
from domain.commands.open_litigation import OpenLitigation, open_litigation
from domain.commands.serve_claim import ServeClaim, serve_claim
from domain.context import Context
from domain.envelope import Role
from domain.events import CaseEvent, DecisionFirstRead, DecisionMadeAvailable, ImplicitDecisionArisen
from domain.refusals import CODES, Refused
from tests.unit.given import TODAY, a_context, case_after, filed
from tests.unit.given_decided import refused

Decide = Callable[[Case, Any, Context], tuple[CaseEvent, ...]]


def notified(case: Case | None = None, *, on: date = TODAY, decision: str = "D1") -> Case:
    """A case refused, made available to both addressees and read by both on a day."""
    held = case or refused()
    facts: list[CaseEvent] = []
    for addressee in held.addressees:
        facts.append(
            DecisionMadeAvailable(decision=decision, addressee=addressee, available_on=on, channel="teleservice")
        )
        facts.append(
            DecisionFirstRead(
                decision=decision, addressee=addressee, read_at=datetime(on.year, on.month, on.day, 9, tzinfo=PARIS)
            )
        )
    return case_after(facts, held)


def refused_by_silence(*, on: date = date(2027, 1, 2)) -> Case:
    """A case on which nobody decided in two months."""
    arisen = ImplicitDecisionArisen(
        decision="D1",
        kind=DecisionKind.IMPLICIT_REFUSAL,
        rule="AT_ORDINARY",
        articles="CRPA L231-5",
        explanation="Deux mois de silence.",
        arisen_on=on,
    )
    return case_after((arisen,), filed())


def after(case: Case, decide: Decide, body: Command, *, role: Role = Role.LEGAL, today: date = TODAY) -> Case:
    """The case after a command given that day."""
    return case_after(decide(case, body, a_context(role, today=today)), case)


def in_court(case: Case | None = None, *, today: date = date(2026, 12, 1), **body: Any) -> Case:
    """A case whose refusal is attacked before the tribunal of Lyon."""
    wanted: dict[str, Any] = {
        "action": CourtAction.ANNULMENT,
        "court": "Lyon",
        "court_number": "2612345",
        "lodged_by": Addressee.EMPLOYER,
    }
    return after(case or notified(), open_litigation, OpenLitigation(**{**wanted, **body}), today=today)


def served(case: Case | None = None, *, on: date = date(2026, 12, 3), litigation: str = "L1") -> Case:
    """A case whose claim was read on a day."""
    body = ServeClaim(litigation=litigation, made_available_on=on, read_on=on)
    return after(case or in_court(), serve_claim, body, today=on)


def refusal_of(decide: Callable[..., Any], case: Any, body: Command, context: Context) -> Refused:
    """The refusal that a command meets; its code is public."""
    with pytest.raises(Refused) as caught:
        decide(case, body, context)
    assert caught.value.code in CODES
    assert all(fault.code in CODES for fault in caught.value.faults)
    return caught.value
