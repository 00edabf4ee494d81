"""What the acknowledgement of a request says: receipt, contact, what silence will mean, missing items, remedies."""

from datetime import date

import msgspec

from domain.acts import Remedies
from domain.context import Context
from domain.days import add_delay
from domain.envelope import Role
from domain.events import AcknowledgementIssued
from domain.french import in_french
from domain.procedures import PROCEDURES
from domain.provisions import Chapter, provision
from domain.reference import ChecklistItem, Reference, Shortage, SilenceRule
from domain.remedies import remedies
from domain.request import (
    ChangeOfStatus,
    Contract,
    InternshipAgreement,
    PostingBasis,
    PostingMission,
    PrivateEmployer,
    Renewal,
    Request,
    Seasonal,
    TitleKind,
)


def silence_rule_of(request: Request, reference: Reference) -> SilenceRule:
    """What silence means on a request; a European or intergovernmental programme halves an internship's delay."""
    match request.particulars:
        case InternshipAgreement(eu_or_intergovernmental_programme=True):
            return reference.silence_rule("INTERNSHIP_PROGRAMME")
    return reference.silence_rule(PROCEDURES[request.procedure].silence)


def checklist_of(request: Request, on: date, reference: Reference) -> tuple[ChecklistItem, ...]:
    """The documents that the order lists for a request's use case that day; empty when no text lists any."""
    use_case = PROCEDURES[request.procedure].use_case
    return reference.checklist(use_case, on) if use_case else ()


def called_for(item: ChecklistItem, request: Request, filed_as: Role, on: date, reference: Reference) -> bool | None:
    """Whether the condition of an item holds for a request; None when the request does not say."""
    job = request.job
    match item.condition:
        case "always" | "student_above_quota":
            return True
        case "market_opposable":
            return _market_opposable(request, on, reference)
        case "regulated_profession":
            return job is not None and job.regulated_profession
        case "private_employer":
            return isinstance(request.employer, PrivateEmployer)
        case "student_course_finished":
            particulars = request.particulars
            return isinstance(particulars, ChangeOfStatus) and particulars.studies_finished_in_france
        case "posting":
            return isinstance(request.particulars, PostingMission)
        case "labour_loan":
            particulars = request.particulars
            return isinstance(particulars, PostingMission) and particulars.legal_basis is PostingBasis.LABOUR_LOAN
        case "posted_worker_renewal":
            return isinstance(request.particulars, Renewal) and job is not None and job.contract is Contract.POSTING
        case "housing_statement_given":
            return isinstance(request.particulars, Seasonal) and request.particulars.housing_statement
        case "third_party_files":
            return filed_as is Role.MANDATARY
        case _:
            return None


_PERHAPS_EXEMPT = frozenset({TitleKind.STUDENT, TitleKind.JOB_SEARCH_OR_BUSINESS_CREATION, TitleKind.CHILD_WELFARE})
"""Titles whose holders the labour market may not concern (CT R5221-21): only the examination can tell."""


def _market_opposable(request: Request, on: date, reference: Reference) -> bool | None:
    job, title = request.job, request.worker.residence_title
    if job is None or (title is not None and title.kind in _PERHAPS_EXEMPT):
        return None
    if job.posting is not None:
        return True
    department = reference.department_of_postcode(job.workplace.postcode)
    region = reference.region_of(department) if department else None
    if region is None:
        return None
    match reference.shortage(job.fap, job.rome, region, on).status:
        case Shortage.LISTED:
            return False
        case Shortage.NOT_LISTED_KNOWN:
            return True
        case Shortage.NOT_ESTABLISHED:
            return None


@provision(Chapter.FILING, "CRPA R112-11-4", "CRPA L114-5")
def items_not_produced(
    request: Request, filed_as: Role, produced: frozenset[str], on: date, reference: Reference
) -> tuple[ChecklistItem, ...]:
    """The acknowledgement names the items that a text is known to require, whose condition certainly holds, and that
    were not produced."""
    return tuple(
        item
        for item in checklist_of(request, on, reference)
        if item.may_be_demanded
        and item.key not in produced
        and called_for(item, request, filed_as, on, reference) is True
    )


@provision(Chapter.FILING, "CRPA R112-11-1")
def acknowledge(
    request: Request,
    filed_as: Role,
    produced: frozenset[str],
    *,
    first_received_on: date,
    received_on: date,
    platform: str,
    competent_prefect: str,
    context: Context,
) -> AcknowledgementIssued:
    """The acknowledgement says the day of receipt, whom to contact, what silence will mean and from when, provided that
    the request is complete, and is itself complete only if every field is known."""
    # It dates no implicit decision while silence that would accept cannot start, for want of an item (CRPA L114-5).
    rule = silence_rule_of(request, context.reference)
    missing = items_not_produced(request, filed_as, produced, context.today, context.reference)
    contact = context.administration.contact(platform, context.today)
    start = first_received_on if rule.clock_start == "first_authority" else received_on
    waits = rule.on_missing_items == "start_when_complete" and bool(missing)
    arises = None if rule.effect == "none" or waits else add_delay(start, months=rule.months, days=rule.days)
    notice = notice_of_rejection(request, competent_prefect, arises, context) if rule.effect == "reject" else None
    return AcknowledgementIssued(
        issued_on=context.today,
        received_on=first_received_on,
        contact=contact,
        silence_rule=rule.id,
        silence_effect=rule.effect,
        implicit_decision_on=arises,
        missing_items=tuple(item.label for item in missing),
        remedies=notice,
        complete=contact.complete and (notice is None or notice.complete),
    )


@provision(Chapter.FILING, "CRPA R112-5")
def notice_of_rejection(request: Request, author: str, arises: date | None, context: Context) -> Remedies:
    """When silence rejects, the acknowledgement says from which day, and the remedies and limits against it."""
    notice = remedies(request, author, context.reference)
    if arises is None:
        return notice
    silence = (
        f"Sous réserve que la demande soit complète, le silence gardé jusqu'au {in_french(arises)} vaudra, ce jour-là "
        "à minuit, décision implicite de rejet. Le délai de recours court alors de la naissance de cette décision."
    )
    return msgspec.structs.replace(notice, text=f"{silence} {notice.text}")
