"""Every way of reading, each with how it is asked and what it must and must not show to whom."""

import asyncio
import base64
import binascii
import io
import json
import math
import re
import statistics
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx
import psycopg
import pypdfium2

from domain.case import OPEN, Case, Status
from domain.command import case_commands
from domain.envelope import Role
from domain.events import DocumentReceived
from domain.fold import replay
from domain.request import DocumentRef
from tests.api.operations import operations
from tests.api.service import Service
from tests.histories import AGENT, persons_of, write
from tests.properties.populations import (
    CALLERS,
    DEPARTMENTS,
    EVERYWHERE,
    FILERS,
    PLATFORMS,
    PROCEDURES,
    ROLES,
    TODAY,
    Drawn,
    Population,
)

NOBODY: Final = UUID("01a20345-0000-7000-8000-000000000000")
MODELS: Final = ("cases", "dashboard", "decisions", "history", "ofii_register")
SERVICES: Final = frozenset(Role) - FILERS - {Role.SYSTEM, Role.PARTNER}
EVERYBODY: Final = frozenset(Role) - {Role.SYSTEM, Role.PARTNER}
NOTED: Final = SERVICES - {Role.ADMIN}
"""Roles who read internal notes."""
JUDGED: Final = SERVICES - {Role.ADMIN, Role.PREFECTURE}
"""Roles who read what rests on every assessment."""
TRACED: Final = frozenset({Role.AUDITOR, Role.ADMIN, Role.LEGAL, Role.PREFECTURE, Role.MANAGER})
NAMED: Final = frozenset({Role.AGENT, Role.SIGNATORY, Role.MANAGER})
"""Roles who find people by their names."""
KNOWN_MAX: Final = 5
"""Cases of each kind that one reader opens by their addresses."""
QUIET_SECONDS: Final = 0.5
PATIENCE: Final = 20.0

Faults = Iterator[str]


class Town:
    """A population in an application, and what it answers."""

    def __init__(self, service: Service, people: Population) -> None:
        self.service = service
        self.people = people
        self.by_stream = {case.stream: case for case in people.cases}
        self._auditor: dict[str, Any] = {}
        self._states: dict[UUID, Case] = {}
        self._positions_until = -1
        self._positions_read: dict[UUID, set[int]] = {}

    # What is asked

    def get(self, who: str | None, path: str, **query: Any) -> httpx.Response:
        return self.service.get(who, path, **query)

    def auditor(self, path: str, **query: Any) -> Any:
        """What somebody is answered who may know all; kept, so that nothing done to the filter changes it."""
        name = f"{path}?{json.dumps(query, sort_keys=True, default=str)}"
        if name not in self._auditor:
            answer = self.get("auditor", path, **query)
            assert answer.status_code == 200, answer.text
            self._auditor[name] = answer.json()
        return self._auditor[name]

    def state(self, case: Drawn) -> Case:
        """The case as the ledger tells it."""
        if case.stream not in self._states:
            self._states[case.stream] = self.service.desk.history(case.stream).case
        return self._states[case.stream]

    # Who may know what, by what was drawn

    def known(self, who: str) -> list[Drawn]:
        return [case for case in self.people.cases if self.people.may_know(who, case)]

    def unknown(self, who: str) -> list[Drawn]:
        return [case for case in self.people.cases if not self.people.may_know(who, case)]

    def is_open_to(self, who: str, roles: frozenset[Role]) -> bool:
        return ROLES[who] in roles and self.people.has_a_right(who)

    # What an answer betrays

    def betrayed(self, who: str | None, answer: httpx.Response) -> Faults:
        """Traces of cases that this reader may not know of, anywhere in an answer."""
        yield from self.betrayed_by(who, answer.content, answer.headers.get("content-type", ""), answer.headers)

    def betrayed_by(
        self, who: str | None, content: bytes, kind: str = "", headers: Any = None, *, seen: Iterable[str] = ()
    ) -> Faults:
        hidden = self.people.cases if who is None else self.unknown(who)
        text = "\n".join(_texts(content, kind)) + "\n".join(
            f"{name}: {value}" for name, value in (headers or {}).items()
        )
        for case in hidden:
            for trace in case.traces - set(seen):
                if trace in text:
                    yield f"{who} reads {trace} of {case.number}"
        if "json" in kind:
            told = json.loads(content)
            shown = {value for name, value in _members(told) if name in {"case", "case_id", "id", "number"}}
            for case in hidden:
                if {str(case.stream), case.number} & shown:
                    yield f"{who} is told of {case.number}"
            yield from self._positions(who, hidden, told)

    def _positions(self, who: str | None, hidden: Sequence[Drawn], told: Any) -> Faults:
        if who is not None and ROLES[who] in EVERYWHERE:
            return
        theirs = {position for case in hidden for position in self.positions[case.stream]}
        for name, value in _members(told):
            if name == "position" and value in theirs:
                yield f"{who} is told position {value}, of a case that is hidden"

    @property
    def positions(self) -> dict[UUID, set[int]]:
        """The positions of the facts of each case; read anew once something was recorded."""
        last = self.service.desk.ledger.last_position()
        if last != self._positions_until:
            self._positions_until, self._positions_read = last, self._read_positions()
        return self._positions_read

    def _read_positions(self) -> dict[UUID, set[int]]:
        with psycopg.connect(self.service.settings.owner_database_url) as connection:
            rows = connection.execute("SELECT originator_id, notification_id FROM ledger.events").fetchall()
        found: dict[UUID, set[int]] = {}
        for stream, position in rows:
            found.setdefault(stream, set()).add(position)
        return found


