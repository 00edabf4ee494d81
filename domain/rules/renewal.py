"""Renewal of a permit: only the grounds of R5221-33, R5221-34 and R5221-36; a late request is none of them."""

from datetime import date

import msgspec

from domain.case import Case
from domain.days import add_months
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.numbers import count_set_by_text
from domain.procedures import Procedure
from domain.provisions import NOT_READ_BEFORE_APRIL_2021, NOT_READ_BEFORE_SEPTEMBER_2024, Nature
from domain.reading import answer, by_adverse_opinion, not_applicable, not_established
from domain.request import Renewal, TitleKind
from domain.rules.activity import regulated_conditions
from domain.rules.employer import clean_record, social_obligations
from domain.rules.housing import decent_housing
from domain.rules.pay import pay_compared


def _no_renewal() -> Finding:
    return not_applicable("La demande n'est pas un renouvellement.")


@rule(
    Criterion.RENEWAL_TERMS,
    "CT R5221-34 1°",
    since=date(2008, 5, 1),
    until=date(2021, 3, 31),
    procedures=(Procedure.RENEWAL,),
    nature=Nature.DISCRETION,
    mark="unconfirmed",
    note=NOT_READ_BEFORE_APRIL_2021,
)
@rule(
    Criterion.RENEWAL_TERMS,
    "CT R5221-34 1°",
    since=date(2021, 4, 1),
    until=date(2024, 8, 31),
    procedures=(Procedure.RENEWAL,),
    nature=Nature.DISCRETION,
    mark="unconfirmed",
    note=NOT_READ_BEFORE_SEPTEMBER_2024,
)
@rule(
    Criterion.RENEWAL_TERMS,
    "CT R5221-34 1°",
    since=date(2024, 9, 1),
    procedures=(Procedure.RENEWAL,),
    nature=Nature.DISCRETION,
)
def the_terms_of_the_permit_were_kept(case: Case, law: Law) -> Finding:
    """The foreigner kept to the terms of the permit."""
    renewal = case.request.particulars
    if not isinstance(renewal, Renewal):
        return _no_renewal()
    said = by_adverse_opinion(case, Criterion.RENEWAL_TERMS)
    if said is not None:
        return said
    facts = {
        "autorisation": renewal.earlier_permit,
        "même emploi": "oui" if renewal.same_job else "non",
        "même zone": "oui" if renewal.same_zone else "non",
    }
    if renewal.same_job and renewal.same_zone:
        return answer(
            Met.MET,
            f"Renouvellement de l'autorisation {renewal.earlier_permit} pour le même emploi, dans la même zone.",
            facts=facts,
        )
    return not_established(
        "L'emploi ou la zone change : rien ne dit si l'étranger s'est écarté de l'autorisation ou demande seulement à "
        "en changer.",
        "emploi et lieu réellement occupés sous l'autorisation à renouveler",
        facts=facts,
    )


@rule(
    Criterion.RENEWAL_BREACH,
    "CT R5221-36",
    since=date(2008, 5, 1),
    procedures=(Procedure.RENEWAL,),
    nature=Nature.DISCRETION,
    note="en vigueur depuis 2008, jour exact non lu",
)
def the_contract_was_not_broken_within_a_year(case: Case, law: Law) -> Finding:
    """At the first renewal, the contract was not broken within twelve months of hiring, unless the worker lost the job
    involuntarily."""
    renewal = case.request.particulars
    if not isinstance(renewal, Renewal):
        return _no_renewal()
    if not renewal.first_renewal:
        return not_applicable("La rupture du contrat n'est opposable qu'au premier renouvellement.")
    hired, broken = renewal.earlier_hired_on, renewal.contract_broken_on
    if broken is None:
        return answer(Met.MET, "La demande ne fait état d'aucune rupture du contrat.", facts={"rupture": "aucune"})
    facts = {"rupture": broken.isoformat(), "embauche": hired.isoformat() if hired else "inconnue"}
    if renewal.involuntarily_unemployed:
        return answer(
            Met.MET,
            f"Contrat rompu le {in_french(broken)}, l'étranger étant involontairement privé d'emploi : la rupture ne "
            "peut lui être opposée.",
            facts=facts,
        )
    if hired is None:
        return not_established(
            f"Contrat rompu le {in_french(broken)}, date d'embauche inconnue.", "date d'embauche", facts=facts
        )
    months = count_set_by_text(law, "RENEWAL_BREACH_MONTHS_MAX")
    within = broken <= add_months(hired, months)
    when = f"dans les {months} mois" if within else f"plus de {months} mois"
    after = "suivant" if within else "après"
    return answer(
        Met.NOT_MET if within else Met.MET,
        f"Contrat rompu le {in_french(broken)}, {when} {after} l'embauche du {in_french(hired)}.",
        facts=facts,
    )


