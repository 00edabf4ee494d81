"""Which court knows a dispute, who defends the State there, and what the code of administrative justice sets."""

import re
from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta

from domain.acts import CourtAction, Injunction, InjunctionKind, JudgmentOutcome
from domain.case import Case, Decision, Litigation
from domain.findings import CRITERION_TITLES, Criterion, RuleId
from domain.french import folded, in_french
from domain.numbers import number_of
from domain.procedures import OutcomeKind, Procedure
from domain.provisions import Chapter, provision
from domain.reference import Reference
from domain.refusals import Fault, Refused
from domain.remedies import competent_tribunal
from domain.request import Value
from domain.rulings import UPHELD

FIRST_INSTANCE = frozenset(
    {CourtAction.ANNULMENT, CourtAction.SUSPENSION, CourtAction.LIBERTY, CourtAction.USEFUL_MEASURES}
)
URGENT = frozenset({CourtAction.SUSPENSION, CourtAction.LIBERTY, CourtAction.USEFUL_MEASURES})

APPEAL_COURTS = {
    "Bordeaux": "BX",
    "Douai": "DA",
    "Lyon": "LY",
    "Marseille": "MA",
    "Nancy": "NC",
    "Nantes": "NT",
    "Paris": "PA",
    "Toulouse": "TL",
    "Versailles": "VE",
}
"""Administrative courts of appeal, with the letters that their numbers carry."""

COUNCIL = "Conseil d'État"
NUMBER_PATTERNS = {"tribunal": r"\d{7}", "appeal": r"\d{2}[A-Z]{2}\d{5}", "cassation": r"\d{6}"}
NUMBER_EXAMPLES = {"tribunal": "2600123", "appeal": "26LY00123", "cassation": "500123"}

NOT_READ = "article non relu"
COUNCIL_2018 = "https://www.conseil-etat.fr/fr/arianeweb/CE/decision/2018-09-27/419217"


# The court, and who appears before it


def level_of(action: CourtAction) -> str:
    """`tribunal`, `appeal` or `cassation`."""
    if action in FIRST_INSTANCE:
        return "tribunal"
    return "appeal" if action is CourtAction.APPEAL else "cassation"


def court_title(name: str, action: CourtAction, reference: Reference) -> str | None:
    """The full title of a court, given its town or title; None when no such court hears this action."""
    wanted = folded(name.strip()).replace("’", "'")
    level = level_of(action)
    if level == "cassation":
        return COUNCIL if wanted == folded(COUNCIL) else None
    if level == "appeal":
        titles = {town: f"cour administrative d'appel de {town}" for town in APPEAL_COURTS}
    else:
        titles = {row.name: row.title for row in reference.tribunals.values()}
    return next((title for town, title in titles.items() if wanted in {folded(town), folded(title)}), None)


def court_faults(action: CourtAction, named: str, number: str, title: str | None) -> tuple[Fault, ...]:
    """The faults of a court that does not exist at this level, and of a number that is none of its own."""
    level = level_of(action)
    faults = []
    if title is None:
        faults.append(
            Fault(
                pointer="/court",
                code="court_unknown",
                message=f"Aucune juridiction compétente pour cette action ne porte le nom « {named} ».",
            )
        )
    letters = next((code for town, code in APPEAL_COURTS.items() if title and title.endswith(f" de {town}")), None)
    elsewhere = level == "appeal" and letters is not None and letters not in number
    if re.fullmatch(NUMBER_PATTERNS[level], number) is None or elsewhere:
        faults.append(
            Fault(
                pointer="/court_number",
                code="court_number_malformed",
                message=f"Le numéro « {number} » ne correspond pas à la numérotation de cette juridiction "
                f"(exemple : {NUMBER_EXAMPLES[level]}).",
            )
        )
    return tuple(faults)


def must_be_new_number(case: Case, number: str) -> None:
    """Refuse a number under which the case is already before a court."""
    known = next((p for p in case.litigation if p.court_number == number), None)
    if known is not None:
        raise Refused(
            "court_number_known", f"L'instance n° {number} est déjà enregistrée dans ce dossier ({known.id})."
        )


