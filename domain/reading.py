"""How rules read a case: the documents that carry a fact, the opinions given, and answers that recur."""

from datetime import date

import msgspec

from domain.case import Case, Opinion
from domain.findings import Criterion, Exhibit, Finding, Met
from domain.french import in_french
from domain.procedures import Procedure
from domain.provisions import Chapter, provision
from domain.reference import Mark, Reference, SmicRow
from domain.request import CAPACITY_TITLES, Capacity, Company, Job, PrivateEmployer, Renewal

WORK_PERMITS = (
    Procedure.INTRODUCTION_PERMANENT,
    Procedure.INTRODUCTION_FIXED_TERM,
    Procedure.CHANGE_OF_STATUS,
    Procedure.SEASONAL,
    Procedure.STUDENT_ABOVE_QUOTA,
    Procedure.ASYLUM_SEEKER,
    Procedure.POSTING,
    Procedure.LIMITED_PERMIT,
)
"""First requests for a work permit: CT R5221-20 is read in full, in each of its versions."""

WORK_PERMITS_AND_RENEWAL = (*WORK_PERMITS, Procedure.RENEWAL)
"""The same, and renewals, to which CT R5221-35 opposes R5221-20 in one case only."""


def exhibits(case: Case, *items: str) -> tuple[Exhibit, ...]:
    """The newest version of each document filed under these items of the checklist, unless it was refused."""
    current = [held for held in case.documents.values() if held.current.item in items]
    return tuple(
        Exhibit(document=held.id, version=held.current.version, sha256=held.current.sha256)
        for held in current
        if held.current.version not in held.refused
    )


def answer(
    met: Met,
    because: str,
    *,
    facts: dict[str, str] | None = None,
    shown_by: tuple[Exhibit, ...] = (),
    missing: tuple[str, ...] = (),
    unconfirmed: tuple[str, ...] = (),
) -> Finding:
    """A finding, written shortly."""
    return Finding(
        met=met, because=because, facts=facts or {}, exhibits=shown_by, missing=missing, unconfirmed=unconfirmed
    )


def not_applicable(because: str) -> Finding:
    """The text does not concern this case."""
    return answer(Met.NOT_APPLICABLE, because)


def not_established(because: str, *missing: str, facts: dict[str, str] | None = None) -> Finding:
    """The file does not allow an answer: what is missing is named."""
    return answer(Met.NOT_ESTABLISHED, because, facts=facts, missing=missing)


def opinion_on(case: Case, criterion: Criterion) -> Opinion | None:
    """The opinion that decides: an adverse one if any body's newest is adverse, else the newest favourable one."""
    newest: dict[str, Opinion] = {}
    for opinion in case.opinions:
        if opinion.criterion is criterion and opinion.given_on is not None:
            newest[opinion.body] = opinion
    given = sorted(newest.values(), key=lambda each: (bool(each.adverse), each.given_on or date.min))
    return given[-1] if given else None


def by_opinion(case: Case, criterion: Criterion) -> Finding | None:
    """Met or not met as the body that was asked has answered; None when none has."""
    opinion = opinion_on(case, criterion)
    if opinion is None or opinion.given_on is None:
        return None
    sense = "défavorable" if opinion.adverse else "non défavorable"
    return answer(
        Met.NOT_MET if opinion.adverse else Met.MET,
        f"Avis {sense} rendu par {opinion.body} le {in_french(opinion.given_on)} : « {opinion.finding} »",
        facts={"avis": opinion.id, "organisme": opinion.body, "rendu le": opinion.given_on.isoformat()},
    )


def by_adverse_opinion(case: Case, criterion: Criterion) -> Finding | None:
    """Not met when a body answered adversely; a favourable answer leaves the other facts to speak."""
    finding = by_opinion(case, criterion)
    return finding if finding is not None and finding.met is Met.NOT_MET else None


@provision(Chapter.EXEMPTIONS, "CT R5221-35", since=date(2008, 5, 1))
def renewed_alike(case: Case) -> Finding | None:
    """R5221-20 is opposed to a renewal only if it is the first and the job or the zone differs."""
    renewal = case.request.particulars
    if not isinstance(renewal, Renewal):
        return None
    if renewal.first_renewal and not (renewal.same_job and renewal.same_zone):
        return None
    which = "même emploi et même zone" if renewal.first_renewal else "ce n'est pas le premier renouvellement"
    return not_applicable(
        f"Renouvellement : {which} ; les conditions de CT R5221-20 ne sont pas opposables (CT R5221-35)."
    )


def undertakings(case: Case, *capacities: Capacity) -> str:
    """The employer, then the other undertakings in these capacities: those on whom a condition bears."""
    match case.request.employer:
        case Company(name=name):
            employer = [f"{name} (employeur)"]
        case PrivateEmployer():
            employer = ["employeur particulier"]
        case None:
            employer = ["employeur non indiqué"]
    others = [each for each in case.request.undertakings if each.capacity in capacities]
    return ", ".join([*employer, *(f"{each.name} ({CAPACITY_TITLES[each.capacity]})" for each in others)])


def bearing_on(who: str, finding: Finding) -> Finding:
    """The same finding, with those on whom its condition bears among its facts."""
    return msgspec.structs.replace(finding, facts={**finding.facts, "porte sur": who})


def birth_unknown(facts: dict[str, str] | None = None) -> Finding:
    """A condition on the age cannot be read on a person whose birth is not told."""
    return not_established("La date de naissance n'est pas connue.", "date de naissance", facts=facts)


def job_unknown() -> Finding:
    """A condition on the job cannot be read on a request that describes none."""
    return not_established("La demande ne décrit pas l'emploi.", "description de l'emploi proposé")


def smic_doubt(smic: SmicRow) -> tuple[str, ...]:
    """Why a figure of the SMIC is not sure, when it is not."""
    if smic.mark is Mark.CONFIRMED:
        return ()
    return (f"SMIC au {in_french(smic.effective_from)} : {smic.note or 'une seule source'}",)


def department_of_work(job: Job, reference: Reference) -> str | None:
    """The department that the postcode of the workplace points to."""
    return reference.department_of_postcode(job.workplace.postcode)
