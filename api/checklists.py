"""What a case needs in the way of documents: required by which text, produced, refused, missing, or had elsewhere."""

from uuid import UUID

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.access import Caller
from api.answers import READ_RESPONSES
from api.as_of import AsAsked, AsOf, LegalAsOf, known_case
from domain.checklists import Checklist, checklist
from ledger.desk import Desk


class CaseChecklist(AsAsked, frozen=True, kw_only=True):
    """The checklist of a case."""

    case: UUID
    version: int
    checklist: Checklist


@get(
    "/checklist",
    sync_to_thread=True,
    operation_id="CaseChecklist",
    summary="La liste des pièces d'un dossier : exigées, produites, écartées, manquantes",
    responses=READ_RESPONSES,
)
def read_checklist(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    as_of: AsOf = None,
    legal_as_of: LegalAsOf = None,
) -> CaseChecklist:
    """Each item by the version of the order in force that day, with the text that requires it; what an administration
    holds is said to be had from there. What no text is known to require is never told to be missing.
    """
    known = known_case(caller, desk.history(case_id), as_of, legal_as_of)
    case, today = known.history.case, known.today(desk)
    return CaseChecklist(
        case=case_id,
        version=case.version,
        checklist=checklist(case, today, desk.reference_on(today, as_of=as_of)),
        **known.asked,
    )


def router() -> Router:
    """Routes under /api/cases/{case_id}."""
    return Router("/api/cases/{case_id:uuid}", route_handlers=[read_checklist], tags=["Dossiers"])
