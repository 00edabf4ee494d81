"""The terms of a permit, drawn from the request and from the texts that bound it."""

import base64
import hmac
from datetime import date
from typing import Final

from domain.acts import Permit
from domain.case import Case
from domain.context import Context
from domain.days import DAY, add_months
from domain.french import in_french
from domain.provisions import NOT_READ_BEFORE_APRIL_2021, NOT_READ_BEFORE_JANUARY_2024, Chapter, provision
from domain.reference import Reference
from domain.refusals import Refused
from domain.request import (
    AsylumSeeker,
    Company,
    Job,
    LimitedPermit,
    Renewal,
    Request,
    Seasonal,
    StudentAboveQuota,
    TitleKind,
)
from domain.rules.seasonal import last_day_of_season

METROPOLITAN_FRANCE = "France métropolitaine"
CODE_BYTES: Final = 15
"""Of a verification code: 120 bits, in groups of four signs out of 32."""
CODE_SIGNS: Final = CODE_BYTES * 8 // 5
_READ_ALIKE: Final = str.maketrans({"0": "O", "1": "I", "8": "B"})
"""What is no sign of a code, by the sign that it is mistaken for."""

Days = tuple[date, date | None]
"""First and last day; None while the contract has no end."""


def normal_number(number: str) -> str:
    """The number of a permit as it is compared: without spaces, in capitals."""
    return "".join(number.split()).upper()


def verification_code(check_key: bytes, number: str) -> str:
    """The code printed on a permit, by which whoever holds the paper checks it: bound to its number, and drawn from a
    key that nobody outside has, so that no code can be made up for a number."""
    text = b"smoe-permit-code-1|" + normal_number(number).encode()
    return base64.b32encode(hmac.digest(check_key, text, "sha256")[:CODE_BYTES]).decode()


