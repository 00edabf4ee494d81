"""Waiting until the read models have seen a position: one look at a time serves everybody who waits."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any, Final

from psycopg import Connection, OperationalError

from projections.read_model import read_models

LOOK_SECONDS: Final = 0.005
"""The shortest time between the beginnings of two looks, however many wait."""
HANGING_SECONDS: Final = 5.0
"""For how long after its own time a wait still hopes for the end of a look."""

_POSITIONS: Final = "SELECT model, position FROM read.positions"

Borrow = Callable[[], AbstractContextManager[Connection[Any]]]


class _Waiter:
    """Somebody who waits on an event loop, and what the thread that looks answers."""

    def __init__(self, names: tuple[str, ...], position: int, timeout_seconds: float) -> None:
        self.names = names
        self.position = position
        self.since = time.monotonic()
        self.until = self.since + timeout_seconds
        self.answered = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.has_seen = False
        self.failure: Exception | None = None

    def answer(self, has_seen: bool, failure: Exception | None = None) -> None:
        self.has_seen, self.failure = has_seen, failure
        # Whoever waited on a loop that was closed waits no more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self.answered.set)


class PositionWatch:
    """Where the read models are, for all who wait in this process.

    One thread looks, at most every few milliseconds and only while somebody waits, with a connection that `borrow`
    lends for the moment of the look (`pool.connection`); those who wait hold none and are woken once.
    """

    def __init__(self, borrow: Borrow) -> None:
        self._borrow = borrow
        self._lock = threading.Lock()
        self._waiters: set[_Waiter] = set()
        self._is_looking = False
        self._seen: tuple[float, Mapping[str, int]] = (float("-inf"), {})

    async def wait_for(
        self, position: int, *, models: Iterable[str] | None = None, timeout_seconds: float = 2.0
    ) -> bool:
        """Wait until the read models have seen a position, in no thread; False when they have not in time.

        Raises what the look raised when the database does not answer.
        """
        names = tuple(models) if models is not None else tuple(model.table for model in read_models())
        if self._has_just_seen(names, position):
            return True
        waiter = _Waiter(names, position, timeout_seconds)
        self._enter(waiter)
        try:
            await asyncio.wait_for(waiter.answered.wait(), timeout_seconds + HANGING_SECONDS)
        except TimeoutError:
            raise OperationalError("the positions of the read models could not be looked at in time") from None
        finally:
            self._leave(waiter)
        if waiter.failure is not None:
            raise waiter.failure.with_traceback(None)
        return waiter.has_seen

    def _has_just_seen(self, names: tuple[str, ...], position: int) -> bool:
        """Whether a look of just now is enough: it is as good as the next one, as rows are read some time after any."""
        begun, reached = self._seen
        return time.monotonic() - begun < LOOK_SECONDS and _has_seen(reached, names, position)

    def _enter(self, waiter: _Waiter) -> None:
        with self._lock:
            self._waiters.add(waiter)
            if not self._is_looking:
                threading.Thread(target=self._look_while_awaited, name="position-watch", daemon=True).start()
                self._is_looking = True

    def _leave(self, waiter: _Waiter) -> None:
        with self._lock:
            self._waiters.discard(waiter)

    def _look_while_awaited(self) -> None:
        begun = self._seen[0]
        while True:
            time.sleep(max(0.0, begun + LOOK_SECONDS - time.monotonic()))
            begun = time.monotonic()
            reached, failure = self._look()
            with self._lock:
                if failure is None:
                    self._seen = begun, reached
                self._answer(begun, reached, failure)
                if not self._waiters:
                    self._is_looking = False
                    return

    def _look(self) -> tuple[Mapping[str, int], Exception | None]:
        try:
            with self._borrow() as connection:
                return dict(connection.execute(_POSITIONS).fetchall()), None
        except Exception as failure:
            # It is raised in those who wait.
            return {}, failure

    def _answer(self, begun: float, reached: Mapping[str, int], failure: Exception | None) -> None:
        """Answer whom this look can answer: nobody by what was seen before they asked."""
        now = time.monotonic()
        for waiter in [each for each in self._waiters if each.since <= begun]:
            has_seen = failure is None and _has_seen(reached, waiter.names, waiter.position)
            if has_seen or failure is not None or now >= waiter.until:
                self._waiters.discard(waiter)
                waiter.answer(has_seen, failure)


def _has_seen(reached: Mapping[str, int], names: tuple[str, ...], position: int) -> bool:
    return all(reached.get(name, 0) >= position for name in names)
