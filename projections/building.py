"""Whole builds: a read model is made anew beside the one in service, from whole cases, and swapped in one transaction.

Nothing but rows can come of it: a read model is a function to rows, and what a build writes are the schemas `read` and
`read_next`.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
import structlog
from psycopg import Connection

from ledger.identifiers import new_id
from ledger.streams import ranges_of_streams
from projections.following import CATCH_UP_BATCH, Follower
from projections.read_model import ReadModel, read_models
from projections.swapping import Busy, must_not_be_newer, swap
from projections.tables import add_indexes, discard, make_empty
from projections.workers import Source, Workplace, started, submit_part
from projections.writing import NEXT, positions

LOCK_CLASS: Final = 0x534D4F45
"""« SMOE » in ASCII; the second number of the lock is the hash of the model's name."""
PART_CASES: Final = 250
"""Some five thousand facts: ten megabytes as they are stored, a second of work."""
PARTS_ALONE_MAX: Final = 2
"""So few parts are made here: starting other processes would take longer."""
RETRY_SECONDS: Final = 0.5

log = structlog.get_logger()


class AlreadyBuilding(Exception):
    """Somebody else is building this read model."""

    def __init__(self, model: str) -> None:
        super().__init__(f"{model} is being built by somebody else")
        self.model = model


class Stopped(Exception):
    """The build was told to stop; it is taken up again where it was."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Where a build is, as it tells it."""

    models: tuple[str, ...]
    state: str
    """`filling`, `indexing`, `following`, `waiting` for readers to end, `swapped`."""
    done: int = 0
    total: int = 0


