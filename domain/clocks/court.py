"""The time limits of a court: to defend, be heard, contest its ruling, and decide again when it orders so."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from domain.acts import CourtAction, Injunction, InjunctionKind, StageKind
from domain.appeals import department_of, last_day
from domain.case import Case, Litigation
from domain.clocks.clock import CALENDAR_NOTE, Clock, ClockState, length_in_words, state_on, stopped
from domain.court import (
    NOT_READ,
    execution_may_be_asked,
    facts_are_admitted,
    penalty_reached,
    suspension_to_answer,
)
from domain.french import euros_in_french, in_french, with_article
from domain.numbers import delay_of, doubts_of, not_held
from domain.provisions import Chapter, provision
from domain.reference import Reference
from domain.rulings import HIGHER, UPHELD, fate_of, first_of

replace = msgspec.structs.replace

NEAR_DAYS = 15
"""Days before a closure or a hearing from which the sentence counts them down: a practice, set by no text."""


def litigation(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """The court's own time limits, and the limit to attack what it ruled."""
    for proceedings in case.litigation:
        yield from filter(
            None,
            (
                _defence(proceedings, today),
                _formal_notice(proceedings, today),
                _closing(proceedings, today),
                _hearing(proceedings, today),
                _liberty(proceedings, today, reference),
                _confirmation(case, proceedings, today, reference),
                _against_judgment(case, proceedings, today, reference),
            ),
        )


def _step(
    id: str, name: str, proceedings: Litigation, today: date, due: date, *, ended: bool, effect: str, article: str
) -> Clock:
    return Clock(
        id=id,
        ref=proceedings.id,
        name=name,
        state=state_on(today, due, ended=ended or proceedings.outcome is not None),
        expires_on=due,
        effect=effect,
        articles=(article,),
        sentence=f"{name} : le {in_french(due)}, dans l'instance n° {proceedings.court_number} devant "
        f"{with_article(proceedings.court)}.",
        for_administration=True,
    )


@provision(Chapter.LITIGATION, "CJA R611-10", "CJA R611-17")
def _defence(proceedings: Litigation, today: date) -> Clock | None:
    """The rapporteur sets the time in which each party files its brief."""
    due = proceedings.defence_due_on
    if due is None:
        return None
    # A limit set again after a defence was filed asks for another one, which only the judgment ends here.
    filed = proceedings.defence_filed_on is not None
    effect = "l'instruction peut se poursuivre sans la défense"
    clock = _step(
        "DEFENCE", "Mémoire en défense", proceedings, today, due, ended=filed, effect=effect, article="CJA R611-10"
    )
    return replace(clock, starts_on=proceedings.served_on)


@provision(Chapter.LITIGATION, "CJA R612-3")
def _formal_notice(proceedings: Litigation, today: date) -> Clock | None:
    """A party that did not file in time may be given formal notice to do so, which fixes a last delay."""
    due = proceedings.formal_notice_due_on
    if due is None:
        return None
    clock = _step(
        "FORMAL_NOTICE",
        "Mise en demeure de produire",
        proceedings,
        today,
        due,
        ended=proceedings.defence_filed_on is not None,
        effect="les faits sont réputés admis (CJA R612-6)",
        article="CJA R612-3",
    )
    warning = ""
    if facts_are_admitted(proceedings, today):
        warning = " Aucun mémoire n'a été produit dans ce délai : l'État est réputé avoir acquiescé aux faits exposés."
    return replace(
        clock,
        starts_on=proceedings.formal_notice_on,
        articles=("CJA R612-3", "CJA R612-6"),
        sentence=clock.sentence + warning,
    )


def _closing(proceedings: Litigation, today: date) -> Clock | None:
    due = proceedings.investigation_closes_on
    if due is None:
        return None
    clock = _step(
        "INVESTIGATION_CLOSING",
        "Clôture de l'instruction",
        proceedings,
        today,
        due,
        ended=today > due,
        effect="les mémoires produits ensuite ne sont pas communiqués (CJA R613-3)",
        article="CJA R613-1",
    )
    clock = replace(clock, articles=("CJA R613-1", "CJA R613-2"))
    asked = "un mémoire" if proceedings.defence_filed_on is None else "un nouveau mémoire"
    return _counted_down(clock, today, f"pour produire {asked}")


