"""The fit between the job and what the worker learnt and did."""

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.law import Law
from domain.reading import answer, by_adverse_opinion, exhibits, not_applicable
from domain.request import ChangeOfStatus, TitleKind
from domain.rules.exemptions import set_aside
from domain.versions import condition_of_2021, condition_since_2024, element_until_2021


@condition_since_2024(Criterion.JOB_FITS_QUALIFICATIONS, "CT R5221-20 5°")
def the_job_fits_the_qualifications(case: Case, law: Law) -> Finding:
    """The job of a student who has finished the course in France, or of a holder of the job-search card, fits the
    diplomas and the experience gained in France or abroad."""
    status = case.request.particulars
    finished = isinstance(status, ChangeOfStatus) and status.studies_finished_in_france
    searching = isinstance(status, ChangeOfStatus) and _holds(case, TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION)
    if not searching and not (finished and _holds(case, TitleKind.STUDENT)):
        return not_applicable(
            "La condition ne vise que l'étudiant ayant achevé son cursus en France et le titulaire d'une carte "
            "« recherche d'emploi ou création d'entreprise »."
        )
    return set_aside(case, law) or job_fits(case)


@condition_of_2021(
    Criterion.JOB_FITS_QUALIFICATIONS,
    "CT R5221-20 5°",
    mark="unconfirmed",
    note="rédaction du 5° lue dans un commentaire seul (https://www.visa-algerie.com/titre-de-sejour-salarie-malgre-un-"
    "cdi-son-changement-de-statut-est-refuse) ; l'étudiant qui dépasse la quotité est compris, à la lettre",
)
def the_job_fitted_the_qualifications(case: Case, law: Law) -> Finding:
    """The job of a holder of a student or mobility-student card fitted the diplomas and the experience gained in France
    or abroad, whether or not the course was finished."""
    if not _holds(case, TitleKind.STUDENT):
        return not_applicable(
            "La condition ne vise que le titulaire d'une carte « étudiant » ou « étudiant-mobilité »."
        )
    return set_aside(case, law) or job_fits(case)


@element_until_2021(Criterion.JOB_FITS_QUALIFICATIONS, "CT R5221-20 2°")
def the_qualifications_fitted_the_job(case: Case, law: Law) -> Finding:
    """Account is taken, for every worker, of the fit between qualification, experience, diplomas and the job, the side
    jobs of a student counting as experience (CE, 3 février 2016, n° 386416)."""
    return set_aside(case, law) or job_fits(case)


def _holds(case: Case, kind: TitleKind) -> bool:
    title = case.request.worker.residence_title
    return title is not None and title.kind is kind


def job_fits(case: Case) -> Finding:
    """What a body asked says against it, else the diplomas and the experience told; nobody else declares any."""
    said = by_adverse_opinion(case, Criterion.JOB_FITS_QUALIFICATIONS)
    if said is not None:
        return said
    status = case.request.particulars
    return _fit(case, status if isinstance(status, ChangeOfStatus) else ChangeOfStatus())


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
