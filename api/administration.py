"""Routes of the administration: delegations, agents, rights, routing tables, reasons, reference data."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import RawBody

from api.access import Caller
from api.answers import READ_RESPONSES, answer_of, carried_out, respond
from api.as_of import AsOf, must_be_possible
from api.commands import IdempotencyKey, documented, first_answer, key_of
from api.form import must_be_legible
from domain.administration import Administration
from domain.command import AdministrationCommand, Command, administration_commands
from ledger.desk import Desk
from ledger.facts import KeyUsed
from ledger.identifiers import new_id


class AdministrationKnown(Administration, frozen=True, kw_only=True):
    """Delegations, rights and tables as known at an instant, which the answer names."""

    as_of: datetime | None = None
    """Null for the present state."""
    recorded_later: int | None = None
    """How many facts have been recorded since; null when no instant is asked for."""


def _route(command: AdministrationCommand) -> HTTPRouteHandler:
    def handle(
        data: Command,
        body: RawBody,
        request: Request[Any, Any, Any],
        desk: NamedDependency[Desk],
        caller: NamedDependency[Caller],
        idempotency_key: IdempotencyKey = None,
    ) -> Response[Any]:
        must_be_legible(data, body)
        key = key_of(idempotency_key, caller, request, body, None)
        repeated = first_answer(desk, key)
        if repeated is not None:
            return repeated
        try:
            done = desk.administer(
                command,
                data,
                desk.context(caller.actor, new_id()),
                key=key,
                render=(lambda done: answer_of(done, 201, caller.actor)) if key else None,
            )
        except KeyUsed as used:
            return respond(used.answer)
        return carried_out(answer_of(done, 201, caller.actor))

    return documented(
        handle, f"admin/{command.name}", command.title, command.body, command.example, f"/{command.name}", 201
    )


@get(
    "/",
    sync_to_thread=True,
    operation_id="Administration",
    summary="Délégations, agents, droits et tables publiées",
    responses=READ_RESPONSES,
)
def administration(
    desk: NamedDependency[Desk], caller: NamedDependency[Caller], as_of: AsOf = None
) -> AdministrationKnown:
    """Everything granted or published, in the order it was recorded, as known now or at an instant.

    A right or a delegation bears the days from and until which it holds: those of a day are read from them.
    """
    must_be_possible(as_of)
    decided = desk.decided()
    state = decided.known(as_of=as_of)
    # The rows of a table are read at /api/reference: whole files have no place in this overview.
    references = tuple(msgspec.structs.replace(each, content="") for each in state.references)
    told = msgspec.structs.asdict(msgspec.structs.replace(state, references=references))
    later = decided.administration.version - state.version if as_of else None
    return AdministrationKnown(**told, as_of=as_of, recorded_later=later)


def router() -> Router:
    """All routes under /api/admin."""
    routes = [_route(command) for command in administration_commands().values()]
    return Router("/api/admin", route_handlers=[administration, *routes], tags=["Administration"])
