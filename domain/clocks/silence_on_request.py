"""What silence on the request makes, and when: refusal or grant, by the rule of its procedure (T1 to T5)."""

from datetime import date, timedelta

import msgspec

from domain.acknowledgement import checklist_of, silence_rule_of
from domain.acts import StageKind
from domain.case import Case, MissingItems
from domain.clocks.clock import EFFECTS, Clock, ClockState, Suspension, length_in_words, state_on, stopped
from domain.days import add_delay
from domain.french import in_french
from domain.procedures import OutcomeKind
from domain.reference import Reference, SilenceRule

replace = msgspec.structs.replace

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


def silence(case: Case, today: date, reference: Reference) -> Clock:
    """The clock of silence on the request itself, by the rule of its procedure."""
    rule = silence_rule_of(case.request, reference)
    blank = Clock(
        id=SILENCE_IDS.get(rule.id, "T1"),
        name="Silence de l'administration sur la demande",
        state=ClockState.NOT_RUNNING,
        length=length_in_words(months=rule.months, days=rule.days) if rule.effect != "none" else "aucun",
        effect=EFFECTS[rule.effect],
        articles=rule.articles,
        sentence="",
        for_administration=rule.effect != "none",
        unconfirmed=_doubts(case, rule),
    )
    if rule.effect == "none":
        return stopped(blank, "aucun texte n'attache d'effet au silence gardé sur cette demande")
    waits = rule.on_missing_items == "start_when_complete"
    read = _silence_that_grants if waits else _silence_that_rejects
    return _ended_by_decision(case, read(case, today, rule, blank, reference))


def _doubts(case: Case, rule: SilenceRule) -> tuple[str, ...]:
    doubts = [f"règle {rule.id} : {rule.note or 'non confirmée'}"] if rule.mark == "unconfirmed" else []
    if case.facts_of_procedure.outcome is OutcomeKind.OPINION and rule.effect != "none":
        doubts.append("décompté de la saisine de la plateforme, le jour du dépôt en préfecture n'étant pas connu")
    return tuple(doubts)


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
        state=ClockState.SUSPENDED if open_now else state_on(today, expires),
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
        return stopped(blank, "la demande n'est pas encore parvenue à l'administration compétente (CRPA L114-3)")
    start = case.routing.received_on
    why = f"Demande parvenue le {in_french(start)} à l'administration compétente"
    completed = _announced_items_came_on(case, reference)
    if completed is None and not any(asked.complete for asked in case.missing_items):
        return stopped(blank, "les pièces manquantes signalées par l'accusé de réception sont attendues (CRPA L114-5)")
    if completed is not None and completed > start:
        start, why = completed, f"Demande complète le {in_french(completed)} (CRPA L114-5)"
    for asked in sorted(case.missing_items, key=lambda each: each.requested_on):
        if asked.requested_on > add_delay(start, months=rule.months, days=rule.days):
            break
        if asked.lapsed:
            continue
        if not asked.complete or asked.supplied_on is None:
            asked_on = in_french(asked.requested_on)
            return stopped(blank, f"les pièces demandées le {asked_on} ne sont pas toutes arrivées (CRPA L114-5)")
        if asked.supplied_on > start:
            start = asked.supplied_on
            why = f"Demande complète le {in_french(start)}, jour où les pièces demandées sont arrivées (CRPA L114-5)"
    expires = add_delay(start, months=rule.months, days=rule.days)
    return replace(
        blank,
        state=state_on(today, expires),
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
