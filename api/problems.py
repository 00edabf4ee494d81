"""Every error as an RFC 9457 problem with a stable code, and the one list of those codes."""

import errno
import re
from http import HTTPStatus
from typing import Any, Final

import msgspec
import psycopg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, NotAuthorizedException, ValidationException
from litestar.exceptions.http_exceptions import ClientException
from obstore.exceptions import BaseError as StoreFailed
from prometheus_client import Counter

from api.seen import seen_by
from domain.refusals import CODES, Fault, Ground, Refused
from ledger.desk import Stale
from ledger.facts import AnswerErased, KeyReusedForAnotherCommand, LedgerAltered, LedgerUnavailable, StoredEventInvalid
from ledger.histories import CaseUnknown

PROBLEM_JSON: Final = "application/problem+json"

CHECKSUM_MISMATCH: Final = 460
"""Of tus; no other protocol has it."""

TRANSPORT_CODES: Final[dict[str, tuple[int, str]]] = {
    "malformed": (HTTPStatus.BAD_REQUEST, "La requête est mal formée."),
    "not_signed_in": (HTTPStatus.UNAUTHORIZED, "Il faut se connecter."),
    "csrf": (
        HTTPStatus.FORBIDDEN,
        "Cette requête ne vient pas d'une page de ce service : l'en-tête X-CSRF-Token donne le jeton de /api/me.",
    ),
    "role_not_held": (HTTPStatus.FORBIDDEN, "Vous n'avez pas la qualité sous laquelle vous voulez agir."),
    "sign_in_refused": (HTTPStatus.FORBIDDEN, "La connexion a été refusée."),
    "provider_unavailable": (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Le fournisseur d'identité ne répond pas : personne ne peut se connecter par lui pour l'instant.",
    ),
    "forbidden": (HTTPStatus.FORBIDDEN, "Vous n'avez pas le droit de faire cet acte."),
    "not_found": (HTTPStatus.NOT_FOUND, "Cette ressource n'existe pas, ou vous ne pouvez pas la connaître."),
    "method_not_allowed": (HTTPStatus.METHOD_NOT_ALLOWED, "Cette adresse ne connaît pas cette méthode."),
    "stale": (HTTPStatus.PRECONDITION_FAILED, "Le dossier a changé depuis que vous l'avez lu."),
    "if_match_missing": (HTTPStatus.PRECONDITION_REQUIRED, "L'en-tête If-Match manque : indiquez la version lue."),
    "key_reused": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Cette clé d'idempotence a déjà servi pour une autre commande.",
    ),
    "answer_erased": (
        HTTPStatus.GONE,
        "La commande a bien été exécutée, mais sa réponse nommait une personne dont les données ont été effacées.",
    ),
    "too_large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "La requête est trop volumineuse."),
    "file_unusable": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Ce fichier est inutilisable : il n'a été ni enregistré, ni conservé.",
    ),
    "file_not_delivered": (HTTPStatus.NOT_FOUND, "Le fichier de cette pièce n'a pas été remis."),
    "file_not_read": (HTTPStatus.NOT_FOUND, "Rien n'a été tiré de ce fichier, ou pas encore."),
    "file_infected": (HTTPStatus.CONFLICT, "Un antivirus a trouvé ce fichier infecté : il n'est pas délivré."),
    "file_not_scanned": (HTTPStatus.CONFLICT, "L'analyse antivirus de ce fichier n'a pas abouti, ou pas encore."),
    "bundle_not_built": (HTTPStatus.CONFLICT, "Ce dossier de défense n'a pas encore été constitué."),
    "files_erased": (
        HTTPStatus.GONE,
        "Des données de ce dossier ont été effacées sur ordre, et tous ses fichiers avec elles.",
    ),
    "file_lost": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Le fichier conservé manque ou n'est plus celui qui est arrivé : prévenez l'exploitant.",
    ),
    "range_impossible": (HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "Le fichier est plus court que cela."),
    "upload_not_whole": (HTTPStatus.CONFLICT, "Cet envoi n'est pas terminé."),
    "upload_elsewhere": (HTTPStatus.CONFLICT, "Cette partie n'est pas la suite de ce qui est arrivé."),
    "too_many_uploads": (
        HTTPStatus.CONFLICT,
        "Trop d'envois sont en cours : terminez-en un, ou renoncez-y, avant d'en commencer un autre.",
    ),
    "tus_version": (HTTPStatus.PRECONDITION_FAILED, "L'en-tête Tus-Resumable doit valoir 1.0.0."),
    "checksum_mismatch": (CHECKSUM_MISMATCH, "L'empreinte de ce qui est arrivé n'est pas celle qui était annoncée."),
    "too_slow": (HTTPStatus.REQUEST_TIMEOUT, "Le corps de la requête a mis trop de temps à arriver."),
    "address_too_long": (HTTPStatus.REQUEST_URI_TOO_LONG, "L'adresse demandée est trop longue."),
    "headers_too_large": (
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "Les en-têtes de la requête sont trop nombreux ou trop longs.",
    ),
    "too_many_requests": (HTTPStatus.TOO_MANY_REQUESTS, "Trop de requêtes : attendez avant d'en envoyer d'autres."),
    "media_type": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Le corps doit être en application/json."),
    "ledger_altered": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "L'historique enregistré de ce dossier n'est pas celui qui a été écrit : prévenez l'exploitant.",
    ),
    "internal": (HTTPStatus.INTERNAL_SERVER_ERROR, "Erreur interne : elle a été consignée."),
    "not_ready": (HTTPStatus.SERVICE_UNAVAILABLE, "Le service n'est pas prêt."),
}
"""Codes of what the transport refuses; those of the domain are in `domain.refusals.CODES`."""

