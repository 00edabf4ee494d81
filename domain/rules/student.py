"""Students who work beyond the yearly quota."""

from datetime import date

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.procedures import Procedure
from domain.reading import answer, exhibits, not_applicable, not_established
from domain.request import LegalRegime, StudentAboveQuota


@rule(
    Criterion.STUDENT_COURSE,
    "CT R5221-3 II, R5221-26",
    since=date(2021, 5, 1),
    procedures=(Procedure.STUDENT_ABOVE_QUOTA,),
)
def the_work_is_connected_with_the_studies(case: Case, law: Law) -> Finding:
    """A student who works more than 964 hours a year does so in connection with a course under way; up to that
    number a declaration is enough."""
    student = case.request.particulars
    quota = law.reference.threshold("STUDENT_HOURS_ANNUAL_MAX", law.today)
    if not isinstance(student, StudentAboveQuota) or quota is None:
        return not_applicable("La demande ne concerne pas un étudiant au-delà de la quotité annuelle.")
    facts = {
        "heures par an": str(student.hours_yearly),
        "quotité": str(quota.value),
        "cursus": student.course,
        "inscrit jusqu'au": student.enrolled_until.isoformat(),
        "en lien avec les études": "oui" if student.related_to_studies else "non",
    }
    if case.request.legal_regime is LegalRegime.ALGERIAN:
        return not_established(
            "L'accord franco-algérien exige l'autorisation dès la première heure et plafonne le travail à la moitié de "
            "la durée annuelle de la branche, qui n'est pas connue.",
            "durée annuelle du travail dans la branche",
            facts=facts,
        )
    hours = f"{student.hours_yearly} heures par an"
    if student.hours_yearly <= quota.value:
        return not_applicable(f"{hours}, dans la limite de {quota.value} : une déclaration préalable suffit.")
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
        f"{hours}, au-delà de {quota.value}, dans un emploi {link} avec « {student.course} » ({student.institution}), "
        f"inscription jusqu'au {in_french(student.enrolled_until)}.",
        facts=facts,
        shown_by=shown,
    )
