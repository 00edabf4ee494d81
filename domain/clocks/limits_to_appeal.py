"""How long each addressee may contest a decision: by appeal, before the court, at the latest (T10, T12, T13)."""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from domain.acts import ADDRESSEE_TITLES, Addressee, AppealKind, AppealOutcome, CourtAction, DecisionKind
from domain.appeals import LastDay, LengthToContest, department_of, last_day, length_to_contest, limit_runs_from
from domain.case import Appeal, Case, Decision
from domain.clocks.clock import (
    CALENDAR_NOTE,
    Clock,
    ClockState,
    length_in_words,
    no_longer_stands,
    not_counted,
    of_whom,
    state_on,
    stopped,
)
from domain.clocks.notification import doubts_of_deemed_notification
from domain.days import add_months
from domain.distance import lives_abroad
from domain.french import in_french, of
from domain.limits import limit_to_give_reasons
from domain.numbers import doubts_of
from domain.provisions import Chapter, provision
from domain.reference import Calendar, Reference
from domain.refusals import Refused

replace = msgspec.structs.replace

UNFAVOURABLE = frozenset(
    {
        DecisionKind.REFUSAL,
        DecisionKind.STAMP_REFUSAL,
        DecisionKind.IMPLICIT_REFUSAL,
        DecisionKind.CLOSURE,
        DecisionKind.WITHDRAWAL,
        DecisionKind.REPEAL,
    }
)


SECONDARY = "jurisprudence connue par des sources secondaires"