class _Build(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    models: tuple[ReadModel[Any], ...]
    until: int


class Builder:
    """Builds read models; `tell` hears of each step, `stop` ends the work between two parts."""

    def __init__(
        self,
        source: Source,
        *,
        workers: int,
        models: Sequence[ReadModel[Any]] | None = None,
        part_cases: int = PART_CASES,
        tell: Callable[[Step], None] = lambda step: None,
        stop: threading.Event | None = None,
    ) -> None:
        self.source = source
        self.workers = workers
        self.models = {model.table: model for model in (read_models() if models is None else models)}
        self.part_cases = part_cases
        self.tell = tell
        self.stop = stop or threading.Event()

    def lacking(self) -> tuple[str, ...]:
        """The models that no table in service answers for: never fed, or of an older version than this code's."""
        with self.source.connect("smoe-read-model-build") as connection:
            known = positions(connection)
        return tuple(
            name for name, model in self.models.items() if name not in known or known[name].version < model.version
        )

    def build(self, names: Iterable[str]) -> None:
        """Make these models anew and put them in service; an interrupted build goes on where it was.

        Raises AlreadyBuilding, Stopped, Superseded.
        """
        wanted = tuple(self.models[name] for name in sorted(set(names)))
        with self.source.connect("smoe-read-model-build") as connection, _claimed(connection, wanted):
            must_not_be_newer(positions(connection), wanted)
            place = Workplace(self.source)
            try:
                for build in self._builds(connection, place, wanted):
                    self._fill(connection, place, build)
                    self._index(connection, build)
                    self._take_over(connection, place, build)
            finally:
                place.close()

    # Beginning, or going on

    def _builds(self, connection: Connection[Any], place: Workplace, wanted: Sequence[ReadModel[Any]]) -> list[_Build]:
        """The builds to carry out: those that were interrupted and still hold, and a new one for all other models."""
        left = {model.table: model for model in wanted}
        held: dict[UUID, list[tuple[str, int, str, int]]] = {}
        for name, build, version, code, until in connection.execute(
            "SELECT model, build, version, code_version, until FROM read.builds ORDER BY model"
        ):
            held.setdefault(build, []).append((name, version, code, until))
        builds: list[_Build] = []
        for build, members in held.items():
            holds = all(
                name in left and version == left[name].version and code == self.source.code_version
                for name, version, code, _ in members
            )
            if holds:
                models = tuple(left.pop(name) for name, *_ in members)
                builds.append(_Build(id=build, models=models, until=members[0][3]))
        return builds + ([self._begin(connection, place, tuple(left.values()))] if left else [])

    def _begin(self, connection: Connection[Any], place: Workplace, models: tuple[ReadModel[Any], ...]) -> _Build:
        build = _Build(id=new_id(), models=models, until=place.ledger.last_position())
        # After the horizon: a stream that begins later has no fact below it, and is caught up with.
        ranges = ranges_of_streams(place.ledger, self.part_cases)
        with connection.transaction():
            for model in models:
                self._forget(connection, model.table)
                made_here = make_empty(connection, model.table)
                connection.execute(
                    "INSERT INTO read.builds (model, build, version, code_version, until, state, made_here)"
                    " VALUES (%s, %s, %s, %s, %s, 'filling', %s)",
                    (model.table, build.id, model.version, self.source.code_version, build.until, made_here),
                )
            connection.execute(
                "INSERT INTO read.build_parts (build, number, first, last)"
                " SELECT %s, * FROM unnest(%s::integer[], %s::uuid[], %s::uuid[])",
                (
                    build.id,
                    list(range(len(ranges))),
                    [first for first, _ in ranges],
                    [last for _, last in ranges],
                ),
            )
        return build

    def _forget(self, connection: Connection[Any], table: str) -> None:
        """Throw away what an earlier build has left of a model."""
        found = connection.execute("DELETE FROM read.builds WHERE model = %s RETURNING made_here", (table,)).fetchone()
        if found is not None:
            discard(connection, table, made_here=found[0])
        forget_beside(connection, [table])

    # From whole cases

    def _fill(self, connection: Connection[Any], place: Workplace, build: _Build) -> None:
        """Make every part that is not done yet, in other processes where there are many."""
        parts = connection.execute(
            "SELECT number FROM read.build_parts WHERE build = %s AND NOT done ORDER BY number", (build.id,)
        ).fetchall()
        (total,) = connection.execute(
            "SELECT count(*) FROM read.build_parts WHERE build = %s", (build.id,)
        ).fetchone() or (0,)
        numbers = [number for (number,) in parts]
        made = self._made_alone if len(numbers) <= PARTS_ALONE_MAX else self._made_together
        done = total - len(numbers)
        self._say(build, "filling", done, total)
        for _ in made(place, build, numbers):
            done += 1
            connection.execute("UPDATE read.builds SET moved_at = now() WHERE build = %s", (build.id,))
            self._say(build, "filling", done, total)

    def _made_alone(self, place: Workplace, build: _Build, numbers: Iterable[int]) -> Iterator[int]:
        for number in numbers:
            self._go_on()
            place.build_part(build.models, build.id, number, build.until)
            yield number

    def _made_together(self, place: Workplace, build: _Build, numbers: Iterable[int]) -> Iterator[int]:
        """Few parts at a time: what waits to be made takes no memory, and stopping is quick."""
        pool = started(self.source, self.workers)
        under_way: dict[Future[None], int] = {}
        try:
            for number in numbers:
                self._go_on()
                under_way[submit_part(pool, build.models, build.id, number, build.until)] = number
                if len(under_way) > self.workers:
                    yield from _ended(under_way)
            while under_way:
                yield from _ended(under_way)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _index(self, connection: Connection[Any], build: _Build) -> None:
        """Indexes, then the position: from here on the tables are fed as those in service are."""
        for model in build.models:
            self._go_on()
            self._say(build, "indexing")
            with connection.transaction():
                moved = connection.execute(
                    "UPDATE read.builds SET state = 'following', moved_at = now()"
                    " WHERE model = %s AND state = 'filling' RETURNING version",
                    (model.table,),
                ).fetchone()
                if moved is None:
                    continue
                add_indexes(connection, model.table, build.until, self.source.code_version)
                connection.execute(
                    "INSERT INTO read_next.positions (model, position, version, build) VALUES (%s, %s, %s, %s)",
                    (model.table, build.until, model.version, build.id),
                )

    # Catching up and taking the place of what is in service

    def _take_over(self, connection: Connection[Any], place: Workplace, build: _Build) -> None:
        follower = Follower(place.teller, build.models, NEXT, batch=CATCH_UP_BATCH, starts=False)
        while True:
            self._go_on()
            self._say(build, "following")
            while follower.step(connection):
                self._go_on()
            try:
                swap(self.source, connection, follower, build.models)
            except Busy as reason:
                log.info("a read model waits to be swapped", reason=str(reason))
                self._say(build, "waiting")
                self.stop.wait(RETRY_SECONDS)
            else:
                self._say(build, "swapped")
                return

    def _say(self, build: _Build, state: str, done: int = 0, total: int = 0) -> None:
        self.tell(Step(models=tuple(model.table for model in build.models), state=state, done=done, total=total))

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise Stopped


def forget_beside(connection: Connection[Any], tables: list[str]) -> None:
    """Forget positions, parked cases and parts of builds that are no more."""
    connection.execute("DELETE FROM read_next.positions WHERE model = ANY(%s)", (tables,))
    connection.execute("DELETE FROM read_next.parked WHERE model = ANY(%s)", (tables,))
    connection.execute("DELETE FROM read.build_parts WHERE build NOT IN (SELECT build FROM read.builds)")


def _ended(under_way: dict[Future[None], int]) -> Iterator[int]:
    """The parts that have been made, one at least; raises what a process could not do."""
    ended, _ = wait(under_way, return_when=FIRST_COMPLETED)
    for future in ended:
        number = under_way.pop(future)
        future.result()
        yield number


@contextmanager
def _claimed(connection: Connection[Any], models: Sequence[ReadModel[Any]]) -> Iterator[None]:
    """Hold these models against any other build, no longer than the connection lives. Raises AlreadyBuilding."""
    try:
        for model in models:
            held = connection.execute(
                "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (LOCK_CLASS, model.table)
            ).fetchone()
            if held != (True,):
                raise AlreadyBuilding(model.table)
        yield
    finally:
        # The server ends a session some time after it was closed: the next build must not meet what this one held.
        with suppress(psycopg.Error):
            connection.execute("SELECT pg_advisory_unlock_all()")
