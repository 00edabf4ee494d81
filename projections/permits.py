"""Permits as anybody who holds a number may check them: genuine or not, valid or not, and for which employer."""

import hmac
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier, Literal, Placeholder

from domain.acts import CourtAction, DecisionKind, Permit
from domain.case import Decision
from domain.events import PermitRepealed, PermitWithdrawn
from domain.permits import normal_code, normal_number, verification_code
from projections.read_model import Aids, ReadModel, Row, Told


class PermitRow(Row, frozen=True, kw_only=True):
    """A permit; the date of birth only as a keyed fingerprint that nobody can turn back."""

    permit: str
    decision: str
    birth_fingerprint: str | None
    """None once the person has been erased: the permit can then not be checked any more."""
    valid_from: date
    valid_until: date | None
    employer_siret: str | None
    job_title: str
    limited_to: str
    zone: str
    ended: str | None
    """How it ended before its time: `withdrawn`, `repealed`, `annulled` or `replaced`."""
    ended_on: date | None
    suspended: bool | None = None
    """Whether a court suspended the grant; null in rows of older code, until they are made anew."""


def fingerprint(check_key: bytes, permit: str, birth_date: date) -> str:
    """What the table keeps of a date of birth: bound to the permit, so that no two fingerprints can be compared."""
    text = f"{normal_number(permit)}|{birth_date.isoformat()}"
    return hmac.digest(check_key, b"smoe-permit-check-1|" + text.encode(), "sha256").hex()


def rows(told: Told, aids: Aids) -> list[PermitRow]:
    """The permits that the case gave."""
    return [
        _line(told, aids, decision, decision.permit) for decision in told.case.decisions if decision.permit is not None
    ]


def _line(told: Told, aids: Aids, decision: Decision, permit: Permit) -> PermitRow:
    worker = told.case.request.worker
    ended, ended_on = _end(told, decision)
    known = worker.birth_date is not None and worker.person not in told.case.erased
    return PermitRow(
        case_id=told.case.id,
        permit=normal_number(permit.number),
        decision=decision.id,
        birth_fingerprint=(
            fingerprint(aids.check_key, permit.number, worker.birth_date) if known and worker.birth_date else None
        ),
        valid_from=permit.valid_from,
        valid_until=permit.valid_until,
        employer_siret=permit.employer_siret,
        job_title=permit.job_title,
        limited_to=permit.limited_to,
        zone=permit.zone,
        ended=ended,
        ended_on=ended_on,
        suspended=decision.live and decision.suspended_by is not None,
    )


def _end(told: Told, decision: Decision) -> tuple[str | None, date | None]:
    """How and from when the permit stopped: a withdrawal undoes it from its first day, a repeal from its own."""
    if decision.live or _is_held_up(told, decision.ended_by):
        return None, None
    for fact in told.facts:
        match fact.event:
            case PermitWithdrawn(withdraws=ended) if ended == decision.id:
                return "withdrawn", decision.permit.valid_from if decision.permit else decision.on
            case PermitRepealed(repeals=ended, effective_on=on) if ended == decision.id:
                return "repealed", on
            case _:
                pass
    successor = next((d for d in told.case.decisions if d.id == decision.ended_by), None)
    if successor is None:
        judged = next((p.judged_on for p in told.case.litigation if p.id == decision.ended_by), None)
        return "annulled", judged
    if successor.kind is DecisionKind.WITHDRAWAL:
        return "withdrawn", decision.permit.valid_from if decision.permit else decision.on
    return "replaced", successor.on


def _is_held_up(told: Told, ended_by: str | None) -> bool:
    """Whether a court suspended what ended the permit: it is valid until the main claim is judged (CJA L521-1)."""
    act = next((d for d in told.case.decisions if d.id == ended_by), None)
    if act is None or not act.live or act.suspended_by is None:
        return False
    return not any(
        p.against == act.id and p.action is CourtAction.ANNULMENT and p.judged_on is not None
        for p in told.case.litigation
    )


MODEL = ReadModel(table="permits", row=PermitRow, rows=rows, version=2)


