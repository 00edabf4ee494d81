"""A court is seized of a decision of the case, or of what another court ruled on it."""

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
    claim_for_annulment,
    competent_court,
    court_faults,
    court_title,
    defender,
    must_be_new_number,
    needs_no_decision,
)
from domain.events import LitigationOpened
from domain.refusals import Fault, Refused
from domain.rulings import HIGHER, UPHELD, fate_of, first_of


class OpenLitigation(Command, frozen=True, kw_only=True):
    """Record proceedings as the court's application announces them."""

    action: CourtAction
    court: Annotated[str, Meta(min_length=1, max_length=200)]
    """Its town or its title: « Lyon », « tribunal administratif de Lyon »."""
    court_number: Annotated[str, Meta(min_length=1, max_length=20)]
    against: Annotated[str, Meta(max_length=20)] | None = None
    """The decision attacked; the newest standing one by default."""
    lodged_by: Addressee | None = None
    """The party that sues; left out when the State contests what was judged."""
    by_state: bool = False
    """The State appeals, or asks for cassation: what is contested is what a court ruled."""
    lodged_on: date | None = None
    pleas: Annotated[tuple[PleaKind, ...], Meta(max_length=20)] = ()
    main_litigation: Annotated[str, Meta(max_length=20)] | None = None
    """For a suspension, the annulment action; for an appeal, the proceedings judged; found by default."""


@command(
    "open-litigation",
    OpenLitigation,
    title="Enregistrer un recours contentieux",
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
    must_be_new_number(case, command.court_number)
    must_have_no_fault(_appellant_faults(command))
    if command.lodged_by is not None and command.lodged_by not in case.parties:
        raise Refused("not_an_addressee", "Cette personne n'est pas destinataire des décisions du dossier.")
    judged = _judged_before(case, command) if command.action in HIGHER else None
    against, since = (judged.against, judged.judged_on or judged.lodged_on) if judged else _attacked(case, command)
    main = judged or _main(case, command, against)
    lodged_on = command.lodged_on or context.today
    title = court_title(command.court, command.action, context.reference)
    must_have_no_fault(
        (
            *must_have_happened("/lodged_on", lodged_on, context.today, since=since),
            *court_faults(command.action, command.court, command.court_number, title),
        )
    )
    return (
        LitigationOpened(
            litigation=f"L{len(case.litigation) + 1}",
            action=command.action,
            court=title or command.court,
            court_number=command.court_number,
            against=against,
            lodged_by=command.lodged_by,
            lodged_on=lodged_on,
            competent_court=competent_court(case, command.action, context.reference),
            represented_by=defender(case, command.action, context.reference),
            pleas=command.pleas,
            main_litigation=main.id if main else None,
        ),
    )


def _appellant_faults(command: OpenLitigation) -> tuple[Fault, ...]:
    if command.by_state == (command.lodged_by is not None):
        return (
            Fault(
                pointer="/lodged_by",
                code="appellant_missing",
                message="Indiquez l'auteur de la requête : l'employeur, l'étranger ou l'État.",
            ),
        )
    if command.by_state and command.action not in HIGHER:
        return (
            Fault(
                pointer="/by_state",
                code="state_defends_at_first_instance",
                message="En première instance, l'État est défendeur : il ne forme de recours que contre une décision "
                "de justice.",
            ),
        )
    return ()


def _attacked(case: Case, command: OpenLitigation) -> tuple[str, date]:
    """The decision attacked at first instance, empty when none is needed, and the day before which no action can be."""
    if needs_no_decision(command.action) and command.against is None:
        current = case.current_decision
        return (current.id, case.filed_on) if current else ("", case.filed_on)
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
    _must_have_lost(case, judged[-1], by_state=command.by_state)
    return judged[-1]


def _must_have_lost(case: Case, judged: Litigation, *, by_state: bool) -> None:
    """Refuse the appeal of whom the rulings, taken together, gave all that it asked for."""
    fate = fate_of(case.litigation, first_of(case.litigation, judged))
    ruled = f"La décision de justice rendue dans l'instance {judged.id}"
    if by_state and fate not in UPHELD:
        raise Refused(
            "judgment_favourable_to_state",
            f"{ruled} a donné satisfaction à l'État, qui n'a pas intérêt à la contester.",
        )
    if not by_state and fate in UPHELD and fate is not JudgmentOutcome.PARTLY_ANNULLED:
        raise Refused(
            "judgment_favourable_to_party",
            f"{ruled} a donné satisfaction au requérant : seul l'État peut la contester.",
        )


def _main(case: Case, command: OpenLitigation, against: str) -> Litigation | None:
    """The annulment action without which no suspension can be asked (CJA L521-1, R522-1), or the one named."""
    if command.action is CourtAction.SUSPENSION:
        return claim_for_annulment(case, against, command.main_litigation)
    return case.proceedings(command.main_litigation) if command.main_litigation else None