STATUS_OF_GROUND: Final = {
    Ground.STATE_OR_LAW: HTTPStatus.CONFLICT,
    Ground.CONTENT: HTTPStatus.UNPROCESSABLE_ENTITY,
    Ground.RIGHTS: HTTPStatus.FORBIDDEN,
}

RETRY_AFTER_SECONDS: Final = 2
TOO_DEEP: Final = "Le corps est trop profondément imbriqué."

log = structlog.get_logger()

_refusals = Counter("smoe_refusals_total", "Requests refused, by the code of their problem", ("code",))


class Intervened(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that intervened since the version a command names."""

    version: int
    type: str
    recorded_at: str
    actor: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An RFC 9457 problem: `code` is stable and public, `title` and `detail` are French."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    instance: str = ""
    faults: tuple[Fault, ...] = ()
    version: int | None = None
    intervened: tuple[Intervened, ...] = ()


class Problematic(Exception):
    """Something the transport refuses, by the code of its problem."""

    def __init__(
        self, code: str, detail: str = "", faults: tuple[Fault, ...] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.faults = faults
        self.headers = headers or {}


def all_codes() -> dict[str, tuple[int, str]]:
    """Every code a problem can carry, with its status and title."""
    domain = {code: (int(STATUS_OF_GROUND[known.ground]), known.title) for code, known in CODES.items()}
    return {**{code: (int(status), title) for code, (status, title) in TRANSPORT_CODES.items()}, **domain}


def _problem(
    request: Request[Any, Any, Any], code: str, detail: str = "", headers: dict[str, str] | None = None, **more: Any
) -> Response[Problem]:
    status, title = all_codes()[code]
    _refusals.labels(code).inc()
    body = Problem(
        type=f"/problems/{code}",
        title=title,
        status=status,
        code=code,
        detail=detail,
        instance=request.scope["path"],
        **more,
    )
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers=headers)


def on_refused(request: Request[Any, Any, Any], refused: Refused) -> Response[Problem]:
    """What law, state, content or rights forbid."""
    return _problem(request, refused.code, refused.message, faults=refused.faults)


def on_problematic(request: Request[Any, Any, Any], problem: Problematic) -> Response[Problem]:
    """What the transport refuses."""
    challenge = {"WWW-Authenticate": "Bearer"} if problem.code == "not_signed_in" else {}
    return _problem(request, problem.code, problem.detail, challenge | problem.headers, faults=problem.faults)


def on_stale(request: Request[Any, Any, Any], stale: Stale) -> Response[Problem]:
    """Facts intervened: those that the caller may see are listed, so that they can decide again."""
    shown = seen_by(request.user, stale.history).facts if stale.history else ()
    intervened = tuple(
        Intervened(
            version=fact.version,
            type=fact.type,
            recorded_at=fact.recorded_at.isoformat(),
            actor=f"{fact.actor.name}, {fact.actor.quality}",
        )
        for fact in shown
        if fact.version > stale.seen_version
    )
    return _problem(
        request,
        "stale",
        f"Le dossier est à la version {stale.version}.",
        {"ETag": f'"{stale.version}"'},
        version=stale.version,
        intervened=intervened,
    )


def on_unknown(request: Request[Any, Any, Any], _: CaseUnknown) -> Response[Problem]:
    """A case that does not exist, or that the caller may not know of: the same answer."""
    return _problem(request, "not_found")


def on_key_reused(request: Request[Any, Any, Any], _: KeyReusedForAnotherCommand) -> Response[Problem]:
    """A key that came with another request."""
    return _problem(request, "key_reused")


def on_answer_erased(request: Request[Any, Any, Any], _: AnswerErased) -> Response[Problem]:
    """The first answer went with the key of a person it named."""
    return _problem(request, "answer_erased")


def on_altered(request: Request[Any, Any, Any], error: LedgerAltered | StoredEventInvalid) -> Response[Problem]:
    """The stored history is not the one written: nothing is decided on it."""
    log.critical("ledger_altered", stream=str(error.stream), version=error.version, reason=error.reason)
    return _problem(request, "ledger_altered", f"Dossier {error.stream}, version {error.version} : {error.reason}.")


def on_unavailable(
    request: Request[Any, Any, Any], error: LedgerUnavailable | psycopg.OperationalError
) -> Response[Problem]:
    """PostgreSQL does not answer: nothing was decided, and the same request may be sent again."""
    log.warning("not_ready", path=request.scope["path"], reason=str(error).partition("\n")[0])
    return _problem(request, "not_ready", headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


NO_FILES: Final = "Le dépôt des fichiers ne répond pas, ou n'a plus de place : rien n'a été enregistré."
_OF_THE_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})


def on_no_files(request: Request[Any, Any, Any], error: StoreFailed | OSError) -> Response[Problem]:
    """Files can be neither kept nor read, or the disk is full: nothing was recorded, and the same may be sent again."""
    if isinstance(error, OSError) and error.errno not in _OF_THE_DISK:
        return on_bug(request, error)
    log.error("files_unavailable", path=request.scope["path"], fault=type(error).__name__)
    return _problem(request, "not_ready", NO_FILES, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


_AT = re.compile(r" - at `(key in )?\$\.?(?P<path>[^`]*)`$")
_PART = re.compile(r"\[(\d+|\.\.\.)\]|([^.\[\]]+)")
_MEMBER = re.compile(r"missing required field `([^`]+)`|contains unknown field `([^`]+)`")


def _pointer(path: str) -> str:
    """The RFC 6901 pointer of a msgspec path such as `data.l[1].b`."""
    parts = [index or name for index, name in _PART.findall(path)]
    if parts and parts[0] == "data":
        parts = parts[1:]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _in_french(reason: str) -> str:
    """The decoder's remark, introduced so that a reader of French knows whose words follow."""
    return f"Forme refusée par le lecteur : {reason}"


def on_malformed(request: Request[Any, Any, Any], error: ValidationException) -> Response[Problem]:
    """A body or parameter that is not of the published form, with the place of the fault."""
    reason = str(error.__cause__ or error.detail)
    found = _AT.search(reason)
    pointer = _pointer(found["path"]) if found else ""
    member = _MEMBER.search(reason)
    if found is None and reason.endswith("missing required field `data`"):
        # `data` is the framework's name for the whole body.
        pointer = ""
    elif member is not None:
        # The decoder names the object around it: the place of the fault is the member itself.
        pointer += "/" + (member[1] or member[2]).replace("~", "~0").replace("/", "~1")
    message = _in_french(_AT.sub("", reason))
    return _problem(request, "malformed", faults=(Fault(pointer=pointer, code="malformed", message=message),))


def on_too_deep(request: Request[Any, Any, Any], _: RecursionError) -> Response[Problem]:
    """Nothing of ours calls itself but the reader of JSON, on values within values without end."""
    return _problem(request, "malformed", TOO_DEEP)


def on_no_utf8(request: Request[Any, Any, Any], _: UnicodeDecodeError) -> Response[Problem]:
    """Nothing of ours reads bytes as text but the reader of JSON."""
    return _problem(request, "malformed", "Le corps n'est pas du texte en UTF-8.")


_CODE_OF_STATUS: Final = {
    400: "malformed",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "media_type",
    503: "not_ready",
}


_CLIENT_LEFT: Final = "client disconnected prematurely"
"""What the framework, by an error of its own, says of a body that ends before its time."""


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """What the framework refuses by itself."""
    code = _CODE_OF_STATUS.get(error.status_code)
    if error.detail == _CLIENT_LEFT:
        # No fault of ours, and nobody reads the answer.
        return _problem(request, "malformed", "Le corps n'est pas arrivé en entier.")
    if code is None:
        return on_bug(request, error)
    headers = {str(k): str(v) for k, v in (error.headers or {}).items()}
    detail = _in_french(error.detail) if code == "malformed" else ""
    return _problem(request, code, detail, headers)


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Anything else is our fault: logged once with its stack, and nothing of it shown."""
    log.error("unhandled", path=request.scope["path"], exc_info=error)
    return _problem(request, "internal")


HANDLERS: Final[dict[Any, Any]] = {
    Refused: on_refused,
    Problematic: on_problematic,
    Stale: on_stale,
    CaseUnknown: on_unknown,
    KeyReusedForAnotherCommand: on_key_reused,
    AnswerErased: on_answer_erased,
    LedgerAltered: on_altered,
    StoredEventInvalid: on_altered,
    LedgerUnavailable: on_unavailable,
    psycopg.OperationalError: on_unavailable,
    StoreFailed: on_no_files,
    OSError: on_no_files,
    ValidationException: on_malformed,
    UnicodeDecodeError: on_no_utf8,
    RecursionError: on_too_deep,
    ClientException: on_http,
    NotAuthorizedException: on_http,
    HTTPException: on_http,
    Exception: on_bug,
}
