"""How far the read models have come, what is being built and what is parked: asked by the API and by operators."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from domain.events import CaseAccessEnded, CaseAccessGiven, RequestRouted, RequestTransferred
from ledger.facts import StoredEventInvalid, StoredFact
from ledger.store import Ledger
from projections.read_model import read_models

BEHIND_COUNTED_MAX: Final = 1_000_000
"""Facts that are counted one by one to tell how late a model is."""
READABLE_WITHIN: Final = 20
"""Of so many facts not seen the oldest that can be read tells since when a model is late."""
WHERE: Final = [known.__name__ for known in (RequestRouted, RequestTransferred, CaseAccessGiven, CaseAccessEnded)]
"""Facts that say where a case is, and to whom it is open."""
_POSITIONS: Final = "SELECT model, position FROM read.positions"


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a read model has come."""

    model: str
    version: int
    position: int
    moved_at: datetime


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """A read model that is being built beside the one in service."""

    model: str
    version: int
    state: str
    """`filling` from whole cases, then `following` the ledger until it is swapped."""
    parts_done: int
    parts_total: int
    started_at: datetime


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """A case that a read model could not project."""

    model: str
    case_id: UUID
    position: int
    event_type: str | None
    """Stored type of the fact where it stopped, where that is known."""
    stream_version: int | None
    error: str
    """The cause in its first line, then where in the code."""
    code_version: str
    parked_at: datetime

    @property
    def cause(self) -> str:
        """The error without its stack."""
        return self.error.partition("\n")[0]


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """How late the read models are, as health checks and metrics tell it."""

    position: int
    """Of the model that is furthest behind."""
    last_position: int
    parked: int

    @property
    def is_current(self) -> bool:
        """Whether every model has seen the newest fact."""
        return self.position >= self.last_position


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What a position has not seen yet."""

    facts: int
    """Counted up to BEHIND_COUNTED_MAX."""
    seconds: float
    """Since the oldest fact not seen was recorded; 0 when there is none."""


def lag(connection: Connection[Any], last_position: int, models: Iterable[str] | None = None) -> Lag:
    """How late the read models are, given the ledger's last position."""
    names = list(models) if models is not None else [model.table for model in read_models()]
    reached = dict(connection.execute(_POSITIONS).fetchall())
    found = connection.execute("SELECT count(*) FROM read.parked").fetchone()
    return Lag(
        position=min((reached.get(name, 0) for name in names), default=last_position),
        last_position=last_position,
        parked=found[0] if found else 0,
    )


def behind(connection: Connection[Any], ledger: Ledger[Any], position: int) -> Behind:
    """How many facts, and how many seconds, a position is behind the ledger."""
    found = connection.execute(
        "SELECT count(*) FROM (SELECT FROM ledger.events WHERE notification_id > %s AND notification_id <= %s"
        " LIMIT %s) AS unseen",
        (position, ledger.last_position(), BEHIND_COUNTED_MAX),
    ).fetchone()
    facts = found[0] if found else 0
    if not facts:
        return Behind(facts=0, seconds=0.0)
    moments = filter(None, map(_recorded_at, ledger.read_raw(position, READABLE_WITHIN)))
    seconds = (datetime.now(UTC) - next(moments, datetime.now(UTC))).total_seconds()
    return Behind(facts=facts, seconds=max(0.0, seconds))


def _recorded_at(fact: StoredFact) -> datetime | None:
    """When a fact was recorded; None for one that cannot be read."""
    try:
        return fact.recorded_at()
    except StoredEventInvalid:
        return None


def progress(connection: Connection[Any]) -> list[Progress]:
    """How far each read model has come."""
    found = connection.execute("SELECT model, version, position, moved_at FROM read.positions ORDER BY model")
    return [
        Progress(model=model, version=version, position=position, moved_at=at) for model, version, position, at in found
    ]


def builds(connection: Connection[Any]) -> list[Build]:
    """Every build that is under way, or was interrupted and will be taken up again."""
    found = connection.execute(
        "SELECT model, version, state, (SELECT count(*) FROM read.build_parts AS part WHERE part.build = b.build"
        " AND part.done), (SELECT count(*) FROM read.build_parts AS part WHERE part.build = b.build), started_at"
        " FROM read.builds AS b ORDER BY model"
    )
    return [
        Build(model=model, version=version, state=state, parts_done=done, parts_total=total, started_at=at)
        for model, version, state, done, total, at in found
    ]


def parked(connection: Connection[Any]) -> list[Parked]:
    """Every case that a read model could not project."""
    found = connection.execute(
        "SELECT model, case_id, position, event_type, stream_version, error, code_version, parked_at FROM read.parked"
        " ORDER BY parked_at, case_id, model"
    )
    return [
        Parked(
            model=model,
            case_id=case_id,
            position=position,
            event_type=kind,
            stream_version=version,
            error=error,
            code_version=code,
            parked_at=at,
        )
        for model, case_id, position, kind, version, error, code, at in found
    ]


def set_aside(connection: Connection[Any], model: str) -> tuple[UUID, ...]:
    """The cases that one model has set aside: its lists and sums lack their newest facts."""
    found = connection.execute("SELECT case_id FROM read.parked WHERE model = %s ORDER BY parked_at, case_id", (model,))
    return tuple(case_id for (case_id,) in found)


def moved_since(connection: Connection[Any], model: str, limit: int) -> tuple[UUID, ...]:
    """Cases with rows of a model that were sent elsewhere since it last looked: the rows still say where from."""
    table = Identifier("read", model)
    found = connection.execute(
        SQL(
            "SELECT DISTINCT originator_id FROM ledger.events WHERE notification_id >"
            " coalesce((SELECT position FROM read.positions WHERE model = {}), 0) AND topic = ANY({})"
            " AND EXISTS (SELECT FROM {} WHERE case_id = originator_id) LIMIT {}"
        ).format(Literal(model), Literal(WHERE), table, Literal(limit))
    )
    return tuple(case_id for (case_id,) in found)


def ask_repair(connection: Connection[Any], case_id: UUID, model: str | None = None) -> None:
    """Have the rows of a case made anew, parked or not; needs the owner's rights."""
    connection.execute("INSERT INTO read.repairs (case_id, model) VALUES (%s, %s)", (case_id, model))
