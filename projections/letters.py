"""Letters that cases call for: where those are that wait to be written, and which could not be."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import class_row, tuple_row

from domain.case import Letter
from domain.events import CaseEvent
from domain.letters.due import Due, letters_due
from ledger.facts import Recorded
from projections.read_model import Aids, ReadModel, Row, Told

PAGE_MAX: Final = 500
RETRY_MINUTES_MAX: Final = 360
"""Between two tries of a letter that could not be written, by the same program."""


class LetterRow(Row, frozen=True, kw_only=True):
    """A letter that is called for."""

    kind: str
    about: str
    addressee: str | None
    dated: date
    on_version: int
    position: int
    """Of the fact that calls for it."""
    letter: str | None
    """Its identifier once it is written."""


def rows(told: Told, aids: Aids) -> list[LetterRow]:
    """The letters of the case: those that are written, then those that are due."""
    # The facts of a case stand at their versions.
    places = [fact.position or 0 for fact in told.facts]
    written = [_row(told, places, each, each.id) for each in told.case.letters if each.on_version <= len(places)]
    return written + [_row(told, places, each, None) for each in letters_due(told.facts)]


def _row(told: Told, places: Sequence[int], each: Letter | Due, letter: str | None) -> LetterRow:
    return LetterRow(
        case_id=told.case.id,
        kind=each.kind.value,
        about=each.about,
        addressee=each.addressee.value if each.addressee else None,
        dated=each.dated,
        on_version=each.on_version,
        position=places[each.on_version - 1],
        letter=letter,
    )


MODEL = ReadModel(table="letters", row=LetterRow, rows=rows)


def since(connection: Connection[Any]) -> int:
    """The place in the log after which facts have their letters written."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute("SELECT position FROM ledger.letters_since").fetchone()
    assert found is not None, "the migration says from where on"
    return int(found[0])


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A case with letters to write, and the place in the log of the first fact that calls for one."""

    position: int
    case_id: UUID


_WAITING: Final = """
SELECT min(due.position)::bigint AS position, due.case_id FROM read.letters AS due
WHERE due.letter IS NULL AND due.position > (SELECT position FROM ledger.letters_since)
    AND NOT EXISTS (
        SELECT FROM ledger.letters_parked AS parked
        WHERE parked.case_id = due.case_id AND parked.kind = due.kind AND parked.about = due.about
            AND parked.addressee = coalesce(due.addressee, '') AND parked.dated = due.dated
            AND parked.retry_at > now() AND parked.code_version = %s
    )
GROUP BY due.case_id HAVING (min(due.position), due.case_id) > (%s, %s)
ORDER BY 1, 2 LIMIT %s
"""


def waiting(connection: Connection[Any], code_version: str, after: Place | None) -> list[Place]:
    """Cases with letters to write, those longest awaited first; what another program set aside is tried again."""
    place = after or Place(position=0, case_id=UUID(int=0))
    with connection.cursor(row_factory=class_row(Place)) as cursor:
        cursor.execute(_WAITING, (code_version, place.position, place.case_id, PAGE_MAX))
        return cursor.fetchall()


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """How many letters are awaited, and how many of them could not be written."""

    due: int
    parked: int


_BACKLOG: Final = """
SELECT (
    SELECT count(*) FROM read.letters
    WHERE letter IS NULL AND position > (SELECT position FROM ledger.letters_since)
) AS due, (SELECT count(*) FROM ledger.letters_parked) AS parked
"""


def backlog(connection: Connection[Any]) -> Backlog:
    """How many letters wait."""
    with connection.cursor(row_factory=class_row(Backlog)) as cursor:
        found = cursor.execute(_BACKLOG).fetchone()
    assert found is not None
    return found


# What could not be written


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that could not be written."""

    kind: str
    about: str
    addressee: str
    """Empty for nobody in particular."""
    dated: date
    cause: str
    code_version: str
    tries: int
    parked_at: datetime
    retry_at: datetime

    def waits(self, now: datetime, code_version: str) -> bool:
        """Whether its hour to be tried again has not come for this program."""
        return self.retry_at > now and self.code_version == code_version


def key_of(due: Due) -> tuple[str, str, str, date]:
    """What names a letter within its case."""
    return due.kind.value, due.about, due.addressee.value if due.addressee else "", due.dated


def parked(connection: Connection[Any], case_id: UUID) -> dict[tuple[str, str, str, date], Parked]:
    """The letters of a case that could not be written."""
    with connection.cursor(row_factory=class_row(Parked)) as cursor:
        cursor.execute(
            "SELECT kind, about, addressee, dated, cause, code_version, tries, parked_at, retry_at"
            " FROM ledger.letters_parked WHERE case_id = %s",
            (case_id,),
        )
        return {(each.kind, each.about, each.addressee, each.dated): each for each in cursor}


_PARK: Final = """
INSERT INTO ledger.letters_parked (case_id, kind, about, addressee, dated, cause, code_version, retry_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, now() + interval '1 minute')
ON CONFLICT (case_id, kind, about, addressee, dated) DO UPDATE SET
    cause = excluded.cause, code_version = excluded.code_version, tries = letters_parked.tries + 1,
    retry_at = now() + make_interval(mins => least(power(2, least(letters_parked.tries, 20))::int, %s))
"""


def park(connection: Connection[Any], case_id: UUID, due: Due, cause: str, code_version: str) -> None:
    """Set a letter aside that could not be written; each time for longer."""
    connection.execute(_PARK, (case_id, *key_of(due), cause, code_version, RETRY_MINUTES_MAX))


def unpark(connection: Connection[Any], case_id: UUID, due: Due) -> None:
    """Forget that a letter could not be written."""
    connection.execute(
        "DELETE FROM ledger.letters_parked"
        " WHERE case_id = %s AND kind = %s AND about = %s AND addressee = %s AND dated = %s",
        (case_id, *key_of(due)),
    )


def owed(facts: Sequence[Recorded[CaseEvent]], since_position: int) -> tuple[Due, ...]:
    """The letters of a case that are to be written: called for by what was recorded since there are letters."""
    return tuple(due for due in letters_due(facts) if (facts[due.on_version - 1].position or 0) > since_position)
