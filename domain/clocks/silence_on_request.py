"""What silence on the request makes, and when: refusal or grant, by the rule of its procedure (T1 to T5)."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import msgspec

from domain.acknowledgement import checklist_of, silence_rule_of
from domain.acts import StageKind
from domain.case import Case, MissingItems
from domain.clocks.clock import EFFECTS, Clock, ClockState, Suspension, length_in_words, state_on, stopped
from domain.days import add_delay
from domain.french import in_french
from domain.procedures import OutcomeKind
from domain.provisions import Chapter, provision
from domain.reference import Reference, SilenceRule

replace = msgspec.structs.replace


def silence(case: Case, today: date, reference: Reference) -> Clock:
    """The clock of silence on the request itself, by the rule of its procedure."""
    rule = silence_rule_of(case.request, reference)
    return _ended_by_decision(case, READ_BY[rule.id](case, today, rule, reference))


@provision(
    Chapter.CLOCKS,
    "CRPA L231-5",
    "décret n° 2014-1292 du 23 octobre 2014, annexe (CT L5221-2 et L5221-5)",
    "CRPA L114-3",
    note="annexe lue telle que publiée en 2014 ; renouvellement et modification tenus pour la même procédure",
)
def silence_rejects_a_work_permit(case: Case, today: date, rule: SilenceRule, reference: Reference) -> Clock:
    """T1: two months' silence from receipt by the first administration seized rejects a request for a work permit."""
    return _silence_that_rejects("T1", case, today, rule)


@provision(
    Chapter.CLOCKS,
    "CESEDA L554-3",
    "CRPA L114-3",
    "CRPA L114-5",
    note="départ au jour où la demande est complète devant l'autorité compétente : règle générale, par déduction",
)
def silence_grants_an_asylum_seeker(case: Case, today: date, rule: SilenceRule, reference: Reference) -> Clock:
    """T2: two months' silence of the competent administration on a complete request grants an asylum seeker a
    permit."""
    return _silence_that_grants("T2", case, today, rule, reference)


@provision(Chapter.CLOCKS, "CESEDA R426-20", "décret n° 2014-1292 du 23 octobre 2014, annexe", "CRPA L114-3")
def silence_refuses_to_stamp_an_internship(case: Case, today: date, rule: SilenceRule, reference: Reference) -> Clock:
    """T3: thirty days' silence, fifteen within a European or intergovernmental programme, refuses to stamp an
    internship agreement."""
    return _silence_that_rejects("T3", case, today, rule)


@provision(Chapter.CLOCKS, "CESEDA R426-21", "CRPA L114-3", "CRPA L114-5")
def silence_stamps_an_amendment(case: Case, today: date, rule: SilenceRule, reference: Reference) -> Clock:
    """T4: fifteen days' silence of the competent administration on a complete amendment to an internship accepts it."""
    return _silence_that_grants("T4", case, today, rule, reference)


CARD_ONLY = "délai lu pour la carte « jeune au pair » ; qu'il vaille pour le visa de la convention est une déduction"


@provision(Chapter.CLOCKS, "CESEDA R*432-1", "CESEDA R432-2")
def silence_rejects_a_residence_permit(case: Case, today: date, rule: SilenceRule, reference: Reference) -> Clock:
    """T5: four months' silence rejects a request for a residence permit, such as an exceptional admission."""
    return _silence_that_rejects("T5", case, today, rule)


@provision(
    Chapter.CLOCKS,
    "CESEDA R432-2",
    "CESEDA R421-43",
    "CESEDA R421-60",
    "CESEDA R422-5",
    "CESEDA R422-12",
    "CESEDA R426-14",
    "CESEDA R426-17",
    mark="unconfirmed",
    note=CARD_ONLY,
)
def silence_rejects_within_ninety_days(case: Case, today: date, rule: SilenceRule, reference: Reference) -> Clock:
    """T5: ninety days' silence rejects the request of an au pair."""
    clock = _silence_that_rejects("T5", case, today, rule)
    return replace(clock, unconfirmed=(*clock.unconfirmed, CARD_ONLY))