def _hearing(proceedings: Litigation, today: date) -> Clock | None:
    due = proceedings.hearing_on
    if due is None:
        return None
    effect = "l'affaire est mise en délibéré"
    clock = _step(
        "HEARING", "Audience", proceedings, today, due, ended=today > due, effect=effect, article="CJA R711-2"
    )
    return _counted_down(clock, today, "avant l'audience")


def _counted_down(clock: Clock, today: date, before: str) -> Clock:
    """The same limit, with the days that are left when they are few."""
    left = (clock.expires_on - today).days if clock.expires_on else 0
    if not clock.running or left > NEAR_DAYS:
        return clock
    days = "C'est le dernier jour" if left == 0 else f"Il reste {left} jour{'s' * (left > 1)}"
    return replace(clock, sentence=f"{clock.sentence} {days} {before}.")


@provision(Chapter.LITIGATION, "CJA L521-2")
def _liberty(proceedings: Litigation, today: date, reference: Reference) -> Clock | None:
    """Seized of a grave and manifestly illegal breach of a fundamental freedom, the judge rules within 48 hours."""
    if proceedings.action is not CourtAction.LIBERTY:
        return None
    row = reference.threshold("COURT_LIBERTY_HOURS", proceedings.lodged_on)
    due = proceedings.lodged_on + timedelta(hours=int(row.value) if row else 0)
    clock = _step(
        "LIBERTY_RULING",
        "Ordonnance du juge du référé-liberté",
        proceedings,
        today,
        due,
        ended=False,
        effect="le juge statue à bref délai, après une procédure écrite ou orale (CJA L522-1)",
        article="CJA L521-2",
    )
    clock = replace(clock, starts_on=proceedings.lodged_on, for_administration=False)
    if row is None:
        why = not_held(reference, "COURT_LIBERTY_HOURS", proceedings.lodged_on)
        return stopped(replace(clock, expires_on=None), why)
    return replace(clock, length=f"{row.value} heures", unconfirmed=doubts_of(row))


def _confirmation(case: Case, main: Litigation, today: date, reference: Reference) -> Clock | None:
    """After a suspension refused for want of serious doubt, the applicant has a month to maintain the claim."""
    refused = suspension_to_answer(case, main)
    if refused is None or refused.judgment_notified_on is None:
        return None
    start = refused.judgment_notified_on
    row = reference.threshold("COURT_CONFIRMATION_MONTHS", start)
    months = int(row.value) if row else 0
    last = last_day(start, department_of(case), reference.calendar, months=months)
    due = last.expires_on
    clock = _step(
        "CONFIRMATION",
        "Maintien de la requête en annulation",
        main,
        today,
        due,
        ended=main.confirmed_on is not None,
        effect="le requérant est réputé s'être désisté",
        article="CJA R612-5-2",
    )
    clock = replace(clock, starts_on=start, for_administration=False)
    if row is None:
        return stopped(replace(clock, expires_on=None), not_held(reference, "COURT_CONFIRMATION_MONTHS", start))
    told = f"Suspension refusée faute de doute sérieux, ordonnance notifiée le {in_french(start)} ({refused.id})"
    if main.confirmed_on is not None:
        sentence = f"{told} ; la requête a été maintenue le {in_french(main.confirmed_on)}."
    elif clock.state is ClockState.EXPIRED:
        sentence = (
            f"{told} ; faute d'avoir maintenu sa requête au plus tard le {in_french(due)}, le requérant est réputé "
            "s'être désisté, ce dont il revient à la juridiction de donner acte."
        )
    else:
        sentence = f"{told} ; le requérant a jusqu'au {in_french(due)} inclus pour maintenir sa requête."
    return replace(
        clock,
        length=length_in_words(months=months),
        sentence=sentence,
        unconfirmed=(CALENDAR_NOTE, *doubts_of(row), *last.doubts),
    )


def _against_judgment(case: Case, proceedings: Litigation, today: date, reference: Reference) -> Clock | None:
    """What may be lodged against a ruling, by whom, and until when."""
    notified = proceedings.judgment_notified_on
    if notified is None or proceedings.outcome is None:
        return None
    match proceedings.action:
        case CourtAction.CASSATION:
            return None
        case CourtAction.ANNULMENT:
            clock = _appeal(case, proceedings, notified, today, reference)
        case CourtAction.APPEAL:
            clock = _cassation(case, proceedings, notified, today, reference)
        case _:
            clock = _against_urgent_ruling(case, proceedings, notified, today, reference)
    lost = fate_of(case.litigation, first_of(case.litigation, proceedings)) in UPHELD
    return replace(clock, for_administration=lost and clock.expires_on is not None and today <= clock.expires_on)


