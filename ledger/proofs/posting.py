"""How places outside are spoken to: briefly, and again later when they do not answer."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Final, NamedTuple

import httpx
import structlog

SECONDS_MAX: Final = 5.0
"""For one request, from the name of the host to the last byte."""
ANSWER_BYTES_MAX: Final = 200_000
WAIT_SECONDS_MIN: Final = 10.0
WAIT_SECONDS_MAX: Final = 1_800.0

log = structlog.get_logger()


class Unanswered(Exception):
    """A place outside could not be reached, or did not answer as it should."""


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes


def post(url: str, body: bytes, content_type: str) -> Reply:
    """Send something; whatever happens, within a few seconds. Raises Unanswered."""
    try:
        return asyncio.run(asyncio.wait_for(_post(url, body, content_type), SECONDS_MAX))
    except TimeoutError:
        raise Unanswered(f"no whole answer within {SECONDS_MAX:g} seconds") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
        # Without the address, which may hold a password.
        raise Unanswered(type(fault).__name__) from None


async def _post(url: str, body: bytes, content_type: str) -> Reply:
    """Timeouts of the client are of each read: who sends a byte now and then would never end. Hence one for all."""
    headers = {"Content-Type": content_type}
    async with (
        httpx.AsyncClient(timeout=None) as client,
        client.stream("POST", url, content=body, headers=headers) as response,
    ):
        received = b""
        async for part in response.aiter_bytes():
            received += part
            if len(received) > ANSWER_BYTES_MAX:
                raise Unanswered("the answer is too long")
        return Reply(response.status_code, received)


class Patience:
    """When something that failed is tried again: later each time, by chance a little sooner; each reason told once."""

    def __init__(
        self,
        place: str,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._place = place
        self._clock = clock
        self._chance = chance
        self._failures = 0
        self._next = float("-inf")
        self._told = ""

    @property
    def is_over(self) -> bool:
        """Whether it may be tried."""
        return self._clock() >= self._next

    def failed(self, reason: str) -> None:
        """It did not work."""
        # The power is bounded too: an outage may last for months.
        wait = min(WAIT_SECONDS_MAX, WAIT_SECONDS_MIN * 2 ** min(self._failures, 20))
        self._next = self._clock() + wait * (1 - self._chance() / 2)
        self._failures += 1
        if reason != self._told:
            log.warning("a place outside is tried again later", place=self._place, reason=reason)
            self._told = reason

    def succeeded(self) -> None:
        """It worked."""
        if self._failures:
            log.info("a place outside answers again", place=self._place)
        self._failures, self._next, self._told = 0, float("-inf"), ""