def _members(told: Any) -> Iterator[tuple[str, Any]]:
    """Every member of an answer, however deep, whose value is no object."""
    if isinstance(told, dict):
        for name, value in told.items():
            if not isinstance(value, dict | list):
                yield name, value
            yield from _members(value)
    elif isinstance(told, list):
        for each in told:
            yield from _members(each)


_CURSOR = re.compile(rb"[A-Za-z0-9_=-]{24,}")


def _texts(content: bytes, kind: str) -> Iterator[str]:
    """An answer as text, with what is packed in it: archives, and what is written in base 64, as cursors are."""
    if kind.startswith("application/zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from _texts(archive.read(name), "")
        return
    if kind.startswith("application/pdf"):
        try:
            with closing(pypdfium2.PdfDocument(content)) as pages:
                yield " ".join(page.get_textpage().get_text_bounded() for page in pages)
            return
        except pypdfium2.PdfiumError:
            # The plain letters of tests are data behind what files begin with.
            pass
    yield content.decode("utf-8", "replace")
    for found in _CURSOR.findall(content):
        try:
            yield base64.urlsafe_b64decode(found).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            continue


class ReadPath(NamedTuple):
    """A way of reading: the operations it goes through, and a check that yields what is wrong for a reader."""

    name: str
    operations: tuple[str, ...]
    check: Callable[[Town, str], Faults]
    held_by: tuple[str, ...]
    """What keeps hidden cases out: `condition` in SQL, `predicate` on a case."""


PATHS: Final[list[ReadPath]] = []


def path(
    name: str, *operations: str, held_by: tuple[str, ...]
) -> Callable[[Callable[[Town, str], Faults]], Callable[[Town, str], Faults]]:
    def declare(check: Callable[[Town, str], Faults]) -> Callable[[Town, str], Faults]:
        PATHS.append(ReadPath(name, operations, check, held_by))
        return check

    return declare


# One case


def _some(town: Town, who: str, cases: list[Drawn]) -> list[Drawn]:
    """A few of many, others for every reader."""
    start = CALLERS.index(who) * 3 % (len(cases) or 1)
    return (cases[start:] + cases[:start])[:KNOWN_MAX]


def _one_case(
    town: Town,
    who: str,
    address: Callable[[Any], str],
    roles: frozenset[Role],
    has: Callable[[Case], bool] = lambda case: True,
    codes: frozenset[int] = frozenset({200}),
    **query: Any,
) -> Faults:
    """What is read at the address of a case: known ones are shown, all others are as one that does not exist."""
    nothing = town.get(who, address(NOBODY), **query)
    for case in _some(town, who, town.unknown(who)):
        answer = town.get(who, address(case.stream), **query)
        kind = answer.headers.get("content-type", "")
        packed = kind.startswith("application/zip")
        yield from town.betrayed_by(who, answer.content if packed else _elsewhere(answer, case.stream), kind)
        if nothing.status_code not in {403, 404}:
            yield f"{who} is answered {nothing.status_code} about no case"
        if (
            answer.status_code != nothing.status_code
            or _elsewhere(answer, case.stream) != nothing.content
            or answer.headers.multi_items() != nothing.headers.multi_items()
        ):
            yield f"{who} is answered {answer.status_code} about {case.number}, {nothing.status_code} about no case"
    if not town.is_open_to(who, roles):
        return
    for case in _some(town, who, [each for each in town.known(who) if has(town.state(each))]):
        answer = town.get(who, address(case.stream), **query)
        yield from town.betrayed(who, answer)
        if answer.status_code not in codes:
            yield f"{who} is refused {case.number}: {answer.status_code} {answer.text[:200]}"
        text = " ".join(_texts(answer.content, answer.headers.get("content-type", "")))
        if answer.status_code == 200 and str(case.stream) not in text and case.number not in text:
            yield f"{who} reads nothing of {case.number}"


def _elsewhere(answer: httpx.Response, stream: UUID) -> bytes:
    """An answer as it would be at the address of no case."""
    own, nobodys = (str(persons_of(each)[0]).encode() for each in (stream, NOBODY))
    return answer.content.replace(str(stream).encode(), str(NOBODY).encode()).replace(own, nobodys)


def _part(name: str, operation: str, part: str, roles: frozenset[Role] = EVERYBODY, **options: Any) -> None:
    @path(name, operation, held_by=("predicate",))
    def check(town: Town, who: str) -> Faults:
        yield from _one_case(town, who, lambda case: f"/api/cases/{case}{part}", roles, **options)


_PAST: Final = {"as_of": f"{TODAY.isoformat()}T09:00:00+01:00"}
_LEGAL: Final = {"legal_as_of": TODAY.isoformat()}
for _name, _operation, _address, _roles in (
    ("detail", "Case", "", EVERYBODY),
    ("history", "CaseHistory", "/history", EVERYBODY),
    ("clocks", "CaseClocks", "/clocks", EVERYBODY),
    ("documents", "CaseDocuments", "/documents", EVERYBODY),
    ("checklist", "CaseChecklist", "/checklist", EVERYBODY),
    ("conditions", "CaseConditions", "/conditions", SERVICES),
    ("notes", "CaseNotes", "/notes", NOTED),
):
    _part(_name, _operation, _address, _roles)
    _part(f"{_name}, as of an instant", _operation, _address, _roles, **_PAST)
    _part(f"{_name}, as of a legal day", _operation, _address, _roles, **_LEGAL)
_part("routing", "CaseRouting", "/routing")
_NONE_OR_ERASED: Final = frozenset({404, 410, 422})
for _name, _operation, _end in (
    ("text of a document", "DocumentText", "text"),
    ("first page of a document", "DocumentThumbnail", "thumbnail"),
):
    _part(
        _name,
        _operation,
        f"/documents/P1/versions/1/{_end}",
        EVERYBODY - {Role.ADMIN},
        codes=_NONE_OR_ERASED,
    )
_part(
    # No file was sent in: whoever may know of the case is told so, and others nothing; files are in test_documents.py.
    "file of a document",
    "DocumentContent",
    "/documents/P1/versions/1/content",
    EVERYBODY - {Role.ADMIN},
    codes=_NONE_OR_ERASED,
)
_part("proof", "CaseProof", "/proof", JUDGED)
_part("proposal's validity", "ProposalValidity", "/validity", JUDGED, codes=frozenset({200, 409}))
_part(
    "decision's validity",
    "DecisionValidity",
    "/decisions/D1/validity",
    JUDGED,
    has=lambda case: bool(case.decisions),
)
_part("letters", "CaseLetters", "/letters")
# To those who file, none that tells what has not been made known to them: tests/api/test_letters.py tries which.
_READ_OR_NOT: Final = frozenset({200, 404})
_part(
    "pages of a letter",
    "LetterContent",
    "/letters/L1/content",
    EVERYBODY - {Role.ADMIN},
    has=lambda case: bool(case.letters),
    codes=_READ_OR_NOT,
)
_part(
    "data of a letter",
    "LetterData",
    "/letters/L1/data",
    NOTED,
    has=lambda case: bool(case.letters),
    codes=_READ_OR_NOT,
)
_part("draft of a letter", "ProposalLetter", "/proposal/letter", JUDGED, codes=frozenset({200, 409}))
DEFENDERS: Final = frozenset({Role.PREFECTURE, Role.LEGAL, Role.AUDITOR})
_part("bundles", "CaseBundles", "/bundles", DEFENDERS)
# None is built in what is drawn: what an archive shows to whom, tests/api/test_bundles.py tries.
for _name, _operation, _end, _code in (
    ("bundle", "CaseBundle", "", 200),
    ("archive of a bundle", "BundleContent", "/content", 409),
    ("brief of a bundle", "BundleBrief", "/brief", 409),
):
    _part(
        _name,
        _operation,
        f"/bundles/B1{_end}",
        DEFENDERS,
        has=lambda case: bool(case.bundles),
        codes=frozenset({_code}),
    )
_part("decision sheet", "DecisionSheet", "/decision-sheets/D1", SERVICES, has=lambda case: bool(case.decisions))
_part(
    "decision sheet on paper",
    "DecisionSheetPdf",
    "/decision-sheets/D1/pdf",
    SERVICES,
    has=lambda case: bool(case.decisions),
)
ARCHIVISTS: Final = frozenset({Role.MANAGER, Role.LEGAL})
"""Roles who hand a closed case over to the archives."""
_part("archive", "CaseArchive", "/archive", ARCHIVISTS, codes=frozenset({200, 409}))
_part("sheets", "CaseSheets", "/sheets", SERVICES)
_part("sheet", "CaseSheet", "/sheets/request", SERVICES)


@path("export of a person", "PersonExport", held_by=("predicate",))
def _export(town: Town, who: str) -> Faults:
    def address(case: UUID) -> str:
        return f"/api/cases/{case}/persons/{persons_of(case)[0]}/export"

    yield from _one_case(town, who, address, frozenset({Role.PREFECTURE, Role.LEGAL}))


# Lists


def _listed(
    town: Town, who: str, address: str, roles: frozenset[Role], line: Callable[[Any], Any], **query: Any
) -> Faults:
    """A list is the auditor's without the lines of hidden cases, in the same order, however it is cut in pages."""
    if not town.is_open_to(who, roles):
        answer = town.get(who, address, **query)
        yield from town.betrayed(who, answer)
        if answer.status_code == 200 and answer.json()["items"] and not town.known(who):
            yield f"{who} is listed something at {address}"
        return
    known = {str(case.stream) for case in town.known(who)}
    whole = [each for each in _pages(town, "auditor", address, query, 200) if _case_of(each) in known]
    for size in (200, *(() if query.keys() - {"order"} else (max(2, len(whole) // 3),))):
        own = []
        for page in _answers(town, who, address, {**query, "limit": size}):
            yield from town.betrayed(who, page)
            if page.status_code != 200:
                yield f"{who} is answered {page.status_code} at {address} {query}: {page.text[:200]}"
                return
            own += page.json()["items"]
            if page.json().get("total", len(whole)) != len(whole):
                yield f"{who} is told of {page.json()['total']} lines at {address} {query}, of {len(whole)}"
        if list(map(line, own)) != list(map(line, whole)):
            yield f"{who} is listed {len(own)} lines at {address} {query}, expected {len(whole)}"


def _case_of(line: Any) -> str:
    return str(line.get("case") or line.get("case_id"))


def _answers(town: Town, who: str, address: str, query: dict[str, Any]) -> Iterator[httpx.Response]:
    cursor: dict[str, Any] = {}
    for _ in range(60):
        answer = town.get(who, address, **query, **cursor)
        yield answer
        if answer.status_code != 200 or not answer.json().get("next"):
            return
        cursor = {"cursor": answer.json()["next"]}


def _pages(town: Town, who: str, address: str, query: dict[str, Any], limit: int) -> list[Any]:
    """Every line that the auditor is listed; asked once."""
    kept = f"{address}!{json.dumps(query, sort_keys=True)}"
    if kept not in town._auditor:
        lines: list[Any] = []
        for page in _answers(town, who, address, {**query, "limit": limit}):
            assert page.status_code == 200, page.text
            lines += page.json()["items"]
        town._auditor[kept] = lines
    found: list[Any] = town._auditor[kept]
    return found


CASE_FILTERS: Final[tuple[dict[str, Any], ...]] = (
    {"order": "newest"},
    {"order": "deadline"},
    *({"platform": each} for each in PLATFORMS),
    *({"department": each} for each in DEPARTMENTS),
    *({"procedure": each.value} for each in PROCEDURES),
    *({"status": each.value} for each in Status),
    *({"assignee": f"local:{each}"} for each in ("agent-63", "agent-84")),
    *(
        {"queue": each}
        for each in (
            "to_route",
            "to_claim",
            "awaiting_items",
            "items_received",
            "to_sign",
            "to_notify_ofii",
            "appeals",
            "litigation",
            "due_soon",
        )
    ),
    {"due_before": TODAY.isoformat()},
    {"platform": "Avignon", "order": "newest", "department": "84"},
)
OF_FILERS: Final = frozenset({"platform", "department", "procedure", "order"})
"""By what those who file may have their list narrowed."""


@path("list", "Cases", held_by=("condition",))
def _list(town: Town, who: str) -> Faults:
    for asked in CASE_FILTERS:
        query = {"order": "newest", **asked}
        if ROLES[who] in FILERS and (query["order"] != "newest" or not set(query) <= OF_FILERS):
            yield from _listed(town, who, "/api/cases", frozenset(), _case_of, **query)
        else:
            yield from _listed(town, who, "/api/cases", EVERYBODY, _case_of, **query)
    if not town.known(who) and town.get(who, "/api/cases").json().get("total"):
        yield f"{who} is told of cases though there are none"


@path("list, on from somebody else's cursor", "Cases", held_by=("condition",))
def _list_from_cursor(town: Town, who: str) -> Faults:
    known = {str(case.stream) for case in town.known(who)}
    whole = _pages(town, "auditor", "/api/cases", {"order": "newest"}, 200)
    begin = town.auditor("/api/cases", order="newest", limit=4)
    answer = town.get(who, "/api/cases", order="newest", limit=200, cursor=begin["next"])
    yield from town.betrayed(who, answer)
    if answer.status_code == 200:
        expected = [_case_of(each) for each in whole[4:] if _case_of(each) in known]
        if [_case_of(each) for each in answer.json()["items"]] != expected:
            yield f"{who} is listed other cases after a cursor that was not theirs"
        if answer.json()["total"] != len(known):
            yield f"{who} is told of {answer.json()['total']} cases, knows {len(known)}"


@path("search", "Cases", held_by=("condition",))
def _search(town: Town, who: str) -> Faults:
    for case in _some(town, who, town.unknown(who))[:3]:
        for words in (case.number, case.worker, case.company, case.siret, case.worker[:6], case.number[:12]):
            answer = town.get(who, "/api/cases", q=words)
            yield from town.betrayed(who, answer)
            if not town.is_open_to(who, EVERYBODY):
                continue
            own = {_case_of(each) for each in answer.json()["items"]}
            if answer.json()["total"] != len(own) or own - {str(each.stream) for each in town.known(who)}:
                yield f"{who} finds {answer.json()['total']} cases by {words}, of {case.number}"
    for case in _some(town, who, town.known(who)) if town.is_open_to(who, EVERYBODY) else ():
        words_found = [case.number]
        if ROLES[who] in NAMED:
            words_found += [case.company, case.siret, *([] if case.is_erased else [case.worker])]
        for words in words_found:
            found = town.get(who, "/api/cases", q=words).json()
            if [_case_of(each) for each in found["items"]] != [str(case.stream)] or found["total"] != 1:
                yield f"{who} does not find {case.number} by {words}"


@path("queues", "Queues", "Cases", held_by=("condition",))
def _queues(town: Town, who: str) -> Faults:
    answer = town.get(who, "/api/queues")
    yield from town.betrayed(who, answer)
    if not town.is_open_to(who, SERVICES):
        if answer.status_code == 200 and any(each["count"] for each in answer.json()["queues"]):
            yield f"{who} is told how many cases wait"
        return
    known = {str(case.stream) for case in town.known(who)}
    for queue in answer.json()["queues"]:
        name = queue["name"]
        if name == "mine":
            states = [_as_listed(town, each) for each in town.known(who)]
            expected = {str(each.id) for each in states if each.assignee == f"local:{who}" and each.status in OPEN}
        else:
            whole = _pages(town, "auditor", "/api/cases", {"order": "newest", "queue": name}, 200)
            expected = {_case_of(each) for each in whole} & known
        listed = town.get(who, "/api/cases", queue=name, limit=200)
        yield from town.betrayed(who, listed)
        if queue["count"] != len(expected) or {_case_of(each) for each in listed.json()["items"]} != expected:
            yield f"{who} is told of {queue['count']} cases in {name}, of {len(expected)}"


@path("cases set aside", "Cases", "Queues", "Dashboard", "DecisionRegister", "MessageRegister", held_by=("predicate",))
def _aside(town: Town, who: str) -> Faults:
    expected = sum(case.is_parked for case in town.known(who))
    for address in (
        "/api/cases",
        "/api/queues",
        "/api/dashboards/activity",
        "/api/registers/decisions",
        "/api/registers/messages",
        "/api/audit/decisions",
    ):
        answer = town.get(who, address)
        if answer.status_code == 200 and answer.json()["parked_cases"] != expected:
            yield f"{who} is told of {answer.json()['parked_cases']} cases set aside at {address}, of {expected}"


# Figures


def _expected_figures(town: Town, cases: Sequence[Drawn]) -> dict[str, Any]:
    states = [_as_listed(town, case) for case in cases]
    first = [state.decisions[0] for state in states if state.decisions]
    delays = [(state.decisions[0].on - state.filed_on).days for state in states if state.decisions]
    ended = {Status.DECIDED, Status.CLOSED, Status.ABANDONED}
    is_open = [state for state in states if state.status not in ended]
    return {
        "filed": len(states),
        "decided": len(first),
        "implicit": sum(each.is_implicit for each in first),
        "open": len(is_open),
        "with_appeal": sum(bool(state.appeals) for state in states),
        "with_litigation": sum(bool(state.litigation) for state in states),
        "delay_days_median": float(statistics.median(delays)) if delays else None,
        "delay_days_p90": _decile(delays),
        "outcomes": dict(Counter(map(_outcome, states))),
        "stock": sum((TODAY - state.filed_on).days >= 0 for state in is_open),
    }


def _as_listed(town: Town, case: Drawn) -> Case:
    """The case as rows of it tell it: of one set aside, as it was then."""
    then = replay((event for _, event, _ in case.steps), case.stream) if case.later else None
    return then or town.state(case)


def _decile(delays: list[int]) -> float | None:
    if not delays:
        return None
    place = 0.9 * (len(delays) - 1)
    low, high = sorted(delays)[math.floor(place)], sorted(delays)[math.ceil(place)]
    return round(low + (high - low) * (place - math.floor(place)), 6)


def _outcome(state: Case) -> str:
    if state.status is Status.ABANDONED:
        return "abandoned"
    decision = state.current_decision
    return decision.kind.value if decision else "pending"


def _figures(told: Any) -> dict[str, Any]:
    figures = {**told, "stock": sum(each["cases"] for each in told["stock"])}
    if figures["delay_days_p90"] is not None:
        figures["delay_days_p90"] = round(figures["delay_days_p90"], 6)
    return figures


_GROUPS: Final[dict[str, Callable[[Town, Drawn], str | None]]] = {
    "platform": lambda town, case: case.listed_at[4] if case.listed_at else None,
    "department": lambda town, case: case.listed_at[0] if case.listed_at else None,
    "procedure": lambda town, case: town.state(case).procedure.value,
    "month": lambda town, case: town.state(case).filed_on.replace(day=1).isoformat(),
}


@path("dashboard", "Dashboard", held_by=("condition",))
def _dashboard(town: Town, who: str) -> Faults:
    known = town.known(who)
    for by, key in _GROUPS.items():
        answer = town.get(who, "/api/dashboards/activity", by=by)
        yield from town.betrayed(who, answer)
        if not town.is_open_to(who, SERVICES):
            if answer.status_code == 200 and answer.json()["dashboard"]["total"]["filed"]:
                yield f"{who} is told figures"
            continue
        told = answer.json()["dashboard"]
        if _figures(told["total"]) != _expected_figures(town, known):
            yield f"{who} is told {_figures(told['total'])}, expected {_expected_figures(town, known)}"
        parts: dict[str | None, list[Drawn]] = {}
        for case in known:
            parts.setdefault(key(town, case), []).append(case)
        expected = {name: _expected_figures(town, cases) for name, cases in parts.items()}
        if {line["key"]: _figures(line["figures"]) for line in told["lines"]} != expected:
            yield f"{who} is told other figures by {by}"
    if town.is_open_to(who, SERVICES):
        for platform in PLATFORMS:
            narrowed = town.get(who, "/api/dashboards/activity", platform=platform).json()["dashboard"]["total"]
            of_platform = [case for case in known if case.listed_at and case.listed_at[4] == platform]
            if _figures(narrowed) != _expected_figures(town, of_platform):
                yield f"{who} is told other figures of {platform}"


# Registers


def _decision(line: Any) -> tuple[str, str]:
    return _case_of(line), line["decision"]


@path("register of decisions", "DecisionRegister", held_by=("condition",))
def _decisions(town: Town, who: str) -> Faults:
    for asked in (
        {},
        {"kind": "grant"},
        {"kind": "refusal"},
        {"platform": "Avignon"},
        {"department": "69"},
        {"procedure": PROCEDURES[0].value},
        {"live": True},
        {"decided_from": "2026-06-01"},
        {"decided_until": "2026-08-01"},
    ):
        yield from _listed(town, who, "/api/registers/decisions", SERVICES, _decision, **asked)
    whole = _pages(town, "auditor", "/api/registers/decisions", {}, 200)
    begin = town.auditor("/api/registers/decisions", limit=2)["next"]
    answer = town.get(who, "/api/registers/decisions", cursor=begin, limit=200)
    yield from town.betrayed(who, answer)
    if town.is_open_to(who, SERVICES):
        known = {str(case.stream) for case in town.known(who)}
        expected = [_decision(each) for each in whole[2:] if _case_of(each) in known]
        if list(map(_decision, answer.json()["items"])) != expected:
            yield f"{who} is listed other decisions after a cursor that was not theirs"


@path("register of messages", "MessageRegister", held_by=("condition",))
def _messages(town: Town, who: str) -> Faults:
    for asked in ({}, {"recipient": "OFII"}, {"unanswered": True}, {"sent_from": "2026-06-01"}):
        answer = town.get(who, "/api/registers/messages", limit=200, **asked)
        yield from town.betrayed(who, answer)
        if not town.is_open_to(who, SERVICES | {Role.PARTNER}):
            continue
        known = {str(case.stream) for case in town.known(who)}
        whole = town.auditor("/api/registers/messages", limit=200, **asked)["items"]
        expected = [_case_of(each) for each in whole if _case_of(each) in known]
        if [_case_of(each) for each in answer.json()["items"]] != expected:
            yield f"{who} is listed other messages {asked}"


@path("traceability", "DecisionTraceability", held_by=("condition",))
def _traceability(town: Town, who: str) -> Faults:
    for asked in ({}, {"kind": "refusal"}, {"platform": "Clermont-Ferrand"}):
        yield from _listed(town, who, "/api/audit/decisions", TRACED, _decision, **asked)
    answer = town.get(who, "/api/audit/decisions", gaps=True)
    yield from town.betrayed(who, answer)
    if town.is_open_to(who, TRACED):
        decided = [case for case in town.known(who) if town.state(case).decisions]
        if answer.json()["inspected"] != sum(len(town.state(case).decisions) for case in decided):
            yield f"{who} has {answer.json()['inspected']} decisions inspected"


@path("samples of decisions", "DecisionTraceability", held_by=("condition",))
def _samples(town: Town, who: str) -> Faults:
    # No sample is drawn of what the register has not seen yet.
    town.service.runner.run_until_current()
    asked = {"seed": "tirage", "until_position": max(max(each) for each in town.positions.values())}
    answer = town.get(who, "/api/audit/decisions", sample=3, **asked)
    yield from town.betrayed(who, answer)
    if not town.is_open_to(who, TRACED):
        return
    known = {str(case.stream) for case in town.known(who)}
    whole = town.auditor("/api/audit/decisions", sample=200, **asked)["items"]
    theirs = [_decision(each) for each in whole if _case_of(each) in known]
    told = answer.json()
    if told["sample"]["population"] != len(theirs):
        yield f"{who} draws from {told['sample']['population']} decisions, knows {len(theirs)}"
    if list(map(_decision, told["items"])) != theirs[:3] or told["inspected"] != len(theirs[:3]):
        yield f"{who} draws other decisions"


# The access log, the administration


@path("access log", "AccessLog", held_by=("predicate",))
def _access_log(town: Town, who: str) -> Faults:
    nothing = town.get(who, "/api/audit/access", case=NOBODY)
    for case in _some(town, who, town.unknown(who)):
        answer = town.get(who, "/api/audit/access", case=case.stream)
        if (answer.status_code, answer.content) != (nothing.status_code, nothing.content):
            yield f"{who} is answered {answer.status_code} about accesses to {case.number}"
    everything = town.get(who, "/api/audit/access", limit=200)
    yield from town.betrayed(who, everything)
    if everything.status_code == 200 and ROLES[who] not in EVERYWHERE:
        yield f"{who} reads the whole access log"
    if not town.is_open_to(who, TRACED):
        return
    known = town.known(who)
    for case in _some(town, who, known)[:2]:
        answer = town.get(who, "/api/audit/access", case=case.stream, limit=200)
        yield from town.betrayed(who, answer)
        if not answer.json()["items"]:
            yield f"{who} is told of no access to {case.number}"
        if ROLES[who] in EVERYWHERE:
            continue
        for line in answer.json()["items"]:
            told = re.search(r", (\d+) dossier", line["sentence"])
            counted = max(len(line["cases"]), int(told[1]) if told else 0)
            if counted > 1 or line["facts"] is not None:
                yield f"{who}, who asked about one case, is told of an access to {counted}"


@path("administration", "Administration", held_by=())
def _administration(town: Town, who: str) -> Faults:
    yield from town.betrayed(who, town.get(who, "/api/admin"))


@path("routing tried out", "RoutingDryRun", held_by=())
def _dry_run(town: Town, who: str) -> Faults:
    lines = [
        {
            "department": "69",
            "platform": "Béthune",
            "deciding_department": "62",
            "deciding_prefect": "préfet du Pas-de-Calais",
            "seasonal": False,
        }
    ]
    body = {"version": "2027-1", "effective_from": TODAY.isoformat(), "lines": lines, "source": "Essai."}
    answer = town.service.post(who, "/api/admin/routing/dry-run", body)
    yield from town.betrayed(who, answer)
    if answer.status_code < 400 and ROLES[who] not in EVERYWHERE:
        yield f"{who} tries out tables"


# The feed


@path("feed", "Events", held_by=("predicate",))
def _feed(town: Town, who: str) -> Faults:
    if not town.is_open_to(who, EVERYBODY):
        if town.get(who, "/api/events").status_code != 403:
            yield f"{who} may listen without a right"
        return
    known, unknown = town.known(who), town.unknown(who)
    told = asyncio.run(_heard(town, who, _some(town, who, unknown)[:2], known[-1] if known else None))
    yield from town.betrayed_by(who, told)
    cases = {UUID(each) for each in re.findall(r'"case":"([0-9a-f-]{36})"', told.decode())}
    if cases != {case.stream for case in known}:
        yield f"{who} is told of {len(cases)} cases, knows {len(known)}"
    places = {int(each) for each in re.findall(rb"^id: (\d+)$", told, re.MULTILINE)}
    if places & {each for case in unknown for each in town.positions[case.stream]}:
        yield f"{who} is told positions of cases that are hidden"


async def _heard(town: Town, who: str, hidden: Sequence[Drawn], last: Drawn | None) -> bytes:
    """What a listener is told from the first fact on, up to what is recorded last, or until all is quiet."""
    told: list[bytes] = []
    news = asyncio.Event()
    left = asyncio.Event()
    asked: list[bool] = []

    async def receive() -> Any:
        if not asked:
            asked.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            told.append(message.get("body", b""))
            news.set()

    async def until(is_over: Callable[[], bool], seconds: float) -> None:
        with suppress(TimeoutError):
            while not is_over():
                news.clear()
                await asyncio.wait_for(news.wait(), seconds)

    async def recorded(case: Drawn) -> int:
        document = DocumentRef(id="P9", version=1, sha256="0" * 64, item="other", title="Pièce")
        step = (AGENT, DocumentReceived(document=document, received_on=TODAY), TODAY)
        return await asyncio.to_thread(write, town.service.desk.ledger, case.stream, [step])

    token = town.service.headers(who)["Authorization"]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/api/events",
        "raw_path": b"/api/events",
        "query_string": b"after=0",
        "root_path": "",
        "headers": [(b"authorization", token.encode()), (b"host", b"testserver")],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    listening = asyncio.create_task(town.service.client.app(scope, receive, send))  # type: ignore[arg-type]
    await until(lambda: bool(told), PATIENCE)
    for case in hidden:
        await recorded(case)
    if last is None:
        await until(lambda: False, QUIET_SECONDS)
    else:
        # In the order of positions: whatever was recorded before it would have been told before it.
        mark = b"id: %d\n" % await recorded(last)
        await until(lambda: mark in b"".join(told), PATIENCE)
    left.set()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    return b"".join(told)


# Commands and what they are refused with


@path("commands", held_by=("predicate",))
def _commands(town: Town, who: str) -> Faults:
    names = sorted(case_commands())
    hidden = _some(town, who, town.unknown(who))
    for index, name in enumerate(names):
        if not hidden:
            return
        case = hidden[index % len(hidden)]
        body, version = case_commands()[name].example, index % 3
        for given in ({"at": version} if version else {"key": f"{who}/{name}/{case.number[-4:]}"},):
            answer = town.service.post(who, f"/api/cases/{case.stream}/{name}", body, **given)
            nothing = town.service.post(who, f"/api/cases/{NOBODY}/{name}", body, **given | _another(given))
            seen = re.findall(r"[\w.:-]{6,}", json.dumps(body))
            yield from town.betrayed_by(
                who, _elsewhere(answer, case.stream), answer.headers.get("content-type", ""), answer.headers, seen=seen
            )
            if (answer.status_code, _elsewhere(answer, case.stream)) != (nothing.status_code, nothing.content):
                yield f"{who} is answered {answer.status_code} to {name} on {case.number}"


def _another(given: dict[str, Any]) -> dict[str, Any]:
    return {"key": f"{given['key']}/nobody"} if "key" in given else {}


# What shows no case to anybody

PLAIN: Final = {
    "CheckPermit": "/api/permits/check?number=AT-2026-0000-0000-0000&birth_date=1998-03-14",
    "PermitPage": "/verification?number=AT-2026-0000-0000-0000&birth_date=1998-03-14",
    "Law": "/api/law",
    "Reasons": "/api/reasons",
    "ReferenceTables": "/api/reference",
    "ReferenceTable": "/api/reference/smic",
    "ProblemCodes": "/problems",
    "ProblemCode": "/problems/stale",
    "Start": "/",
    "Live": "/health/live",
    "Ready": "/health/ready",
    "LogCheckpoint": "/api/ledger/checkpoint",
    "LogKeys": "/api/ledger/keys",
    "LogConsistency": "/api/ledger/consistency?from=1&to=2",
    "Verifier": "/api/ledger/verifier",
    "GET /metrics": "/metrics",
    "GET /schema/openapi.json": "/schema/openapi.json",
    "GET /schema": "/schema",
    "GET /schema/swagger": "/schema/swagger",
    "GET /schema/swagger/{name}": "/schema/swagger/start.js",
    "IdentityProviders": "/api/sign-in",
    "BeginSignIn": "/api/sign-in/x",
    "CompleteSignIn": "/api/sign-in/callback",
    "Me": "/api/me",
    # Nothing is due in what is drawn: whose proposals are whose, tests/api/test_personal_data.py tries.
    "Erasures": "/api/personal-data/erasures",
    "RetentionProposals": "/api/personal-data/retention",
    "GET /schema/{path}": "/schema/x",
    "GET /schema/oauth2-redirect.html": "/schema/oauth2-redirect.html",
}
"""Operations that show no case, with an address of each; what they answer is looked through all the same."""


@path("what shows no case", *PLAIN, held_by=())
def _plain(town: Town, who: str) -> Faults:
    for address in PLAIN.values():
        if who != CALLERS[0] and address.startswith(("/schema", "/api/ledger/verifier")):
            # The same for everybody, and long.
            continue
        yield from _unpositioned(town, who, town.get(who, address))
        if who == CALLERS[0]:
            yield from _unpositioned(town, None, town.get(None, address))


def _unpositioned(town: Town, who: str | None, answer: httpx.Response) -> Faults:
    """How far the whole ledger goes is known to everybody, by its checkpoints: that is no position of a case."""
    return (each for each in town.betrayed(who, answer) if "position" not in each)


def operations_that_read(town: Town) -> set[str]:
    """Every GET of the application."""
    return {each.name for each in operations(town.service.client.app) if each.method == "GET"}
