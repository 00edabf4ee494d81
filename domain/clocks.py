"""Every time limit of a case, each with its start, suspensions, length, article and the sentence that explains it.

Conventions. A delay in months starts on a day and expires at the end of the day of the same number, or of the last
day of a month that has no such number; what silence makes arises that day at midnight, is dated that day, and can be
recorded from the next day on. A suspension adds as many days as it lasted, from the day items were asked for to the
day they came or were due, whichever is first (CRPA L114-5). Limits to appeal or to sue are clear (« francs »): neither
the day of notification nor the last day counts, so they end one day later, and move to the next working day when they
would end on a Saturday, a Sunday or a holiday (case law on CJA R421-1, after article 642 of the code of civil
procedure; read in commentaries only). That a suspension counts whole days is our reading too.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from domain.acknowledgement import checklist_of, silence_rule_of
from domain.acts import (
    Addressee,
    AppealKind,
    AppealOutcome,
    CourtAction,
    DecisionKind,
    JudgmentOutcome,
    StageKind,
)
from domain.appeals import department_of, last_day, limit_runs_from, months
from domain.case import Appeal, Case, Decision, Litigation, MissingItems, Notified
from domain.days import add_delay, add_months
from domain.distance import extra_months, lives_abroad
from domain.french import in_french, with_article
from domain.procedures import OutcomeKind
from domain.reference import Reference, SilenceRule, next_working_day

replace = msgspec.structs.replace


class ClockState(StrEnum):
    """Where a time limit stands on a day."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    """Over, and nothing has been recorded that ends it."""
    ENDED = "ended"
    """What it waited for has happened, or it has lost its object."""
    NOT_RUNNING = "not_running"


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """Days that do not count, from the first to the day before `until`; open when `until` is None."""

    since: date
    until: date | None


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A time limit of a case as it stands on a day."""

    id: str
    """Which limit: stable, the same in every case."""
    ref: str = ""
    """What it is about within the case: D1, A1, L1, M1…"""
    addressee: Addressee | None = None
    name: str
    state: ClockState
    starts_on: date | None = None
    suspensions: tuple[Suspension, ...] = ()
    length: str = ""
    expires_on: date | None = None
    """The last day; while a suspension is open, the latest it can be."""
    effect: str
    articles: tuple[str, ...]
    sentence: str
    why_not_running: str | None = None
    for_administration: bool = False
    """Whether the administration must act before it expires."""
    unconfirmed: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """Whether days count."""
        return self.state is ClockState.RUNNING


MONTHS_IN_WORDS = {1: "un mois", 2: "deux mois", 3: "trois mois", 4: "quatre mois", 12: "un an"}
EFFECTS = {
    "reject": "le silence vaut rejet",
    "grant": "le silence vaut acceptation",
    "none": "le silence est sans effet",
}
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
ADDRESSEES = {Addressee.EMPLOYER: "l'employeur", Addressee.WORKER: "le travailleur"}
SILENCE_IDS = {
    "AT_ORDINARY": "T1",
    "AT_ASYLUM_SEEKER": "T2",
    "INTERNSHIP": "T3",
    "INTERNSHIP_PROGRAMME": "T3",
    "INTERNSHIP_AMENDMENT": "T4",
    "RESIDENCE_PERMIT": "T5",
    "RESIDENCE_PERMIT_90": "T5",
    "VIABILITY_OPINION": "T5",
}
LOST = frozenset({JudgmentOutcome.ANNULLED, JudgmentOutcome.PARTLY_ANNULLED, JudgmentOutcome.SUSPENDED})
CALENDAR_NOTE = "délai franc et report au jour ouvrable : règle générale, lue dans les commentaires seulement"


def clocks(case: Case, today: date, reference: Reference) -> tuple[Clock, ...]:
    """Every time limit of the case on a day, running or not, in the order of the procedure."""
    return (
        silence(case, today, reference),
        *_missing_items(case, today),
        *_opinions(case, today),
        *_notifications(case, today, reference),
        *_appeal_limits(case, today, reference),
        *_reasons(case, today, reference),
        *_after_grant(case, today, reference),
        *_hearings(case, today),
        *_appeals(case, today, reference),
        *_litigation(case, today),
        *_injunction(case, today),
    )


