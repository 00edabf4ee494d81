"""Every operation × every quality × own or other territory, related or not, over HTTP: the table, and nothing else."""

from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

import pytest

from api.access import LINE, line_of
from domain.command import administration_commands, case_commands
from domain.demonstration import AVIGNON, CLERMONT, IDENTITIES, DemonstrationIdentity
from domain.envelope import Role
from domain.procedures import PROCEDURES
from domain.rights import FILERS, TABLE, Line, Reach
from features.bodies import MANDATE, filing
from tests.api import stages
from tests.api.files import CHUNK, OFFSET, TUS
from tests.api.operations import Asked, operations
from tests.api.service import Dossier, Service, service_on, settings_on
from tests.api.written import write_letters
from tests.servers import Database

PASSED, FORBIDDEN, NOT_FOUND, NOT_SIGNED_IN = "passed", "forbidden", "not_found", "not_signed_in"
STAFF_OF: Final = {CLERMONT: ("agent-63", "signatory-63"), AVIGNON: ("agent-84", "signatory-84")}
CELLS_MIN: Final = 1_950
"""Fewer, and operations, qualities or situations have gone missing from the matrix."""


class Situation(NamedTuple):
    """How somebody stands to a case."""

    own_territory: bool
    has_filed: bool
    is_related: bool
    """By filing, by an access, or by a message."""


class Scene(NamedTuple):
    """A case, with what decides who stands how to it; told by the test, not asked of the application."""

    dossier: Dossier
    platform: str
    departments: frozenset[str]
    filer: str
    accesses: frozenset[str]
    recipients: frozenset[str]

    def situation(self, who: str) -> Situation:
        identity = IDENTITIES[who]
        own = self.platform in identity.platforms or not self.departments.isdisjoint(identity.departments)
        related = self.filer == who or who in self.accesses or identity.recipient in self.recipients
        return Situation(own, self.filer == who, related)


def decided(dossier: Dossier, platform: str, kind: str) -> Dossier:
    """A case with a favourable decision, signed by the platform."""
    agent, signatory = STAFF_OF[platform]
    dossier.must(agent, "claim")
    stages.assess_all(dossier, agent)
    return dossier.must(agent, "propose", {"kind": kind}).must(signatory, "sign", {"kind": kind})


def scene(service: Service, procedure: str, filer: str, platform: str, *, accesses: tuple[str, ...] = ()) -> Scene:
    """A case that has been decided, with everything about it that rights depend on."""
    body = filing(procedure)
    if IDENTITIES[filer].actor.role is Role.MANDATARY:
        body["request"]["mandate"] = MANDATE
    is_opinion = procedure == "exceptional_admission"
    dossier = service.file_body(body, filer)
    decided(dossier, platform, "opinion_favourable" if is_opinion else "grant")
    agent, _ = STAFF_OF[platform]
    if not is_opinion:
        # Both, since the matrix gives these commands itself: nobody's situation may change under way.
        dossier.must(agent, "notify-ofii", {"decision": "D1"}).must(agent, "notify-tax-authority", {"decision": "D1"})
    defender = "legal-84" if platform == AVIGNON else "legal-69"
    dossier.must(defender, "prepare-bundle", {"decision": "D1"})
    for identity in accesses:
        quality = "worker" if identity.startswith("worker") else "worker_counsel"
        given = {"identity": f"local:{identity}", "quality": quality, "basis": "Titre présenté au guichet."}
        dossier.must(agent, "give-access", given)
    routing = dossier.case.routing
    assert routing is not None
    assert routing.platform == platform
    departments = frozenset({routing.competent_department, routing.deciding_department})
    recipients = frozenset() if is_opinion else frozenset({"OFII", "DGFiP"})
    return Scene(dossier, platform, departments, filer, frozenset(accesses), recipients)


class Matrix(NamedTuple):
    """An application with cases in each situation."""

    service: Service
    scenes: tuple[Scene, ...]

    def situations(self, who: str) -> dict[Situation, Scene]:
        """One case for each way in which somebody can stand to one."""
        found: dict[Situation, Scene] = {}
        for each in self.scenes:
            found.setdefault(each.situation(who), each)
        return found


@pytest.fixture(scope="module")
def matrix(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Matrix]:
    given = ("worker-diallo", "counsel-roux")
    with service_on(settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("matrix"))) as service:
        scenes = (
            scene(service, "introduction_permanent", "employer-acme", CLERMONT),
            scene(service, "introduction_permanent", "mandatary-durand", CLERMONT, accesses=given),
            scene(service, "seasonal", "employer-acme", AVIGNON),
            scene(service, "seasonal", "mandatary-durand", AVIGNON, accesses=given),
            scene(service, "exceptional_admission", "prefecture-69", CLERMONT),
            scene(service, "exceptional_admission", "prefecture-84", CLERMONT),
        )
        write_letters(service)
        yield Matrix(service, scenes)


# What the table says


