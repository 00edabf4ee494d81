"""Where a visitor who knows only the address begins."""

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency

from api.answers import PUBLIC_RESPONSES
from api.recording import COUNTED
from ledger.desk import Desk


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What answers here, and where to go on."""

    service: str
    version: str
    openapi: str
    documentation: str
    health: str


@get(
    "/",
    sync_to_thread=False,
    operation_id="Start",
    opt=COUNTED,
    summary="Ce qui répond ici, et où continuer",
    security=[{}],
    responses=PUBLIC_RESPONSES,
)
def start(desk: NamedDependency[Desk]) -> Start:
    """Name the service and the addresses of its description; open to everybody."""
    return Start(
        service="smoe",
        version=desk.ledger.code_version.partition("+")[0],
        openapi="/schema/openapi.json",
        documentation="/schema/swagger",
        health="/health/ready",
    )


def router() -> Router:
    """The route at the root."""
    return Router("/", route_handlers=[start], tags=["Accueil"])
