"""When a case may be transferred to the archives, and what the service that takes it is told of its retention."""

from datetime import date

from domain.case import Case
from domain.reference import Reference
from domain.refusals import Refused
from domain.retention import Retention, retention, still_alive


def must_be_over(case: Case, today: date, reference: Reference) -> Retention | None:
    """How long the case is kept; refused while anything may still happen to it, or a permit of its is valid.

    A hold stands in nobody's way here: what is handed over is a copy, and what is held stays. None where the tables in
    force say nothing of retention.
    """
    reasons = tuple(still_alive(case, today, reference))
    if reasons:
        raise Refused("case_still_alive", f"Le dossier ne peut pas être versé aux archives : {' ; '.join(reasons)}.")
    return retention(case, today, reference)
