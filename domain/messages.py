"""What is sent to OFII and to the tax authority: whether it is due, what it says, what became of it."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from domain.acts import DecisionKind
from domain.appeals import months
from domain.case import Case, Decision
from domain.days import add_months
from domain.french import in_french
from domain.procedures import Procedure
from domain.reference import Reference
from domain.refusals import Refused
from domain.request import Capacity, Company, Contract, Job, PrivateEmployer, euros

OFII = "OFII"
TAX_AUTHORITY = "DGFiP"
RECIPIENT_TITLES = {OFII: "l'OFII", TAX_AUTHORITY: "la DGFiP"}
"""How French names each recipient, with its article."""
GRANTS = frozenset({DecisionKind.GRANT, DecisionKind.IMPLICIT_GRANT})
UNTAXED = frozenset({Procedure.RENEWAL, Procedure.STUDENT_ABOVE_QUOTA, Procedure.ASYLUM_SEEKER})
"""No first admission to stay as an employee: the tax has no cause (CESEDA L436-10); inferred for the last two."""
CENTS = Decimal("0.01")
SHORT_STEP = "EMPLOYER_TAX_SHORT_SMIC_MULTIPLE"
"""Pay above this many SMIC owes the highest of the three amounts (CESEDA D436-1)."""


def grant_to_notify(case: Case, decision: str | None, recipient: str) -> tuple[Decision, Job]:
    """The standing grant and its job; refused when there is none or when the recipient already has the message."""
    granted = case.decision(decision) if decision else case.current_decision
    if granted is None or not granted.live or granted.kind not in GRANTS or case.request.job is None:
        raise Refused("decision_is_no_grant", "Aucune autorisation de travail n'est en vigueur dans ce dossier.")
    sent = next((m for m in case.messages if m.decision == granted.id and m.recipient == recipient), None)
    if sent is not None and not _failed_for_good(case, granted.id, recipient):
        raise Refused(
            "already_notified",
            f"L'autorisation {granted.id} a déjà été transmise à {RECIPIENT_TITLES[recipient]} le "
            f"{sent.sent_on:%d/%m/%Y}.",
        )
    return granted, case.request.job


def why_not_for_ofii(case: Case, granted: Decision, job: Job, reference: Reference) -> str | None:
    """The sentence that says why OFII is not concerned; None when it is (CT R5221-18)."""
    length = months(reference, "OFII_CONTRACT_MONTHS", granted.on)
    if is_seasonal(case, job) or lasts_longer_than(job, length):
        return None
    return f"Le contrat, non saisonnier, ne dépasse pas {length} mois : rien n'est transmis à l'OFII (CT R5221-18)."


def ofii_is_due(case: Case, reference: Reference) -> bool:
    """Whether the standing grant is still to be sent to OFII: no message left, or none arrived (CT R5221-18)."""
    granted, job = case.current_decision, case.request.job
    if granted is None or granted.kind not in GRANTS or job is None:
        return False
    unsent = _failed_for_good(case, granted.id, OFII)
    return unsent and why_not_for_ofii(case, granted, job, reference) is None


def _failed_for_good(case: Case, decision: str, recipient: str) -> bool:
    sent = [m for m in case.messages if m.decision == decision and m.recipient == recipient]
    return all(m.failed_on is not None and m.acknowledged_on is None for m in sent)


def next_message(case: Case) -> str:
    """The identifier of the next message of the case."""
    return f"N{len(case.messages) + 1}"


def is_seasonal(case: Case, job: Job) -> bool:
    """Whether the contract is seasonal, by the procedure or by its own kind."""
    return case.is_seasonal or job.contract is Contract.SEASONAL


def lasts_longer_than(job: Job, length: int) -> bool:
    """Whether a contract runs beyond that many months, first and last days included; always for a permanent one."""
    return job.end is None or job.end + timedelta(days=1) > add_months(job.start, length)


def lasts_at_least(job: Job, length: int) -> bool:
    """Whether a contract runs that many months, first and last days included."""
    return job.end is None or job.end + timedelta(days=1) >= add_months(job.start, length)


def months_begun(job: Job) -> int | None:
    """Months of a contract, a month begun counting whole; None for a permanent contract."""
    if job.end is None:
        return None
    begun = 1
    while add_months(job.start, begun) <= job.end:
        begun += 1
    return begun


def employer_siret(case: Case) -> str | None:
    """The establishment that employs; None for a private employer."""
    employer = case.request.employer
    return employer.siret if isinstance(employer, Company) else None


def tax_debtor_siret(case: Case) -> str | None:
    """Who owes the tax: the employer, or the host of a posted worker (CESEDA L436-10)."""
    if case.procedure is Procedure.POSTING:
        hosts = {u.capacity: u.siret for u in case.request.undertakings}
        host = hosts.get(Capacity.HOST) or hosts.get(Capacity.USER) or hosts.get(Capacity.PRINCIPAL)
        if host is not None:
            return host
    return employer_siret(case)


def why_untaxed(case: Case, granted: Decision, job: Job, length: int, reference: Reference) -> str | None:
    """The sentence that says why the tax authority is not concerned; None when it is."""
    since = reference.authority("DGFIP").effective_from
    if since is not None and granted.on < since:
        return f"La DGFiP ne reçoit que les autorisations accordées depuis le {in_french(since)}."
    if isinstance(case.request.employer, PrivateEmployer):
        return "Le particulier employeur est exonéré de la taxe (CESEDA L436-10, al. 9)."
    if case.procedure in UNTAXED:
        return "Cette autorisation n'accompagne pas une première admission au séjour comme salarié (CESEDA L436-10)."
    if not is_seasonal(case, job) and not lasts_longer_than(job, length):
        return f"Un contrat de {length} mois au plus, non saisonnier, n'est pas taxé (CESEDA L436-10)."
    return None


def indicative_tax(case: Case, job: Job, reference: Reference, on: date) -> Decimal | None:
    """The likely amount of the employer tax, in euros, never binding; None when the SMIC of the place is not known."""
    if is_seasonal(case, job):
        begun, each = months_begun(job), _amount(reference, "EMPLOYER_TAX_SEASONAL_MONTHLY", on)
        return None if begun is None or each is None else begun * each
    department = reference.department_of_postcode(job.workplace.postcode)
    smic = reference.smic_monthly(on, department) if department else None
    if smic is None:
        return None
    pay = euros(job.pay_monthly_gross)
    full_year, step = _amount(reference, "EMPLOYER_TAX_FULL_YEAR_MONTHS", on), _amount(reference, SHORT_STEP, on)
    if full_year is None or step is None:
        return None
    if lasts_at_least(job, int(full_year)):
        rate = _amount(reference, "EMPLOYER_TAX_RATE", on)
        cap = _amount(reference, "EMPLOYER_TAX_PAY_SMIC_MULTIPLE_MAX", on)
        if rate is None or cap is None:
            return None
        return (rate * min(pay, cap * smic.amount)).quantize(CENTS, ROUND_HALF_UP)
    if pay <= smic.amount:
        return _amount(reference, "EMPLOYER_TAX_SHORT_UP_TO_SMIC", on)
    if pay <= step * smic.amount:
        return _amount(reference, "EMPLOYER_TAX_SHORT_UP_TO_SMIC_AND_HALF", on)
    return _amount(reference, "EMPLOYER_TAX_SHORT_ABOVE", on)


def _amount(reference: Reference, threshold: str, on: date) -> Decimal | None:
    row = reference.threshold(threshold, on)
    return row.value if row else None
