"""How late each read model is: facts it has not been told, since when, and the cases it has set aside."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from psycopg import Connection

from projections.read_model import read_models

EVENTS_COUNTED_MAX: Final = 100_000
"""How far facts that were not told are counted: more is a build, and counting would cost more than it tells."""

# Positions have gaps, so that facts are counted, on the index; most models are at the same position.
_LATENESS: Final = """
WITH reached AS (
    SELECT model, positions.model IS NOT NULL AS built, coalesce(positions.position, 0) AS position
    FROM unnest(%(models)s::text[]) AS model LEFT JOIN read.positions USING (model)
), gaps AS (
    SELECT position, (
        SELECT count(*) FROM (
            SELECT FROM ledger.events WHERE notification_id > position AND notification_id <= %(last)s
            ORDER BY notification_id LIMIT %(limit)s
        ) AS untold
    ) AS events, (
        SELECT state FROM ledger.events WHERE notification_id > position AND notification_id <= %(last)s
        ORDER BY notification_id LIMIT 1
    ) AS oldest
    FROM (SELECT DISTINCT position FROM reached) AS positions
)
SELECT model, built, position, events, oldest, (SELECT count(*) FROM read.parked WHERE parked.model = reached.model)
FROM reached JOIN gaps USING (position) ORDER BY model
"""


class Lateness(msgspec.Struct, frozen=True, kw_only=True):
    """How late a read model is."""

    model: str
    position: int
    events: int
    """Facts it has not been told, counted up to a bound."""
    seconds: float
    """Age of the oldest fact it has not been told; 0 when it has been told all."""
    parked: int
    """Cases it could not project."""
    built: bool
    """Whether it has been told anything yet; a ledger without facts asks for nothing."""

    @property
    def is_missing(self) -> bool:
        """Whether there are facts and the model has been told none."""
        return self.events > 0 and not self.built


class _Dated(msgspec.Struct):
    """The only part of a stored fact that is read here."""

    recorded_at: Annotated[datetime, msgspec.Meta(tz=True)]


_DATED: Final = msgspec.json.Decoder(_Dated)


def lateness(
    connection: Connection[Any], last_position: int, now: datetime, *, events_max: int = EVENTS_COUNTED_MAX
) -> tuple[Lateness, ...]:
    """How late every read model is at an instant, given the ledger's last settled position."""
    models = [model.table for model in read_models()]
    found = connection.execute(_LATENESS, {"models": models, "last": last_position, "limit": events_max})
    return tuple(
        Lateness(
            model=model,
            position=position,
            events=events,
            seconds=_age(oldest, now),
            parked=parked,
            built=built,
        )
        for model, built, position, events, oldest, parked in found.fetchall()
    )


def _age(state: bytes | None, now: datetime) -> float:
    """Seconds since a fact was recorded; 0 for none, and for one that nobody can read: it will be parked."""
    if state is None:
        return 0.0
    try:
        return max(0.0, (now - _DATED.decode(state).recorded_at).total_seconds())
    except msgspec.DecodeError:
        return 0.0
