"""What is sent to OFII and to the tax authority: whether it is due, what it says, what became of it."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

import msgspec

from domain.acts import DecisionKind
from domain.case import Case, Decision, Message
from domain.context import Context
from domain.days import add_months
from domain.envelope import Role
from domain.french import in_french
from domain.numbers import number_of
from domain.procedures import Procedure
from domain.provisions import Chapter, provision
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


class TaxRegime(StrEnum):
    """Hires that the tax treats apart, as the service states them: the request does not say so."""

    YOUNG_PROFESSIONAL = "young_professional"
    """Under a bilateral agreement on exchanges of young professionals."""
    LANGUAGE_ASSISTANT = "language_assistant"
    PUBLIC_RESEARCH = "public_research"
    """A public research body, a university that awards masters or a research foundation, to research or teach."""


def message_of(case: Case, wanted: str, context: Context) -> Message:
    """The message of that identifier; for a partner those addressed to others do not exist."""
    if context.actor.role is not Role.PARTNER:
        return case.message(wanted)
    rights = context.administration.rights_in_force(context.actor.identity, Role.PARTNER, context.today)
    theirs = {right.recipient for right in rights}
    own = msgspec.structs.replace(case, messages=tuple(m for m in case.messages if m.recipient in theirs))
    return own.message(wanted)


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
            f"{in_french(sent.sent_on)}.",
        )
    return granted, case.request.job


@provision(Chapter.TRANSMISSION, "CT R5221-18", since=date(2009, 1, 1), note="en vigueur depuis 2009, jour non lu")
def why_not_for_ofii(case: Case, granted: Decision, job: Job, reference: Reference) -> str | None:
    """On a grant the prefect sends to OFII the contracts of more than three months and the seasonal ones."""
    length = number_of(reference, "OFII_CONTRACT_MONTHS", granted.on)
    if is_seasonal(case, job) or lasts_longer_than(job, length):
        return None
    return f"Le contrat, non saisonnier, ne dépasse pas {length} mois : rien n'est transmis à l'OFII (CT R5221-18)."


def ofii_is_due(case: Case, reference: Reference) -> bool:
    """Whether the standing grant is still to be sent to OFII: no message left, or none arrived (CT R5221-18)."""
    granted, job = case.current_decision, case.request.job
    if granted is None or granted.kind not in GRANTS or job is None:
        return False
    if reference.threshold("OFII_CONTRACT_MONTHS", granted.on) is None:
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


@provision(Chapter.TRANSMISSION, "CESEDA L436-10")
def tax_debtor_siret(case: Case) -> str | None:
    """The employer who hires owes the tax, or the host of a posted worker."""
    if case.procedure is Procedure.POSTING:
        hosts = {u.capacity: u.siret for u in case.request.undertakings}
        host = hosts.get(Capacity.HOST) or hosts.get(Capacity.USER) or hosts.get(Capacity.PRINCIPAL)
        if host is not None:
            return host
    return employer_siret(case)


@provision(
    Chapter.TRANSMISSION,
    "CESEDA D436-2",
    since=date(2023, 1, 1),
    note="loi n° 2022-1726, article 80 ; déclaration annuelle avec la TVA, premiers dépôts en février 2024",
)
def is_for_tax_authority(granted_on: date, reference: Reference) -> bool:
    """Since 1 January 2023 the tax is declared to DGFiP, once a year in arrears, and OFII collects it no more."""
    since = reference.authority("DGFIP").effective_from
    return since is None or granted_on >= since


def why_untaxed(
    case: Case, granted: Decision, job: Job, length: int, reference: Reference, regime: TaxRegime | None = None
) -> str | None:
    """The sentence that says why the tax authority is not concerned; None when it is."""
    since = reference.authority("DGFIP").effective_from
    if since is not None and not is_for_tax_authority(granted.on, reference):
        return f"La DGFiP ne reçoit que les autorisations accordées depuis le {in_french(since)}."
    return why_exempt(case, job, length, regime)


@provision(
    Chapter.TRANSMISSION,
    "CESEDA L436-10, al. 8-9",
    note="que l'étudiant et le demandeur d'asile ne soient pas admis comme salariés est une déduction",
)
def why_exempt(case: Case, job: Job, length: int, regime: TaxRegime | None = None) -> str | None:
    """Exempt are private employers, language assistants, public research, and what is no first admission to work."""
    if isinstance(case.request.employer, PrivateEmployer):
        return "Le particulier employeur est exonéré de la taxe (CESEDA L436-10, al. 9)."
    if case.procedure in UNTAXED:
        return "Cette autorisation n'accompagne pas une première admission au séjour comme salarié (CESEDA L436-10)."
    if regime is TaxRegime.LANGUAGE_ASSISTANT:
        return "L'emploi temporaire d'assistant de langue n'est pas taxé (CESEDA L436-10, al. 8)."
    if regime is TaxRegime.PUBLIC_RESEARCH and lasts_longer_than(job, length):
        return "Cet organisme est exonéré pour l'enseignement et la recherche (CESEDA L436-10, al. 9)."
    if not is_seasonal(case, job) and not lasts_longer_than(job, length):
        return f"Un contrat de {length} mois au plus, non saisonnier, n'est pas taxé (CESEDA L436-10)."
    return None


def indicative_tax(
    case: Case, job: Job, reference: Reference, on: date, regime: TaxRegime | None = None
) -> Decimal | None:
    """The likely amount of the employer tax, in euros, never binding; None when the SMIC of the place is not known."""
    if regime is TaxRegime.YOUNG_PROFESSIONAL:
        return _amount(reference, "EMPLOYER_TAX_YOUNG_PROFESSIONAL", on)
    if is_seasonal(case, job):
        begun, each = months_begun(job), _amount(reference, "EMPLOYER_TAX_SEASONAL_MONTHLY", on)
        return None if begun is None or each is None else begun * each
    department = reference.department_of_postcode(job.workplace.postcode)
    smic = reference.smic_monthly(on, department) if department else None
    if smic is None:
        return None
    pay = euros(job.pay_monthly_gross)
    full_year = _amount(reference, "EMPLOYER_TAX_FULL_YEAR_MONTHS", on)
    if full_year is None:
        return None
    whole_year = lasts_at_least(job, int(full_year))
    return _of_a_year(pay, smic.amount, reference, on) if whole_year else _of_months(pay, smic.amount, reference, on)


@provision(Chapter.TRANSMISSION, "CESEDA L436-10, al. 4")
def _of_a_year(pay: Decimal, smic: Decimal, reference: Reference, on: date) -> Decimal | None:
    """A hire of twelve months or more is taxed at a share of the monthly pay, itself capped by the SMIC."""
    rate = _amount(reference, "EMPLOYER_TAX_RATE", on)
    cap = _amount(reference, "EMPLOYER_TAX_PAY_SMIC_MULTIPLE_MAX", on)
    if rate is None or cap is None:
        return None
    return (rate * min(pay, cap * smic)).quantize(CENTS, ROUND_HALF_UP)


@provision(Chapter.TRANSMISSION, "CESEDA D436-1")
def _of_months(pay: Decimal, smic: Decimal, reference: Reference, on: date) -> Decimal | None:
    """A hire of more than three and less than twelve months is taxed by steps of pay, a young professional apart."""
    if pay <= smic:
        return _amount(reference, "EMPLOYER_TAX_SHORT_UP_TO_SMIC", on)
    step = _amount(reference, "EMPLOYER_TAX_SHORT_SMIC_MULTIPLE", on)
    if step is None:
        return None
    if pay <= step * smic:
        return _amount(reference, "EMPLOYER_TAX_SHORT_UP_TO_SMIC_AND_HALF", on)
    return _amount(reference, "EMPLOYER_TAX_SHORT_ABOVE", on)


def _amount(reference: Reference, threshold: str, on: date) -> Decimal | None:
    row = reference.threshold(threshold, on)
    return row.value if row else None
