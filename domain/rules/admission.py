"""Exceptional admission to stay: what the platform tells the prefecture about the employment."""

from datetime import date

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.law import Law, rule
from domain.procedures import Procedure
from domain.provisions import Nature
from domain.reading import (
    answer,
    by_adverse_opinion,
    department_of_work,
    exhibits,
    job_unknown,
    not_applicable,
    not_established,
)
from domain.reference import Shortage
from domain.request import AdmissionBasis, ExceptionalAdmission, Job
from domain.rules.pay import pay_compared


@rule(
    Criterion.ADMISSION_EMPLOYMENT,
    "CESEDA L435-1 à L435-4",
    since=date(2021, 5, 1),
    procedures=(Procedure.EXCEPTIONAL_ADMISSION,),
    nature=Nature.DISCRETION,
)
def the_employment_is_real_and_lawfully_paid(case: Case, law: Law) -> Finding:
    """The employment is real and paid by the rules; under L435-4 it is in a shortage occupation, held twelve months
    of the last twenty-four; the prefect weighs the rest of the situation."""
    admission, job = case.request.particulars, case.request.job
    if not isinstance(admission, ExceptionalAdmission):
        return not_applicable("La demande ne porte pas sur une admission exceptionnelle au séjour.")
    if job is None:
        return job_unknown()
    paid = pay_compared(case, law)
    return (
        by_adverse_opinion(case, Criterion.ADMISSION_EMPLOYMENT)
        or (paid if paid.met is not Met.MET else None)
        or (_shortage_gate(admission, job, law) if admission.basis is AdmissionBasis.L435_4 else None)
        or answer(
            Met.MET,
            f"Emploi « {job.title} » décrit au dossier. {paid.because}",
            facts={"emploi": job.title, "fondement": f"CESEDA {admission.basis.value}", **paid.facts},
            shown_by=exhibits(case, "signed_contract", "pay_slips"),
            unconfirmed=paid.unconfirmed,
        )
    )


def _shortage_gate(admission: ExceptionalAdmission, job: Job, law: Law) -> Finding | None:
    """CESEDA L435-4: months worked and shortage list; no answer when both hold."""
    wanted = law.reference.threshold("AES_SHORTAGE_MONTHS_WORKED_MIN", law.today)
    worked = admission.months_worked_last_24
    department = department_of_work(job, law.reference)
    region = law.reference.region_of(department) if department else None
    facts = {"mois travaillés sur vingt-quatre": str(worked), "ROME": job.rome, "région": str(region)}
    if wanted is None:
        return not_established(
            "L'article L435-4 n'est pas connu comme étant en vigueur à cette date.", "version de L435-4", facts=facts
        )
    if worked is None:
        return not_established(
            "Le nombre de mois travaillés sur les vingt-quatre derniers n'est pas indiqué.",
            "bulletins de salaire des vingt-quatre derniers mois",
            facts=facts,
        )
    if worked < wanted.value:
        told = f"{worked} mois travaillés sur les vingt-quatre derniers, moins de {wanted.value}."
        return answer(Met.NOT_MET, told, facts=facts)
    if region is None:
        return not_established("Région du lieu de travail inconnue.", "région du lieu de travail", facts=facts)
    listed = law.reference.shortage(job.fap, job.rome, region, law.today)
    if listed.status is Shortage.LISTED:
        return None
    if listed.status is Shortage.NOT_LISTED_KNOWN:
        return answer(Met.NOT_MET, f"Métier hors liste : {listed.because}.", facts=facts)
    return not_established(
        f"Métier en tension non établi : {listed.because}.", "inscription du métier sur la liste", facts=facts
    )
