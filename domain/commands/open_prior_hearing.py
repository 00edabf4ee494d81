"""The service tells the parties that it intends to end a permit."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from domain.acts import DecisionKind
from domain.after_grant import ARTICLES, LegalBasis, live_grant, must_be_open_to, rights_of_the_parties
from domain.case import Case
from domain.command import Command, command
from domain.context import Context
from domain.events import PriorHearingOpened
from domain.french import in_french
from domain.limits import limit_of
from domain.refusals import Refused


class OpenPriorHearing(Command, frozen=True, kw_only=True):
    """Invite the parties to observe; without a last day, they have the fifteen days of practice."""

    decision: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    intended: Literal["withdrawal", "repeal"]
    legal_basis: LegalBasis
    grounds: Annotated[str, msgspec.Meta(min_length=20, max_length=5_000)]
    observations_until: date | None = None


EXAMPLE = {
    "decision": "D1",
    "intended": "withdrawal",
    "legal_basis": "fraud",
    "grounds": "Le contrat de travail joint à la demande porte une signature que l'employeur conteste.",
}


@command(
    "open-prior-hearing",
    OpenPriorHearing,
    title="Ouvrir la procédure contradictoire",
    example=EXAMPLE,
)
def open_prior_hearing(case: Case, command: OpenPriorHearing, context: Context) -> tuple[PriorHearingOpened, ...]:
    """Nobody loses a permit without having been able to observe (CRPA L121-1, L122-1)."""
    grant = live_grant(case, command.decision)
    intended = DecisionKind(command.intended)
    must_be_open_to(case, grant, command.legal_basis, intended, context)
    article = ARTICLES[command.legal_basis]
    twin = next(
        (
            h
            for h in case.hearings
            if (h.decision, h.intended, h.legal_basis) == (grant.id, intended, article) and not h.used
        ),
        None,
    )
    if twin is not None:
        raise Refused("hearing_already_open", f"La procédure contradictoire {twin.id} est déjà ouverte.")
    until = _until(command.observations_until, context)
    return (
        PriorHearingOpened(
            hearing=f"H{len(case.hearings) + 1}",
            decision=grant.id,
            intended=intended,
            grounds=command.grounds,
            legal_basis=article,
            opened_on=context.today,
            observations_until=until,
            rights=rights_of_the_parties(until),
        ),
    )


def _until(asked: date | None, context: Context) -> date:
    earliest = limit_of(context.reference, "PRIOR_HEARING_DAYS_MIN", context.today).ends_on
    if asked is not None and asked < earliest:
        raise Refused(
            "observations_period_too_short",
            f"Les parties doivent disposer d'un délai suffisant : au moins jusqu'au {in_french(earliest)}.",
        )
    return asked or earliest