@provision(Chapter.LITIGATION, "CJA R811-2", "CJA R811-1")
def _appeal(case: Case, proceedings: Litigation, notified: date, today: date, reference: Reference) -> Clock:
    """The judgment of a tribunal may be contested before the court of appeal within two months of its notification."""
    clock = _remedy(proceedings, notified, "Appel devant la cour administrative d'appel", ("CJA R811-1", "CJA R811-2"))
    return _open_until(clock, case, notified, today, "COURT_APPEAL_MONTHS", reference)


@provision(Chapter.LITIGATION, "CJA R821-1", mark="unconfirmed", note=NOT_READ)
def _cassation(case: Case, proceedings: Litigation, notified: date, today: date, reference: Reference) -> Clock:
    """A ruling given on appeal may be brought before the Conseil d'État within two months of its notification."""
    clock = _remedy(proceedings, notified, "Pourvoi devant le Conseil d'État", ("CJA R821-1",))
    return _open_until(clock, case, notified, today, "COURT_CASSATION_MONTHS", reference)


@provision(Chapter.LITIGATION, "CJA L523-1", "CJA R523-1", mark="unconfirmed", note=NOT_READ)
def _against_urgent_ruling(
    case: Case, proceedings: Litigation, notified: date, today: date, reference: Reference
) -> Clock:
    """The order of an urgent judge may be brought before the Conseil d'État within fifteen days of its notification."""
    liberty = proceedings.action is CourtAction.LIBERTY
    name = f"{'Appel' if liberty else 'Pourvoi'} devant le Conseil d'État"
    clock = _remedy(proceedings, notified, name, ("CJA L523-1",) if liberty else ("CJA L523-1", "CJA R523-1"))
    return _open_until(clock, case, notified, today, "COURT_URGENT_REMEDY_DAYS", reference)


def _remedy(proceedings: Litigation, notified: date, name: str, articles: tuple[str, ...]) -> Clock:
    return Clock(
        id="JUDGMENT_APPEAL",
        ref=proceedings.id,
        name=name,
        state=ClockState.NOT_RUNNING,
        starts_on=notified,
        effect="la décision de justice devient définitive",
        articles=articles,
        sentence="",
        unconfirmed=(CALENDAR_NOTE,),
    )


def _open_until(clock: Clock, case: Case, notified: date, today: date, threshold: str, reference: Reference) -> Clock:
    """The same remedy, open as long as the text in force on the day of notification says."""
    row = reference.threshold(threshold, notified)
    if row is None:
        return stopped(clock, not_held(reference, threshold, notified))
    last = last_day(notified, department_of(case), reference.calendar, **delay_of(row))
    length = length_in_words(**delay_of(row))
    further = any(p.action in HIGHER and p.lodged_on >= notified for p in case.litigation)
    return replace(
        clock,
        state=state_on(today, last.expires_on, ended=further),
        length=length,
        expires_on=last.expires_on,
        sentence=f"Décision de justice notifiée le {in_french(notified)} ({clock.ref}) ; "
        f"{clock.name[:1].lower()}{clock.name[1:]} ouvert {length}, jusqu'au {in_french(last.expires_on)} inclus.",
        unconfirmed=(*clock.unconfirmed, *doubts_of(row), *last.doubts),
    )


def injunction(case: Case, today: date) -> Iterator[Clock]:
    """A re-examination ordered by a court has the court's own delay; silence has no new effect meanwhile."""
    due = case.stage.due_on
    if case.stage.kind is StageKind.APPEAL and due is not None:
        sent_back = next((p for p in case.litigation if p.reopened_appeal == case.stage.ref), None)
        yield _ordered(sent_back, sent_back.id if sent_back else case.stage.ref or "", due, today)
        return
    if case.stage.kind is not StageKind.COURT:
        return
    if due is not None and any(appeal.id == case.stage.ref for appeal in case.appeals):
        yield _asked_by_minister(case.stage.ref or "", due, today)
        return
    ruling = next((p for p in case.litigation if p.id == case.stage.ref), None)
    if due is None and ruling is not None and ruling.injunction is not None and ruling.judgment_notified_on is not None:
        due = ruling.judgment_notified_on + timedelta(days=ruling.injunction.delay_days)
    yield _ordered(ruling, case.stage.ref or "", due, today)


