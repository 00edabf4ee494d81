"""Students who work beyond the yearly quota."""

from datetime import date
from decimal import Decimal

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.numbers import count_set_by_text, set_by_text
from domain.procedures import Procedure
from domain.reading import answer, exhibits, not_applicable, not_established
from domain.request import CONTRACT_TITLES, Contract, LegalRegime, StudentAboveQuota

STUDENTS = (Procedure.STUDENT_ABOVE_QUOTA,)


def _no_student() -> Finding:
    return not_applicable("La demande ne concerne pas un étudiant au-delà de la quotité annuelle.")


@rule(Criterion.STUDENT_COURSE, "CT R5221-3 II, R5221-26", since=date(2021, 5, 1), procedures=STUDENTS)
def the_work_is_connected_with_the_studies(case: Case, law: Law) -> Finding:
    """A student who works more than 964 hours a year does so in connection with a course under way; up to that
    number a declaration is enough."""
    student = case.request.particulars
    if not isinstance(student, StudentAboveQuota):
        return _no_student()
    if case.request.legal_regime is LegalRegime.ALGERIAN:
        return not_applicable("L'accord franco-algérien règle seul le travail de l'étudiant algérien.")
    quota = count_set_by_text(law, "STUDENT_HOURS_ANNUAL_MAX")
    hours = f"{student.hours_yearly} heures par an"
    facts = {
        "heures par an": str(student.hours_yearly),
        "quotité": str(quota),
        "cursus": student.course,
        "inscrit jusqu'au": student.enrolled_until.isoformat(),
        "en lien avec les études": "oui" if student.related_to_studies else "non",
    }
    if student.hours_yearly <= quota:
        return not_applicable(f"{hours}, dans la limite de {quota} : une déclaration préalable suffit.")
    shown = exhibits(case, "enrolment_certificate")
    if student.enrolled_until < law.today:
        return answer(
            Met.NOT_MET,
            f"L'inscription en « {student.course} » a pris fin le {in_french(student.enrolled_until)}.",
            facts=facts,
            shown_by=shown,
        )
    link = "en lien" if student.related_to_studies else "sans lien"
    return answer(
        Met.MET if student.related_to_studies else Met.NOT_MET,
        f"{hours}, au-delà de {quota}, dans un emploi {link} avec « {student.course} » ({student.institution}), "
        f"inscription jusqu'au {in_french(student.enrolled_until)}.",
        facts=facts,
        shown_by=shown,
    )


@rule(
    Criterion.STUDENT_CONTRACT,
    "CT R5221-7",
    since=date(2021, 5, 1),
    procedures=STUDENTS,
    note="que le contrat non ouvert par R5221-6 et R5221-7 fasse refuser l'autorisation se déduit de ces textes",
)
def the_training_contract_is_open_to_the_student(case: Case, law: Law) -> Finding:
    """A student may conclude a professionalisation contract after a first year of stay, and an apprenticeship contract
    after that year or at once in a course of Master level, as exceptions to R5221-6."""
    student, job = case.request.particulars, case.request.job
    if not isinstance(student, StudentAboveQuota) or job is None:
        return _no_student()
    title = CONTRACT_TITLES[job.contract]
    if job.contract not in {Contract.APPRENTICESHIP, Contract.PROFESSIONALISATION}:
        return not_applicable(f"Le contrat proposé ({title}) n'est pas un contrat de formation.")
    facts = {
        "contrat": title,
        "première année de séjour": _told(student.in_first_year_of_stay),
        "cursus de niveau master": _told(student.master_level_course),
    }
    shown = exhibits(case, "enrolment_certificate")
    if job.contract is Contract.APPRENTICESHIP and student.master_level_course:
        return answer(
            Met.MET,
            f"Un cursus de niveau master ouvre le {title} dès la première année de séjour.",
            facts=facts,
            shown_by=shown,
        )
    if student.in_first_year_of_stay is None:
        return not_established(
            f"Rien ne dit si l'étudiant a achevé une première année de séjour, qui ouvre le {title}.",
            "durée du séjour sous le titre d'étudiant",
            facts=facts,
        )
    if not student.in_first_year_of_stay:
        return answer(Met.MET, f"Une première année de séjour achevée ouvre le {title}.", facts=facts, shown_by=shown)
    if job.contract is Contract.APPRENTICESHIP and student.master_level_course is None:
        return not_established(
            f"Pendant la première année de séjour, seul un cursus de niveau master ouvre le {title} ; le niveau du "
            "cursus n'est pas connu.",
            "niveau du cursus suivi",
            facts=facts,
        )
    return answer(
        Met.NOT_MET,
        f"Le {title} n'est pas ouvert à l'étudiant pendant sa première année de séjour.",
        facts=facts,
        shown_by=shown,
    )


def _told(known: bool | None) -> str:
    return "non indiqué" if known is None else "oui" if known else "non"


@rule(
    Criterion.ALGERIAN_STUDENT_HOURS,
    "Accord franco-algérien du 27 décembre 1968, titre III",
    since=date(2021, 5, 1),
    procedures=STUDENTS,
    mark="unconfirmed",
    source="github.com/SocialGouv/work-in-france, contents/faq.mdx (pratique de 2021)",
    note="pratique de 2021 ; l'accord lui-même n'a pas été lu",
)
def an_algerian_student_works_half_time_at_most(case: Case, law: Law) -> Finding:
    """An Algerian student needs a permit from the first hour, for half of the yearly working time of the branch at
    most."""
    student = case.request.particulars
    if not isinstance(student, StudentAboveQuota):
        return _no_student()
    if case.request.legal_regime is not LegalRegime.ALGERIAN:
        return not_applicable("L'étudiant ne relève pas de l'accord franco-algérien.")
    branch = student.branch_hours_yearly
    facts = {
        "heures par an": str(student.hours_yearly),
        "durée annuelle de la branche": str(branch) if branch else "non indiquée",
    }
    if branch is None:
        return answer(
            Met.NOT_ESTABLISHED,
            "L'accord franco-algérien plafonne le travail à la moitié de la durée annuelle de la branche, qui n'est "
            "pas connue.",
            facts=facts,
            missing=("durée annuelle du travail dans la branche",),
            unconfirmed=("accord franco-algérien connu par la pratique de 2021 seule",),
        )
    most = Decimal(branch) * set_by_text(law, "STUDENT_ALGERIAN_SHARE_MAX")
    within = student.hours_yearly <= most
    return answer(
        Met.MET if within else Met.NOT_MET,
        f"{student.hours_yearly} heures par an, {'dans la limite' if within else 'au-delà'} de la moitié de la durée "
        f"annuelle de la branche ({branch} heures).",
        facts=facts,
    )
