"""A court is seized of a decision of the case."""

import re
from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.acts import Addressee, CourtAction, JudgmentOutcome, PleaKind
from domain.appeals import attackable
from domain.case import Case, Litigation
from domain.command import Command, command
from domain.content import must_have_happened, must_have_no_fault
from domain.context import Context
from domain.court import (
    APPEAL_COURTS,
    NUMBER_PATTERNS,
    court_title,
    defender,
    level_of,
)
from domain.envelope import Role
from domain.events import LitigationOpened
from domain.refusals import Fault, Refused
from domain.remedies import competent_tribunal

WITHOUT_DECISION = frozenset({CourtAction.LIBERTY, CourtAction.USEFUL_MEASURES})
"""Proceedings that need no decision to attack (CJA L521-2, L521-3)."""

NUMBER_EXAMPLES = {"tribunal": "2600123", "appeal": "26LY00123", "cassation": "500123"}


class OpenLitigation(Command, frozen=True, kw_only=True):
    """Record proceedings as the court's application announces them."""

    action: CourtAction
    court: Annotated[str, Meta(min_length=1, max_length=200)]
    """Its town or its title: « Lyon », « tribunal administratif de Lyon »."""
    court_number: Annotated[str, Meta(min_length=1, max_length=20)]
    against: Annotated[str, Meta(max_length=20)] | None = None
    """The decision attacked; the newest standing one by default."""
    lodged_by: Addressee
    lodged_on: date | None = None
    pleas: Annotated[tuple[PleaKind, ...], Meta(max_length=20)] = ()
    main_litigation: Annotated[str, Meta(max_length=20)] | None = None
    """For a suspension, the annulment action; for an appeal, the proceedings judged; found by default."""


@command(
    "open-litigation",
    OpenLitigation,
    title="Enregistrer un recours contentieux",
    by={Role.LEGAL, Role.PREFECTURE, Role.MANAGER},
    example={
        "action": "annulment",
        "court": "Lyon",
        "court_number": "2600123",
        "against": "D1",
        "lodged_by": "employer",
        "pleas": ["incompetence", "error_of_law", "appreciation"],
    },
)
def open_litigation(case: Case, command: OpenLitigation, context: Context) -> tuple[LitigationOpened, ...]:
    """The court of the place of work is competent (CJA R312-10); a court seized by mistake is recorded all the same."""
    known = next((p for p in case.litigation if p.court_number == command.court_number), None)
    if known is not None:
        raise Refused(
            "court_number_known",
            f"L'instance n° {command.court_number} est déjà enregistrée dans ce dossier ({known.id}).",
        )
    if command.lodged_by not in case.parties:
        raise Refused("not_an_addressee", "Cette personne n'est pas destinataire des décisions du dossier.")
    against, since = _attacked(case, command)
    main = _main(case, command, against)
    lodged_on = command.lodged_on or context.today
    title = court_title(command.court, command.action, context.reference)
    must_have_no_fault(
        (
            *must_have_happened("/lodged_on", lodged_on, context.today, since=since),
            *_court_faults(command, title),
        )
    )
    competent = competent_tribunal(case.request, context.reference) if level_of(command.action) == "tribunal" else None
    return (
        LitigationOpened(
            litigation=f"L{len(case.litigation) + 1}",
            action=command.action,
            court=title or command.court,
            court_number=command.court_number,
            against=against,
            lodged_by=command.lodged_by,
            lodged_on=lodged_on,
            competent_court=competent.title if competent else None,
            represented_by=defender(case, command.action, context.reference),
            pleas=command.pleas,
            main_litigation=main.id if main else None,
        ),
    )


def _attacked(case: Case, command: OpenLitigation) -> tuple[str, date]:
    """The decision attacked, empty when the action needs none, and the day before which no action can be."""
    if command.action in WITHOUT_DECISION and command.against is None:
        current = case.current_decision
        return (current.id, case.filed_on) if current else ("", case.filed_on)
    if command.action in {CourtAction.APPEAL, CourtAction.CASSATION}:
        judged = _judged_before(case, command)
        return judged.against, judged.judged_on or judged.lodged_on
    decision = attackable(case, command.against)
    return decision.id, decision.on


def _judged_before(case: Case, command: OpenLitigation) -> Litigation:
    """The proceedings whose judgment is attacked: a tribunal's on appeal, later or urgent ones in cassation."""
    wanted = (
        {CourtAction.ANNULMENT}
        if command.action is CourtAction.APPEAL
        else {CourtAction.APPEAL, CourtAction.SUSPENSION, CourtAction.USEFUL_MEASURES}
    )
    judged = [
        p
        for p in case.litigation
        if p.action in wanted and p.outcome is not None and command.main_litigation in {None, p.id}
    ]
    if not judged:
        raise Refused(
            "judgment_missing", "Aucune décision de justice susceptible de ce recours n'est enregistrée au dossier."
        )
    lost = judged[-1]
    if lost.outcome is JudgmentOutcome.ANNULLED:
        raise Refused(
            "judgment_favourable_to_party",
            f"Le jugement rendu dans l'instance {lost.id} a donné satisfaction au requérant ; l'appel de l'État n'est "
            "pas traité ici.",
        )
    return lost


def _main(case: Case, command: OpenLitigation, against: str) -> Litigation | None:
    """The annulment action without which no suspension can be asked (CJA L521-1, R522-1), or the judgment attacked."""
    if command.action in {CourtAction.APPEAL, CourtAction.CASSATION}:
        return _judged_before(case, command)
    if command.action is not CourtAction.SUSPENSION:
        return case.proceedings(command.main_litigation) if command.main_litigation else None
    main = next(
        (
            p
            for p in reversed(case.litigation)
            if p.action is CourtAction.ANNULMENT
            and p.against == against
            and p.outcome is None
            and command.main_litigation in {None, p.id}
        ),
        None,
    )
    if main is None:
        raise Refused(
            "main_action_missing",
            f"Aucune requête en annulation de la décision {against} n'est pendante : la suspension ne peut être "
            "demandée sans elle (CJA L521-1, R522-1).",
        )
    return main


def _court_faults(command: OpenLitigation, title: str | None) -> tuple[Fault, ...]:
    level = level_of(command.action)
    faults = []
    if title is None:
        faults.append(
            Fault(
                pointer="/court",
                code="court_unknown",
                message=f"Aucune juridiction compétente pour cette action ne porte le nom « {command.court} ».",
            )
        )
    letters = next((code for town, code in APPEAL_COURTS.items() if title and title.endswith(f" de {town}")), None)
    elsewhere = level == "appeal" and letters is not None and letters not in command.court_number
    if re.fullmatch(NUMBER_PATTERNS[level], command.court_number) is None or elsewhere:
        faults.append(
            Fault(
                pointer="/court_number",
                code="court_number_malformed",
                message=f"Le numéro « {command.court_number} » n'est pas de ceux de cette juridiction "
                f"(exemple : {NUMBER_EXAMPLES[level]}).",
            )
        )
    return tuple(faults)
