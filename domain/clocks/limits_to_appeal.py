"""How long each addressee may contest a decision: by appeal, before the court, at the latest (T10, T12, T13)."""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from domain.acts import ADDRESSEE_TITLES, Addressee, AppealOutcome, CourtAction, DecisionKind
from domain.appeals import department_of, last_day, limit_runs_from, months
from domain.case import Appeal, Case, Decision
from domain.clocks.clock import CALENDAR_NOTE, Clock, ClockState, length_in_words, of_whom, state_on, stopped
from domain.days import add_months
from domain.distance import extra_months, lives_abroad
from domain.french import in_french
from domain.reference import Reference

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


CLEAR_MONTHS_MAX = 12
A_WEEK = timedelta(days=7)
"""No limit is carried over more holidays in a row."""


def appeal_limits(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """Limits run for each addressee apart; a decision that rejects an appeal is attacked with the one before it."""
    for decision in case.decisions:
        if decision.kind not in UNFAVOURABLE or decision.rejects_appeal is not None:
            continue
        for addressee in (each for each in case.addressees if each in case.parties):
            limits = (
                _administrative_limit(case, decision, addressee, today, reference),
                _court_limit(case, decision, addressee, today, reference),
                *_reasonable_period(case, decision, addressee, today, reference),
            )
            for limit in limits:
                told = _with_doubts_of_the_calendar(limit, case, reference)
                yield told if decision.live else _lost_its_object(told, decision)


def _with_doubts_of_the_calendar(clock: Clock, case: Case, reference: Reference) -> Clock:
    """A limit carried over a day that is a holiday in some communes only says so."""
    expires, start = clock.expires_on, clock.starts_on
    if expires is None or start is None or CALENDAR_NOTE not in clock.unconfirmed:
        return clock
    ends = (add_months(start, count) + timedelta(days=1) for count in range(1, CLEAR_MONTHS_MAX))
    due = next((end for end in ends if timedelta() <= expires - end < A_WEEK), expires)
    doubts = reference.calendar.doubts_of_carrying(due, expires, department_of(case))
    return replace(clock, unconfirmed=(*clock.unconfirmed, *doubts))


def _lost_its_object(clock: Clock, decision: Decision) -> Clock:
    """A decision that no longer stands is no longer to be attacked by itself."""
    told = f" La décision {decision.id} ne produit plus d'effet ({decision.ended_by})."
    return replace(clock, state=ClockState.ENDED, sentence=clock.sentence + told)


def _limit(case: Case, decision: Decision, addressee: Addressee, kind: str, length: int, far: int) -> Clock:
    appeal = kind == "T10"
    whose = of_whom(addressee)
    title = (
        f"Recours gracieux ou hiérarchique {whose}" if appeal else f"Recours {whose} devant le tribunal administratif"
    )
    away = "demeurant à l'étranger" if lives_abroad(case, addressee) else "séparé du tribunal par la mer"
    added = f", augmenté de {length_in_words(months=far)} pour un destinataire {away} (CJA R421-7)" if far else ""
    return Clock(
        id=kind,
        ref=decision.id,
        addressee=addressee,
        name=title,
        state=ClockState.NOT_RUNNING,
        length=f"{length_in_words(months=length)}{added}",
        effect="la décision ne peut plus être contestée par cette voie",
        articles=("CRPA L411-2", "CJA R421-7") if appeal else ("CJA R421-1", "CJA R421-2", "CJA R421-5", "CJA R421-7"),
        sentence="",
        unconfirmed=(CALENDAR_NOTE,),
    )


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


def _administrative_limit(
    case: Case, decision: Decision, addressee: Addressee, today: date, reference: Reference
) -> Clock:
    """An administrative appeal is lodged within the limit to sue (CRPA L411-2)."""
    start = limit_runs_from(case, decision, addressee)
    length = months(reference, "ADMIN_APPEAL_MONTHS_MAX", decision.on)
    far = extra_months(case, addressee, reference)
    clock = _limit(case, decision, addressee, "T10", length, far)
    if start is None:
        return stopped(clock, _why_no_limit(case, decision, addressee))
    expires = last_day(start, length + far, department_of(case), reference.calendar)
    return _dated(clock, today, start, expires, _started(decision, start))


def _started(decision: Decision, start: date) -> str:
    if decision.is_implicit:
        return f"Décision implicite {decision.id} née le {in_french(start)}"
    return f"Décision {decision.id} notifiée le {in_french(start)}"


def _dated(clock: Clock, today: date, start: date, expires: date, told: str) -> Clock:
    return replace(
        clock,
        state=state_on(today, expires),
        starts_on=start,
        expires_on=expires,
        sentence=f"{told} ; délai franc de {clock.length}, jusqu'au {in_french(expires)} inclus.",
    )


def _court_limit(case: Case, decision: Decision, addressee: Addressee, today: date, reference: Reference) -> Clock:
    """Two months from notification; interrupted by appeals lodged in time until the last of them is rejected."""
    start = limit_runs_from(case, decision, addressee)
    length = months(reference, "LITIGATION_MONTHS_MAX", decision.on)
    far = extra_months(case, addressee, reference)
    clock = _limit(case, decision, addressee, "T12", length, far)
    if start is None:
        return stopped(clock, _why_no_limit(case, decision, addressee))
    department = department_of(case)
    at_first = last_day(start, length + far, department, reference.calendar)
    told = _started(decision, start)
    interrupting = [
        a
        for a in case.appeals
        if a.against == decision.id and a.lodged_by is addressee and (a.in_time or a.received_on <= at_first)
    ]
    for appeal in interrupting:
        restart = _restarts_on(case, appeal, addressee)
        if restart is None:
            return replace(stopped(clock, _interrupted(appeal)), starts_on=start)
        if restart > start:
            how = "accueilli" if appeal.outcome is AppealOutcome.UPHELD else "rejeté"
            start, told = restart, f"Recours {appeal.id} {how}, délai rouvert le {in_french(restart)} (CRPA L411-2)"
    if decision.reasons_requested_on is not None and decision.reasons_communicated_on is None:
        asked = in_french(decision.reasons_requested_on)
        return replace(stopped(clock, f"les motifs demandés le {asked} sont attendus (CRPA L232-4)"), starts_on=start)
    given = decision.reasons_communicated_on
    if given is not None and given > start:
        start, told = given, f"Motifs communiqués le {in_french(given)} (CRPA L232-4)"
    return _seized(
        case, decision, _dated(clock, today, start, last_day(start, length + far, department, reference.calendar), told)
    )


def _restarts_on(case: Case, appeal: Appeal, addressee: Addressee) -> date | None:
    """The day from which the limit runs anew: birth of the implicit rejection, or notification of the express one."""
    if appeal.ended_on is None:
        return None
    if appeal.outcome is AppealOutcome.UPHELD:
        return appeal.ended_on
    express = next((d for d in reversed(case.decisions) if d.rejects_appeal == appeal.id), None)
    if express is None:
        return appeal.answer_notified_on or (appeal.ended_on if appeal.implicitly else None)
    known = express.notified.get(addressee)
    if known is not None and known.notified_on is not None:
        return known.notified_on
    return appeal.ended_on if appeal.implicitly else None


def _interrupted(appeal: Appeal) -> str:
    if appeal.ended_on is None:
        return f"interrompu par le recours {appeal.id} reçu le {in_french(appeal.received_on)} (CRPA L411-2)"
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


def _reasonable_period(
    case: Case, decision: Decision, addressee: Addressee, today: date, reference: Reference
) -> Iterator[Clock]:
    """Without a complete notice, a decision that was known can still not be attacked after one year."""
    known = decision.notified.get(addressee)
    if decision.is_implicit or known is None or known.notified_on is None:
        return
    if limit_runs_from(case, decision, addressee) is not None:
        return
    row = reference.threshold("REASONABLE_PERIOD_MONTHS", known.notified_on)
    if row is None:
        return
    expires = add_months(known.notified_on, int(row.value))
    yield Clock(
        id="T13",
        ref=decision.id,
        addressee=addressee,
        name=f"Délai raisonnable de recours {of_whom(addressee)}",
        state=state_on(today, expires),
        starts_on=known.notified_on,
        length=length_in_words(months=int(row.value)),
        expires_on=expires,
        effect="la décision ne peut plus être contestée",
        articles=("CE Ass. 13 juillet 2016 n° 387763",),
        sentence=f"Décision {decision.id} connue le {in_french(known.notified_on)} sans indication complète des "
        f"recours : elle ne peut plus être contestée au-delà d'un délai raisonnable d'un an, soit le "
        f"{in_french(expires)}, sauf circonstances particulières.",
        unconfirmed=("jurisprudence connue par des sources secondaires",),
    )
