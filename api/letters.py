"""Letters of a case: what was written, what is being written, their pages and data, and the draft of a decision's."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec
import structlog
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from api.access import Caller
from api.answers import READ_RESPONSES, problem
from api.document_views import must_not_be_erased
from api.problems import Problematic
from api.reading import Readers
from api.seen import letter_is_withheld, own_letters
from documents.stationery import Stationery
from documents.storage import FileAltered, FileErased, Files, FileUnknown
from domain.acts import Addressee
from domain.case import Case, Letter
from domain.envelope import Actor
from domain.events import CaseEvent, LetterIssued
from domain.fold import evolve
from domain.letters.due import Due, called_for
from domain.papers import LETTER_TITLES, LetterKind
from domain.preview import facts_proposed
from domain.refusals import Refused
from domain.taken import Surroundings
from ledger.desk import Desk
from ledger.facts import Recorded
from ledger.histories import CaseUnknown, case_facts
from ledger.identifiers import new_id
from projections.letters import key_of, owed, parked, since

PDF: Final = "application/pdf"
_PAGES: Final = ResponseSpec(
    data_container=bytes, media_type=PDF, description="Les pages, en PDF/A.", generate_examples=False
)
_GONE: Final = problem("Les fichiers ont été effacés avec les données de la personne.")

log = structlog.get_logger()


class LetterState(StrEnum):
    """How far a letter has come."""

    ISSUED = "issued"
    BEING_WRITTEN = "being_written"
    DELAYED = "delayed"
    """It could not be written; the service in charge of smoe is told."""


STATE_TITLES: Final[dict[LetterState, str]] = {
    LetterState.ISSUED: "émise",
    LetterState.BEING_WRITTEN: "en préparation",
    LetterState.DELAYED: "en préparation, retardée",
}
"""How French names each state."""


class LetterLine(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that the case calls for."""

    letter: str | None
    """Null while it is being written."""
    state: LetterState
    state_title: str
    kind: LetterKind
    title: str
    about: str
    """The decision, appeal, request for items or hearing that it is about; empty for the request itself."""
    addressee: Addressee | None
    """Null for whoever filed, and for a permit, which both of its holders have."""
    dated: date
    available_on: date | None
    """Of a decision, the day it was made available to its addressee, who reads this letter from then on."""
    on_version: int
    """The version of the case that it tells."""
    issued_at: datetime | None
    template: str | None
    sha256: str | None
    """Of its pages, as they were recorded."""
    data_sha256: str | None
    certificate_sha256: str | None
    """Of the certificate that sealed it; empty where none did."""
    bytes: int | None
    content: str | None
    """Where its pages are read."""


class CaseLetters(msgspec.Struct, frozen=True, kw_only=True):
    """The letters of a case, in the order of the facts that they tell."""

    case: UUID
    version: int
    items: tuple[LetterLine, ...]


@get(
    "/letters",
    sync_to_thread=True,
    operation_id="CaseLetters",
    summary="Les lettres d'un dossier, émises ou en préparation",
    responses=READ_RESPONSES,
)
def letters(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    readers: NamedDependency[Readers],
) -> CaseLetters:
    """To those who file, the letters that are theirs, once what they tell has been made known to them."""
    history = desk.history(case_id)
    caller.must_know(history.case)
    with readers.connection() as connection:
        due = owed(case_facts(history), since(connection))
        aside = frozenset(parked(connection, case_id))
    seen = caller.seen(history)
    lines = [
        _issued(seen.case, fact.event, fact.recorded_at)
        for fact in case_facts(seen)
        if isinstance(fact.event, LetterIssued)
    ]
    lines += [_awaited(seen.case, each, aside) for each in own_letters(caller.actor, history, due)]
    return CaseLetters(
        case=case_id, version=seen.case.version, items=tuple(sorted(lines, key=lambda line: line.on_version))
    )


def _issued(case: Case, letter: LetterIssued, at: datetime) -> LetterLine:
    return LetterLine(
        letter=letter.letter,
        state=LetterState.ISSUED,
        state_title=STATE_TITLES[LetterState.ISSUED],
        kind=letter.kind,
        title=LETTER_TITLES[letter.kind],
        about=letter.about,
        addressee=letter.addressee,
        dated=letter.dated,
        available_on=_available_on(case, letter),
        on_version=letter.on_version,
        issued_at=at,
        template=letter.template,
        sha256=letter.sha256,
        data_sha256=letter.data_sha256,
        certificate_sha256=letter.certificate_sha256,
        bytes=letter.bytes,
        content=f"/api/cases/{case.id}/letters/{letter.letter}/content",
    )


def _awaited(case: Case, due: Due, aside: Collection[tuple[str, str, str, date]]) -> LetterLine:
    state = LetterState.DELAYED if key_of(due) in aside else LetterState.BEING_WRITTEN
    return LetterLine(
        letter=None,
        state=state,
        state_title=STATE_TITLES[state],
        kind=due.kind,
        title=LETTER_TITLES[due.kind],
        about=due.about,
        addressee=due.addressee,
        dated=due.dated,
        available_on=_available_on(case, due),
        on_version=due.on_version,
        issued_at=None,
        template=None,
        sha256=None,
        data_sha256=None,
        certificate_sha256=None,
        bytes=None,
        content=None,
    )


