"""When silence rejects an administrative appeal (T11)."""

from collections.abc import Iterator
from datetime import date

from domain.acts import AppealKind
from domain.case import Case
from domain.clocks.clock import EFFECTS, Clock, length_in_words, state_on
from domain.french import in_french
from domain.reference import Reference


def silence_on_appeals(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """Two months' silence rejects an administrative appeal (CRPA L411-7)."""
    rule = reference.silence_rule("ADMIN_APPEAL")
    length = length_in_words(months=rule.months, days=rule.days)
    for appeal in case.appeals:
        which = "gracieux" if appeal.kind is AppealKind.GRACIOUS else "hiérarchique"
        expires = appeal.implicit_rejection_on
        ended = f" Ce recours a pris fin le {in_french(appeal.ended_on)}." if appeal.ended_on else ""
        yield Clock(
            id="T11",
            ref=appeal.id,
            addressee=appeal.lodged_by,
            name=f"Silence sur le recours {which}",
            state=state_on(today, expires, ended=appeal.ended_on is not None),
            starts_on=appeal.received_on,
            length=length,
            expires_on=expires,
            effect=EFFECTS[rule.effect],
            articles=rule.articles,
            sentence=f"Recours {which} {appeal.id} reçu le {in_french(appeal.received_on)} ; délai de {length} : "
            f"le silence vaut rejet le {in_french(expires)} à minuit.{ended}",
            for_administration=appeal.kind is AppealKind.GRACIOUS,
        )
