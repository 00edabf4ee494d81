"""Cases proposed for erasure: found once a night, each kept once, ordered by nobody but a person."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Literal

from projections.access import AccessFilter

PAGE: Final = 500

# The read model only says where to look. What was proposed and has not moved since is not looked at again.
_CANDIDATES: Final = """
SELECT case_id FROM read.cases AS listed
WHERE NOT is_open AND filed_on <= %s AND case_id > %s
    AND NOT EXISTS (SELECT FROM ledger.retention_proposals AS proposed
        WHERE proposed.case_id = listed.case_id AND proposed.proposed_on > listed.updated_at::date)
ORDER BY case_id LIMIT %s
"""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A case that may be erased, by which rule and from which day on."""

    case_id: UUID
    rule: str
    erasable_on: date
    proposed_on: date


def candidates(connection: Connection[Any], filed_before: date, after: UUID) -> Iterator[UUID]:
    """Cases over and old enough to be looked at, page after page, in the order of their identifiers."""
    last = after
    while True:
        with connection.cursor(row_factory=tuple_row) as cursor:
            page = [case_id for (case_id,) in cursor.execute(_CANDIDATES, (filed_before, last, PAGE))]
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]


def propose(connection: Connection[Any], proposal: Proposal) -> bool:
    """Keep a proposal; False where it was made before."""
    done = connection.execute(
        "INSERT INTO ledger.retention_proposals (case_id, rule, erasable_on, proposed_on) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (proposal.case_id, proposal.rule, proposal.erasable_on, proposal.proposed_on),
    )
    return done.rowcount > 0


def proposals(
    connection: Connection[Any], access: AccessFilter, *, after: tuple[date, UUID] | None, limit: int
) -> list[Proposal]:
    """The newest proposal of each case that may be seen, the oldest due first."""
    first = (
        SQL("true").format()
        if after is None
        else SQL("(erasable_on, case_id) > ({}::date, {}::uuid)").format(Literal(after[0]), Literal(after[1]))
    )
    query = SQL(
        "SELECT case_id, rule, erasable_on, proposed_on FROM"
        " (SELECT DISTINCT ON (case_id) * FROM ledger.retention_proposals ORDER BY case_id, erasable_on DESC) AS newest"
        " WHERE case_id IN (SELECT case_id FROM read.cases WHERE {}) AND {} ORDER BY erasable_on, case_id LIMIT {}"
    ).format(access.condition(), first, Literal(limit))
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [
            Proposal(case_id=case_id, rule=rule, erasable_on=erasable_on, proposed_on=proposed_on)
            for case_id, rule, erasable_on, proposed_on in cursor.execute(query)
        ]
