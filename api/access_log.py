"""The access log as auditors read it: who read, searched, listed or exported what, when and what for."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.access import Caller
from api.answers import READ_RESPONSES
from api.cursors import cursor_of, place_of
from api.form import ILLEGIBLE, must_be_within_memory
from api.problems import Problematic
from api.reading import Readers
from api.recording import Digests
from domain.case import PARIS
from domain.envelope import Actor, Role
from domain.events import AccessesPurged
from domain.french import in_french
from domain.purposes import PURPOSES, Purpose
from domain.registers import ACCESSES_STREAM
from domain.rights import Reach
from domain.sentences.words import plural
from ledger.access_search import AccessFound, AccessQuery, Place, search
from ledger.accesses import Access, Reader, first_day_kept, newest_purge
from ledger.desk import Desk

PAGE_MAX: Final = 200
CASE_MISSING: Final = "Votre qualité donne accès au journal d'un dossier : nommez-le (case=)."


class AccessLine(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the log."""

    number: int
    at: datetime
    sentence: str
    operation: str
    title: str
    """What the operation does, in French."""
    actor: Reader | None
    """None for whoever was not signed in, and for entries that count."""
    role: Role | None
    cases: tuple[UUID, ...]
    """All that it concerns; for whoever asked about one case, that case alone."""
    parameters: dict[str, tuple[str, ...]]
    searched: tuple[str, ...]
    """Parameters that held a free text, of which only a digest is kept."""
    status: int
    purpose: Purpose | None
    purpose_title: str
    trace: str | None
    count: int
    facts: int | None
    is_sealed: bool
    seal: str | None
    """The fact that proves it, `<stream>/<version>`."""


class AccessPage(msgspec.Struct, frozen=True, kw_only=True):
    """Entries, newest first; `next` goes on after them."""

    items: tuple[AccessLine, ...]
    next: str | None
    kept_from: date | None
    """The day from which on every entry is kept; None where none was ever removed."""
    kept: str
    """The same in French: of what is older, no line proves nothing."""


