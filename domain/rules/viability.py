"""Opinions on a self-employed activity: is it viable, does it give means to live."""

from datetime import date
from decimal import Decimal

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.french import euros_in_french
from domain.law import Law, rule
from domain.procedures import Procedure
from domain.reading import answer, by_adverse_opinion, exhibits, not_applicable, not_established, smic_doubt
from domain.request import ViabilityOpinion


def _no_project() -> Finding:
    return not_applicable("La demande ne porte pas sur une activité non salariée.")


@rule(
    Criterion.ECONOMIC_VIABILITY,
    "CESEDA L421-5, R421-9",
    since=date(2021, 5, 1),
    procedures=(Procedure.VIABILITY_OPINION,),
    mark="unconfirmed",
    note="les textes ne disent pas à quoi se mesure la viabilité : le résultat prévu est une lecture usuelle",
)
def the_activity_is_viable(case: Case, law: Law) -> Finding:
    """The self-employed activity is economically viable: its own plan shows a positive result."""
    project = case.request.particulars
    if not isinstance(project, ViabilityOpinion):
        return _no_project()
    said = by_adverse_opinion(case, Criterion.ECONOMIC_VIABILITY)
    if said is not None:
        return said
    turnover, result = Decimal(project.turnover_forecast), Decimal(project.result_forecast)
    facts = {"activité": project.activity, "chiffre d'affaires prévu": str(turnover), "résultat prévu": str(result)}
    shown = exhibits(case, "business_plan")
    if not project.business_plan and not shown:
        return not_established(
            f"Aucun plan d'affaires ne soutient les prévisions de l'activité « {project.activity} ».",
            "plan d'affaires",
            facts=facts,
        )
    return answer(
        Met.MET if result > 0 else Met.NOT_MET,
        f"Activité « {project.activity} » : chiffre d'affaires prévu de {euros_in_french(turnover)}, résultat annuel "
        f"prévu de {euros_in_french(result)} avant impôt.",
        facts=facts,
        shown_by=shown,
        unconfirmed=("viabilité mesurée au résultat prévu : lecture usuelle du texte, à confirmer",),
    )


@rule(
    Criterion.SUFFICIENT_MEANS,
    "CESEDA L421-5",
    since=date(2021, 5, 1),
    procedures=(Procedure.VIABILITY_OPINION,),
    mark="unconfirmed",
    note="le seuil du SMIC à temps plein est une lecture usuelle",
)
def the_means_are_sufficient(case: Case, law: Law) -> Finding:
    """The activity gives sufficient means of existence; that this means the SMIC of a full-time worker is a customary
    reading of the text."""
    project = case.request.particulars
    if not isinstance(project, ViabilityOpinion):
        return _no_project()
    income = Decimal(project.monthly_income_forecast)
    smic = law.reference.smic_monthly(law.today, project.activity_department)
    if smic is None:
        return not_established(
            f"Le SMIC applicable dans le département {project.activity_department} n'est pas connu à cette date.",
            "montant du SMIC applicable au lieu de l'activité",
            facts={"revenu mensuel prévu": str(income)},
        )
    relation = "au moins égal" if income >= smic.amount else "inférieur"
    return answer(
        Met.MET if income >= smic.amount else Met.NOT_MET,
        f"Revenu mensuel prévu de {euros_in_french(income)}, {relation} au SMIC à temps plein de "
        f"{euros_in_french(smic.amount)}.",
        facts={"revenu mensuel prévu": str(income), "SMIC mensuel": str(smic.amount)},
        shown_by=exhibits(case, "business_plan"),
        unconfirmed=("seuil du SMIC à temps plein : lecture usuelle du texte, à confirmer", *smic_doubt(smic)),
    )