def next_deadline(case: Case, today: date, reference: Reference) -> Clock | None:
    """The first day before which the administration must act, overdue ones included; None when there is none."""
    open_states = {ClockState.RUNNING, ClockState.SUSPENDED, ClockState.EXPIRED}
    dated = [
        (clock.expires_on, clock)
        for clock in clocks(case, today, reference)
        if clock.for_administration and clock.state in open_states and clock.expires_on is not None
    ]
    return min(dated, key=lambda pair: pair[0])[1] if dated else None


def silence_due(case: Case, today: date, reference: Reference) -> Clock | None:
    """The silence on the request that has become a decision and is not recorded yet.

    Silence on an opinion makes no decision here: that on a residence permit is the prefecture's, which received it.
    """
    clock = silence(case, today, reference)
    decides = case.facts_of_procedure.outcome is not OutcomeKind.OPINION
    return clock if decides and clock.state is ClockState.EXPIRED else None


def appeal_silence_due(case: Case, today: date, reference: Reference) -> Clock | None:
    """The silence on an administrative appeal that has become a rejection and is not recorded yet; `ref` names it."""
    return next((clock for clock in _appeals(case, today, reference) if clock.state is ClockState.EXPIRED), None)


def _state(today: date, expires_on: date, *, ended: bool = False) -> ClockState:
    if ended:
        return ClockState.ENDED
    return ClockState.RUNNING if today <= expires_on else ClockState.EXPIRED


def _length(*, months: int | None = None, days: int | None = None) -> str:
    return MONTHS_IN_WORDS.get(months, f"{months} mois") if months else f"{days} jours"


# --- silence on the request -------------------------------------------------------------------------------------------


def silence(case: Case, today: date, reference: Reference) -> Clock:
    """The clock of silence on the request itself, by the rule of its procedure."""
    rule = silence_rule_of(case.request, reference)
    blank = Clock(
        id=SILENCE_IDS.get(rule.id, "T1"),
        name="Silence de l'administration sur la demande",
        state=ClockState.NOT_RUNNING,
        length=_length(months=rule.months, days=rule.days) if rule.effect != "none" else "aucun",
        effect=EFFECTS[rule.effect],
        articles=rule.articles,
        sentence="",
        for_administration=rule.effect != "none",
        unconfirmed=_doubts(case, rule),
    )
    if rule.effect == "none":
        return _stopped(blank, "aucun texte n'attache d'effet au silence gardé sur cette demande")
    waits = rule.on_missing_items == "start_when_complete"
    read = _silence_that_grants if waits else _silence_that_rejects
    return _ended_by_decision(case, read(case, today, rule, blank, reference))


def _doubts(case: Case, rule: SilenceRule) -> tuple[str, ...]:
    doubts = [f"règle {rule.id} : {rule.note or 'non confirmée'}"] if rule.mark == "unconfirmed" else []
    if case.facts_of_procedure.outcome is OutcomeKind.OPINION and rule.effect != "none":
        doubts.append("décompté de la saisine de la plateforme, le jour du dépôt en préfecture n'étant pas connu")
    return tuple(doubts)


def _stopped(clock: Clock, why: str) -> Clock:
    return replace(
        clock, state=ClockState.NOT_RUNNING, why_not_running=why, sentence=f"{clock.name} : ne court pas, {why}."
    )


