"""Proofs: the archive of a case, the log's checkpoints and keys, and the file that verifies them without us."""

import io
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from api.access import Caller
from api.answers import PUBLIC_RESPONSES, READ_RESPONSES, problem
from api.problems import Problematic
from api.recording import COUNTED
from ledger.desk import Desk
from ledger.histories import CaseHistory
from ledger.proofs.notary import Notary, NothingToProve, known_verifiers, newest_checkpoint, origin_of
from ledger.proofs.proof import SizeUnknown, write_proof
from ledger.proofs.tree import NotInTree, Tree
from verifier.one_file import stand_alone

SIZE_MAX: Final = 2**62
NOT_ALL: Final = "Certains faits de ce dossier ne vous sont pas accessibles ; ce fichier les contient tous."
NO_CHECKPOINT: Final = "Le journal n'a pas encore de point de contrôle."

Since = Annotated[
    int | None,
    QueryParameter(
        description="Nombre de faits d'un point de contrôle gardé : la preuve dira que le journal le continue.",
        ge=1,
        le=SIZE_MAX,
    ),
]


class LogKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The name of the log and every public key that ever signed for it, oldest first."""

    origin: str
    keys: tuple[str, ...]
    """As C2SP writes them: name, number, base64."""


class Consistency(msgspec.Struct, frozen=True, kw_only=True):
    """That the log of so many facts goes on from what it was (RFC 9162, 2.1.4)."""

    origin: str
    old_size: int
    size: int
    old_root: str
    root: str
    hashes: tuple[str, ...]
    """In hexadecimal digits, in the order of the RFC."""


def must_read_every_fact(caller: Caller, history: CaseHistory) -> None:
    """Refuse what tells every fact as stored to whom something of the case is hidden: who filed it reads no note."""
    if caller.seen(history).facts != history.facts:
        raise Problematic("forbidden", NOT_ALL)


@get(
    "/{case_id:uuid}/proof",
    sync_to_thread=True,
    operation_id="CaseProof",
    summary="La preuve d'un dossier, vérifiable hors ligne",
    responses={
        **READ_RESPONSES,
        200: ResponseSpec(
            data_container=bytes,
            media_type="application/zip",
            description="Archive que vérifie hors ligne le programme de /api/ledger/verifier.",
            generate_examples=False,
        ),
    },
)
def case_proof(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    notary: NamedDependency[Notary],
    caller: NamedDependency[Caller],
    since: Since = None,
) -> Response[bytes]:
    """Facts as stored, paths in the Merkle log, signed checkpoints, time-stamps and keys; nothing of other cases."""
    history = desk.history(case_id)
    caller.must_know(history.case)
    must_read_every_fact(caller, history)
    archive = io.BytesIO()
    try:
        write_proof(archive, desk.ledger, notary, [case_id], since=since)
    except SizeUnknown as error:
        raise Problematic("malformed", "Le journal n'a jamais compté autant de faits.") from error
    except NothingToProve as error:
        raise Problematic("not_ready", "Les derniers faits ne sont pas encore inscrits : recommencez.") from error
    name = f"preuve-{case_id}.zip"
    return Response(
        archive.getvalue(),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@get(
    "/checkpoint",
    sync_to_thread=True,
    opt=COUNTED,
    operation_id="LogCheckpoint",
    summary="Le dernier point de contrôle du journal",
    security=[{}],
    media_type="text/plain",
    responses={**PUBLIC_RESPONSES, 404: problem(NO_CHECKPOINT)},
)
def checkpoint(desk: NamedDependency[Desk]) -> Response[str]:
    """The newest signed note of the log: anybody may keep it, and later see whether the log goes on from it."""
    with desk.ledger.recorder.datastore.get_connection() as connection:
        newest = newest_checkpoint(connection)
    if newest is None:
        raise Problematic("not_found", NO_CHECKPOINT)
    return Response(newest.note, media_type="text/plain; charset=utf-8")


@get(
    "/keys",
    sync_to_thread=True,
    opt=COUNTED,
    operation_id="LogKeys",
    summary="Les clés publiques du journal",
    security=[{}],
    responses=PUBLIC_RESPONSES,
)
def keys(desk: NamedDependency[Desk]) -> LogKeys:
    """The public keys that verify checkpoints, those that sign no more included."""
    with desk.ledger.recorder.datastore.get_connection() as connection:
        return LogKeys(origin=origin_of(connection), keys=tuple(map(str, known_verifiers(connection))))


@get(
    "/consistency",
    sync_to_thread=True,
    opt=COUNTED,
    operation_id="LogConsistency",
    summary="Le journal continue-t-il ce qu'il était ?",
    security=[{}],
    responses=PUBLIC_RESPONSES,
)
def consistency(
    desk: NamedDependency[Desk],
    old_size: Annotated[int, QueryParameter(name="from", description="Nombre de faits d'alors.", ge=1, le=SIZE_MAX)],
    size: Annotated[int, QueryParameter(name="to", description="Nombre de faits à présent.", ge=1, le=SIZE_MAX)],
) -> Consistency:
    """The hashes that prove that the log of `to` facts begins with the `from` facts that it once had."""
    with desk.ledger.recorder.datastore.get_connection() as connection:
        tree = Tree(connection)
        try:
            return Consistency(
                origin=origin_of(connection),
                old_size=old_size,
                size=size,
                old_root=tree.root(old_size).hex(),
                root=tree.root(size).hex(),
                hashes=tuple(each.hex() for each in tree.consistency(old_size, size)),
            )
        except (NotInTree, ValueError) as error:
            raise Problematic("malformed", "« from » et « to » sont des tailles du journal, dans cet ordre.") from error


@get(
    "/verifier",
    sync_to_thread=False,
    opt=COUNTED,
    operation_id="Verifier",
    summary="Le vérificateur hors ligne, en un fichier",
    security=[{}],
    media_type="text/x-python",
    responses=PUBLIC_RESPONSES,
)
def verifier() -> Response[str]:
    """verify_smoe.py, which needs nothing but Python."""
    return Response(
        stand_alone(),
        media_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="verify_smoe.py"'},
    )


def of_cases() -> Router:
    """Routes under /api/cases."""
    return Router("/api/cases", route_handlers=[case_proof], tags=["Preuves"])


def of_the_log() -> Router:
    """Routes under /api/ledger."""
    return Router("/api/ledger", route_handlers=[checkpoint, keys, consistency, verifier], tags=["Preuves"])