@provision(
    Chapter.LITIGATION,
    "CE, 27 septembre 2018, n° 419217",
    since=date(2018, 9, 27),
    source=f"Conseil d'État, 27 septembre 2018, n° 419217, mentionné aux tables, {COUNCIL_2018}",
    note="le litige d'autorisation de travail relève des législations régissant les activités professionnelles",
)
@provision(Chapter.LITIGATION, "CJA R312-10")
def competent_court(case: Case, action: CourtAction, reference: Reference) -> str | None:
    """Disputes go to the tribunal of the establishment that they arise from, or of the place of work."""
    if level_of(action) != "tribunal":
        return None
    tribunal = competent_tribunal(case.request, reference)
    return tribunal.title if tribunal else None


def defender(case: Case, action: CourtAction, reference: Reference) -> str:
    """Who defends the State: the prefect at first instance, then the minister, save in matters of stay."""
    minister = minister_on_appeal(reference)
    if action is CourtAction.CASSATION or case.routing is None:
        return minister
    prefect = prefect_at_first_instance(case) if action in FIRST_INSTANCE else prefect_in_matters_of_stay(case)
    return prefect or minister


@provision(Chapter.LITIGATION, "CJA R431-10")
def prefect_at_first_instance(case: Case) -> str | None:
    """Before the tribunal the prefect who is competent for the decision defends the State."""
    return case.routing.competent_prefect if case.routing else None


@provision(
    Chapter.LITIGATION,
    "CJA R811-10",
    note="qu'une autorisation de travail n'y soit pas une affaire de séjour se déduit de CE n° 419217",
)
def minister_on_appeal(reference: Reference) -> str:
    """On appeal the minister concerned appears for the State, whether he defends or contests what was judged."""
    return reference.authority("MINISTER_IMMIGRATION").label


@provision(
    Chapter.LITIGATION,
    "CJA R811-10-1",
    mark="unconfirmed",
    note="que le visa d'une convention et l'admission au séjour en relèvent est une déduction, à vérifier",
)
def prefect_in_matters_of_stay(case: Case) -> str | None:
    """In matters of entry and stay of foreigners the prefect appears for the State on appeal as well."""
    of_stay = case.facts_of_procedure.outcome is OutcomeKind.STAMP or case.procedure is Procedure.EXCEPTIONAL_ADMISSION
    return case.routing.competent_prefect if of_stay and case.routing else None


# The timetable of the defence


@provision(Chapter.LITIGATION, "CJA R611-8-6")
def served_on(
    action: CourtAction, made_available_on: date, read_on: date | None, department: str, reference: Reference
) -> date:
    """A claim is received at its first reading or two working days after availability; at once in 48-hour cases."""
    if action is CourtAction.LIBERTY:
        return made_available_on
    days = number_of(reference, "COURT_SERVICE_WORKING_DAYS", made_available_on)
    unread = reference.calendar.add_working_days(made_available_on, days, department)
    return unread if read_on is None else min(read_on, unread)


@provision(Chapter.LITIGATION, "CJA R612-6")
def facts_are_admitted(proceedings: Litigation, on: date) -> bool:
    """A defendant who filed nothing in the time of a formal notice is deemed to admit the facts of the claim."""
    due = proceedings.formal_notice_due_on
    return due is not None and due < on and proceedings.defence_filed_on is None


@provision(Chapter.LITIGATION, "CJA R711-2")
def hearing_notice_days(action: CourtAction, urgent: bool, announced_on: date, reference: Reference) -> int:
    """The notice reaches the parties seven days before the hearing, two in case of urgency."""
    if action is CourtAction.LIBERTY:
        return 0
    shortened = urgent or action in URGENT
    return number_of(reference, f"COURT_HEARING_NOTICE_DAYS{'_URGENT' * shortened}", announced_on)