def _silence_that_rejects(case: Case, today: date, rule: SilenceRule, blank: Clock, reference: Reference) -> Clock:
    """Runs from receipt by the first administration seized, even an incompetent one (CRPA L114-3 al. 1)."""
    start = case.routing.first_received_on if case.routing else case.filed_on
    spans = _suspensions(case, start, rule)
    expires = add_delay(start, months=rule.months, days=rule.days) + _days_of(spans)
    open_now = bool(spans) and today < spans[-1][1] and case.open_missing_items is not None
    shown = tuple(Suspension(since=since, until=until) for since, until in spans)
    if open_now:
        shown = (*shown[:-1], replace(shown[-1], until=None))
    told = f"Demande reçue le {in_french(start)} ; délai de {blank.length}"
    for since, until in spans:
        told += f", suspendu du {in_french(since)} au {in_french(until)} ({(until - since).days} jours, CRPA L114-5)"
    latest = "au plus tard " if open_now else ""
    return replace(
        blank,
        state=ClockState.SUSPENDED if open_now else _state(today, expires),
        starts_on=start,
        suspensions=shown,
        expires_on=expires,
        sentence=f"{told} : {blank.effect} {latest}le {in_french(expires)} à minuit.",
    )


def _suspensions(case: Case, start: date, rule: SilenceRule) -> list[tuple[date, date]]:
    """Each request for items made while the clock ran stops it until they came or were due; days count once."""
    spans: list[tuple[date, date]] = []
    for asked in sorted(case.missing_items, key=lambda each: each.requested_on):
        expires = add_delay(start, months=rule.months, days=rule.days) + _days_of(spans)
        since = max(asked.requested_on, spans[-1][1]) if spans else asked.requested_on
        until = _suspended_until(asked)
        if asked.suspends and asked.requested_on <= expires and since < until:
            spans.append((since, until))
    return spans


def _suspended_until(asked: MissingItems) -> date:
    return min(asked.supplied_on, asked.due_on) if asked.complete and asked.supplied_on else asked.due_on


def _days_of(spans: list[tuple[date, date]]) -> timedelta:
    return sum(((until - since) for since, until in spans), timedelta())


def _silence_that_grants(case: Case, today: date, rule: SilenceRule, blank: Clock, reference: Reference) -> Clock:
    """Runs only once the request is complete and at the competent administration (CRPA L114-3 al. 2, L114-5 al. 2)."""
    if case.routing is None:
        return _stopped(blank, "la demande n'est pas encore parvenue à l'administration compétente (CRPA L114-3)")
    start = case.routing.received_on
    why = f"Demande parvenue le {in_french(start)} à l'administration compétente"
    completed = _announced_items_came_on(case, reference)
    if completed is None and not any(asked.complete for asked in case.missing_items):
        return _stopped(blank, "les pièces manquantes signalées par l'accusé de réception sont attendues (CRPA L114-5)")
    if completed is not None and completed > start:
        start, why = completed, f"Demande complète le {in_french(completed)} (CRPA L114-5)"
    for asked in sorted(case.missing_items, key=lambda each: each.requested_on):
        if asked.requested_on > add_delay(start, months=rule.months, days=rule.days):
            break
        if asked.lapsed:
            continue
        if not asked.complete or asked.supplied_on is None:
            asked_on = in_french(asked.requested_on)
            return _stopped(blank, f"les pièces demandées le {asked_on} ne sont pas toutes arrivées (CRPA L114-5)")
        if asked.supplied_on > start:
            start = asked.supplied_on
            why = f"Demande complète le {in_french(start)}, jour où les pièces demandées sont arrivées (CRPA L114-5)"
    expires = add_delay(start, months=rule.months, days=rule.days)
    return replace(
        blank,
        state=_state(today, expires),
        starts_on=start,
        expires_on=expires,
        sentence=f"{why} ; délai de {blank.length} : {blank.effect} le {in_french(expires)} à minuit.",
    )


def _announced_items_came_on(case: Case, reference: Reference) -> date | None:
    """The day the last item that the acknowledgement called missing arrived; None while one has not."""
    notice = case.acknowledgement
    if notice is None or not notice.missing_items:
        return case.filed_on
    wanted = {i.key for i in checklist_of(case.request, notice.issued_on, reference) if i.label in notice.missing_items}
    held = [d for d in case.documents.values() if d.current.version not in d.refused and d.current.item in wanted]
    arrived = {d.current.item: d.received_on for d in held if d.received_on is not None}
    return max(arrived.values()) if arrived.keys() >= wanted and arrived else None


