"""The terms of a permit, drawn from the request and from the texts that bound it."""

from datetime import date, timedelta

from domain.acts import Permit
from domain.case import Case
from domain.context import Context
from domain.days import add_months
from domain.reference import Reference
from domain.refusals import Refused
from domain.request import Company, Job, LimitedPermit, Renewal, Request, Seasonal, StudentAboveQuota

METROPOLITAN_FRANCE = "France métropolitaine"
DAY = timedelta(days=1)


def permit_for(case: Case, context: Context, on: date, number: str | None = None) -> Permit:
    """The permit that grants this request on a day; `number` keeps the one that a proposal already bears."""
    job = case.request.job
    if job is None:
        raise Refused(
            "permit_terms_unknown", "La demande ne décrit aucun emploi : aucune autorisation ne peut en naître."
        )
    starts_on, ends_on = _validity(case.request, job, on, context.reference)
    limited_to, zone = _limits(case, job, context.reference)
    return Permit(
        number=number or _number("AT", context, "permit"),
        valid_from=starts_on,
        valid_until=ends_on,
        employer_siret=case.request.employer.siret if isinstance(case.request.employer, Company) else None,
        rome=job.rome,
        job_title=job.title,
        limited_to=limited_to,
        zone=zone,
    )


def express_permit(case: Case, context: Context, number: str | None = None) -> Permit:
    """The permit of a decision signed today; refused when nothing of the contract remains to be permitted."""
    permit = permit_for(case, context, context.today, number)
    if permit.valid_until is not None and permit.valid_until < context.today:
        raise Refused(
            "contract_already_over",
            f"L'autorisation prendrait fin le {permit.valid_until:%d/%m/%Y}, avant aujourd'hui : les dates du contrat "
            "doivent d'abord être modifiées par l'auteur de la demande.",
        )
    if permit.valid_until is not None and permit.valid_until < permit.valid_from:
        raise Refused(
            "permit_without_days",
            f"L'autorisation commencerait le {permit.valid_from:%d/%m/%Y} et prendrait fin dès le "
            f"{permit.valid_until:%d/%m/%Y} : les dates du contrat ne laissent aucun jour à autoriser.",
        )
    return permit


def stamp_number(context: Context) -> str:
    """The number written on a stamped agreement."""
    return _number("CV", context, "stamp")


def _number(prefix: str, context: Context, label: str) -> str:
    digits = context.new_id(label).hex[:12].upper()
    return f"{prefix}-{context.today.year}-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def _validity(request: Request, job: Job, on: date, reference: Reference) -> tuple[date, date | None]:
    """First and last day; never before the decision, as an act of the administration does not look back."""
    starts_on, ends_on = job.start, job.end
    match request.particulars:
        case Seasonal(months_already_worked=worked):
            months = reference.threshold("SEASONAL_MONTHS_PER_YEAR_MAX", on)
            if months is not None:
                longest = add_months(starts_on, max(int(months.value) - worked, 0)) - DAY
                ends_on = min(ends_on or longest, longest)
        case Renewal(earlier_expires_on=expires_on, involuntarily_unemployed=unemployed):
            starts_on = max(starts_on, expires_on + DAY)
            prolonged = reference.threshold("RENEWAL_UNEMPLOYED_MONTHS", on)
            if unemployed and prolonged is not None:
                starts_on = expires_on + DAY
                ends_on = add_months(expires_on, int(prolonged.value))
        case StudentAboveQuota(enrolled_until=enrolled_until):
            ends_on = min(ends_on or enrolled_until, enrolled_until)
    if ends_on is None or on <= ends_on:
        starts_on = max(starts_on, on)
    return starts_on, ends_on


def _limits(case: Case, job: Job, reference: Reference) -> tuple[str, str]:
    """What the permit is limited to, and where it is valid: a permit of metropolitan France only there (CT L5221-7)."""
    department = reference.department_of_postcode(job.workplace.postcode)
    row = reference.department(department) if department else None
    zone = row.name if row is not None and row.overseas else METROPOLITAN_FRANCE
    match case.request.particulars:
        case LimitedPermit(limited_to=limited_to, zone=asked):
            return limited_to, asked or zone
        case StudentAboveQuota(hours_yearly=hours, course=course):
            return f"{hours} heures par an, en lien avec le cursus : {course}", zone
    return "", zone