@provision(Chapter.LITIGATION, "CJA R613-1", "CJA R611-11-1")
def investigation_may_close_from(action: CourtAction, ordered_on: date, immediate: bool, reference: Reference) -> date:
    """An order closes the investigation fifteen days later, unless an immediate closure had been announced."""
    if immediate or action in URGENT:
        return ordered_on
    return ordered_on + timedelta(days=number_of(reference, "COURT_CLOSURE_NOTICE_DAYS", ordered_on))


@provision(Chapter.LITIGATION, "CJA R613-2")
def briefs_close_on(action: CourtAction, hearing_on: date, reference: Reference, *, urgent: bool = False) -> date:
    """Without an order the investigation closes three clear days before the hearing, or at the hearing itself when the
    president reduced its notice for urgency."""
    if action in URGENT:
        return urgent_briefs_close_on(hearing_on)
    if urgent:
        return hearing_on
    return hearing_on - timedelta(days=number_of(reference, "COURT_CLEAR_DAYS_BEFORE_HEARING", hearing_on) + 1)


@provision(Chapter.LITIGATION, "CJA R522-8", mark="unconfirmed", note=NOT_READ)
def urgent_briefs_close_on(hearing_on: date) -> date:
    """Before the urgent judge the investigation closes at the end of the hearing."""
    return hearing_on


@provision(Chapter.LITIGATION, "CJA R613-3")
def comes_after_the_closure(proceedings: Litigation, filed_on: date) -> bool:
    """A brief that comes after the closure of the investigation is not communicated."""
    closes_on = proceedings.investigation_closes_on
    return closes_on is not None and filed_on > closes_on


CITED_FROM_MEMORY = "jurisprudence citée de mémoire, non relue"


def ground_attacked(case: Case, proceedings: Litigation, criterion: Criterion) -> tuple[Decision, RuleId]:
    """The decision attacked and the text of its ground that is to be replaced; refused when it does not rest on it."""
    attacked = next((each for each in case.decisions if each.id == proceedings.against), None)
    reasons = attacked.signed.reasons if attacked and attacked.signed else ()
    replaced = next((reason.rule for reason in reasons if reason.rule.criterion is criterion), None)
    if attacked is None or replaced is None:
        raise Refused(
            "ground_not_in_decision", f"« {CRITERION_TITLES[criterion]} » n'est pas un motif de la décision attaquée."
        )
    return attacked, replaced


def must_be_served(proceedings: Litigation) -> date:
    """The day the claim was served; refused while it was not."""
    if proceedings.served_on is None:
        raise Refused("claim_not_served", f"La requête {proceedings.court_number} n'a pas encore été communiquée.")
    return proceedings.served_on


def pending(case: Case, litigation: str) -> Litigation:
    """Proceedings in which the court has not ruled; refused otherwise."""
    proceedings = case.proceedings(litigation)
    if proceedings.outcome is not None:
        on = f" le {in_french(proceedings.judged_on)}" if proceedings.judged_on else ""
        raise Refused("litigation_ended", f"La juridiction a statué{on} dans l'instance {litigation}.")
    return proceedings


# Urgent applications


@provision(Chapter.LITIGATION, "CJA L521-1")
def can_be_suspended(case: Case, proceedings: Litigation) -> bool:
    """The urgent judge may suspend a decision, even of refusal, that is also attacked by a claim for annulment."""
    asked = proceedings.action in {CourtAction.SUSPENSION, CourtAction.LIBERTY}
    if proceedings.action is CourtAction.CASSATION and proceedings.main_litigation is not None:
        return can_be_suspended(case, case.proceedings(proceedings.main_litigation))
    return asked and bool(proceedings.against)


@provision(Chapter.LITIGATION, "CJA R522-1")
def claim_for_annulment(case: Case, against: str, named: str | None) -> Litigation:
    """A suspension is asked by a separate application, with a copy of the claim for annulment that is pending."""
    main = next(
        (
            p
            for p in reversed(case.litigation)
            if p.action is CourtAction.ANNULMENT
            and p.against == against
            and p.outcome is None
            and named in {None, p.id}
        ),
        None,
    )
    if main is None:
        raise Refused(
            "main_action_missing",
            f"Aucune requête en annulation de la décision {against} n'est pendante : la suspension ne peut être "
            "demandée sans elle (CJA L521-1, R522-1).",
        )
    return main