def _ended_by_decision(case: Case, clock: Clock) -> Clock:
    """The first decision on the request, express or implicit, ends the clock for good; so does giving it up."""
    decided = next((d for d in case.decisions if d.stage.kind is StageKind.FIRST), None)
    if decided is not None:
        how = "décision implicite née" if decided.is_implicit else "décision prise"
        told = f"{how} le {in_french(decided.on)} ({decided.id})"
        ref = decided.id
    elif case.abandoned_on is not None:
        told, ref = f"demande abandonnée le {in_french(case.abandoned_on)}", ""
    else:
        return clock
    return replace(
        clock,
        ref=ref,
        state=ClockState.ENDED,
        why_not_running=None,
        sentence=f"{clock.sentence} Ce délai a pris fin : {told}.",
    )


# --- examination ------------------------------------------------------------------------------------------------------


def _missing_items(case: Case, today: date) -> Iterator[Clock]:
    """The delay given to produce missing items; once over, the request is judged or closed as it stands."""
    for asked in case.missing_items:
        decided = any(not d.is_implicit and d.on >= asked.requested_on for d in case.decisions)
        over = asked.complete or asked.lapsed or decided or case.abandoned_on is not None
        state = _state(today, asked.due_on, ended=over)
        came = f" ; produites le {in_french(asked.supplied_on)}" if asked.supplied_on else ""
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
            sentence=f"{len(asked.items)} pièce(s) demandée(s) le {in_french(asked.requested_on)}, à produire au plus "
            f"tard le {in_french(asked.due_on)}{came}.",
            for_administration=state is ClockState.RUNNING,
        )


def _opinions(case: Case, today: date) -> Iterator[Clock]:
    """An opinion asked of another body suspends nothing: it is only expected."""
    for opinion in case.opinions:
        if opinion.due_on is None:
            continue
        yield Clock(
            id="OPINION",
            ref=opinion.id,
            name="Avis attendu",
            state=_state(today, opinion.due_on, ended=opinion.given_on is not None),
            starts_on=opinion.requested_on,
            expires_on=opinion.due_on,
            effect="l'instruction peut se poursuivre sans l'avis",
            articles=("CT L5221-7",),
            sentence=f"Avis demandé à {opinion.body} le {in_french(opinion.requested_on)}, attendu pour le "
            f"{in_french(opinion.due_on)} ; il ne suspend pas le délai de décision.",
        )


# --- notification and limits to appeal --------------------------------------------------------------------------------