def told(line: Line, identity: DemonstrationIdentity, situation: Situation | None) -> str:
    """What the table says of an operation in a situation; `None` where no case is at stake."""
    reach = line.reach(identity.actor.role)
    if line.is_public:
        return PASSED
    if reach is Reach.NOTHING:
        return NOT_FOUND if line.is_hidden else FORBIDDEN
    if situation is None:
        return PASSED
    return PASSED if within(reach, situation) else FORBIDDEN if knows(identity.actor.role, situation) else NOT_FOUND


def within(reach: Reach, situation: Situation) -> bool:
    own, has_filed, is_related = situation
    return {
        Reach.FILED: has_filed,
        Reach.RELATED: is_related,
        Reach.TERRITORY: own or is_related,
        Reach.EVERYWHERE: True,
        Reach.OPEN: True,
    }[reach]


def knows(role: Role, situation: Situation) -> bool:
    """Whether the existence of the case is no secret: as far as reading it reaches, for a partner its messages."""
    reach = TABLE["MessageRegister" if role is Role.PARTNER else "Case"].reach(role)
    return within(reach, situation)


# What the application does


def body_for(asked: Asked, role: Role) -> Any:
    """A body that passes the check of form."""
    name = asked.handler.opt.get(LINE, "")
    if name.startswith("admin/"):
        return administration_commands()[name.removeprefix("admin/")].example
    if name in case_commands():
        return case_commands()[name].example
    return {
        "FileRequest": lambda: filing(next((str(p) for p in PROCEDURES if role in PROCEDURES[p].filers), "renewal")),
        "LocalSignIn": lambda: {"identity": "agent-63"},
        "ChooseRole": lambda: {"role": role},
        "SignOut": dict,
        "SignOutByProvider": dict,
        "OrderErasures": lambda: {"orders": [{"case": str(NOWHERE)}], "reason": "Essai.", "archival_visa": "Essai."},
        "RoutingDryRun": lambda: administration_commands()["routing"].example,
    }[asked.name]()


QUERIES: Final[Mapping[str, dict[str, Any]]] = {
    "CheckPermit": {"number": "AT-2026-0000-0000-0000", "birth_date": "1990-01-01"},
    "LogConsistency": {"from": 1, "to": 1},
}
FORM_REFUSED: Final = {"Events", "LogConsistency", "SignOut", "ChooseRole"}
"""The feed would go on for ever, and is asked for no position; the log of the trial has no leaf yet; a token has no
session."""
NOWHERE: Final = UUID("01a20345-0000-7000-8000-000000000000")
A_FILE: Final = {"files": {"file": ("essai.txt", b"Essai.", "text/plain")}}
FILES: Final[Mapping[str, tuple[dict[str, Any], dict[str, str]]]] = {
    "CreateUpload": ({}, {"Upload-Length": "5"}),
    "AppendToUpload": ({"content": b"x"}, {"Content-Type": CHUNK, OFFSET: "0"}),
    "UploadDocument": (A_FILE, {}),
    "DeliverDocument": (A_FILE, {}),
}
"""Operations that take a file, and the headers without which they are not well-formed."""
OF_UPLOADS: Final = {"AppendToUpload", "EndUpload"}
"""Whoever may ask for them is told that there is no such upload."""
PLACES: Final = {
    "{document}": "P1",
    "{version}": "1",
    "{upload}": str(NOWHERE),
    "{decision}": "D1",
    "{bundle}": "B1",
    "{sheet}": "request",
    "{letter}": "L1",
    "{name}": "activity",
    "{table}": "thresholds",
    "{code}": "forbidden",
}


def is_of_a_case(asked: Asked) -> bool:
    """Whether an operation names a case."""
    return "{case_id}" in asked.path or asked.name == "AccessLog"


def outcome(service: Service, asked: Asked, who: str | None, dossier: Dossier) -> str:
    """What the application does with a well-formed request; what law or state refuse has passed the rights."""
    person = str(dossier.case.request.worker.person)
    path = asked.path.replace("{case_id}", str(dossier.id)).replace("{person}", person)
    for place, value in PLACES.items():
        path = path.replace(place, value)
    query = QUERIES.get(asked.name, {}) | ({"case": str(dossier.id)} if asked.name == "AccessLog" else {})
    role = IDENTITIES[who].actor.role if who else Role.EMPLOYER
    sent = {"json": body_for(asked, role)} if asked.method == "POST" and asked.name not in FILES else {}
    headers = service.headers(who, **{"Last-Event-ID": "x"}, **TUS)
    if asked.name in FILES:
        sent, more = FILES[asked.name]
        headers |= more
    answer = service.client.request(asked.method, path, params=query, headers=headers, **sent)
    if asked.method == "HEAD":
        # Without a body nothing more is told.
        return {401: NOT_SIGNED_IN, 403: FORBIDDEN}.get(answer.status_code, PASSED)
    assert answer.status_code < 500 or answer.status_code == 503, f"{asked.name} {answer.text}"
    if not answer.headers["content-type"].startswith("application/problem+json"):
        return PASSED
    problem = answer.json()
    if asked.name in OF_UPLOADS and problem["code"] == NOT_FOUND:
        return PASSED
    if asked.name == "DocumentContent" and problem["code"] == "file_not_delivered":
        return PASSED
    assert problem["code"] != "malformed" or asked.name in FORM_REFUSED, f"{asked.name}: {answer.text}"
    return str(problem["code"]) if problem["code"] in {FORBIDDEN, NOT_FOUND, NOT_SIGNED_IN} else PASSED