@provision(Chapter.LITIGATION, "CJA L521-3")
def needs_no_decision(action: CourtAction) -> bool:
    """Useful measures may be asked even before any decision, provided that they thwart the execution of none."""
    return action in {CourtAction.LIBERTY, CourtAction.USEFUL_MEASURES}


@provision(Chapter.LITIGATION, "CJA R612-5-2")
def suspension_to_answer(case: Case, main: Litigation) -> Litigation | None:
    """After a suspension refused for want of serious doubt, a claim not confirmed within a month is dropped."""
    refused = next(
        (
            p
            for p in reversed(case.litigation)
            if p.main_litigation == main.id and p.outcome is JudgmentOutcome.REJECTED and p.no_serious_doubt
        ),
        None,
    )
    contested = refused is not None and any(
        p.action is CourtAction.CASSATION and p.main_litigation == refused.id for p in case.litigation
    )
    return None if contested or main.action is not CourtAction.ANNULMENT else refused


# What a ruling orders and what is done with it


class InjunctionOrdered(Value, frozen=True, kw_only=True):
    """What the court orders, as a body states it: the delay runs from notification, the penalty is per day."""

    kind: InjunctionKind
    delay_days: Annotated[int, Meta(ge=1, le=730)]
    penalty_daily_euros: Annotated[int, Meta(ge=0, le=100_000)] = 0

    def stored(self) -> Injunction:
        """The same as a fact."""
        return Injunction(kind=self.kind, delay_days=self.delay_days, penalty_daily_euros=self.penalty_daily_euros)

    def due_on(self, notified_on: date) -> date:
        """The last day to do what is ordered."""
        return notified_on + timedelta(days=self.delay_days)


@provision(Chapter.LITIGATION, "CJA L911-3")
def penalty_reached(ordered: Injunction | None, due_on: date, today: date) -> int:
    """A penalty that the court attached to its injunction grows by the day once the delay is over, in euros."""
    return ordered.penalty_daily_euros * max(0, (today - due_on).days) if ordered else 0


@provision(Chapter.LITIGATION, "CJA L911-4")
def execution_may_be_asked(due_on: date, today: date) -> bool:
    """A party may ask the court that ruled to see to the execution of what was not executed."""
    return today > due_on


@provision(Chapter.LITIGATION, "CJA L761-1")
def costs_may_be_charged(proceedings: Litigation, outcome: JudgmentOutcome, judgment_annulled: bool) -> bool:
    """The party that loses pays the other's costs as the judge assesses them, so never a State that loses nothing."""
    lost_its_appeal = proceedings.by_state and not judgment_annulled
    return outcome in UPHELD or lost_its_appeal or outcome in _STATE_MAY_HAVE_GIVEN_WAY


_STATE_MAY_HAVE_GIVEN_WAY = frozenset(
    {JudgmentOutcome.NO_NEED_TO_RULE, JudgmentOutcome.WITHDRAWN, JudgmentOutcome.REMITTED}
)


@provision(Chapter.LITIGATION, "CJA L821-2", mark="unconfirmed", note=NOT_READ)
def may_remit(action: CourtAction) -> bool:
    """The higher court that annuls a ruling sends the claim back below, or settles it itself."""
    return action in {CourtAction.APPEAL, CourtAction.CASSATION}


@provision(
    Chapter.LITIGATION,
    "CJA R351-3",
    mark="unconfirmed",
    note="article non relu ; un transfert est rapporté par l'affaire n° 20TL01163",
)
def may_be_transferred(proceedings: Litigation, court: str) -> bool:
    """Proceedings before a court that is not competent go on before the one that is, at the same level."""
    return court != proceedings.court
