"""The fit between the job and what the worker learnt and did."""

from datetime import date

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.law import Law, rule
from domain.reading import (
    WORK_PERMITS_AND_RENEWAL,
    answer,
    by_adverse_opinion,
    exhibits,
    not_applicable,
)
from domain.request import ChangeOfStatus, TitleKind


@rule(Criterion.JOB_FITS_QUALIFICATIONS, "CT R5221-20 5°", since=date(2024, 9, 1), procedures=WORK_PERMITS_AND_RENEWAL)
def the_job_fits_the_qualifications(case: Case, law: Law) -> Finding:
    """The job of a student who has finished the course in France, or of a holder of the job-search card, fits the
    diplomas and the experience gained in France or abroad."""
    title, status = case.request.worker.residence_title, case.request.particulars
    searching = title is not None and title.kind is TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION
    student = title is not None and title.kind is TitleKind.STUDENT
    if not isinstance(status, ChangeOfStatus) or not (searching or (student and status.studies_finished_in_france)):
        return not_applicable(
            "La condition ne vise que l'étudiant ayant achevé son cursus en France et le titulaire d'une carte "
            "« recherche d'emploi ou création d'entreprise »."
        )
    return by_adverse_opinion(case, Criterion.JOB_FITS_QUALIFICATIONS) or _fit(case, status)


def _fit(case: Case, status: ChangeOfStatus) -> Finding:
    """Experience counts too, side jobs of a student included (CE 3 February 2016 n° 386416)."""
    shown = exhibits(case, "diploma_and_experience")
    job = case.request.job.title if case.request.job else "non décrit"
    diplomas = " ; ".join(f"{each.title} (niveau {each.level})" for each in status.diplomas) or "aucun déclaré"
    facts = {"emploi": job, "diplômes": diplomas, "expérience déclarée": "oui" if status.experience else "non"}
    told = f"Emploi « {job} », diplômes : {diplomas}"
    if status.job_related_to_studies is True and status.diplomas:
        return answer(Met.MET, f"{told} ; l'emploi est en rapport avec les études.", facts=facts, shown_by=shown)
    if status.job_related_to_studies is False and status.diplomas and not status.experience:
        return answer(
            Met.NOT_MET,
            f"{told} ; l'emploi est sans rapport avec les études et aucune expérience n'est déclarée.",
            facts=facts,
            shown_by=shown,
        )
    missing = () if status.diplomas else ("diplômes obtenus en France et à l'étranger",)
    weighed = "appréciation de l'emploi au regard des diplômes et de l'expérience"
    return answer(
        Met.NOT_ESTABLISHED,
        f"{told} ; l'adéquation reste à apprécier, expérience comprise.",
        facts=facts,
        shown_by=shown,
        missing=(*missing, weighed),
    )