def all_operations(service: Service) -> list[tuple[Asked, Line]]:
    """Every operation with its line; those on the administration last, since they change who may do what."""
    found = []
    for asked in operations(service.client.app):
        line = line_of(asked.handler, asked.method, asked.path)
        assert line is not None, f"{asked.name} has no line"
        if asked.method != "OPTIONS" and not asked.path.startswith("/schema"):
            found.append((asked, line))
    return sorted(found, key=lambda each: str(each[0].handler.opt.get(LINE, "")).startswith("admin/"))


def cells(matrix: Matrix, who: str) -> Iterator[tuple[Asked, Line, Situation | None, Scene]]:
    """Every operation in every situation in which somebody can be."""
    for asked, line in all_operations(matrix.service):
        if is_of_a_case(asked):
            for situation, each in matrix.situations(who).items():
                yield asked, line, situation, each
        else:
            yield asked, line, None, matrix.scenes[0]


def told_wrong(matrix: Matrix, table: Mapping[str, Line], who: str, tried: Container[str] = TABLE) -> list[str]:
    """The cells, of the operations that are tried, in which the application does not do what a table says."""
    wrong = []
    for asked, line, situation, each in cells(matrix, who):
        if line.operation not in tried:
            continue
        expected = told(table[line.operation], IDENTITIES[who], situation)
        found = outcome(matrix.service, asked, who, each.dossier)
        # What anybody may ask for may also not be there.
        if found != expected and not (line.is_public and found == NOT_FOUND):
            wrong.append(f"{line.operation} by {who}, {situation}: {found}, the table says {expected}")
    return wrong


def one_of_each_role() -> list[str]:
    """Identities that together stand in every situation of every quality."""
    seen: dict[tuple[Role, tuple[str, ...]], str] = {}
    for who, identity in IDENTITIES.items():
        seen.setdefault((identity.actor.role, (*identity.platforms, *identity.departments, identity.recipient)), who)
    return [*seen.values(), "counsel-roux"]


@pytest.mark.parametrize("who", one_of_each_role())
def test_every_cell_of_the_matrix_is_what_the_table_says(matrix: Matrix, who: str) -> None:
    assert told_wrong(matrix, TABLE, who) == []


def test_nobody_who_is_not_signed_in_passes(matrix: Matrix) -> None:
    for asked, line in all_operations(matrix.service):
        found = outcome(matrix.service, asked, None, matrix.scenes[0].dossier)
        assert (found == NOT_SIGNED_IN) is not line.is_public, asked.name


def test_the_matrix_is_whole(matrix: Matrix) -> None:
    """Every quality but smoe's own, each in all the situations that it can be in; the number of cells is told."""
    counted: set[tuple[str, Role, Situation | None]] = set()
    for who in one_of_each_role():
        role = IDENTITIES[who].actor.role
        counted |= {(line.operation, role, situation) for _, line, situation, _ in cells(matrix, who)}
    assert {role for _, role, _ in counted} == set(Role) - {Role.SYSTEM}
    for role in set(Role) - {Role.SYSTEM}:
        stands = {situation for _, one, situation in counted if one is role and situation is not None}
        if role in FILERS | {Role.PARTNER}:
            assert {each.is_related for each in stands} == {True, False}, role
        elif role not in {Role.AUDITOR, Role.ADMIN}:
            assert {each.own_territory for each in stands} == {True, False}, role
    prefecture = {each for _, one, each in counted if one is Role.PREFECTURE and each is not None}
    assert {(each.own_territory, each.is_related) for each in prefecture} == {
        (own, related) for own in (True, False) for related in (True, False)
    }
    lines = {operation for operation, _, _ in counted}
    assert {each for each in TABLE if "/schema" not in each} == lines, "each line is tried"
    assert len(counted) >= CELLS_MIN
    print(f"{len(lines)} operations, {len(counted)} cells")


@pytest.mark.parametrize("operation", ["CaseNotes", "sign", "abandon", "MessageRegister"])
def test_the_comparison_can_fail(matrix: Matrix, operation: str) -> None:
    """Against a table with one line changed, some cell is wrong."""
    line = TABLE[operation]
    opened = {
        role: Reach.EVERYWHERE if reach is Reach.NOTHING else Reach.NOTHING for role, reach in line.reaches.items()
    }
    changed = {**TABLE, operation: Line(operation=operation, reaches=opened)}
    for who in ("agent-63", "employer-acme"):
        assert told_wrong(matrix, changed, who, {operation}), who
        assert told_wrong(matrix, TABLE, who, {operation}) == [], who
