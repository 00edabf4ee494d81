"""What remains to be done between a grant and the hiring: have the title checked (T14), ask for a visa (T16)."""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from domain.acts import Addressee
from domain.appeals import department_of
from domain.case import Case, Decision
from domain.clocks.clock import Clock, ClockState, state_on, stopped
from domain.french import in_french, working_days_in_words
from domain.numbers import doubts_of, not_held
from domain.procedures import Procedure
from domain.provisions import Chapter, provision
from domain.reference import Calendar, Reference

replace = msgspec.structs.replace

NO_TEXT = "aucun texte lu"
"""What stands for an article where nobody found one."""


def before_hiring(case: Case, today: date, reference: Reference) -> Iterator[Clock]:
    """What the employer or the worker still does under a grant that stands, and what a student's employer declares."""
    if case.procedure is Procedure.STUDENT_ABOVE_QUOTA:
        yield student_declaration(case, reference)
    for decision in case.decisions:
        if decision.live and decision.kind.is_favourable and decision.permit is not None:
            if case.request.worker.residence_title is not None:
                yield check_of_title(case, decision, decision.permit.valid_from, today, reference)
            else:
                yield use_for_a_visa(decision)


@provision(Chapter.CLOCKS, "CT R5221-41", "CT R5221-42")
def check_of_title(case: Case, decision: Decision, hired_on: date, today: date, reference: Reference) -> Clock:
    """T14: an employer has the prefect check the title of a foreigner living in France two working days at least before
    the hiring, and the prefect's silence kept as long meets that obligation."""
    clock = Clock(
        id="T14",
        ref=decision.id,
        addressee=Addressee.EMPLOYER,
        name="Vérification du titre de l'étranger avant l'embauche",
        state=ClockState.NOT_RUNNING,
        effect="le silence du préfet vaut accomplissement de l'obligation de vérification",
        articles=("CT R5221-41", "CT R5221-42"),
        sentence="",
        facts={"premier jour de l'autorisation": in_french(hired_on)},
    )
    row = reference.threshold("EMPLOYER_CHECK_WORKING_DAYS", hired_on)
    if row is None:
        return stopped(clock, not_held(reference, "EMPLOYER_CHECK_WORKING_DAYS", hired_on))
    days = working_days_in_words(int(row.value), "ouvrable")
    last = _working_days_before(hired_on, int(row.value), department_of(case), reference.calendar)
    return replace(
        clock,
        state=state_on(today, last, ended=today >= hired_on),
        length=f"{days} avant l'embauche",
        expires_on=last,
        unconfirmed=doubts_of(row),
        sentence=f"Embauche possible à compter du {in_french(hired_on)} au titre de la décision {decision.id} : "
        f"l'employeur fait vérifier le titre de séjour par le préfet au plus tard le {in_french(last)} ; faute de "
        f"réponse dans un délai de {days}, cette obligation est réputée accomplie.",
    )


@provision(Chapter.CLOCKS, "CT R5221-27")
def student_declaration(case: Case, reference: Reference) -> Clock:
    """T14: the hiring of a student is declared by name two working days before it, when it stays within the yearly
    hours that need no permit."""
    row = reference.threshold("STUDENT_DECLARATION_WORKING_DAYS", case.filed_on)
    clock = Clock(
        id="T14_STUDENT",
        addressee=Addressee.EMPLOYER,
        name="Déclaration nominative de l'embauche d'un étudiant",
        state=ClockState.NOT_RUNNING,
        length=f"{working_days_in_words(int(row.value), 'ouvrable')} avant l'embauche" if row else "",
        effect="l'étudiant travaille sans autorisation dans la limite de la quotité annuelle",
        articles=("CT R5221-27", "CT R5221-26"),
        sentence="",
    )
    return stopped(
        clock, "la demande porte sur un travail au-delà de la quotité annuelle, soumis à autorisation (CT R5221-3 II)"
    )


def use_for_a_visa(decision: Decision) -> Clock:
    """T16: how long a grant may wait before it is used for a visa; no text was found, so that this is no provision."""
    clock = Clock(
        id="T16",
        ref=decision.id,
        addressee=Addressee.WORKER,
        name="Usage de l'autorisation pour demander un visa",
        state=ClockState.NOT_RUNNING,
        effect="aucun effet connu",
        articles=(NO_TEXT,),
        sentence="",
        unconfirmed=("trois ou six mois selon les pratiques rapportées : aucun texte lu ne le confirme",),
    )
    return stopped(clock, "aucun texte lu ne fixe de terme à l'usage d'une autorisation accordée")


def _working_days_before(day: date, count: int, department: str, calendar: Calendar) -> date:
    """The last day that leaves `count` working days, Saturdays included, before a day."""
    while count:
        day -= timedelta(days=1)
        count -= calendar.is_working_day(day, department, saturdays=True)
    return day
