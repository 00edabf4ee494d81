"""One route for each command on a case, made from the domain's own list of commands."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg, FromPath, HeaderParameter, RawBody

from api.access import LINE, Caller, caller_of, must_be_signed_in
from api.answers import WRITE_RESPONSES, CommandAnswer, answer_of, carried_out, respond
from api.form import must_be_legible
from api.identity.presence import vouched_for
from api.problems import Problematic
from domain.accesses import must_not_examine_own_request
from domain.case import Case
from domain.command import CaseCommand, Command, case_commands
from domain.context import Context
from domain.envelope import Actor
from domain.refusals import Refused
from domain.rights import TABLE
from ledger.desk import Desk, Guard, Render, Stale
from ledger.facts import CommandKey, KeyUsed, fingerprint_of
from ledger.histories import CaseUnknown
from ledger.identifiers import new_id

KEY_LENGTH_MAX: Final = 200
UNCOMPRESSED: Final = "uncompressed"
"""The mark of routes whose answers are too short to compress."""
_ETAG = re.compile(r'^(?:W/)?"(\d{1,9})"$|^(\d{1,9})$')

IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match", description="Version du dossier sur laquelle l'acte a été décidé, telle que l'ETag."
    ),
]
IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Clé choisie par l'appelant : la même clé reçoit la première réponse, octet pour octet.",
        max_length=KEY_LENGTH_MAX,
        min_length=1,
    ),
]


def version_of(if_match: str | None) -> int | None:
    """The version that an `If-Match` header names; None when absent. Raises Problematic when it is no version."""
    if if_match is None:
        return None
    found = _ETAG.match(if_match.strip())
    if found is None:
        raise Problematic("malformed", 'If-Match doit être une version, telle que l\'ETag la donne : "7".')
    return int(found[1] or found[2])


def key_of(
    key: str | None, caller: Caller, request: Request[Any, Any, Any], body: bytes, if_match: str | None
) -> CommandKey | None:
    """The command key of a request, bound to everything that the caller sent with it."""
    if key is None:
        return None
    fingerprint = fingerprint_of(request.method, request.url.path, body, if_match)
    return CommandKey(actor=caller.actor.identity, key=key, fingerprint=fingerprint)


def first_answer(desk: Desk, key: CommandKey | None) -> Response[Any] | None:
    """What this key was answered before, if it was."""
    if key is None:
        return None
    answer = desk.ledger.find_answer(key.actor, key.key, key.fingerprint)
    return respond(answer) if answer else None


def _route(command: CaseCommand) -> HTTPRouteHandler:
    line = TABLE[command.name]

    def handle(
        case_id: FromPath[UUID],
        data: Command,
        body: RawBody,
        request: Request[Actor, None, Any],
        if_match: IfMatch = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response[Any]:
        must_be_legible(data, body)
        # Here and not as dependencies: several are awaited in a group of tasks, one that reads in a thread of its own.
        desk: Desk = request.app.state.desk
        caller = caller_of(request.user, desk, line, case_id)
        key = key_of(idempotency_key, caller, request, body, if_match)
        expected = version_of(if_match)

        return carry_out(
            desk,
            request,
            caller,
            case_id,
            command,
            data,
            key=key,
            expected=expected,
            render=lambda done: answer_of(done, 200, caller.actor),
        )

    return documented(
        handle, command.name, command.title, command.body, command.example, f"/{{case_id:uuid}}/{command.name}", 200
    )


def carry_out(
    desk: Desk,
    request: Request[Actor, None, Any],
    caller: Caller,
    case_id: UUID,
    command: CaseCommand,
    data: Command,
    *,
    key: CommandKey | None,
    expected: int | None,
    render: Render,
    also: Guard | None = None,
) -> Response[Any]:
    """Carry a command out for its caller, and answer as its first answer was, where the key has had one.

    `also` raises where something else than rights forbids it on the case as it is. Raises as the desk does.
    """
    context = desk.context(
        caller.actor,
        new_id(),
        administration=desk.administration_at_hand,
        vouched=vouched_for(request.scope),
    )

    def guard(case: Case) -> None:
        caller.must_know(case)
        must_not_examine_own_request(case, caller.actor)
        if also is not None:
            also(case)
        if command.fresh and expected is None:
            raise Problematic("if_match_missing")

    try:
        done = desk.execute(
            case_id,
            command,
            data,
            context,
            expected_version=expected,
            guard=guard,
            key=key,
            render=render if key else None,
            known=caller.case,
        )
    except KeyUsed as used:
        return respond(used.answer)
    except (Refused, Stale, CaseUnknown, Problematic) as refusal:
        # A repeated key is told what it was told first, whatever has become of the case and of rights since.
        repeated = first_answer(desk, key)
        if repeated is not None:
            return repeated
        if isinstance(refusal, Refused) and not caller.sees_all_of_a_case:
            raise _in_terms_of(caller.seen(desk.history(case_id)).case, command, data, context) from refusal
        raise
    return carried_out(render(done))


def _in_terms_of(seen: Case, command: CaseCommand, data: Command, context: Context) -> Refused:
    """The refusal as what the caller sees explains it; what they do not see yet is not given as its reason."""
    try:
        command.decide(seen, data, context)
    except Refused as refused:
        return refused
    return Refused("status_forbids", "L'avancement du dossier ne permet pas cet acte.")


def documented(
    handle: Callable[..., Response[Any]],
    name: str,
    title: str,
    body: type[Command],
    example: dict[str, Any],
    path: str,
    status: int,
) -> HTTPRouteHandler:
    """A route whose body, example and answers stand in the OpenAPI document."""
    handle.__annotations__["data"] = Annotated[
        body, BodyKwarg(media_type="application/json", examples=[Example(summary=title, value=example)])
    ]
    opt = {UNCOMPRESSED: True, LINE: name}
    operation = "".join(part.capitalize() for part in re.split(r"[-/]", name))
    handle.__name__ = f"command_{name.replace('-', '_').replace('/', '_')}"
    handle.__doc__ = (body.__doc__ or "").strip()
    answer = ResponseSpec(data_container=CommandAnswer, description="Acte enregistré.", generate_examples=False)
    return post(
        path,
        before_request=must_be_signed_in,
        opt=opt,
        sync_to_thread=True,
        status_code=status,
        operation_id=operation,
        summary=title,
        responses={**WRITE_RESPONSES, status: answer},
    )(handle)


def command_routes() -> list[HTTPRouteHandler]:
    """A route for each command on a case."""
    return [_route(command) for command in case_commands().values()]
