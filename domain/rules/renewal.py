"""Renewal of a permit: only the grounds of R5221-34 and R5221-36; a late request (R5221-32) is none of them."""

from datetime import date

from domain.case import Case
from domain.days import add_months
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.procedures import Procedure
from domain.provisions import Nature
from domain.reading import answer, by_adverse_opinion, not_applicable, not_established
from domain.request import Renewal
from domain.rules.activity import regulated_conditions
from domain.rules.employer import clean_record, social_obligations
from domain.rules.housing import decent_housing
from domain.rules.pay import pay_compared


@rule(
    Criterion.RENEWAL_TERMS,
    "CT R5221-34 1°, R5221-36",
    since=date(2024, 9, 1),
    procedures=(Procedure.RENEWAL,),
    nature=Nature.DISCRETION,
)
def the_terms_of_the_permit_were_kept(case: Case, law: Law) -> Finding:
    """The foreigner kept to the terms of the permit, and at the first renewal the contract was not broken within
    twelve months of hiring, unless the worker lost the job involuntarily."""
    renewal = case.request.particulars
    if not isinstance(renewal, Renewal):
        return not_applicable("La demande n'est pas un renouvellement.")
    said = by_adverse_opinion(case, Criterion.RENEWAL_TERMS)
    if said is not None:
        return said
    broken = _broken_early(renewal, law)
    if broken is not None:
        return broken
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


def _broken_early(renewal: Renewal, law: Law) -> Finding | None:
    """CT R5221-36: a contract broken within twelve months of hiring, at the first renewal, unless involuntarily."""
    limit = law.reference.threshold("RENEWAL_BREACH_MONTHS_MAX", law.today)
    hired, broken = renewal.earlier_hired_on, renewal.contract_broken_on
    if not renewal.first_renewal or broken is None or limit is None:
        return None
    facts = {"rupture": broken.isoformat(), "embauche": hired.isoformat() if hired else "inconnue"}
    if renewal.involuntarily_unemployed:
        return answer(
            Met.MET,
            f"Contrat rompu le {in_french(broken)}, l'étranger étant involontairement privé d'emploi : la rupture ne "
            "peut lui être opposée (CT R5221-33, R5221-36).",
            facts=facts,
        )
    if hired is None:
        return not_established(
            f"Contrat rompu le {in_french(broken)}, date d'embauche inconnue.", "date d'embauche", facts=facts
        )
    if broken > add_months(hired, int(limit.value)):
        return None
    return answer(
        Met.NOT_MET,
        f"Contrat rompu le {in_french(broken)}, dans les {limit.value} mois suivant l'embauche du {in_french(hired)}.",
        facts=facts,
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
        return not_applicable("La demande n'est pas un renouvellement.")
    read = {
        "2° a)": social_obligations(case, law),
        "2° b)": clean_record(case),
        "3°": regulated_conditions(case),
        "4°": pay_compared(case, law),
        "6°": decent_housing(case),
    }
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
