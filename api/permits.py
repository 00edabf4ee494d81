"""The public check: anyone who holds a permit's number and its holder's date of birth learns whether it is valid."""

from datetime import date
from typing import Annotated

from litestar import Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.answers import PUBLIC_RESPONSES, problem
from api.problems import Problematic
from api.reading import Readers
from ledger.desk import Desk, day_in_paris
from projections.permits import PermitCheck, check_permit

NO_SUCH_PERMIT = "Aucune autorisation ne correspond à ce numéro et à cette date de naissance."


@get(
    "/check",
    sync_to_thread=True,
    operation_id="CheckPermit",
    summary="Vérifier une autorisation de travail",
    security=[{}],
    responses={**PUBLIC_RESPONSES, 404: problem(NO_SUCH_PERMIT)},
)
def check(
    number: Annotated[str, QueryParameter(description="Numéro de l'autorisation.", min_length=1, max_length=60)],
    birth_date: Annotated[date, QueryParameter(description="Date de naissance du salarié.")],
    readers: NamedDependency[Readers],
    desk: NamedDependency[Desk],
    state: State,
) -> PermitCheck:
    """Employer, job, dates and whether it still stands; never a person's name."""
    today = day_in_paris(desk.ledger.clock())
    with readers.connection() as connection:
        found = check_permit(connection, number, birth_date, today=today, check_key=state.check_key)
    if found is None:
        raise Problematic("not_found", NO_SUCH_PERMIT)
    return found


def router() -> Router:
    """Routes under /api/permits."""
    return Router("/api/permits", route_handlers=[check], tags=["Vérification publique"])
