"""Housing: the seasonal worker's since 2024, and before 2021 that of a worker whom the employer lodges."""

from domain.case import Case
from domain.findings import Criterion, Finding, Met
from domain.law import Law
from domain.reading import answer, by_adverse_opinion, by_opinion, exhibits, not_applicable, not_established
from domain.request import Address, Seasonal
from domain.rules.exemptions import set_aside
from domain.versions import condition_since_2024, element_until_2021


@condition_since_2024(Criterion.HOUSING, "CT R5221-20 6°")
def the_seasonal_worker_is_housed_decently(case: Case, law: Law) -> Finding:
    """The petitioner proves that the seasonal worker has decent housing for the whole stay."""
    return set_aside(case, law) or decent_housing(case)


@element_until_2021(
    Criterion.HOUSING,
    "CT R5221-20 7°",
    note="l'extension à l'étranger qui change d'employeur n'a pas été lue en entier",
)
def the_lodged_worker_was_housed_normally(case: Case, law: Law) -> Finding:
    """When the worker lives outside France and the employer or the host provides lodging, account is taken of what was
    arranged to house the worker in normal conditions."""
    return set_aside(case, law) or _normal_lodging(case)


def decent_housing(case: Case) -> Finding:
    """CT R5221-20 6°: a sworn statement and an exact address; the proof is the petitioner's, its absence no breach."""
    season = case.request.particulars
    if not isinstance(season, Seasonal):
        return not_applicable("La condition de logement ne vise que l'emploi saisonnier.")
    said = by_adverse_opinion(case, Criterion.HOUSING)
    if said is not None:
        return said
    shown = exhibits(case, "housing_statement")
    address = _address(case)
    stated = season.housing_statement or bool(shown)
    facts = _facts(stated, address)
    if address is not None and stated:
        return answer(
            Met.MET,
            f"Logement déclaré décent sur l'honneur, à {address.town} ({address.postcode}), pour la durée du séjour.",
            facts=facts,
            shown_by=shown,
        )
    return not_established(
        "Le logement décent pour toute la durée du séjour n'est pas justifié.",
        *([] if stated else ["déclaration sur l'honneur relative au logement"]),
        *([] if address else ["adresse exacte du logement"]),
        facts=facts,
    )


def _normal_lodging(case: Case) -> Finding:
    address = _address(case)
    if case.request.worker.residence_title is not None:
        return not_applicable("L'étranger réside déjà en France : le logement n'est pas un élément d'appréciation.")
    if address is None:
        return not_applicable("La demande n'indique pas que l'employeur pourvoit au logement.")
    shown = exhibits(case, "housing_statement")
    season = case.request.particulars
    stated = bool(shown) or (isinstance(season, Seasonal) and season.housing_statement)
    facts = _facts(stated, address)
    where = f"Logement fourni à {address.town} ({address.postcode})"
    return by_opinion(case, Criterion.HOUSING) or (
        answer(Met.MET, f"{where}, déclaré conforme sur l'honneur.", facts=facts, shown_by=shown)
        if stated
        else not_established(
            f"{where} ; les dispositions prises pour l'assurer dans des conditions normales ne sont pas au dossier.",
            "dispositions prises pour le logement du travailleur",
            facts=facts,
        )
    )


def _address(case: Case) -> Address | None:
    return case.request.job.housing_address if case.request.job else None


def _facts(stated: bool, address: Address | None) -> dict[str, str]:
    return {
        "déclaration sur l'honneur": "oui" if stated else "non",
        "logement": f"{address.postcode} {address.town}" if address else "non indiqué",
    }
