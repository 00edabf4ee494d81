"""Every version of every document, with what smoe knows of its file: where the work on files looks."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.sql import SQL

from domain.papers import ScanVerdict
from projections.read_model import Aids, ReadModel, Row, Told

PAGE_MAX: Final = 50
RETRY_FIRST: Final = timedelta(minutes=1)
RETRY_LAST: Final = timedelta(days=1)

Work = Literal["examine", "derive", "scan"]


class DocumentRow(Row, frozen=True, kw_only=True):
    """A version of a document."""

    document: str
    version: int
    sha256: str
    media_type: str
    """As its bytes say, once they were looked at; before, as declared."""
    bytes: int
    is_examined: bool
    faults: tuple[str, ...]
    verdict: str | None
    """What a scanner said last."""

    @property
    def is_infected(self) -> bool:
        return self.verdict == ScanVerdict.INFECTED


def rows(told: Told, aids: Aids) -> Iterable[DocumentRow]:
    """The versions of the documents of a case; none once the person is erased whose key seals its files."""
    case = told.case
    if case.request.worker.person in told.erased:
        return
    for held in case.documents.values():
        for version in held.versions:
            report = held.reports.get(version.version)
            verdict = held.verdicts.get(version.version)
            yield DocumentRow(
                case_id=case.id,
                document=held.id,
                version=version.version,
                sha256=version.sha256,
                media_type=report.media_type if report else version.media_type,
                bytes=report.bytes if report else version.bytes,
                is_examined=report is not None,
                faults=tuple(fault.value for fault in report.faults) if report else (),
                verdict=verdict.value if verdict else None,
            )


MODEL = ReadModel(table="documents", row=DocumentRow, rows=rows)

_WANTED: Final[dict[Work, SQL]] = {
    "examine": SQL("(NOT d.is_examined OR 'examination_failed' = ANY (d.faults))"),
    "derive": SQL("d.is_examined AND (d.verdict IS NOT NULL OR NOT %(is_scanned)s)"),
    "scan": SQL("d.is_examined AND d.verdict IS NULL"),
}


def waiting(
    connection: Connection[Any], kind: Work, now: datetime, *, is_scanned: bool, limit: int = PAGE_MAX
) -> list[DocumentRow]:
    """Versions on which that work was never done, or was put off until before now.

    Where files are scanned, none is read for its text before that.
    """
    with connection.cursor(row_factory=class_row(DocumentRow)) as cursor:
        return cursor.execute(
            SQL(
                "SELECT d.* FROM read.documents AS d LEFT JOIN intake.work AS w"
                " ON w.case_id = d.case_id AND w.sha256 = d.sha256 AND w.kind = %(kind)s"
                " WHERE {wanted} AND (w.kind IS NULL OR w.retry_at <= %(now)s)"
                " ORDER BY w.retry_at NULLS FIRST, d.case_id, d.document, d.version LIMIT %(limit)s"
            ).format(wanted=_WANTED[kind]),
            {"kind": kind, "now": now, "limit": limit, "is_scanned": is_scanned},
        ).fetchall()


def put_off(connection: Connection[Any], kind: Work, row: DocumentRow, now: datetime, cause: str) -> int:
    """Try that work again later, ever more rarely up to once a day; how often it was tried so far."""
    (tries,) = connection.execute(
        "INSERT INTO intake.work AS w (case_id, sha256, kind, retry_at, cause)"
        " VALUES (%(case)s, %(sha256)s, %(kind)s, %(now)s + %(first)s, %(cause)s)"
        " ON CONFLICT (case_id, sha256, kind) DO UPDATE SET tries = least(w.tries + 1, 60), cause = excluded.cause,"
        " retry_at = %(now)s + least(%(first)s * power(2, least(w.tries, 20)), %(last)s)"
        " RETURNING tries",
        {
            "case": row.case_id,
            "sha256": row.sha256,
            "kind": kind,
            "now": now,
            "first": RETRY_FIRST,
            "last": RETRY_LAST,
            "cause": cause,
        },
    ).fetchone() or (1,)
    return int(tries)


def finish(connection: Connection[Any], kind: Work, case_id: UUID, sha256: str) -> None:
    """That work is done on a file: it is not looked for again."""
    connection.execute(
        "INSERT INTO intake.work (case_id, sha256, kind, retry_at) VALUES (%s, %s, %s, NULL)"
        " ON CONFLICT (case_id, sha256, kind) DO UPDATE SET retry_at = NULL, cause = ''",
        (case_id, sha256, kind),
    )


def taken_up(connection: Connection[Any], kind: Work, case_id: UUID, sha256: str) -> None:
    """What put that work off is over, and the facts say themselves that it is done."""
    connection.execute(
        "DELETE FROM intake.work WHERE case_id = %s AND sha256 = %s AND kind = %s", (case_id, sha256, kind)
    )
