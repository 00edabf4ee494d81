"""Everything that is held about one person, as one archive that they can be handed (GDPR articles 15 and 20)."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from api.access import Caller
from api.answers import READ_RESPONSES
from api.problems import Problematic
from api.reading import Readers
from api.recording import note_cases
from domain.case import STATUS_TITLES, Case
from domain.purposes import PURPOSES
from domain.request import PrivateEmployer, Worker
from domain.retention import persons, retention
from domain.sentences import articles, sentence
from ledger.access_search import AccessQuery, search
from ledger.access_search import Place as AccessPlace
from ledger.desk import Desk, day_in_paris
from ledger.histories import CaseHistory
from projections.access import AccessFilter
from projections.cases import PAGE_MAX, Asker, CaseQuery, list_cases
from projections.read_model import folded

ACCESSES_AT_ONCE: Final = 500
OF_NOBODY: Final = "Cette personne n'est ni l'étranger ni l'employeur particulier de ce dossier."
NOTICE: Final = (
    "Données détenues sur une personne dans les dossiers que le demandeur de cet export peut connaître."
    " Ce qui est propre à d'autres personnes n'y figure pas ; qui a consulté est désigné par sa qualité."
)
AFTER_ERASURE: Final = (
    "Les données qui désignent cette personne ont été effacées : leur clé est détruite et plus personne ne peut"
    " les lire. Restent les faits du dossier, sans nom, et leurs preuves."
)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of the history, and what it says of the person themselves."""

    version: int
    recorded_at: datetime
    type: str
    sentence: str
    articles: tuple[str, ...]
    of_the_person: dict[str, Any]
    """By its place in the fact."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody read the case."""

    at: datetime
    operation: str
    by: str
    purpose: str


