"""The time limits of a court: to defend, be heard, contest its ruling, and decide again when it orders so."""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from domain.acts import CourtAction, JudgmentOutcome, StageKind
from domain.appeals import department_of
from domain.case import Case, Litigation
from domain.clocks.clock import CALENDAR_NOTE, Clock, ClockState, state_on, stopped
from domain.days import add_months
from domain.french import in_french, with_article
from domain.reference import next_working_day

replace = msgspec.structs.replace

LOST = frozenset({JudgmentOutcome.ANNULLED, JudgmentOutcome.PARTLY_ANNULLED, JudgmentOutcome.SUSPENDED})


def litigation(case: Case, today: date) -> Iterator[Clock]:
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
            state=state_on(today, due, ended=done or judged or passes),
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
        state=state_on(today, expires, ended=further),
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


def injunction(case: Case, today: date) -> Iterator[Clock]:
    """A re-examination ordered by a court has the court's own delay; silence has no new effect meanwhile."""
    if case.stage.kind is not StageKind.COURT:
        return
    if case.stage.due_on is not None and any(appeal.id == case.stage.ref for appeal in case.appeals):
        yield _asked_by_minister(case.stage.ref or "", case.stage.due_on, today)
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
        yield stopped(clock, "le juge n'a fixé aucun délai ; la demande est à nouveau pendante")
        return
    yield replace(
        clock,
        state=state_on(today, due),
        expires_on=due,
        length=f"{ordered.delay_days} jours" if ordered else "",
        sentence=f"Nouvelle décision à prendre au plus tard le {in_french(due)}, sur injonction du juge "
        f"({case.stage.ref}).",
    )


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
        sentence=f"Nouvelle décision à prendre au plus tard le {in_french(due)}, à la demande du ministre ({appeal}).",
        for_administration=True,
        unconfirmed=("délai de réexamen : aucun texte n'en fixe",),
    )