def printed_code(code: str) -> str:
    """A code as it is printed, in groups that can be read out: « ABCD-EFGH-… »."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def normal_code(code: str) -> str:
    """A code as it is compared, whatever spaces, dashes and look-alikes were typed."""
    return "".join(each for each in code.upper().translate(_READ_ALIKE) if each.isalnum())


def permit_for(case: Case, context: Context, on: date, number: str | None = None) -> Permit:
    """The permit that grants this request on a day; `number` keeps the one that a proposal already bears."""
    job = case.request.job
    if job is None:
        raise Refused(
            "permit_terms_unknown", "La demande ne décrit aucun emploi : aucune autorisation ne peut en naître."
        )
    starts_on, ends_on = _validity(case.request, job, on, context.reference)
    return Permit(
        number=number or _number("AT", context, "permit"),
        valid_from=starts_on,
        valid_until=ends_on,
        employer_siret=case.request.employer.siret if isinstance(case.request.employer, Company) else None,
        rome=job.rome,
        job_title=job.title,
        limited_to=_limited_to(case.request),
        zone=_where_the_permit_is_valid(case.request, job, context.reference),
    )


def express_permit(case: Case, context: Context, number: str | None = None) -> Permit:
    """The permit of a decision signed today; refused when nothing of the contract remains to be permitted."""
    permit = permit_for(case, context, context.today, number)
    if permit.valid_until is not None and permit.valid_until < context.today:
        raise Refused(
            "contract_already_over",
            f"L'autorisation prendrait fin le {in_french(permit.valid_until)}, avant aujourd'hui : les dates du "
            "contrat doivent d'abord être modifiées par l'auteur de la demande.",
        )
    if permit.valid_until is not None and permit.valid_until < permit.valid_from:
        raise Refused(
            "permit_without_days",
            f"L'autorisation commencerait le {in_french(permit.valid_from)} et prendrait fin dès le "
            f"{in_french(permit.valid_until)} : les dates du contrat ne laissent aucun jour à autoriser.",
        )
    return permit


def stamp_number(context: Context) -> str:
    """The number written on a stamped agreement."""
    return _number("CV", context, "stamp")


def _number(prefix: str, context: Context, label: str) -> str:
    digits = context.new_id(label).hex[:12].upper()
    return f"{prefix}-{context.today.year}-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def _validity(request: Request, job: Job, on: date, reference: Reference) -> Days:
    """First and last day; never before the decision, as an act of the administration does not look back."""
    match request.particulars:
        case Seasonal() as season:
            starts_on, ends_on = season_permitted(season, job, on, reference)
        case Renewal(involuntarily_unemployed=True) as renewal:
            starts_on, ends_on = prolonged_for_unemployment(request, renewal, job, on, reference)
        case Renewal() as renewal:
            starts_on, ends_on = renewed_for_the_contract(renewal, job)
        case StudentAboveQuota(enrolled_until=enrolled_until):
            starts_on, ends_on = job.start, min(job.end or enrolled_until, enrolled_until)
        case _:
            starts_on, ends_on = job.start, job.end
    if ends_on is None or on <= ends_on:
        starts_on = max(starts_on, on)
    return starts_on, ends_on


@provision(
    Chapter.TERMS,
    "CT R5221-23",
    "CESEDA L421-34",
    since=date(2016, 11, 1),
    note="articles R5221-23 à R5221-25 lus dans leurs versions de 2008 à 2016, jour exact non lu",
)
def season_permitted(season: Seasonal, job: Job, on: date, reference: Reference) -> Days:
    """The permit of a season ends with the contract, and never after six months of seasonal work in the year."""
    months = reference.threshold("SEASONAL_MONTHS_PER_YEAR_MAX", on)
    if months is None:
        return job.start, job.end
    longest = last_day_of_season(season, job, int(months.value))
    return job.start, min(job.end or longest, longest)


@provision(
    Chapter.TERMS,
    "CT R5221-32",
    since=date(2008, 5, 1),
    until=date(2021, 3, 31),
    mark="unconfirmed",
    note=NOT_READ_BEFORE_APRIL_2021,
)
@provision(Chapter.TERMS, "CT R5221-32", since=date(2021, 4, 1))
def renewed_for_the_contract(renewal: Renewal, job: Job) -> Days:
    """The renewal is granted from the expiry of the earlier permit, within the contract or mission still to run."""
    return max(job.start, renewal.earlier_expires_on + DAY), job.end


@provision(Chapter.TERMS, "CT R5221-33", since=date(2021, 4, 1))
def prolonged_for_unemployment(request: Request, renewal: Renewal, job: Job, on: date, reference: Reference) -> Days:
    """The permit of the holder of an employee's title, involuntarily unemployed at the first renewal, is prolonged one
    year, and a later one follows the rights to unemployment benefit."""
    title = request.worker.residence_title
    employee = title is not None and title.kind is TitleKind.EMPLOYEE
    prolonged = reference.threshold("RENEWAL_UNEMPLOYED_MONTHS", on)
    starts_on = renewal.earlier_expires_on + DAY
    if renewal.first_renewal and employee and prolonged is not None:
        return starts_on, add_months(renewal.earlier_expires_on, int(prolonged.value))
    if not renewal.first_renewal and employee and renewal.unemployment_benefit_until is not None:
        return starts_on, renewal.unemployment_benefit_until
    return renewed_for_the_contract(renewal, job)


@provision(
    Chapter.TERMS,
    "CT L5221-7",
    since=date(2008, 5, 1),
    until=date(2024, 1, 27),
    mark="unconfirmed",
    note=NOT_READ_BEFORE_JANUARY_2024,
)
@provision(Chapter.TERMS, "CT L5221-7", since=date(2024, 1, 28))
def _where_the_permit_is_valid(request: Request, job: Job, reference: Reference) -> str:
    """A permit may be limited to zones, and one issued in metropolitan France is valid only there."""
    if isinstance(request.particulars, LimitedPermit) and request.particulars.zone:
        return request.particulars.zone
    department = reference.department_of_postcode(job.workplace.postcode)
    return _only_where_issued(department, reference) or METROPOLITAN_FRANCE


@provision(
    Chapter.TERMS,
    "CT L5523-2",
    since=date(2016, 11, 1),
    mark="unconfirmed",
    note="lu dans sa rédaction de 2016 seule, pour des titres qu'il désigne : étendu à toute autorisation",
)
def _only_where_issued(department: str | None, reference: Reference) -> str:
    """A permit issued in an overseas department is valid only there."""
    row = reference.department(department) if department else None
    return row.name if row is not None and row.overseas else ""


def _limited_to(request: Request) -> str:
    """What the permit is limited to besides its employer and job."""
    match request.particulars:
        case LimitedPermit(limited_to=limited_to):
            return limited_to
        case StudentAboveQuota() as student:
            return student_permitted(student)
        case AsylumSeeker():
            return while_the_right_to_remain_lasts()
        case _:
            return ""


@provision(Chapter.TERMS, "CT R5221-3 II", since=date(2021, 5, 1))
def student_permitted(student: StudentAboveQuota) -> str:
    """The permit of a student beyond the quota covers the hours asked for, in connection with the course followed."""
    return f"{student.hours_yearly} heures par an, en lien avec le cursus : {student.course}"


@provision(Chapter.TERMS, "CESEDA L554-3", since=date(2021, 5, 1))
def while_the_right_to_remain_lasts() -> str:
    """An asylum seeker's permit follows the ordinary rules and is valid as long as the right to remain in France."""
    return "pendant la durée du droit au maintien sur le territoire français (CESEDA L554-3)"
