"""The library's subscription to a recorder, on ours: pages of settled facts, and no wake-up that it depends on."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from eventsourcing.persistence import Notification, Subscription

from ledger.datastore import LedgerDatastore
from ledger.epochs import PositionsWouldFall
from ledger.facts import LedgerUnavailable
from ledger.wakeups import HEARTBEAT_SECONDS, Listener

PAGE: Final = 500
SOON_SECONDS: Final = 0.005
"""How soon to look again for a fact that was heard of and is not settled yet; doubled each time in vain."""


class SettledLog(Protocol):
    """What a subscription asks of a recorder."""

    datastore: LedgerDatastore

    def max_notification_id(self) -> int | None:
        """The position of the newest settled fact."""

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Settled facts between two positions."""


class LedgerSubscription(Subscription[Any]):
    """Follows the log from a position on, without threads: whoever iterates reads, or waits for a heartbeat at most.

    Outages of the database are waited out; what makes positions fall is raised (PositionsWouldFall).
    """

    def __init__(self, recorder: SettledLog, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._log = recorder
        self._listener = Listener(recorder.datastore.database_url)
        self._page: Sequence[Notification] = ()
        self._next = 0
        self._looks_in_vain = 0

    def stop(self) -> None:
        """End the iteration, from whatever thread."""
        super().stop()
        self._listener.close()

    def __next__(self) -> Notification:
        """The next fact, once there is one."""
        while not self._has_been_stopped:
            if self._next < len(self._page):
                notification = self._page[self._next]
                self._next += 1
                return notification
            self._page, self._next = self._following(), 0
            if self._page:
                self._looks_in_vain = 0
            else:
                self._wait()
        raise StopIteration

    def _following(self) -> Sequence[Notification]:
        after = self._last_notification_id or 0
        try:
            # Before the page is read: what the page passes over up to there is of other topics, for good. A fact and
            # not the horizon, which does not outlive a crash of the server.
            settled = (self._log.max_notification_id() or 0) if self._topics else None
            page = self._log.select_notifications(after, PAGE, settled, self._topics, inclusive_of_start=False)
        except PositionsWouldFall:
            raise
        except LedgerUnavailable:
            return ()
        if len(page) == PAGE or settled is None:
            self._last_notification_id = page[-1].id if page else after
        else:
            self._last_notification_id = max(after, settled)
        return page

    def _wait(self) -> None:
        is_awaited = self._listener.heard > (self._last_notification_id or 0)
        delay = min(HEARTBEAT_SECONDS, SOON_SECONDS * 2**self._looks_in_vain) if is_awaited else HEARTBEAT_SECONDS
        self._looks_in_vain = 0 if self._listener.wait(delay) else min(self._looks_in_vain + 1, 10)