def _ordered(ruling: Litigation | None, ref: str, due: date | None, today: date) -> Clock:
    ordered = ruling.injunction if ruling else None
    blank = Clock(
        id="INJUNCTION",
        ref=ref,
        name="Réexamen après annulation",
        state=ClockState.NOT_RUNNING,
        starts_on=ruling.judgment_notified_on if ruling else None,
        effect="le juge peut assurer l'exécution, au besoin sous astreinte",
        articles=("CJA L911-1", "CJA L911-2", "CJA L911-4"),
        sentence="",
        for_administration=True,
        unconfirmed=("effet du silence après annulation : aucun texte lu",),
    )
    if due is None:
        return stopped(blank, "le juge n'a fixé aucun délai ; la demande est à nouveau pendante")
    issue = ordered is not None and ordered.kind is InjunctionKind.ISSUE
    told = _to_issue(blank, due, ref) if issue else _to_reexamine(blank, due, ref)
    clock = replace(
        told,
        state=state_on(today, due),
        expires_on=due,
        length=f"{ordered.delay_days} jours" if ordered else "",
        unconfirmed=("silence pendant le délai du juge : qu'il ne fasse naître aucune décision n'est pas lu",),
    )
    return _not_executed(clock, ordered, due, today)


@provision(Chapter.LITIGATION, "CJA L911-1")
def _to_issue(clock: Clock, due: date, ref: str) -> Clock:
    """When the judgment necessarily implies a measure in a given sense, the court orders it within a delay it fixes."""
    return replace(
        clock,
        name="Délivrance ordonnée par le juge",
        articles=("CJA L911-1", "CJA L911-4"),
        sentence=f"Autorisation à délivrer au plus tard le {in_french(due)}, sur injonction du juge ({ref}).",
    )


@provision(Chapter.LITIGATION, "CJA L911-2")
def _to_reexamine(clock: Clock, due: date, ref: str) -> Clock:
    """When the judgment implies a new decision after a new examination, the court orders it within a delay it fixes."""
    return replace(
        clock,
        name="Réexamen ordonné par le juge",
        articles=("CJA L911-2", "CJA L911-4"),
        sentence=_to_decide_again(due, f"sur injonction du juge ({ref})"),
    )


def _to_decide_again(due: date, why: str) -> str:
    return f"Nouvelle décision à prendre au plus tard le {in_french(due)}, {why}."


def _not_executed(clock: Clock, ordered: Injunction | None, due: date, today: date) -> Clock:
    """What has grown, and may be asked, since the delay is over; a penalty is cited from the start."""
    penalty = ordered.penalty_daily_euros if ordered else 0
    sentence = clock.sentence
    if penalty:
        sentence += f" Astreinte : {euros_in_french(Decimal(penalty))} par jour de retard (CJA L911-3)."
    if execution_may_be_asked(due, today):
        sentence += (
            " Le délai est expiré : une partie peut demander au juge d'assurer l'exécution de sa décision (CJA L911-4)."
        )
        if penalty:
            reached = euros_in_french(Decimal(penalty_reached(ordered, due, today)))
            sentence += f" Au {in_french(today)}, l'astreinte atteint {reached}, avant liquidation par le juge."
    return replace(clock, sentence=sentence, articles=(*clock.articles, *(("CJA L911-3",) if penalty else ())))


def _asked_by_minister(appeal: str, due: date, today: date) -> Clock:
    """A hierarchical appeal upheld sends the request back with a day to decide, which no text sanctions."""
    return Clock(
        id="INJUNCTION",
        ref=appeal,
        name="Réexamen demandé par le ministre",
        state=state_on(today, due),
        expires_on=due,
        effect="la décision du ministre reste à exécuter",
        articles=("CT R5221-19",),
        sentence=_to_decide_again(due, f"à la demande du ministre ({appeal})"),
        for_administration=True,
        unconfirmed=("délai de réexamen : aucun texte n'en fixe",),
    )
