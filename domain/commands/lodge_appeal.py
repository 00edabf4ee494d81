"""An administrative appeal arrives, from the teleservice or on paper."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from domain.acts import Addressee, AppealKind, PleaKind, StageKind
from domain.appeals import (
    appeal_silence_ends,
    attackable,
    counts_on,
    department_of,
    last_day,
    length_to_contest,
    limit_runs_from,
    lodger,
    person_of,
)
from domain.case import Case, Status
from domain.command import Command, command
from domain.content import announced, must_have_happened, must_have_no_fault
from domain.context import Context
from domain.events import AppealLodged
from domain.french import in_french
from domain.provisions import Chapter, provision
from domain.refusals import Refused
from domain.request import AttachedDocument, Text

APPEAL_TITLES = {AppealKind.GRACIOUS: "gracieux", AppealKind.HIERARCHICAL: "hiérarchique"}


class LodgeAppeal(Command, frozen=True, kw_only=True):
    """An appeal to the author of the decision, or to the minister."""

    kind: AppealKind
    against: Annotated[str, Meta(max_length=20)] | None = None
    """The decision attacked; the newest standing one by default."""
    lodged_by: Addressee | None = None
    """Who wrote the letter, when an agent records it."""
    received_on: date | None = None
    posted_on: date | None = None
    arguments: Text
    pleas: Annotated[tuple[PleaKind, ...], Meta(max_length=20)] = ()
    documents: Annotated[tuple[AttachedDocument, ...], Meta(max_length=50)] = ()


@provision(Chapter.APPEALS, "CRPA L411-2")
@command(
    "lodge-appeal",
    LodgeAppeal,
    title="Former un recours administratif",
    example={
        "kind": "gracious",
        "against": "D1",
        "lodged_by": "employer",
        "arguments": "L'offre a été publiée de nouveau du 2 au 27 novembre sans candidat : voir l'attestation jointe.",
        "pleas": ["error_of_fact"],
        "documents": [
            {
                "item": "other",
                "title": "Attestation de publication de l'offre",
                "sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
                "bytes": 48213,
            }
        ],
    },
)
def lodge_appeal(case: Case, command: LodgeAppeal, context: Context) -> tuple[AppealLodged, ...]:
    """An administrative appeal may be lodged within the limit to sue; a late one is received and recorded as late."""
    if case.abandoned_on is not None and case.status is Status.ABANDONED:
        raise Refused(
            "status_forbids",
            f"La demande a été abandonnée le {in_french(case.abandoned_on)} : elle ne peut plus donner lieu à recours "
            "administratif.",
        )
    attacked = attackable(case, command.against)
    lodged_by = lodger(case, context.actor, command.lodged_by)
    _must_be_open_to(case, command.kind, attacked.id)
    received_on = command.received_on or context.today
    sent_on = counts_on(received_on, command.posted_on)
    must_have_no_fault(
        (
            *must_have_happened("/received_on", received_on, context.today, since=attacked.on),
            *(must_have_happened("/posted_on", sent_on, received_on, since=attacked.on) if command.posted_on else ()),
        )
    )
    start = limit_runs_from(case, attacked, lodged_by)
    length = length_to_contest(case, attacked, lodged_by, "ADMIN_APPEAL_MONTHS_MAX", context.reference)
    until = None
    if start is not None:
        until = last_day(start, department_of(case), context.reference.calendar, months=length.months).expires_on
    return (
        AppealLodged(
            appeal=f"A{len(case.appeals) + 1}",
            kind=command.kind,
            against=attacked.id,
            lodged_by=lodged_by,
            received_on=received_on,
            posted_on=command.posted_on,
            in_time=None if until is None else sent_on <= until,
            person=person_of(case, lodged_by),
            arguments=command.arguments,
            pleas=command.pleas,
            documents=announced(case, command.documents),
            implicit_rejection_on=appeal_silence_ends(context.reference, received_on),
        ),
    )


def _must_be_open_to(case: Case, kind: AppealKind, decision: str) -> None:
    under_way = next((a for a in case.appeals if a.kind is kind and a.against == decision and a.ended_on is None), None)
    if under_way is not None:
        raise Refused(
            "appeal_under_way",
            f"Un recours {APPEAL_TITLES[kind]} reçu le {in_french(under_way.received_on)} est déjà à l'examen "
            f"contre la décision {decision}.",
        )
    if kind is AppealKind.GRACIOUS and case.stage.kind is not StageKind.FIRST:
        raise Refused(
            "reexamination_under_way",
            "La demande est déjà réexaminée : la nouvelle décision pourra être contestée.",
        )