@provision(
    Chapter.CLOCKS,
    "CESEDA R421-9",
    mark="unconfirmed",
    note="aucun délai dans les articles lus ; qu'un avis ne fasse naître aucune décision implicite reste à confirmer",
)
def silence_on_an_opinion_means_nothing(case: Case, today: date, rule: SilenceRule, reference: Reference) -> Clock:
    """T5: no text read gives a meaning to silence on a request for an opinion on economic viability."""
    return stopped(_blank("T5", case, rule), "aucun texte n'attache d'effet au silence gardé sur cette demande")


Reader = Callable[[Case, date, SilenceRule, Reference], Clock]

READ_BY: dict[str, Reader] = {
    "AT_ORDINARY": silence_rejects_a_work_permit,
    "AT_ASYLUM_SEEKER": silence_grants_an_asylum_seeker,
    "INTERNSHIP": silence_refuses_to_stamp_an_internship,
    "INTERNSHIP_PROGRAMME": silence_refuses_to_stamp_an_internship,
    "INTERNSHIP_AMENDMENT": silence_stamps_an_amendment,
    "RESIDENCE_PERMIT": silence_rejects_a_residence_permit,
    "RESIDENCE_PERMIT_90": silence_rejects_within_ninety_days,
    "VIABILITY_OPINION": silence_on_an_opinion_means_nothing,
}
"""The function that reads each row of the table of silence rules."""


def _blank(id: str, case: Case, rule: SilenceRule) -> Clock:
    decides = rule.effect != "none"
    return Clock(
        id=id,
        name="Silence de l'administration sur la demande",
        state=ClockState.NOT_RUNNING,
        length=length_in_words(months=rule.months, days=rule.days) if decides else "aucun",
        effect=EFFECTS[rule.effect],
        articles=rule.articles,
        sentence="",
        for_administration=decides,
        unconfirmed=_doubts(case, rule),
    )


def _doubts(case: Case, rule: SilenceRule) -> tuple[str, ...]:
    doubts = [rule.note or "effet du silence non confirmé"] if rule.mark == "unconfirmed" else []
    if case.facts_of_procedure.outcome is OutcomeKind.OPINION and rule.effect != "none":
        doubts.append("décompté de la saisine de la plateforme, le jour du dépôt en préfecture n'étant pas connu")
    return tuple(doubts)


def _silence_that_rejects(id: str, case: Case, today: date, rule: SilenceRule) -> Clock:
    """Runs from receipt by the first administration seized, even an incompetent one (CRPA L114-3 al. 1)."""
    blank = _blank(id, case, rule)
    start = case.routing.first_received_on if case.routing else case.filed_on
    spans = suspensions(case, start, rule)
    expires = add_delay(start, months=rule.months, days=rule.days) + _days_of(spans)
    open_now = bool(spans) and today < spans[-1][1] and case.open_missing_items is not None
    shown = tuple(Suspension(since=since, until=until) for since, until in spans)
    if open_now:
        shown = (*shown[:-1], replace(shown[-1], until=None))
    told = f"Demande reçue le {in_french(start)} ; délai de {blank.length}"
    for number, (since, until) in enumerate(spans):
        stretch = length_in_words(days=(until - since).days)
        again = "puis" if number else "suspendu"
        told += f", {again} du {in_french(since)} au {in_french(until)} ({stretch}, CRPA L114-5)"
    latest = "au plus tard " if open_now else ""
    return replace(
        blank,
        state=ClockState.SUSPENDED if open_now else state_on(today, expires),
        starts_on=start,
        suspensions=shown,
        expires_on=expires,
        sentence=f"{told} : {blank.effect} {latest}le {in_french(expires)} à minuit.",
        facts={"réception par la première administration saisie": in_french(start)},
    )


