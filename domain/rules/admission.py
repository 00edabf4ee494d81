"""Exceptional admission to stay: what the platform tells the prefecture, which alone decides."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from domain.case import Case
from domain.days import add_months
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.numbers import count_set_by_text
from domain.procedures import Procedure
from domain.provisions import Chapter, Nature, provision
from domain.reading import (
    answer,
    birth_unknown,
    by_adverse_opinion,
    department_of_work,
    exhibits,
    job_unknown,
    not_applicable,
    not_established,
)
from domain.reference import Shortage
from domain.request import AdmissionBasis, ExceptionalAdmission, Job
from domain.rules.au_pair import age_on
from domain.rules.pay import pay_compared

ADMISSIONS = (Procedure.EXCEPTIONAL_ADMISSION,)


def _admission_on(case: Case, basis: AdmissionBasis) -> ExceptionalAdmission | None:
    admission = case.request.particulars
    return admission if isinstance(admission, ExceptionalAdmission) and admission.basis is basis else None


def _other_basis(article: str) -> Finding:
    return not_applicable(f"L'admission n'est pas demandée sur le fondement de l'article {article} du CESEDA.")


@rule(
    Criterion.ADMISSION_EMPLOYMENT,
    "CESEDA L435-1 à L435-4",
    since=date(2021, 5, 1),
    procedures=ADMISSIONS,
    nature=Nature.DISCRETION,
)
def the_employment_is_real_and_lawfully_paid(case: Case, law: Law) -> Finding:
    """The employment put forward is real and paid by the rules, which the prefect weighs with the rest of the
    situation."""
    admission, job = case.request.particulars, case.request.job
    if not isinstance(admission, ExceptionalAdmission):
        return not_applicable("La demande ne porte pas sur une admission exceptionnelle au séjour.")
    if job is None:
        return job_unknown()
    paid = pay_compared(case, law)
    commission = commission_before_a_refusal(admission, law)
    return (
        by_adverse_opinion(case, Criterion.ADMISSION_EMPLOYMENT)
        or (paid if paid.met is not Met.MET else None)
        or answer(
            Met.MET,
            " ".join(filter(None, (f"Emploi « {job.title} » décrit au dossier. {paid.because}", commission))),
            facts={"emploi": job.title, "fondement": f"CESEDA {admission.basis.value}", **paid.facts},
            shown_by=exhibits(case, "signed_contract", "pay_slips"),
            unconfirmed=paid.unconfirmed,
        )
    )


@provision(Chapter.VALIDITY, "CESEDA L435-1", since=date(2021, 5, 1))
def commission_before_a_refusal(admission: ExceptionalAdmission, law: Law) -> str:
    """The humanitarian or exceptional grounds are the prefect's to weigh, who consults the commission on residence
    permits before refusing a foreigner who has resided in France for more than ten years."""
    years = count_set_by_text(law, "AES_COMMISSION_RESIDENCE_YEARS")
    resided = admission.years_of_residence
    if admission.basis is not AdmissionBasis.L435_1 or resided is None or resided <= years:
        return ""
    return (
        f"Résidence de plus de {years} ans : avant un refus, le préfet saisit la commission du titre de séjour "
        "(CESEDA L435-1, alinéa 2)."
    )


@rule(
    Criterion.ADMISSION_COMMUNITY,
    "CESEDA L435-2",
    since=date(2021, 5, 1),
    procedures=ADMISSIONS,
    nature=Nature.DISCRETION,
)
def the_person_was_active_three_years_in_a_community(case: Case, law: Law) -> Finding:
    """The foreigner received by a community of solidarity has been active there three years without interruption, and
    that activity is real and serious."""
    admission = _admission_on(case, AdmissionBasis.L435_2)
    if admission is None:
        return _other_basis("L435-2")
    wanted = count_set_by_text(law, "AES_COMMUNITY_YEARS_MIN")
    years, real = admission.community_years, admission.community_activity_is_real
    facts = {"années d'activité": _number(years), "activité réelle et sérieuse": _told(real)}
    if years is not None and years < wanted:
        return answer(
            Met.NOT_MET,
            f"Activité ininterrompue de {_years(years)} dans l'organisme d'accueil, pour {wanted} ans exigés.",
            facts=facts,
        )
    if real is False:
        return answer(Met.NOT_MET, "L'activité dans l'organisme d'accueil n'est ni réelle ni sérieuse.", facts=facts)
    missing = [
        *(["durée de l'activité dans l'organisme d'accueil"] if years is None else []),
        *(["caractère réel et sérieux de l'activité"] if real is None else []),
    ]
    if years is None or missing:
        return not_established("L'activité dans l'organisme d'accueil n'est pas établie.", *missing, facts=facts)
    return answer(
        Met.MET,
        f"Activité réelle et sérieuse de {_years(years)} dans l'organisme d'accueil ; les perspectives "
        "d'intégration sont appréciées par le préfet.",
        facts=facts,
    )


@rule(
    Criterion.ADMISSION_TRAINING,
    "CESEDA L435-3",
    since=date(2021, 5, 1),
    procedures=ADMISSIONS,
    nature=Nature.DISCRETION,
)
def the_young_person_has_trained_six_months(case: Case, law: Law) -> Finding:
    """In the year after the eighteenth birthday, the foreigner entrusted to child welfare between 16 and 18 has
    followed a qualifying training for at least six months, really and seriously."""
    admission = _admission_on(case, AdmissionBasis.L435_3)
    if admission is None:
        return _other_basis("L435-3")
    birth, entrusted, since = case.request.worker.birth_date, admission.entrusted_to_care_on, admission.training_since
    serious = admission.training_is_followed_seriously
    facts = {
        "confié le": entrusted.isoformat() if entrusted else "non indiqué",
        "formation depuis": since.isoformat() if since else "non indiqué",
        "suivi réel et sérieux": _told(serious),
    }
    if birth is None:
        return birth_unknown(facts)
    age = age_on(birth, law.today)
    facts = {"âge": str(age), **facts}
    obstacle = next(_obstacles_to_training(admission, birth, law), None)
    if obstacle:
        return answer(Met.NOT_MET, obstacle, facts=facts)
    missing = [
        *(["date à laquelle l'étranger a été confié à l'aide sociale à l'enfance"] if entrusted is None else []),
        *(["date de début de la formation"] if since is None else []),
        *(["caractère réel et sérieux du suivi de la formation"] if serious is None else []),
    ]
    if since is None or missing:
        return not_established("La situation du jeune majeur n'est pas établie.", *missing, facts=facts)
    return answer(
        Met.MET,
        f"{age} ans, formation qualifiante suivie depuis le {in_french(since)} ; les liens avec la famille et l'avis "
        "de la structure d'accueil sont appréciés par le préfet.",
        facts=facts,
        shown_by=exhibits(case, "enrolment_certificate"),
    )


def _obstacles_to_training(admission: ExceptionalAdmission, birth: date, law: Law) -> Iterator[str]:
    grown = count_set_by_text(law, "AES_YOUNG_AGE")
    youngest = count_set_by_text(law, "AES_YOUNG_CARE_AGE_MIN")
    months = count_set_by_text(law, "AES_YOUNG_TRAINING_MONTHS_MIN")
    entrusted, since = admission.entrusted_to_care_on, admission.training_since
    age = age_on(birth, law.today)
    if age != grown:
        yield f"L'étranger a {age} ans et n'est pas dans l'année qui suit ses {grown} ans."
    if entrusted is not None and not youngest <= age_on(birth, entrusted) < grown:
        yield f"L'étranger a été confié à {age_on(birth, entrusted)} ans, et non entre {youngest} et {grown} ans."
    if since is not None and add_months(since, months) > law.today:
        yield f"La formation, commencée le {in_french(since)}, n'est pas suivie depuis {months} mois."
    if admission.training_is_followed_seriously is False:
        yield "La formation n'est pas suivie de manière réelle et sérieuse."


@rule(
    Criterion.ADMISSION_SHORTAGE,
    "CESEDA L435-4",
    since=date(2024, 1, 28),
    procedures=ADMISSIONS,
    nature=Nature.DISCRETION,
    note="date d'effet tirée de CT L5221-5, qui cite cet article ; fin au 31 décembre 2026 lue dans la doctrine seule",
)
def the_person_works_in_a_shortage_occupation(case: Case, law: Law) -> Finding:
    """The foreigner has worked twelve of the last twenty-four months and works in a shortage occupation, and has
    resided three years in France without interruption, titles of season, study and asylum left out, with a clear
    record."""
    admission, job = _admission_on(case, AdmissionBasis.L435_4), case.request.job
    if admission is None:
        return _other_basis("L435-4")
    if job is None:
        return job_unknown()
    wanted = law.reference.threshold("AES_SHORTAGE_MONTHS_WORKED_MIN", law.today)
    resident = law.reference.threshold("AES_SHORTAGE_RESIDENCE_YEARS_MIN", law.today)
    if wanted is None or resident is None:
        return not_established(
            "L'article L435-4 n'est pas connu comme étant en vigueur à cette date.",
            "version de l'article L435-4 du CESEDA",
        )
    worked, resided = _counted_months(admission), _counted_years(admission)
    facts = {
        "mois travaillés sur vingt-quatre": _number(worked),
        "années de résidence": _number(resided),
        "bulletin n° 2 vierge": _told(admission.criminal_record_b2_clear),
        "ROME": job.rome,
    }
    obstacle = next(_obstacles_to_shortage(admission, wanted.value, resident.value), None)
    if obstacle:
        return answer(Met.NOT_MET, obstacle, facts=facts)
    return _in_shortage(case, admission, job, law, facts)


def _obstacles_to_shortage(admission: ExceptionalAdmission, months: Decimal, years: Decimal) -> Iterator[str]:
    worked, resided = _counted_months(admission), _counted_years(admission)
    if admission.criminal_record_b2_clear is False:
        yield "Une condamnation, une incapacité ou une déchéance figure au bulletin n° 2 du casier judiciaire."
    if worked is not None and worked < months:
        yield f"Mois travaillés et comptés sur les vingt-quatre derniers : {worked}, pour {months} exigés."
    if resided is not None and resided < years:
        yield f"Résidence ininterrompue de {_years(resided)}, pour {years} ans exigés."


def _counted_months(admission: ExceptionalAdmission) -> int | None:
    worked = admission.months_worked_last_24
    return None if worked is None else worked - admission.months_worked_not_counted


def _counted_years(admission: ExceptionalAdmission) -> Decimal | None:
    resided = admission.years_of_residence
    # Through text: in binary, 3.4 years less 0.4 would fall short of three.
    return None if resided is None else Decimal(str(resided)) - Decimal(str(admission.years_of_residence_not_counted))


def _in_shortage(case: Case, admission: ExceptionalAdmission, job: Job, law: Law, facts: dict[str, str]) -> Finding:
    """Whether the occupation held is on the list of its region, and what else is not known."""
    department = department_of_work(job, law.reference)
    region = law.reference.region_of(department) if department else None
    facts = {**facts, "région": region or "inconnue"}
    if region is None:
        return not_established("La région du lieu de travail est inconnue.", "région du lieu de travail", facts=facts)
    listed = law.reference.shortage(job.fap, job.rome, region, law.today)
    if listed.status is Shortage.NOT_LISTED_KNOWN:
        return answer(Met.NOT_MET, f"Métier hors liste : {listed.because}.", facts=facts)
    missing = [
        *(["inscription du métier sur la liste"] if listed.status is Shortage.NOT_ESTABLISHED else []),
        *(["bulletins de salaire des vingt-quatre derniers mois"] if admission.months_worked_last_24 is None else []),
        *(["justificatifs de résidence"] if admission.years_of_residence is None else []),
        *(["bulletin n° 2 du casier judiciaire"] if admission.criminal_record_b2_clear is None else []),
    ]
    if missing:
        return not_established(f"Conditions non toutes établies : {listed.because}.", *missing, facts=facts)
    return answer(
        Met.MET,
        f"Métier en tension : {listed.because} ; durées de travail et de résidence suffisantes, bulletin n° 2 vierge.",
        facts=facts,
        shown_by=exhibits(case, "pay_slips"),
    )


def _told(known: bool | None) -> str:
    return "non indiqué" if known is None else "oui" if known else "non"


def _number(value: float | Decimal | None) -> str:
    return "non indiqué" if value is None else f"{float(value):g}".replace(".", ",")


def _years(value: float | Decimal) -> str:
    return f"{_number(value)} {'an' if value < 2 else 'ans'}"
