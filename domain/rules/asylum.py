"""Asylum seekers: access to work after OFPRA's delay."""

from datetime import date

from domain.case import Case
from domain.days import add_months
from domain.findings import Criterion, Finding, Met
from domain.french import in_french
from domain.law import Law, rule
from domain.numbers import count_set_by_text
from domain.procedures import Procedure
from domain.reading import answer, exhibits, not_applicable
from domain.request import AsylumSeeker


@rule(Criterion.ASYLUM_DELAY, "CESEDA L554-1", since=date(2021, 5, 1), procedures=(Procedure.ASYLUM_SEEKER,))
def ofpra_has_not_decided_within_six_months(case: Case, law: Law) -> Finding:
    """OFPRA, for reasons that are not the applicant's, has not decided within six months of the introduction of the
    asylum claim."""
    claim = case.request.particulars
    if not isinstance(claim, AsylumSeeker):
        return not_applicable("La demande ne concerne pas un demandeur d'asile.")
    end = add_months(claim.ofpra_introduced_on, count_set_by_text(law, "ASYLUM_OFPRA_MONTHS_MIN"))
    decided = claim.ofpra_decided_on
    facts = {
        "introduction à l'OFPRA": claim.ofpra_introduced_on.isoformat(),
        "fin des six mois": end.isoformat(),
        "décision de l'OFPRA": decided.isoformat() if decided else "aucune",
        "retard imputable au demandeur": "oui" if claim.delay_imputable_to_applicant else "non",
        "attestation valable jusqu'au": claim.attestation_valid_until.isoformat(),
    }
    introduced = f"Demande introduite à l'OFPRA le {in_french(claim.ofpra_introduced_on)}"
    if claim.delay_imputable_to_applicant:
        holds, told = False, "le retard est imputable au demandeur"
    elif decided is not None and decided <= end:
        holds, told = False, f"décision rendue le {in_french(decided)}, avant la fin des six mois"
    elif law.today <= end:
        holds, told = False, f"les six mois ne s'achèvent que le {in_french(end)}"
    else:
        holds, told = True, f"aucune décision au {in_french(end)}, terme des six mois"
    return answer(
        Met.MET if holds else Met.NOT_MET,
        f"{introduced} : {told}.",
        facts=facts,
        shown_by=exhibits(case, "asylum_attestation"),
    )