def _notifications(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """A decision left unread fifteen days in the teleservice is notified as of its availability (CRPA R112-20)."""
    for decision in case.decisions:
        for addressee, known in decision.notified.items():
            row = reference.threshold("ELECTRONIC_NOTIFICATION_DAYS_UNREAD", known.available_on)
            if row is None or known.channel != "teleservice":
                continue
            over_on = known.available_on + timedelta(days=int(row.value))
            yield Clock(
                id="DEEMED_NOTIFICATION",
                ref=decision.id,
                addressee=addressee,
                name="Notification réputée acquise",
                state=_state(today, over_on, ended=known.notified_on is not None),
                starts_on=known.available_on,
                length=f"{row.value} jours",
                expires_on=over_on,
                effect="la décision est réputée notifiée au jour de sa mise à disposition",
                articles=("CRPA R112-20",),
                sentence=f"Décision {decision.id} mise à la disposition {_of_whom(addressee)} le "
                f"{in_french(known.available_on)} ; {_reading(known, over_on)}.",
            )


def _reading(known: Notified, over_on: date) -> str:
    if known.deemed_on is None and known.read_on is not None:
        return f"consultée le {in_french(known.read_on)}, elle est notifiée ce jour-là"
    deemed = f"elle est réputée notifiée le {in_french(known.available_on)}"
    if known.deemed_on is not None:
        return f"non consultée au {in_french(over_on)}, {deemed}"
    return f"si elle n'est pas consultée le {in_french(over_on)} au plus tard, {deemed}"


def _whom(addressee: Addressee) -> str:
    return ADDRESSEES[addressee]


def _to_whom(addressee: Addressee) -> str:
    return "à l'employeur" if addressee is Addressee.EMPLOYER else "au travailleur"


def _of_whom(addressee: Addressee) -> str:
    return "de l'employeur" if addressee is Addressee.EMPLOYER else "du travailleur"


def _appeal_limits(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """Limits run for each addressee apart; a decision that rejects an appeal is attacked with the one before it."""
    for decision in case.decisions:
        if decision.kind not in UNFAVOURABLE or decision.rejects_appeal is not None:
            continue
        for addressee in case.addressees:
            limits = (
                _administrative_limit(case, decision, addressee, today, reference),
                _court_limit(case, decision, addressee, today, reference),
                *_reasonable_period(case, decision, addressee, today, reference),
            )
            for limit in limits:
                yield limit if decision.live else _lost_its_object(limit, decision)


def _lost_its_object(clock: Clock, decision: Decision) -> Clock:
    """A decision that no longer stands is no longer to be attacked by itself."""
    told = f" La décision {decision.id} ne produit plus d'effet ({decision.ended_by})."
    return replace(clock, state=ClockState.ENDED, sentence=clock.sentence + told)


def _limit(case: Case, decision: Decision, addressee: Addressee, kind: str, length: int, far: int) -> Clock:
    appeal = kind == "T10"
    whose = _of_whom(addressee)
    title = (
        f"Recours gracieux ou hiérarchique {whose}" if appeal else f"Recours {whose} devant le tribunal administratif"
    )
    away = "demeurant à l'étranger" if lives_abroad(case, addressee) else "séparé du tribunal par la mer"
    added = f", augmenté de {_length(months=far)} pour un destinataire {away} (CJA R421-7)" if far else ""
    return Clock(
        id=kind,
        ref=decision.id,
        addressee=addressee,
        name=title,
        state=ClockState.NOT_RUNNING,
        length=f"{_length(months=length)}{added}",
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
        return f"la décision {decision.id} n'a pas été notifiée {_to_whom(addressee)} (CJA R421-1)"
    if known.notified_on is None:
        since, whom = in_french(known.available_on), _whom(addressee)
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
        return _stopped(clock, _why_no_limit(case, decision, addressee))
    expires = last_day(start, length + far, department_of(case))
    return _dated(clock, today, start, expires, _started(decision, start))


def _started(decision: Decision, start: date) -> str:
    if decision.is_implicit:
        return f"Décision implicite {decision.id} née le {in_french(start)}"
    return f"Décision {decision.id} notifiée le {in_french(start)}"


def _dated(clock: Clock, today: date, start: date, expires: date, told: str) -> Clock:
    return replace(
        clock,
        state=_state(today, expires),
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
        return _stopped(clock, _why_no_limit(case, decision, addressee))
    department = department_of(case)
    at_first = last_day(start, length + far, department)
    told = _started(decision, start)
    interrupting = [
        a
        for a in case.appeals
        if a.against == decision.id and a.lodged_by is addressee and (a.in_time or a.received_on <= at_first)
    ]
    for appeal in interrupting:
        restart = _restarts_on(case, appeal, addressee)
        if restart is None:
            return replace(_stopped(clock, _interrupted(appeal)), starts_on=start)
        if restart > start:
            start, told = restart, f"Recours {appeal.id} rejeté, délai rouvert le {in_french(restart)} (CRPA L411-2)"
    if decision.reasons_requested_on is not None and decision.reasons_communicated_on is None:
        asked = in_french(decision.reasons_requested_on)
        return replace(_stopped(clock, f"les motifs demandés le {asked} sont attendus (CRPA L232-4)"), starts_on=start)
    given = decision.reasons_communicated_on
    if given is not None and given > start:
        start, told = given, f"Motifs communiqués le {in_french(given)} (CRPA L232-4)"
    return _seized(case, decision, _dated(clock, today, start, last_day(start, length + far, department), told))


def _restarts_on(case: Case, appeal: Appeal, addressee: Addressee) -> date | None:
    """The day from which the limit runs anew: birth of the implicit rejection, or notification of the express one."""
    if appeal.ended_on is None:
        return None
    if appeal.outcome is AppealOutcome.UPHELD:
        return appeal.ended_on
    express = next((d for d in reversed(case.decisions) if d.rejects_appeal == appeal.id), None)
    if express is None:
        return appeal.ended_on if appeal.implicitly else None
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
        name=f"Délai raisonnable de recours {_of_whom(addressee)}",
        state=_state(today, expires),
        starts_on=known.notified_on,
        length=_length(months=int(row.value)),
        expires_on=expires,
        effect="la décision ne peut plus être contestée",
        articles=("CE Ass. 13 juillet 2016 n° 387763",),
        sentence=f"Décision {decision.id} connue le {in_french(known.notified_on)} sans indication complète des "
        f"recours : elle ne peut plus être contestée au-delà d'un délai raisonnable d'un an, soit le "
        f"{in_french(expires)}, sauf circonstances particulières.",
        unconfirmed=("jurisprudence connue par des sources secondaires",),
    )


def _reasons(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """The reasons of an implicit decision are given within a month of being asked for (CRPA L232-4)."""
    for decision in case.decisions:
        asked = decision.reasons_requested_on
        if asked is None:
            continue
        due = add_months(asked, months(reference, "REASONS_MONTHS_MAX", asked))
        yield Clock(
            id="T8",
            ref=decision.id,
            name="Communication des motifs d'une décision implicite",
            state=_state(today, due, ended=decision.reasons_communicated_on is not None),
            starts_on=asked,
            length=_length(months=1),
            expires_on=due,
            effect="sans motifs communiqués, la décision implicite est illégale",
            articles=("CRPA L232-4",),
            sentence=f"Motifs de la décision {decision.id} demandés le {in_french(asked)}, à communiquer au plus tard "
            f"le {in_french(due)}.",
            for_administration=True,
        )


# --- after the grant --------------------------------------------------------------------------------------------------


def _after_grant(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """A grant creates rights: it is withdrawn within four months; a medical certificate follows within three."""
    for decision in case.decisions:
        if not decision.kind.is_favourable or not decision.kind.can_be_appealed:
            continue
        until = add_months(decision.on, months(reference, "WITHDRAWAL_MONTHS_MAX", decision.on))
        yield Clock(
            id="T9",
            ref=decision.id,
            name="Retrait ou abrogation d'une décision illégale",
            state=_state(today, until, ended=not decision.live),
            starts_on=decision.on,
            length=_length(months=4),
            expires_on=until,
            effect="la décision n'est plus retirée ni abrogée que par exception",
            articles=("CRPA L242-1", "CRPA L241-2", "CRPA L242-2"),
            sentence=f"Décision {decision.id} du {in_french(decision.on)}, créatrice de droits : si elle est illégale, "
            f"elle peut être retirée ou abrogée jusqu'au {in_french(until)} ; ensuite, en cas de fraude ou si une "
            "condition cesse d'être remplie.",
        )
        medical = reference.threshold("MEDICAL_CERTIFICATE_MONTHS_MAX", decision.on)
        if decision.permit is None or medical is None:
            continue
        end = add_months(decision.on, int(medical.value))
        noted = case.medical_certificate_missing_on
        yield Clock(
            id="MEDICAL_CERTIFICATE",
            ref=decision.id,
            name="Certificat médical du travailleur",
            state=_state(today, end, ended=noted is not None or not decision.live),
            starts_on=decision.on,
            length=_length(months=int(medical.value)),
            expires_on=end,
            effect="sans certificat, l'autorisation peut être retirée",
            articles=("CT L5221-5",),
            sentence=f"Autorisation délivrée le {in_french(decision.on)} : le certificat médical est à obtenir au plus "
            f"tard le {in_french(end)}.",
        )


def _hearings(case: Case, today: date) -> Iterator[Clock]:
    """The time left to observe before a withdrawal or repeal; the code gives no figure (CRPA L122-1)."""
    for hearing in case.hearings:
        yield Clock(
            id="T15",
            ref=hearing.id,
            name="Observations avant retrait ou abrogation",
            state=_state(today, hearing.observations_until, ended=hearing.used),
            starts_on=hearing.opened_on,
            length=f"{(hearing.observations_until - hearing.opened_on).days} jours",
            expires_on=hearing.observations_until,
            effect="la décision envisagée peut être prise",
            articles=("CRPA L121-1", "CRPA L122-1"),
            sentence=f"Procédure contradictoire ouverte le {in_french(hearing.opened_on)} ; observations attendues "
            f"jusqu'au {in_french(hearing.observations_until)}.",
            for_administration=not hearing.used and today <= hearing.observations_until,
            unconfirmed=("le code ne fixe aucun nombre de jours : quinze relèvent de la pratique",),
        )


# --- appeals and litigation -------------------------------------------------------------------------------------------


def _appeals(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """Two months' silence rejects an administrative appeal (CRPA L411-7)."""
    rule = reference.silence_rule("ADMIN_APPEAL")
    for appeal in case.appeals:
        which = "gracieux" if appeal.kind is AppealKind.GRACIOUS else "hiérarchique"
        expires = appeal.implicit_rejection_on
        ended = f" Ce recours a pris fin le {in_french(appeal.ended_on)}." if appeal.ended_on else ""
        yield Clock(
            id="T11",
            ref=appeal.id,
            addressee=appeal.lodged_by,
            name=f"Silence sur le recours {which}",
            state=_state(today, expires, ended=appeal.ended_on is not None),
            starts_on=appeal.received_on,
            length=_length(months=rule.months, days=rule.days),
            expires_on=expires,
            effect=EFFECTS[rule.effect],
            articles=rule.articles,
            sentence=f"Recours {which} {appeal.id} reçu le {in_french(appeal.received_on)} ; délai de "
            f"{_length(months=rule.months, days=rule.days)} : le silence vaut rejet le {in_french(expires)} à minuit."
            f"{ended}",
            for_administration=appeal.kind is AppealKind.GRACIOUS,
        )


def _litigation(case: Case, today: date) -> Iterator[Clock]:
    """The court's own time limits, and the limit to attack what it ruled."""
    for proceedings in case.litigation:
        yield from _before_judgment(proceedings, today)
        further = _against_judgment(case, proceedings, today)
        if further is not None:
            yield further


def _before_judgment(proceedings: Litigation, today: date) -> Iterator[Clock]:
    filed, judged = proceedings.defence_filed_on is not None, proceedings.outcome is not None
    # A limit set again after a defence was filed asks for another one, which only the judgment ends here.
    steps = (
        ("DEFENCE", "Mémoire en défense", proceedings.served_on, proceedings.defence_due_on, filed,
         "l'instruction peut se poursuivre sans la défense", "CJA R611-10"),
        ("FORMAL_NOTICE", "Mise en demeure de produire", proceedings.formal_notice_on,
         proceedings.formal_notice_due_on, filed, "les faits sont réputés admis (CJA R612-6)", "CJA R612-3"),
        ("INVESTIGATION_CLOSING", "Clôture de l'instruction", None, proceedings.investigation_closes_on, False,
         "les mémoires produits ensuite ne sont pas communiqués (CJA R613-3)", "CJA R613-1, R613-2"),
        ("HEARING", "Audience", None, proceedings.hearing_on, False, "l'affaire est mise en délibéré", "CJA R711-2"),
    )  # fmt: skip
    for kind, name, start, due, done, effect, article in steps:
        if due is None:
            continue
        passes = kind in {"INVESTIGATION_CLOSING", "HEARING"} and today > due
        yield Clock(
            id=kind,
            ref=proceedings.id,
            name=name,
            state=_state(today, due, ended=done or judged or passes),
            starts_on=start,
            expires_on=due,
            effect=effect,
            articles=(article,),
            sentence=f"{name} : le {in_french(due)}, dans l'instance n° {proceedings.court_number} devant "
            f"{with_article(proceedings.court)}.",
            for_administration=True,
        )


def _against_judgment(case: Case, proceedings: Litigation, today: date) -> Clock | None:
    """Two months to appeal to the court of appeal or to the Conseil d'État; fifteen days in urgent applications."""
    notified, outcome = proceedings.judgment_notified_on, proceedings.outcome
    if notified is None or outcome is None or proceedings.action is CourtAction.CASSATION:
        return None
    name, length, days, articles = _way_up(proceedings.action)
    last = notified + timedelta(days=days) if days else add_months(notified, 2)
    expires = next_working_day(last + timedelta(days=1), department_of(case))
    further = any(
        p.action in {CourtAction.APPEAL, CourtAction.CASSATION} and p.lodged_on >= notified for p in case.litigation
    )
    return Clock(
        id="JUDGMENT_APPEAL",
        ref=proceedings.id,
        name=name,
        state=_state(today, expires, ended=further),
        starts_on=notified,
        length=length,
        expires_on=expires,
        effect="ce qui a été jugé devient définitif",
        articles=articles,
        sentence=f"Décision de justice notifiée le {in_french(notified)} ({proceedings.id}) ; "
        f"{name[:1].lower()}{name[1:]} ouvert {length}, jusqu'au {in_french(expires)} inclus.",
        for_administration=outcome in LOST and today <= expires,
        unconfirmed=(CALENDAR_NOTE, *(["délai de quinze jours à relire"] if days else [])),
    )


def _way_up(action: CourtAction) -> tuple[str, str, int, tuple[str, ...]]:
    match action:
        case CourtAction.ANNULMENT:
            return "Appel devant la cour administrative d'appel", "deux mois", 0, ("CJA R811-1", "CJA R811-2")
        case CourtAction.LIBERTY:
            return "Appel devant le Conseil d'État", "quinze jours", 15, ("CJA L523-1",)
        case CourtAction.SUSPENSION | CourtAction.USEFUL_MEASURES:
            return "Pourvoi devant le Conseil d'État", "quinze jours", 15, ("CJA L523-1", "CJA R523-1")
        case _:
            return "Pourvoi devant le Conseil d'État", "deux mois", 0, ("CJA R821-1",)


def _injunction(case: Case, today: date) -> Iterator[Clock]:
    """A re-examination ordered by a court has the court's own delay; silence has no new effect meanwhile."""
    if case.stage.kind is not StageKind.COURT:
        return
    proceedings = next((p for p in case.litigation if p.id == case.stage.ref), None)
    ordered = proceedings.injunction if proceedings else None
    notified = proceedings.judgment_notified_on if proceedings else None
    due = case.stage.due_on
    if due is None and ordered is not None and notified is not None:
        due = notified + timedelta(days=ordered.delay_days)
    clock = Clock(
        id="INJUNCTION",
        ref=case.stage.ref or "",
        name="Réexamen ordonné par le juge" if due else "Réexamen après annulation",
        state=ClockState.NOT_RUNNING,
        starts_on=notified,
        effect="le juge peut assurer l'exécution, au besoin sous astreinte",
        articles=("CJA L911-1", "CJA L911-2", "CJA L911-4"),
        sentence="",
        for_administration=True,
        unconfirmed=("effet du silence après annulation : aucun texte lu",),
    )
    if due is None:
        yield _stopped(clock, "le juge n'a fixé aucun délai ; la demande est à nouveau pendante")
        return
    yield replace(
        clock,
        state=_state(today, due),
        expires_on=due,
        length=f"{ordered.delay_days} jours" if ordered else "",
        sentence=f"Nouvelle décision à prendre au plus tard le {in_french(due)}, sur injonction du juge "
        f"({case.stage.ref}).",
    )
