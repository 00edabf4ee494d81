"""The public list of what a request may be refused with: the address that the `type` of every problem names."""

import msgspec
from litestar import Router, get
from litestar.params import FromPath

from api.answers import PUBLIC_RESPONSES, problem
from api.problems import Problematic, all_codes
from api.recording import COUNTED


class ProblemCode(msgspec.Struct, frozen=True, kw_only=True):
    """A stable code, the status it comes with and its French sentence."""

    code: str
    status: int
    title: str


@get(
    "/",
    sync_to_thread=False,
    operation_id="ProblemCodes",
    opt=COUNTED,
    summary="Les codes de refus",
    security=[{}],
    responses=PUBLIC_RESPONSES,
)
def problem_codes() -> tuple[ProblemCode, ...]:
    """Every code that a problem can carry; codes never change their meaning."""
    return tuple(
        ProblemCode(code=code, status=status, title=title) for code, (status, title) in sorted(all_codes().items())
    )


@get(
    "/{code:str}",
    sync_to_thread=False,
    operation_id="ProblemCode",
    opt=COUNTED,
    summary="Un code de refus",
    security=[{}],
    responses={**PUBLIC_RESPONSES, 404: problem("Ce code n'est pas de la liste.")},
)
def problem_code(code: FromPath[str]) -> ProblemCode:
    """What one code means."""
    known = all_codes().get(code)
    if known is None:
        raise Problematic("not_found")
    return ProblemCode(code=code, status=known[0], title=known[1])


def router() -> Router:
    """Routes under /problems, which RFC 9457 asks to be readable."""
    return Router("/problems", route_handlers=[problem_codes, problem_code], tags=["Codes de refus"])