@rule(
    Criterion.RENEWAL_UNEMPLOYMENT,
    "CT R5221-33",
    since=date(2021, 4, 1),
    procedures=(Procedure.RENEWAL,),
    nature=Nature.DISCRETION,
    note="le texte fait dépendre la décision des droits à indemnisation sans imposer de sens : lu comme une faculté",
)
def involuntary_unemployment_is_taken_into_account(case: Case, law: Law) -> Finding:
    """A worker who is involuntarily unemployed has the permit prolonged one year at the first renewal, after which the
    request is decided in view of the rights to unemployment benefit."""
    renewal = case.request.particulars
    if not isinstance(renewal, Renewal):
        return _no_renewal()
    if not renewal.involuntarily_unemployed:
        return not_applicable("L'étranger n'est pas involontairement privé d'emploi.")
    title = case.request.worker.residence_title
    if title is not None and title.kind not in {TitleKind.EMPLOYEE, TitleKind.RENEWAL_RECEIPT}:
        return not_applicable("La prolongation pour privation involontaire d'emploi ne vise que le titre « salarié ».")
    if renewal.first_renewal:
        months = count_set_by_text(law, "RENEWAL_UNEMPLOYED_MONTHS")
        return answer(
            Met.MET,
            f"Premier renouvellement, l'étranger étant involontairement privé d'emploi : l'autorisation est prolongée "
            f"de {months} mois.",
            facts={"premier renouvellement": "oui", "prolongation": f"{months} mois"},
        )
    until = renewal.unemployment_benefit_until
    if until is None:
        return not_established(
            "Après une première prolongation, la demande s'apprécie au vu des droits à l'allocation de chômage, qui ne "
            "sont pas connus.",
            "date de fin des droits à l'allocation de chômage",
            facts={"premier renouvellement": "non"},
        )
    open_still = law.today <= until
    right = "ouverts jusqu'au" if open_still else "épuisés depuis le"
    return answer(
        Met.MET if open_still else Met.NOT_MET,
        f"Droits à l'allocation de chômage {right} {in_french(until)}.",
        facts={"premier renouvellement": "non", "fin des droits": until.isoformat()},
    )


@rule(
    Criterion.RENEWAL_EMPLOYER,
    "CT R5221-34 2°",
    since=date(2008, 5, 1),
    until=date(2021, 3, 31),
    procedures=(Procedure.RENEWAL,),
    nature=Nature.DISCRETION,
    mark="unconfirmed",
    note=NOT_READ_BEFORE_APRIL_2021,
)
def the_employer_kept_to_the_law_and_the_pay(case: Case, law: Law) -> Finding:
    """The employer kept to labour law, to the conditions of a regulated activity and to the pay that was permitted."""
    if not isinstance(case.request.particulars, Renewal):
        return _no_renewal()
    alone = _employer_alone(case)
    return _worst_of(
        case,
        {
            "législation du travail et sociale": clean_record(alone),
            "activité réglementée": regulated_conditions(alone),
            "rémunération": pay_compared(alone, law),
        },
    )


@rule(
    Criterion.RENEWAL_EMPLOYER,
    "CT R5221-34 2°",
    since=date(2021, 4, 1),
    until=date(2024, 8, 31),
    procedures=(Procedure.RENEWAL,),
    nature=Nature.DISCRETION,
    mark="unconfirmed",
    note=NOT_READ_BEFORE_SEPTEMBER_2024,
)
def the_employer_alone_still_meets_the_conditions(case: Case, law: Law) -> Finding:
    """The employer, and no undertaking beside it, still meets R5221-20 2°, 3° and 4°."""
    if not isinstance(case.request.particulars, Renewal):
        return _no_renewal()
    alone = _employer_alone(case)
    return _worst_of(
        case,
        {
            "2° a)": social_obligations(alone, law),
            "2° b)": clean_record(alone),
            "3°": regulated_conditions(alone),
            "4°": pay_compared(alone, law),
        },
    )


@rule(
    Criterion.RENEWAL_EMPLOYER,
    "CT R5221-34 2°",
    since=date(2024, 9, 1),
    procedures=(Procedure.RENEWAL,),
    nature=Nature.DISCRETION,
)
def the_employer_still_meets_the_conditions(case: Case, law: Law) -> Finding:
    """The employer and the undertakings beside it still meet R5221-20 2°, 3°, 4° and 6°."""
    if not isinstance(case.request.particulars, Renewal):
        return _no_renewal()
    return _worst_of(
        case,
        {
            "2° a)": social_obligations(case, law),
            "2° b)": clean_record(case),
            "3°": regulated_conditions(case),
            "4°": pay_compared(case, law),
            "6°": decent_housing(case),
        },
    )


def _employer_alone(case: Case) -> Case:
    """The case without the undertakings beside the employer, on whom nothing bore before September 2024."""
    replace = msgspec.structs.replace
    return replace(case, request=replace(case.request, undertakings=()))


def _worst_of(case: Case, read: dict[str, Finding]) -> Finding:
    """The findings that decide: those not met, else those not established, else all that hold."""
    said = by_adverse_opinion(case, Criterion.RENEWAL_EMPLOYER)
    if said is not None:
        read = {"avis": said, **read}
    worst = next((m for m in (Met.NOT_MET, Met.NOT_ESTABLISHED) if any(f.met is m for f in read.values())), Met.MET)
    told = {number: finding for number, finding in read.items() if finding.met is worst}
    return answer(
        worst,
        " ".join(f"{number} : {finding.because}" for number, finding in told.items()),
        facts={f"{number} {name}": value for number, f in told.items() for name, value in f.facts.items()},
        shown_by=tuple(exhibit for finding in told.values() for exhibit in finding.exhibits),
        missing=tuple(what for finding in told.values() for what in finding.missing),
        unconfirmed=tuple(doubt for finding in read.values() for doubt in finding.unconfirmed),
    )
