"""What a command answers, kept with its facts so that a repeated key gets the same bytes again."""

from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response
from litestar.openapi.datastructures import ResponseSpec

from api.problems import Problem
from api.recording import note_cases, note_facts_recorded
from api.seen import seen_by
from domain.case import STATUS_TITLES
from domain.envelope import Actor, Role
from ledger.desk import Done
from ledger.facts import Answer

JSON: Final = "application/json"


class RecordedFact(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that the command recorded."""

    type: str
    version: int
    position: int


class CommandAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a command: what was recorded, where, and where the case stands."""

    case: UUID | None
    """None for the administration."""
    number: str | None
    version: int
    position: int
    """To be named as `at_least` by a read that must see this."""
    status: str | None
    status_title: str | None
    events: tuple[RecordedFact, ...]


class _Named(msgspec.Struct):
    case: UUID | None = None


_encode = msgspec.json.Encoder().encode
_named: Final = msgspec.json.Decoder(_Named)


def answer_of(done: Done, status: int, actor: Actor) -> Answer:
    """The answer to a command of this actor, whole: the bytes and headers that a repetition gets again."""
    case = seen_by(actor, done.history).case if done.history else None
    # A partner knows of its messages, not of the case they come from.
    stands = case.status if case is not None and actor.role is not Role.PARTNER else None
    body = CommandAnswer(
        case=case.id if case else None,
        number=case.number if case else None,
        version=done.version,
        position=done.position,
        status=stands.value if stands else None,
        status_title=STATUS_TITLES[stands] if stands else None,
        events=tuple(
            RecordedFact(type=fact.type, version=fact.version, position=fact.position or 0) for fact in done.facts
        ),
    )
    headers = [("ETag", f'"{done.version}"'), ("X-Position", str(done.position))]
    if case is not None and status == 201:
        headers.append(("Location", f"/api/cases/{case.id}"))
    return Answer(status=status, headers=tuple(headers), body=_encode(body))


def carried_out(answer: Answer) -> Response[Any]:
    """The response to a command whose facts have just been recorded: they tell the access log's readers of it."""
    note_facts_recorded()
    return respond(answer)


def respond(answer: Answer) -> Response[Any]:
    """The HTTP response that an answer stands for."""
    case = _named.decode(answer.body).case
    note_cases([case] if case else ())
    return Response(content=answer.body, status_code=answer.status, headers=dict(answer.headers), media_type=JSON)


def problem(description: str) -> ResponseSpec:
    """A documented refusal."""
    return ResponseSpec(
        data_container=Problem, description=description, media_type="application/problem+json", generate_examples=False
    )


TOO_MANY: Final = problem("Trop de requêtes : l'en-tête Retry-After dit combien de secondes attendre.")

READ_RESPONSES: Final = {
    400: problem("Requête mal formée."),
    401: problem("Il faut se connecter."),
    403: problem("Droit insuffisant."),
    404: problem("Inconnu, ou caché au demandeur."),
    429: TOO_MANY,
    503: problem("Le service n'est pas prêt : la base de données, ou le dépôt des fichiers, ne répond pas."),
}
"""What any read may be refused with."""

PUBLIC_RESPONSES: Final = {each: READ_RESPONSES[each] for each in (400, 429, 503)}
"""What a read that is open to everybody may be refused with."""

BODY_RESPONSES: Final = {
    413: problem("Requête trop volumineuse."),
    415: problem("Type de contenu refusé."),
}
"""What any body may be refused with, whatever it says."""

WRITE_RESPONSES: Final = {
    **READ_RESPONSES,
    **BODY_RESPONSES,
    409: problem("Refusé par la loi ou par l'état du dossier."),
    410: problem("La réponse à cette clé a été effacée avec les données d'une personne."),
    412: problem("Le dossier a changé depuis la version nommée : les faits survenus sont listés."),
    422: problem("Contenu impossible, ou clé d'idempotence réutilisée."),
    428: problem("L'en-tête If-Match manque."),
}
"""What any command may be refused with."""
