"""When a decision counts as notified, and when the reasons of an implicit one are due (T8)."""

from collections.abc import Iterator
from datetime import date

import msgspec

from domain.acts import Addressee
from domain.appeals import agreed_to_electronic_notification
from domain.case import Case, Decision, Notified
from domain.clocks.clock import Clock, ClockState, no_longer_stands, not_counted, of_whom, state_on
from domain.french import in_french
from domain.limits import limit_to_give_reasons, limit_to_read
from domain.numbers import doubts_of
from domain.provisions import Chapter, provision
from domain.reference import Reference
from domain.refusals import Refused

replace = msgspec.structs.replace


@provision(Chapter.CLOCKS, "CRPA R112-20")
def notifications(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """A decision left unread fifteen days in the teleservice is notified as of the day it was made available."""
    for decision in case.decisions:
        for addressee, known in decision.notified.items():
            if known.channel == "teleservice":
                yield _unread(case, decision, addressee, known, today, reference)


def _unread(
    case: Case, decision: Decision, addressee: Addressee, known: Notified, today: date, reference: Reference
) -> Clock:
    clock = Clock(
        id="DEEMED_NOTIFICATION",
        ref=decision.id,
        addressee=addressee,
        name="Notification réputée acquise",
        state=ClockState.NOT_RUNNING,
        starts_on=known.available_on,
        effect="la décision est réputée notifiée au jour de sa mise à disposition",
        articles=("CRPA R112-20",),
        sentence="",
        facts={"mise à disposition": in_french(known.available_on)},
        unconfirmed=()
        if known.deemed_on is None and known.read_on is not None
        else tuple(doubts_of_deemed_notification(case, addressee, known)),
    )
    try:
        limit = limit_to_read(known, reference)
    except Refused as refused:
        return not_counted(clock, refused)
    over_on = limit.ends_on
    return replace(
        clock,
        state=state_on(today, over_on, ended=known.notified_on is not None),
        length=limit.length,
        expires_on=over_on,
        sentence=f"Décision {decision.id} mise à la disposition {of_whom(addressee)} le "
        f"{in_french(known.available_on)} ; {_reading(known, over_on)}.",
        unconfirmed=(*clock.unconfirmed, *doubts_of(limit.row)),
    )


def doubts_of_deemed_notification(case: Case, addressee: Addressee, known: Notified) -> Iterator[str]:
    """The rule of fifteen days belongs to a procedure that supposes an express agreement (CRPA L112-15, R112-17)."""
    if not agreed_to_electronic_notification(case, addressee, known.available_on):
        yield (
            "aucun accord à la notification électronique n'est enregistré avant la mise à disposition (CRPA R112-17) : "
            "que la décision puisse être réputée notifiée n'est pas assuré"
        )


def _reading(known: Notified, over_on: date) -> str:
    if known.deemed_on is None and known.read_on is not None:
        return f"consultée le {in_french(known.read_on)}, elle est notifiée ce jour-là"
    deemed = f"elle est réputée notifiée le {in_french(known.available_on)}"
    if known.deemed_on is not None:
        return f"non consultée au {in_french(over_on)}, {deemed}"
    return f"si elle n'est pas consultée le {in_french(over_on)} au plus tard, {deemed}"


@provision(Chapter.CLOCKS, "CRPA L232-4")
def reasons(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """T8: the reasons of an implicit decision are given within a month of being asked for, without which it is
    unlawful."""
    for decision in case.decisions:
        asked = decision.reasons_requested_on
        if asked is None:
            continue
        given = decision.reasons_communicated_on
        clock = Clock(
            id="T8",
            ref=decision.id,
            name="Communication des motifs d'une décision implicite",
            state=ClockState.NOT_RUNNING,
            starts_on=asked,
            effect="sans motifs communiqués, la décision implicite est illégale",
            articles=("CRPA L232-4",),
            sentence="",
            for_administration=given is None and decision.live,
        )
        try:
            limit = limit_to_give_reasons(asked, reference)
        except Refused as refused:
            yield not_counted(clock, refused)
            continue
        due = limit.ends_on
        answered = f", communiqués le {in_french(given)}" if given else ""
        yield replace(
            clock,
            state=state_on(today, due, ended=given is not None or not decision.live),
            length=limit.length,
            unconfirmed=doubts_of(limit.row),
            expires_on=due,
            sentence=f"Motifs de la décision {decision.id} demandés le {in_french(asked)}, à communiquer au plus tard "
            f"le {in_french(due)}{answered}.{no_longer_stands(decision)}",
            facts={"demande de motifs": in_french(asked)},
        )