@get(
    "/",
    sync_to_thread=True,
    operation_id="AccessLog",
    summary="Le journal des accès",
    responses=READ_RESPONSES,
)
def accesses(
    request: Request[Actor, float, Any],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
    digests: NamedDependency[Digests],
    case: Annotated[UUID | None, QueryParameter(description="Les accès à ce dossier.")] = None,
    identity: Annotated[
        str | None, QueryParameter(name="actor", description="Identité de qui a consulté.", max_length=200)
    ] = None,
    operation: Annotated[
        str | None, QueryParameter(description="Opération, telle que l'OpenAPI la nomme.", max_length=200)
    ] = None,
    purpose: Annotated[Purpose | None, QueryParameter(description="Finalité déclarée, ou usuelle.")] = None,
    begin: Annotated[date | None, QueryParameter(name="from", description="À partir de ce jour.")] = None,
    until: Annotated[date | None, QueryParameter(description="Jusqu'à ce jour compris.")] = None,
    searched: Annotated[
        str | None,
        QueryParameter(
            description="Les accès où ce texte exact a été cherché, aux accents, majuscules et ponctuation près.",
            max_length=200,
        ),
    ] = None,
    cursor: Annotated[str | None, QueryParameter(description="Suite d'une page.", max_length=500)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_MAX)] = 100,
) -> AccessPage:
    """Who read, searched, listed or exported what, when and what for; reading this is recorded in it.

    Auditors and administrators read all of it; managers, legal officers and prefectures what concerns a case that they
    may know of. What was searched for is compared by digests: nobody reads it here.
    """
    caller.must_have_a_right()
    if case is not None:
        caller.must_know(desk.history(case).case)
    elif caller.reach is not Reach.EVERYWHERE:
        raise Problematic("forbidden", CASE_MISSING)
    must_be_within_memory("from", begin)
    must_be_within_memory("until", until)
    asked = AccessQuery(
        case=case,
        actor=_legible("actor", identity),
        operation=_legible("operation", operation),
        purpose=purpose.value if purpose else None,
        begin=_midnight(begin) if begin else None,
        end=_midnight(until + timedelta(days=1)) if until else None,
        searched=digests.of(searched) if searched is not None else None,
        after=place_of(cursor, Place, _is_possible),
        limit=limit + 1,
    )
    with readers.connection() as connection:
        found = search(connection, asked)
    # How many cases others were shown is as little theirs to know as which.
    only = None if caller.reach is Reach.EVERYWHERE else case
    titles: Mapping[str, str] = request.app.state.operation_titles
    items = tuple(_line(each, titles, only) for each in found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    purge = newest_purge(desk.ledger)
    return AccessPage(
        items=items,
        next=cursor_of(Place(last.access.at, last.number)) if last else None,
        kept_from=first_day_kept(purge.event) if purge else None,
        kept=_kept(purge.event if purge else None),
    )


def _kept(purge: AccessesPurged | None) -> str:
    if purge is None:
        return "Aucune entrée du journal n'a été supprimée."
    return (
        f"Le journal est entier à partir du {in_french(first_day_kept(purge))} : au-delà de {purge.months} mois, les"
        " entrées sont supprimées, et leur absence ne dit pas que personne n'a consulté."
    )


def _legible(name: str, value: str | None) -> str | None:
    if value is not None and ILLEGIBLE.search(value):
        raise Problematic("malformed", f"{name} contient un caractère invisible ou de commande.")
    return value


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


def _is_possible(place: Place) -> bool:
    return place.at.tzinfo is not None and 0 <= place.number < 2**63


def _line(found: AccessFound, titles: Mapping[str, str], only: UUID | None) -> AccessLine:
    """An entry as it is shown; with `only`, nothing of other cases is: the caller need not know of them."""
    access = found.access if only is None else _of_one(found.access, only)
    title = titles.get(access.operation, access.operation)
    return AccessLine(
        number=found.number,
        at=access.at,
        sentence=sentence(access, title),
        operation=access.operation,
        title=title,
        actor=access.actor,
        role=access.role,
        cases=access.cases,
        parameters=access.parameters,
        searched=tuple(access.searched),
        status=access.status,
        purpose=access.purpose,
        purpose_title=PURPOSES[access.purpose] if access.purpose else "",
        trace=access.trace,
        count=access.count,
        facts=access.facts,
        is_sealed=found.seal is not None,
        seal=f"{ACCESSES_STREAM}/{found.seal}" if found.seal is not None else None,
    )


def _of_one(access: Access, case: UUID) -> Access:
    """An entry as if it concerned this case alone."""
    return msgspec.structs.replace(access, cases=tuple(each for each in access.cases if each == case), facts=None)


def sentence(access: Access, title: str) -> str:
    """What was done, in French."""
    done = f"« {title} »"
    if access.purpose is None:
        times = plural(access.count, "appel", "appels")
        return f"{done} : {times} en une minute, sans rien montrer d'un dossier ni d'une personne{_outcome(access)}."
    who = _who(access.actor)
    if access.facts is not None:
        sent = "aucun fait envoyé" if not access.facts else plural(access.facts, "fait envoyé", "faits envoyés")
        return f"{who} : fin de {done}, {sent}{_cases(access)}."
    return f"{who} : {done}{_cases(access)}{_outcome(access)}."


def _who(actor: Reader | None) -> str:
    return "Personne non connectée" if actor is None else f"{actor.quality}, {actor.service} ({actor.identity})"


def _cases(access: Access) -> str:
    return f", {plural(len(access.cases), 'dossier', 'dossiers')}" if access.cases else ""


def _outcome(access: Access) -> str:
    return "" if access.status < 400 else f", refusé ({access.status})"


def router() -> Router:
    """The route under /api/audit/access."""
    return Router("/api/audit/access", route_handlers=[accesses], tags=["Audit"])
