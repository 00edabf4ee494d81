"""What the examination waits for: items that the filer owes, opinions of other bodies."""

from collections.abc import Iterator
from datetime import date

from domain.case import Case
from domain.clocks.clock import Clock, ClockState, length_in_words, state_on
from domain.clocks.silence_on_request import required_by_a_text
from domain.french import in_french
from domain.provisions import Chapter, provision


@provision(Chapter.CLOCKS, "CRPA L114-5")
def missing_items(case: Case, today: date) -> Iterator[Clock]:
    """Items that a text requires are asked for with a delay, after which the request is judged or closed as it is."""
    for asked in case.missing_items:
        decided = any(not d.is_implicit and d.on >= asked.requested_on for d in case.decisions)
        over = asked.complete or asked.lapsed or decided or case.abandoned_on is not None
        state = state_on(today, asked.due_on, ended=over)
        asked_for = "pièce demandée" if len(asked.items) == 1 else "pièces demandées"
        founded = required_by_a_text(asked)
        idle = "" if founded else " ; cette demande, que ne fonde aucun texte, laisse courir le délai de décision"
        came = f" ; réponse reçue le {in_french(asked.supplied_on)}" if asked.supplied_on else ""
        yield Clock(
            id="MISSING_ITEMS",
            ref=asked.id,
            name="Production des pièces demandées",
            state=state,
            starts_on=asked.requested_on,
            length=length_in_words(days=(asked.due_on - asked.requested_on).days),
            expires_on=asked.due_on,
            effect="il peut être statué sur la demande, ou le dossier clos, en l'état",
            articles=("CRPA L114-5",),
            sentence=f"{len(asked.items)} {asked_for} le {in_french(asked.requested_on)}, à produire au plus "
            f"tard le {in_french(asked.due_on)}{came}{idle}.",
            facts={"demande de pièces": in_french(asked.requested_on), "terme fixé": in_french(asked.due_on)},
            for_administration=state is ClockState.RUNNING,
        )


@provision(Chapter.CLOCKS, "CT L5221-7", since=date(2024, 1, 28))
def opinions(case: Case, today: date) -> Iterator[Clock]:
    """Other bodies may be asked for what they know, which suspends nothing and is only expected."""
    for opinion in case.opinions:
        if opinion.due_on is None:
            continue
        yield Clock(
            id="OPINION",
            ref=opinion.id,
            name="Avis attendu",
            state=state_on(today, opinion.due_on, ended=opinion.given_on is not None),
            starts_on=opinion.requested_on,
            length=length_in_words(days=(opinion.due_on - opinion.requested_on).days),
            expires_on=opinion.due_on,
            effect="l'instruction peut se poursuivre sans l'avis",
            articles=("CT L5221-7",),
            sentence=f"Avis demandé le {in_french(opinion.requested_on)} ({opinion.body}), attendu pour le "
            f"{in_french(opinion.due_on)} ; il ne suspend pas le délai de décision.",
            facts={"demande d'avis": in_french(opinion.requested_on)},
        )
