"""Longer limits for those who live far from the court (CJA R421-7)."""

from domain.acts import Addressee
from domain.case import Case
from domain.numbers import number_of
from domain.procedures import Procedure
from domain.provisions import Chapter, provision
from domain.reference import Reference
from domain.remedies import department_of_work
from domain.request import Company

IN_FRANCE = frozenset(
    {
        Procedure.CHANGE_OF_STATUS,
        Procedure.RENEWAL,
        Procedure.STUDENT_ABOVE_QUOTA,
        Procedure.ASYLUM_SEEKER,
        Procedure.EXCEPTIONAL_ADMISSION,
    }
)
"""Procedures of persons who already live in France, even when no department is given."""


def lives_abroad(case: Case, addressee: Addressee) -> bool:
    """Whether an addressee lives outside France: a worker with neither title nor address here."""
    worker = case.request.worker
    here = worker.residence_title is not None or worker.residence_department is not None
    return addressee is Addressee.WORKER and not here and case.procedure not in IN_FRANCE


def department_of_addressee(case: Case, addressee: Addressee, reference: Reference) -> str | None:
    """Where an addressee lives or has its seat; None when that is abroad or unknown."""
    employer = case.request.employer
    if addressee is Addressee.WORKER:
        return case.request.worker.residence_department
    if employer is None:
        return None
    postcode = employer.seat.postcode if isinstance(employer, Company) else employer.postcode
    return reference.department_of_postcode(postcode)


@provision(Chapter.CLOCKS, "CJA R421-7")
def extra_months(case: Case, addressee: Addressee, reference: Reference) -> int:
    """The limit to sue, and to appeal within it, is two months longer for who lives abroad and one month longer for who
    lives across the sea from the court."""
    if lives_abroad(case, addressee):
        return number_of(reference, "LITIGATION_ABROAD_MONTHS_EXTRA", case.filed_on)
    court = reference.department(department_of_work(case.request, reference) or "")
    home = reference.department(department_of_addressee(case, addressee, reference) or "")
    if court is None or home is None or court.code == home.code:
        return 0
    across = court.overseas or home.overseas
    return number_of(reference, "LITIGATION_OVERSEAS_MONTHS_EXTRA", case.filed_on) if across else 0
