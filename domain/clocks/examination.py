"""What the examination waits for: items that the filer owes, opinions of other bodies."""

from collections.abc import Iterator
from datetime import date

from domain.case import Case
from domain.clocks.clock import Clock, ClockState, state_on
from domain.french import in_french


def missing_items(case: Case, today: date) -> Iterator[Clock]:
    """The delay given to produce missing items; once over, the request is judged or closed as it stands."""
    for asked in case.missing_items:
        decided = any(not d.is_implicit and d.on >= asked.requested_on for d in case.decisions)
        over = asked.complete or asked.lapsed or decided or case.abandoned_on is not None
        state = state_on(today, asked.due_on, ended=over)
        asked_for = "pièce demandée" if len(asked.items) == 1 else "pièces demandées"
        came = f" ; réponse reçue le {in_french(asked.supplied_on)}" if asked.supplied_on else ""
        yield Clock(
            id="MISSING_ITEMS",
            ref=asked.id,
            name="Production des pièces demandées",
            state=state,
            starts_on=asked.requested_on,
            length=f"{(asked.due_on - asked.requested_on).days} jours",
            expires_on=asked.due_on,
            effect="la demande peut être jugée ou close en l'état",
            articles=("CRPA L114-5",),
            sentence=f"{len(asked.items)} {asked_for} le {in_french(asked.requested_on)}, à produire au plus "
            f"tard le {in_french(asked.due_on)}{came}.",
            for_administration=state is ClockState.RUNNING,
        )


def opinions(case: Case, today: date) -> Iterator[Clock]:
    """An opinion asked of another body suspends nothing: it is only expected."""
    for opinion in case.opinions:
        if opinion.due_on is None:
            continue
        yield Clock(
            id="OPINION",
            ref=opinion.id,
            name="Avis attendu",
            state=state_on(today, opinion.due_on, ended=opinion.given_on is not None),
            starts_on=opinion.requested_on,
            expires_on=opinion.due_on,
            effect="l'instruction peut se poursuivre sans l'avis",
            articles=("CT L5221-7",),
            sentence=f"Avis demandé à {opinion.body} le {in_french(opinion.requested_on)}, attendu pour le "
            f"{in_french(opinion.due_on)} ; il ne suspend pas le délai de décision.",
        )