def appeal_limits(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """Limits run for each addressee apart; a decision that rejects an appeal is attacked with the one before it."""
    for decision in case.decisions:
        if decision.kind not in UNFAVOURABLE or decision.rejects_appeal is not None:
            continue
        for addressee in (each for each in case.addressees if each in case.parties):
            limits = (
                limit_to_appeal(case, decision, addressee, today, reference),
                limit_to_sue(case, decision, addressee, today, reference),
                *reasonable_period(case, decision, addressee, today, reference),
            )
            for limit in limits:
                yield limit if decision.live else _lost_its_object(limit, decision)


def _with_doubts(clock: Clock, doubts: Iterable[str]) -> Clock:
    return replace(clock, unconfirmed=(*clock.unconfirmed, *doubts))


def _lost_its_object(clock: Clock, decision: Decision) -> Clock:
    """A decision that no longer stands is no longer to be attacked by itself."""
    return replace(clock, state=ClockState.ENDED, sentence=clock.sentence + no_longer_stands(decision))


def _limit(decision: Decision, addressee: Addressee, kind: str) -> Clock:
    appeal = kind == "T10"
    whose = of_whom(addressee)
    title = (
        f"Recours gracieux ou hiérarchique {whose}" if appeal else f"Recours {whose} devant le tribunal administratif"
    )
    return Clock(
        id=kind,
        ref=decision.id,
        addressee=addressee,
        name=title,
        state=ClockState.NOT_RUNNING,
        effect="la décision ne peut plus être contestée par cette voie",
        articles=("CRPA L411-2", "CJA R421-7") if appeal else ("CJA R421-1", "CJA R421-2", "CJA R421-5", "CJA R421-7"),
        sentence="",
        unconfirmed=(CALENDAR_NOTE,),
    )


def _of_length(clock: Clock, case: Case, addressee: Addressee, length: LengthToContest) -> Clock:
    """The same limit, with its length in words and what is not sure of it."""
    far = length.extra
    away = "demeurant à l'étranger" if lives_abroad(case, addressee) else "séparé du tribunal par la mer"
    added = f", augmenté {of(length_in_words(months=far))} pour un destinataire {away} (CJA R421-7)" if far else ""
    told = f"{length_in_words(months=int(length.row.value))}{added}"
    return _with_doubts(replace(clock, length=told), doubts_of(length.row))


def _why_no_limit(case: Case, decision: Decision, addressee: Addressee) -> str:
    """Why limits do not run: they bind only someone told of the decision, its remedies and their limits."""
    known = decision.notified.get(addressee)
    if decision.is_implicit:
        return "l'accusé de réception manque ou n'indique pas tout ce que le texte exige (CRPA L112-12, CJA R421-5)"
    if known is None:
        return f"la décision {decision.id} n'a pas été notifiée à {ADDRESSEE_TITLES[addressee]} (CJA R421-1)"
    if known.notified_on is None:
        since, whom = in_french(known.available_on), ADDRESSEE_TITLES[addressee]
        return f"la décision {decision.id}, mise à disposition le {since}, n'a pas encore été consultée par {whom}"
    return f"la notification de la décision {decision.id} n'indique pas les voies et délais de recours (CJA R421-5)"


def _doubts_of_the_start(case: Case, decision: Decision, addressee: Addressee) -> Iterator[str]:
    """Why it is not sure that a limit runs against an addressee from the day that it is counted from."""
    if decision.is_implicit:
        if case.acknowledgement is not None and case.acknowledgement.issued_on > decision.on:
            yield LATE_ACKNOWLEDGEMENT
        if addressee is not case.parties[0]:
            yield ACKNOWLEDGED_TO_ANOTHER
        return
    known = decision.notified.get(addressee)
    if known is not None and known.deemed_on is not None:
        yield from doubts_of_deemed_notification(case, addressee, known)


LATE_ACKNOWLEDGEMENT = (
    "accusé de réception postérieur à la naissance de la décision : que le délai coure du jour de son envoi est une "
    "déduction de CRPA L112-12"
)
ACKNOWLEDGED_TO_ANOTHER = (
    "l'accusé de réception n'est adressé qu'à l'auteur de la demande : que le délai coure aussi contre l'étranger est "
    "une déduction"
)


@provision(Chapter.CLOCKS, "CRPA L411-2", "CJA R421-7")
def limit_to_appeal(case: Case, decision: Decision, addressee: Addressee, today: date, reference: Reference) -> Clock:
    """T10: an administrative appeal is lodged within the limit to sue."""
    start = limit_runs_from(case, decision, addressee)
    clock = _limit(decision, addressee, "T10")
    try:
        length = length_to_contest(case, decision, addressee, "ADMIN_APPEAL_MONTHS_MAX", reference)
    except Refused as refused:
        return not_counted(clock, refused)
    clock = _of_length(clock, case, addressee, length)
    if start is None:
        return stopped(clock, _why_no_limit(case, decision, addressee))
    clock = _with_doubts(clock, _doubts_of_the_start(case, decision, addressee))
    last = last_day(start, department_of(case), reference.calendar, months=length.months)
    return _dated(clock, today, start, last, _started(decision, start))


def _started(decision: Decision, start: date) -> str:
    if decision.is_implicit:
        late = f", accusé de réception envoyé le {in_french(start)}" if start > decision.on else ""
        return f"Décision implicite {decision.id} née le {in_french(decision.on)}{late}"
    return f"Décision {decision.id} notifiée le {in_french(start)}"


def _dated(clock: Clock, today: date, start: date, last: LastDay, told: str) -> Clock:
    return replace(
        clock,
        state=state_on(today, last.expires_on),
        starts_on=start,
        expires_on=last.expires_on,
        sentence=f"{told} ; délai franc de {clock.length}, jusqu'au {in_french(last.expires_on)} inclus.",
        facts={"point de départ": in_french(start)},
        unconfirmed=(*clock.unconfirmed, *last.doubts),
    )


@provision(Chapter.CLOCKS, "CJA R421-1", "CJA R421-2", "CJA R421-5", "CJA R421-7")
def limit_to_sue(case: Case, decision: Decision, addressee: Addressee, today: date, reference: Reference) -> Clock:
    """T12: the court is seized within two months of the notification of a decision, or of the birth of an implicit one,
    or of the last rejection of the appeals that interrupted this limit."""
    start = limit_runs_from(case, decision, addressee)
    clock = _limit(decision, addressee, "T12")
    try:
        length = length_to_contest(case, decision, addressee, "LITIGATION_MONTHS_MAX", reference)
    except Refused as refused:
        return not_counted(clock, refused)
    clock = _of_length(clock, case, addressee, length)
    if start is None:
        return stopped(clock, _why_no_limit(case, decision, addressee))
    clock = _with_doubts(clock, _doubts_of_the_start(case, decision, addressee))
    department = department_of(case)
    at_first = last_day(start, department, reference.calendar, months=length.months).expires_on
    told = _started(decision, start)
    for appeal in interrupting_appeals(case, decision, addressee, at_first):
        restart = restarts_on(case, appeal, addressee, length.months, reference.calendar)
        if restart is None:
            return replace(stopped(clock, _interrupted(appeal)), starts_on=start)
        if restart > start:
            how = "accueilli" if appeal.outcome is AppealOutcome.UPHELD else "rejeté"
            start, told = restart, f"Recours {appeal.id} {how}, délai rouvert le {in_french(restart)} (CRPA L411-2)"
    if decision.reasons_requested_on is not None and decision.reasons_communicated_on is None:
        why = _reasons_awaited(decision.reasons_requested_on, today, reference)
        return replace(stopped(clock, why), starts_on=start)
    given = decision.reasons_communicated_on
    if given is not None and given > start:
        start, told = given, f"Motifs communiqués le {in_french(given)} (CRPA L232-4)"
    last = last_day(start, department, reference.calendar, months=length.months)
    dated = _dated(clock, today, start, last, told)
    return _seized(case, decision, _perhaps_confirmative(case, decision, addressee, today, reference, dated))


def _reasons_awaited(asked_on: date, today: date, reference: Reference) -> str:
    awaited = f"les motifs demandés le {in_french(asked_on)} sont attendus (CRPA L232-4)"
    try:
        limit = limit_to_give_reasons(asked_on, reference)
    except Refused:
        return awaited
    if today <= limit.ends_on:
        return awaited
    return (
        f"les motifs demandés le {in_french(asked_on)} n'ont pas été communiqués dans le délai {of(limit.length)}, ce "
        "qui rend la décision illégale (CRPA L232-4)"
    )


@provision(Chapter.CLOCKS, "CRPA L411-2")
def interrupting_appeals(case: Case, decision: Decision, addressee: Addressee, at_first: date) -> tuple[Appeal, ...]:
    """The first gracious and the first hierarchical appeal that an addressee lodges within the initial limit interrupt
    it, and none that follows."""
    first: dict[AppealKind, Appeal] = {}
    for appeal in case.appeals:
        mine = appeal.against == decision.id and appeal.lodged_by is addressee
        if mine and (appeal.in_time or appeal.received_on <= at_first):
            first.setdefault(appeal.kind, appeal)
    return tuple(first.values())


@provision(Chapter.CLOCKS, "CJA R421-2")
def restarts_on(
    case: Case, appeal: Appeal, addressee: Addressee, length_months: int, calendar: Calendar
) -> date | None:
    """The limit runs anew from the birth of the implicit rejection of an appeal, or from the notification of an express
    one that comes before the limit so reopened is over."""
    if appeal.ended_on is None:
        return None
    if appeal.outcome is AppealOutcome.UPHELD:
        return appeal.ended_on
    silent = appeal.implicit_rejection_on if appeal.implicitly else None
    express = next((d for d in reversed(case.decisions) if d.rejects_appeal == appeal.id), None)
    known = express.notified.get(addressee) if express else None
    notified = known.notified_on if known else appeal.answer_notified_on if express is None else None
    if silent is None or notified is None:
        return notified or silent
    answered_on = express.on if express else appeal.ended_on
    reopened_until = last_day(silent, department_of(case), calendar, months=length_months).expires_on
    return notified if answered_on <= reopened_until else silent


def _perhaps_confirmative(
    case: Case, decision: Decision, addressee: Addressee, today: date, reference: Reference, clock: Clock
) -> Clock:
    """An express refusal reopens the limit when it comes within that of the silence it follows (CJA R421-2)."""
    silent = next((d for d in case.decisions if d.is_implicit and d.ended_by == decision.id), None)
    if silent is None or decision.is_implicit:
        return clock
    earlier = limit_to_sue(case, silent, addressee, today, reference).expires_on
    if earlier is None or decision.on <= earlier:
        return clock
    doubt = (
        f"la décision {silent.id}, née du silence, ne pouvait plus être contestée après le {in_french(earlier)} : que "
        "le refus exprès intervenu ensuite rouvre le délai n'est pas assuré (CJA R421-2)"
    )
    return replace(clock, unconfirmed=(*clock.unconfirmed, doubt))


def _interrupted(appeal: Appeal) -> str:
    if appeal.ended_on is None:
        return f"interrompu par le recours {appeal.id} reçu le {in_french(appeal.received_on)} (CRPA L411-2)"
    if appeal.without_object:
        return f"le recours {appeal.id} a perdu son objet par l'annulation prononcée le {in_french(appeal.ended_on)}"
    return (
        f"le recours {appeal.id} a été rejeté le {in_french(appeal.ended_on)}, mais la notification de ce rejet n'est "
        "pas prouvée (CJA R421-2, R421-5)"
    )


def _seized(case: Case, decision: Decision, clock: Clock) -> Clock:
    seized = next((p for p in case.litigation if p.against == decision.id and p.action is CourtAction.ANNULMENT), None)
    if seized is None:
        return clock
    told = f" Le tribunal a été saisi le {in_french(seized.lodged_on)} ({seized.id})."
    return replace(clock, sentence=clock.sentence + told)


@provision(
    Chapter.CLOCKS,
    "CE Ass. 13 juillet 2016 n° 387763",
    since=date(2016, 7, 13),
    source="https://guide-etudiant-etranger.org/?p=247",
    mark="unconfirmed",
    note=SECONDARY,
)
def reasonable_period(
    case: Case, decision: Decision, addressee: Addressee, today: date, reference: Reference
) -> Iterator[Clock]:
    """T13: a decision known without a complete notice can no longer be attacked after a reasonable period of one year,
    save particular circumstances."""
    known = decision.notified.get(addressee)
    if decision.is_implicit or known is None or known.notified_on is None:
        return
    if limit_runs_from(case, decision, addressee) is not None:
        return
    row = reference.threshold("REASONABLE_PERIOD_MONTHS", known.notified_on)
    if row is None:
        return
    length = length_in_words(months=int(row.value))
    expires = add_months(known.notified_on, int(row.value))
    yield Clock(
        id="T13",
        ref=decision.id,
        addressee=addressee,
        name=f"Délai raisonnable de recours {of_whom(addressee)}",
        state=state_on(today, expires),
        starts_on=known.notified_on,
        length=length,
        expires_on=expires,
        effect="la décision ne peut plus être contestée",
        articles=("CE Ass. 13 juillet 2016 n° 387763",),
        sentence=f"Décision {decision.id} connue le {in_french(known.notified_on)} sans indication complète des "
        f"recours : elle ne peut plus être contestée au-delà d'un délai raisonnable {of(length)}, soit le "
        f"{in_french(expires)}, sauf circonstances particulières.",
        facts={"décision connue": in_french(known.notified_on)},
        unconfirmed=doubts_of(row),
    )