class PermitState(StrEnum):
    """What a permit is worth on a day."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    """A court has suspended it until it rules."""
    WITHDRAWN = "withdrawn"
    REPEALED = "repealed"
    ANNULLED = "annulled"
    REPLACED = "replaced"


STATE_TITLES: Final[dict[PermitState, str]] = {
    PermitState.VALID: "en cours de validité",
    PermitState.NOT_YET_VALID: "pas encore valable",
    PermitState.EXPIRED: "expirée",
    PermitState.SUSPENDED: "suspendue par une juridiction",
    PermitState.WITHDRAWN: "retirée",
    PermitState.REPEALED: "abrogée",
    PermitState.ANNULLED: "annulée",
    PermitState.REPLACED: "remplacée par une autre décision",
}
"""How French says what a permit is worth."""


class PermitCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The public answer about a permit; no person is named."""

    permit: str
    state: PermitState
    valid_from: date
    valid_until: date | None
    employer_siret: str | None
    job_title: str
    limited_to: str
    zone: str


COMPARED: Final = 4
"""Rows that every check reads and compares: only decisions of one case give a number again."""
_NO_FINGERPRINT: Final = "0" * 64
DECOY: Final = PermitRow(
    case_id=UUID(int=0),
    permit="AT-0000-0000-0000-0000",
    decision="D0",
    birth_fingerprint=_NO_FINGERPRINT,
    valid_from=date(2000, 1, 1),
    valid_until=date(2000, 12, 31),
    employer_siret="00000000000000",
    job_title="Aucun emploi",
    limited_to="",
    zone="France métropolitaine",
    ended=None,
    ended_on=None,
    suspended=False,
)
"""Read and compared where no permit is, so that a number that is none costs what one costs whose date is wrong."""
_OF_NOBODY: Final = frozenset({None, _NO_FINGERPRINT})
_COLUMNS: Final = SQL(", ").join(map(Identifier, PermitRow.__struct_fields__))
_ROWS: Final = SQL(
    "SELECT {columns} FROM (SELECT {columns} FROM read.permits WHERE permit = {permit}"
    " UNION ALL SELECT {decoy} FROM generate_series(1, {compared})) AS found"
    " ORDER BY case_id = {nobody}, ended IS NOT NULL, valid_from DESC, decision DESC LIMIT {compared}"
).format(
    columns=_COLUMNS,
    permit=Placeholder(),
    decoy=SQL(", ").join(map(Literal, msgspec.structs.astuple(DECOY))),
    nobody=Literal(DECOY.case_id),
    compared=Literal(COMPARED),
)


def check_permit(
    connection: Connection[Any], permit: str, birth_date: date, *, today: date, check_key: bytes
) -> PermitCheck | None:
    """What the permit is worth today; None where number and date of birth do not belong together.

    Whatever is asked, one query is made, so many rows are read and so many fingerprints compared: how long it takes to
    find nothing tells no more than the answer.
    """
    asked = fingerprint(check_key, permit, birth_date)
    equal = [row for row in _read(connection, permit) if _is_same(row.birth_fingerprint or _NO_FINGERPRINT, asked)]
    return _answer(equal, today)


def check_printed_permit(
    connection: Connection[Any], permit: str, code: str, *, today: date, check_key: bytes
) -> PermitCheck | None:
    """The same for whoever holds the paper, by the code printed on it: one query, so many rows and comparisons."""
    expected, asked = verification_code(check_key, permit), normal_code(code)
    equal = [
        row
        for row in _read(connection, permit)
        # What is no permit any more for anybody, and where there is none, no code is that of.
        if _is_same(expected if row.birth_fingerprint not in _OF_NOBODY else _NO_FINGERPRINT, asked)
    ]
    return _answer(equal, today)


def _is_same(held: str, asked: str) -> bool:
    return hmac.compare_digest(held.encode(), asked.encode())


def _read(connection: Connection[Any], permit: str) -> list[PermitRow]:
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_ROWS, (normal_number(permit),))
        return [msgspec.convert(row, PermitRow) for row in cursor]


def _answer(equal: Sequence[PermitRow], today: date) -> PermitCheck | None:
    if not equal:
        return None
    row = equal[0]
    return PermitCheck(
        permit=row.permit,
        state=state(row, today),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        employer_siret=row.employer_siret,
        job_title=row.job_title,
        limited_to=row.limited_to,
        zone=row.zone,
    )


def state(row: PermitRow, today: date) -> PermitState:
    """What the permit is worth on a day."""
    if row.ended is not None and (row.ended_on is None or row.ended_on <= today or row.ended == "withdrawn"):
        return PermitState(row.ended)
    if row.valid_until is not None and row.valid_until < today:
        return PermitState.EXPIRED
    if row.suspended:
        return PermitState.SUSPENDED
    return PermitState.NOT_YET_VALID if today < row.valid_from else PermitState.VALID
