"""The examples shown for commands on appeals, courts, messages and holds are bodies that work on a suitable case."""

from datetime import date

import msgspec
import pytest

from domain.acts import AppealKind, CourtAction, JudgmentOutcome
from domain.case import Case
from domain.command import administration_commands, case_commands
from domain.commands.lodge_appeal import LodgeAppeal, lodge_appeal
from domain.commands.notify_ofii import NotifyOfii, notify_ofii
from domain.commands.place_legal_hold import PlaceLegalHold, place_legal_hold
from domain.commands.record_judgment import RecordJudgment, record_judgment
from domain.commands.request_reasons import RequestReasons, request_reasons
from domain.envelope import Role
from tests.unit.given import ADMINISTRATION, TODAY, a_context
from tests.unit.given_decided import granted, refused
from tests.unit.given_disputed import after, in_court, notified, refused_by_silence, served

DECEMBER = date(2026, 12, 9)
JANUARY = date(2027, 1, 31)


def under_appeal(kind: AppealKind) -> Case:
    """A refusal under appeal."""
    return after(notified(), lodge_appeal, LodgeAppeal(kind=kind, arguments="Recours."), role=Role.EMPLOYER)


def sued(*, on: date = TODAY) -> Case:
    """A refusal attacked, and a suspension asked for, the same day."""
    case = in_court(today=on)
    return in_court(case, today=on, action=CourtAction.SUSPENSION, court_number="2612346")


def suspension_refused() -> Case:
    """A claim whose suspension was refused for want of serious doubt."""
    body = RecordJudgment(
        litigation="L2",
        outcome=JudgmentOutcome.REJECTED,
        judged_on=TODAY,
        notified_on=TODAY,
        no_serious_doubt=True,
        summary="Aucun moyen ne fait naître de doute sérieux.",
    )
    return after(sued(), record_judgment, body, today=TODAY)


GIVEN: dict[str, tuple[Case, date]] = {
    "lodge-appeal": (notified(), DECEMBER),
    "acknowledge-appeal": (under_appeal(AppealKind.GRACIOUS), DECEMBER),
    "decide-appeal": (under_appeal(AppealKind.HIERARCHICAL), DECEMBER),
    "record-appeal-silence": (under_appeal(AppealKind.GRACIOUS), JANUARY),
    "request-reasons": (refused_by_silence(), JANUARY),
    "communicate-reasons": (
        after(refused_by_silence(), request_reasons, RequestReasons(), role=Role.WORKER, today=JANUARY),
        JANUARY,
    ),
    "open-litigation": (notified(), DECEMBER),
    "serve-claim": (in_court(today=TODAY), DECEMBER),
    "set-defence-period": (served(), DECEMBER),
    "receive-formal-notice": (served(), DECEMBER),
    "file-defence": (served(), DECEMBER),
    "close-investigation": (served(), DECEMBER),
    "set-hearing": (served(), DECEMBER),
    "record-judgment": (sued(), DECEMBER),
    "order-suspension": (sued(), DECEMBER),
    "transfer-proceedings": (in_court(today=TODAY), DECEMBER),
    "confirm-main-claim": (suspension_refused(), DECEMBER),
    "substitute-legal-basis": (served(), DECEMBER),
    "notify-ofii": (granted(), DECEMBER),
    "notify-tax-authority": (granted(), DECEMBER),
    "acknowledge-message": (after(granted(), notify_ofii, NotifyOfii(), role=Role.SYSTEM), DECEMBER),
    "record-failed-message": (after(granted(), notify_ofii, NotifyOfii(), role=Role.SYSTEM), DECEMBER),
    "place-legal-hold": (refused(), DECEMBER),
    "lift-legal-hold": (after(refused(), place_legal_hold, PlaceLegalHold(reason="Réquisition.")), DECEMBER),
}


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_the_example_works(name: str) -> None:
    case, today = GIVEN[name]
    command = case_commands()[name]
    for role in sorted(command.by):
        if "lodged_by" in command.example and role is Role.WORKER:
            continue
        if "asked_by" in command.example and role is Role.WORKER:
            continue
        body = msgspec.convert(command.example, command.body)
        assert command.decide(case, body, a_context(role, today=today))


@pytest.mark.parametrize("name", ["delegations", "agents", "routing", "reasons", "reference"])
def test_the_example_of_an_administration_command_works(name: str) -> None:
    command = administration_commands()[name]
    body = msgspec.convert(command.example, command.body)
    assert command.decide(ADMINISTRATION, body, a_context(Role.ADMIN))