class ExportedCase(msgspec.Struct, frozen=True, kw_only=True):
    """One case of the person."""

    case: UUID
    number: str
    person: UUID
    capacity: str
    """`worker` or `employer`."""
    status: str
    erased: bool
    filed_on: date
    identity: Worker | PrivateEmployer
    documents: tuple[dict[str, Any], ...]
    erasable_on: date | None
    """From when on it may be erased, as far as that is known."""
    history: tuple[Said, ...]
    accesses: tuple[Seen, ...]


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What the archive holds in `donnees.json`."""

    form: int = 1
    notice: str
    made_at: datetime
    cases: tuple[ExportedCase, ...]


@get(
    "/{case_id:uuid}/persons/{person:str}/export",
    sync_to_thread=True,
    operation_id="PersonExport",
    summary="Toutes les données d'une personne",
    responses={
        **READ_RESPONSES,
        200: ResponseSpec(
            data_container=bytes,
            media_type="application/zip",
            description="Archive d'un fichier JSON : identité, dossiers, historique, pièces, consultations.",
            generate_examples=False,
        ),
    },
)
def person_export(
    case_id: FromPath[UUID],
    person: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
) -> Response[bytes]:
    """Across all cases of the same human being that the caller may know of; the reading is recorded for each of them.

    Two cases are of the same human being where two of what identifies agree (`_is_same`), never where it contradicts.
    """
    history = desk.history(case_id)
    caller.must_know(history.case)
    # They hand over what they may read themselves.
    history = caller.seen(history)
    if person not in persons(history.case):
        raise Problematic("not_found", OF_NOBODY)
    found = [(history, person), *_others(desk, caller, readers, history.case, person)]
    note_cases(each.case.id for each, _ in found)
    erased = all(who in each.case.erased for each, who in found)
    export = Export(
        notice=f"{NOTICE} {AFTER_ERASURE}" if erased else NOTICE,
        made_at=desk.ledger.clock(),
        cases=tuple(_exported(desk, readers, each, who) for each, who in found),
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("donnees.json", msgspec.json.format(msgspec.json.encode(export), indent=2))
    return Response(
        archive.getvalue(),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="donnees-{person}.zip"',
            "Cache-Control": "no-store",
        },
    )


def _identity(case: Case, person: UUID) -> Worker | PrivateEmployer:
    employer = case.request.employer
    if isinstance(employer, PrivateEmployer) and employer.person == person:
        return employer
    return case.request.worker


def _others(
    desk: Desk, caller: Caller, readers: Readers, case: Case, person: UUID
) -> Iterator[tuple[CaseHistory, UUID]]:
    """Other cases of the same human being, found by name and compared by what identifies."""
    known = _identity(case, person)
    if person in case.erased:
        return
    for other in _of_that_name(desk, caller.sees, readers, known, case.id):
        history = desk.history(other)
        if not caller.sees.allows(history.case):
            # Its line still stands where the case was before it was sent elsewhere.
            continue
        history = caller.seen(history)
        for who in sorted(persons(history.case) - history.case.erased):
            if _is_same(known, _identity(history.case, who)):
                yield history, who


def _of_that_name(
    desk: Desk, sees: AccessFilter, readers: Readers, known: Worker | PrivateEmployer, but: UUID
) -> list[UUID]:
    asker = Asker(identity="", today=day_in_paris(desk.ledger.clock()), access=sees)
    found: list[UUID] = []
    cursor: str | None = None
    with readers.connection() as connection:
        while True:
            asked = CaseQuery(q=known.family_name, cursor=cursor, limit=PAGE_MAX)
            page = list_cases(connection, asker, asked)
            found += [row.case_id for row in page.items if row.case_id != but]
            cursor = page.next
            if cursor is None:
                return found


def _is_same(one: Worker | PrivateEmployer, other: Worker | PrivateEmployer) -> bool:
    """Whether two persons are one human being; in doubt they are two, since one is handed what is said of the other.

    A number is free text (« en cours »), so it identifies nobody by itself; the State gives each foreigner one number.
    """
    names = _agree(f"{one.family_name}|{one.given_names}", f"{other.family_name}|{other.given_names}")
    if isinstance(one, Worker) and isinstance(other, Worker):
        numbered = _agree(one.foreigner_number, other.foreigner_number)
        if one.foreigner_number and other.foreigner_number and not numbered:
            return False
        born = one.birth_date is not None and one.birth_date == other.birth_date
        travels = _agree(one.passport_number, other.passport_number)
        return (born and (names or travels or numbered)) or (names and numbered)
    if isinstance(one, PrivateEmployer) and isinstance(other, PrivateEmployer):
        return names and _agree(one.street, other.street)
    return False


def _agree(one: str | None, other: str | None) -> bool:
    texts = {folded(text or "").replace(" ", "") for text in (one, other)}
    return len(texts) == 1 and texts != {""}


def _exported(desk: Desk, readers: Readers, history: CaseHistory, person: UUID) -> ExportedCase:
    case = history.case
    identity = _identity(case, person)
    today = day_in_paris(desk.ledger.clock())
    kept = retention(case, today, desk.tables.on(today))
    return ExportedCase(
        case=case.id,
        number=case.number,
        person=person,
        capacity="worker" if isinstance(identity, Worker) else "employer",
        status=STATUS_TITLES[case.status],
        erased=person in case.erased,
        filed_on=case.filed_on,
        identity=identity,
        documents=tuple(msgspec.to_builtins(ref) for each in case.documents.values() for ref in each.versions),
        erasable_on=kept.erasable_on if kept else None,
        history=tuple(
            Said(
                version=fact.version,
                recorded_at=fact.recorded_at,
                type=fact.type,
                sentence=sentence(fact.event),
                articles=articles(fact.event),
                of_the_person=dict(said_of(msgspec.to_builtins(fact.event), str(person))),
            )
            for fact in history.facts
        ),
        accesses=tuple(_accesses(readers, case.id)),
    )


def said_of(tree: Any, person: str, path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """The parts of a fact that name this person as whose they are, each by its place."""
    if isinstance(tree, dict):
        if tree.get("person") == person:
            yield path, {name: value for name, value in tree.items() if name != "person"}
            return
        for name, value in tree.items():
            yield from said_of(value, person, f"{path}.{name}")
    elif isinstance(tree, list | tuple):
        for index, value in enumerate(tree):
            yield from said_of(value, person, f"{path}[{index}]")


def _accesses(readers: Readers, case_id: UUID) -> Iterator[Seen]:
    """Who read the case, newest first; agents by quality and service, never by name."""
    after: AccessPlace | None = None
    while True:
        with readers.connection() as connection:
            page = search(connection, AccessQuery(case=case_id, after=after, limit=ACCESSES_AT_ONCE))
        for each in page:
            access = each.access
            yield Seen(
                at=access.at,
                operation=access.operation,
                by=f"{access.actor.quality}, {access.actor.service}" if access.actor else "",
                purpose=PURPOSES[access.purpose] if access.purpose else "",
            )
        if len(page) < ACCESSES_AT_ONCE:
            return
        after = AccessPlace(page[-1].access.at, page[-1].number)


def of_cases() -> Router:
    """The route under /api/cases."""
    return Router("/api/cases", route_handlers=[person_export], tags=["Données personnelles"])