def _available_on(case: Case, letter: LetterIssued | Due) -> date | None:
    """Since when the addressee of a decision has had it at hand."""
    told = next((each for each in case.decisions if letter.about in {each.id, each.rejects_appeal}), None)
    known = told.notified.get(letter.addressee) if told is not None and letter.addressee is not None else None
    return known.available_on if known is not None else None


@get(
    "/letters/{letter:str}/content",
    sync_to_thread=True,
    operation_id="LetterContent",
    summary="Les pages d'une lettre, telles qu'elles ont été émises",
    responses={**READ_RESPONSES, 200: _PAGES, 410: _GONE},
)
def content(
    case_id: FromPath[UUID],
    letter: FromPath[str],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    files: NamedDependency[Files],
) -> Response[bytes]:
    """The very bytes whose hash was recorded: what is no longer them is refused."""
    case, found = _letter(desk, caller, case_id, letter)
    pages = _kept(files, case_id, found.id, found.sha256)
    return _pages(pages, f"{case.number}-{found.id}.pdf")


@get(
    "/letters/{letter:str}/data",
    sync_to_thread=True,
    operation_id="LetterData",
    summary="Les données dont une lettre est faite",
    responses={**READ_RESPONSES, 410: _GONE},
)
def data(
    case_id: FromPath[UUID],
    letter: FromPath[str],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    files: NamedDependency[Files],
) -> Response[bytes]:
    """What its template was set with, as it was kept: the same data give the same pages again."""
    _, found = _letter(desk, caller, case_id, letter)
    kept = _kept(files, case_id, found.id, found.data_sha256)
    return Response(kept, media_type="application/json", headers={"Cache-Control": "no-store"})


def _letter(desk: Desk, caller: Caller, case_id: UUID, letter: str) -> tuple[Case, Letter]:
    """A letter that the caller may read; any other is as one that does not exist. Raises CaseUnknown."""
    history = desk.history(case_id)
    caller.must_know(history.case)
    case = caller.seen(history).case
    found = next((each for each in case.letters if each.id == letter), None)
    if found is None or letter_is_withheld(caller.actor, history.case, found):
        raise CaseUnknown
    must_not_be_erased(history.case)
    return case, found


def _kept(files: Files, case_id: UUID, letter: str, sha256: str) -> bytes:
    try:
        return files.read(case_id, sha256)
    except FileErased:
        raise Problematic("files_erased") from None
    except (FileUnknown, FileAltered) as fault:
        log.critical("a file is not what was kept", case=str(case_id), letter=letter, fault=type(fault).__name__)
        raise Problematic("file_lost") from fault


def _pages(pages: bytes, name: str) -> Response[bytes]:
    return Response(
        pages,
        media_type=PDF,
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"},
    )


class _Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a signature would record."""

    version: int
    event: CaseEvent
    actor: Actor
    recorded_at: datetime


@get(
    "/proposal/letter",
    sync_to_thread=True,
    operation_id="ProposalLetter",
    summary="Le projet de la lettre que donnerait la proposition",
    responses={
        **READ_RESPONSES,
        200: _PAGES,
        409: problem("Aucune décision n'est proposée, ou il manque à la lettre une mention exigée."),
    },
)
def proposal_letter(
    case_id: FromPath[UUID],
    desk: NamedDependency[Desk],
    caller: NamedDependency[Caller],
    stationery: NamedDependency[Stationery],
) -> Response[bytes]:
    """As it would read if it were signed today by the caller, marked as a draft on every page; nothing is recorded."""
    history = desk.history(case_id)
    caller.must_know(history.case)
    context = desk.context(caller.actor, new_id())
    facts: list[Recorded[CaseEvent] | _Drafted] = list(case_facts(history))
    case = history.case
    due: Due | None = None
    for event in facts_proposed(case, context):
        before, case = case, evolve(case, event, case_id)
        facts.append(_Drafted(version=case.version, event=event, actor=context.actor, recorded_at=context.now))
        new = [call for call in called_for(case) if call not in called_for(before)]
        due = due or (Due(**msgspec.structs.asdict(new[0]), on_version=case.version) if new else None)
    if due is None:
        raise Refused("letter_not_due")
    around = Surroundings(
        administration=context.administration,
        administration_then=context.administration,
        reference=context.reference,
        reference_today=context.reference,
        same_program=True,
        today=context.today,
    )
    pages = stationery.rendered(stationery.composed(facts, due, around), draft=True)
    return _pages(pages, f"{case.number}-projet.pdf")


def router() -> Router:
    """Routes under /api/cases/{case_id}."""
    return Router(
        "/api/cases/{case_id:uuid}", route_handlers=[letters, content, data, proposal_letter], tags=["Lettres"]
    )
