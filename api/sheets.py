"""What the history of a case alone tells, as PDF: the sheets there are, each of them, and those of a decision."""

from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from api.access import Caller
from api.answers import READ_RESPONSES
from api.seen import conditions_withheld
from documents.sheets import Sheet, sheet_pdf, sheets_available
from domain.refusals import Refused
from ledger.desk import Desk
from ledger.histories import CaseUnknown, case_facts

PDF: Final = "application/pdf"
PDF_RESPONSES: Final = {
    **READ_RESPONSES,
    200: ResponseSpec(
        data_container=bytes, media_type=PDF, description="La fiche, en PDF/A-2a et PDF/UA-1.", generate_examples=False
    ),
}


class CaseSheets(msgspec.Struct, frozen=True, kw_only=True):
    """The sheets that the history of a case allows, in the order of its life."""

    case: UUID
    number: str
    version: int
    """Of the case, which each of them will tell."""
    items: tuple[Sheet, ...]


@get(
    "/sheets",
    sync_to_thread=True,
    operation_id="CaseSheets",
    summary="Les fiches que l'historique du dossier permet d'éditer",
    responses=READ_RESPONSES,
)
def sheets(case_id: FromPath[UUID], desk: NamedDependency[Desk], caller: NamedDependency[Caller]) -> CaseSheets:
    """The name of each sheet, to be read at /sheets/{name}, what an inventory calls it and the day it bears."""
    history = desk.history(case_id)
    caller.must_know(history.case)
    return CaseSheets(
        case=case_id,
        number=history.case.number,
        version=history.case.version,
        items=sheets_available(case_facts(caller.seen(history))),
    )


@get(
    "/sheets/{sheet:path}",
    sync_to_thread=True,
    operation_id="CaseSheet",
    summary="Une fiche du dossier, en PDF",
    responses=PDF_RESPONSES,
)
def sheet(
    case_id: FromPath[UUID], sheet: FromPath[str], desk: NamedDependency[Desk], caller: NamedDependency[Caller]
) -> Response[bytes]:
    """One sheet, of what the caller may read of the case as it stands."""
    return _set(case_id, sheet.strip("/"), desk, caller)


@get(
    "/decision-sheets/{decision:str}/pdf",
    sync_to_thread=True,
    operation_id="DecisionSheetPdf",
    summary="La fiche d'une décision, en PDF",
    responses=PDF_RESPONSES,
)
def decision_sheet_pdf(
    case_id: FromPath[UUID],
    decision: FromPath[str],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    internal: Annotated[bool, QueryParameter(description="Avec les notes internes, qu'aucun juge ne reçoit.")] = False,
) -> Response[bytes]:
    """What the decider had before them, without the notes of the services unless they are asked for."""
    return _set(case_id, f"{'decision-internal' if internal else 'decision'}/{decision}", desk, caller)


def _set(case_id: UUID, name: str, desk: Desk, caller: Caller) -> Response[bytes]:
    history = desk.history(case_id)
    caller.must_know(history.case)
    seen = caller.seen(history)
    withheld = conditions_withheld(caller.actor, seen.case)
    try:
        content = sheet_pdf(name, case_facts(seen), seen.case.version, desk.decided(), withheld=withheld)
    except Refused as unknown:
        raise CaseUnknown from unknown
    file = f"fiche-{name.replace('/', '-')}-{history.case.number}.pdf"
    return Response(
        content,
        media_type=PDF,
        headers={"Content-Disposition": f'inline; filename="{file}"', "Cache-Control": "no-store"},
    )


def router() -> Router:
    """Routes under /api/cases/{case_id}."""
    return Router(
        "/api/cases/{case_id:uuid}", route_handlers=[sheets, sheet, decision_sheet_pdf], tags=["Fiches et archives"]
    )