@provision(
    Chapter.CLOCKS,
    "CRPA L114-5",
    note="que la suspension compte des jours entiers, du jour de la demande de pièces, est notre lecture",
)
def suspensions(case: Case, start: date, rule: SilenceRule) -> list[tuple[date, date]]:
    """A request for items that a text requires, made before silence has decided, stops the delay until they came or
    were due, and no day counts twice."""
    spans: list[tuple[date, date]] = []
    for asked, until in _asked_until(case):
        expires = add_delay(start, months=rule.months, days=rule.days) + _days_of(spans)
        since = max(asked.requested_on, spans[-1][1]) if spans else asked.requested_on
        if asked.suspends and required_by_a_text(asked) and asked.requested_on <= expires and since < until:
            spans.append((since, until))
    return spans


def _asked_until(case: Case) -> list[tuple[MissingItems, date]]:
    """Each request for items with the day it stopped being waited for: answered, due, or replaced by the next one."""
    asked = sorted(case.missing_items, key=lambda each: each.requested_on)
    ends = {each.id: _waited_for_until(each) for each in asked}
    for earlier, later in pairwise(asked):
        if earlier.lapsed:
            ends[earlier.id] = min(ends[earlier.id], later.requested_on)
    return [(each, ends[each.id]) for each in asked]


def _waited_for_until(asked: MissingItems) -> date:
    return min(asked.supplied_on, asked.due_on) if asked.complete and asked.supplied_on else asked.due_on


TEXT = re.compile(
    r"\b[LRD]\*?\.? ?\d|\b(arrêté|décret|loi|code|ordonnance|règlement|directive|accord|convention)\b", re.IGNORECASE
)
"""What a citation of a text holds: an article of a code, or the name of an act."""


def required_by_a_text(asked: MissingItems) -> bool:
    """Items that practice alone asks for neither suspend a delay nor put it off (CRPA L114-5)."""
    return any(TEXT.search(item.required_by) for item in asked.items)


def _days_of(spans: list[tuple[date, date]]) -> timedelta:
    return sum(((until - since) for since, until in spans), timedelta())


def _silence_that_grants(id: str, case: Case, today: date, rule: SilenceRule, reference: Reference) -> Clock:
    """Runs only once the request is complete and at the competent administration (CRPA L114-3 al. 2, L114-5 al. 2)."""
    blank = _blank(id, case, rule)
    if case.routing is None:
        return stopped(blank, "la demande n'est pas encore parvenue à l'administration compétente (CRPA L114-3)")
    start, why_not = complete_on(case, case.routing.received_on, rule, reference)
    if start is None:
        return stopped(blank, why_not)
    why = f"Demande parvenue le {in_french(start)} à l'administration compétente"
    if start > case.routing.received_on:
        why = f"Demande complète le {in_french(start)} (CRPA L114-5)"
    expires = add_delay(start, months=rule.months, days=rule.days)
    return replace(
        blank,
        state=state_on(today, expires),
        starts_on=start,
        expires_on=expires,
        sentence=f"{why} ; délai de {blank.length} : {blank.effect} le {in_french(expires)} à minuit.",
        facts={
            "réception par l'administration compétente": in_french(case.routing.received_on),
            "demande complète": in_french(start),
        },
    )


@provision(Chapter.CLOCKS, "CRPA L114-5", note="appliqué par déduction au délai de CESEDA L554-3")
def complete_on(case: Case, received_on: date, rule: SilenceRule, reference: Reference) -> tuple[date | None, str]:
    """A delay whose end accepts starts on the day the last item that a text requires arrived at the competent
    administration."""
    start = received_on
    announced = _announced_items_came_on(case, reference)
    if announced is None and not any(asked.complete for asked in case.missing_items):
        return None, "les pièces manquantes signalées par l'accusé de réception sont attendues (CRPA L114-5)"
    if announced is not None:
        start = max(start, announced)
    for asked in sorted(case.missing_items, key=lambda each: each.requested_on):
        if asked.requested_on > add_delay(start, months=rule.months, days=rule.days):
            break
        if asked.lapsed or not required_by_a_text(asked):
            continue
        if not asked.complete or asked.supplied_on is None:
            asked_on = in_french(asked.requested_on)
            return None, f"les pièces demandées le {asked_on} ne sont pas toutes arrivées (CRPA L114-5)"
        start = max(start, asked.supplied_on)
    return start, ""


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
