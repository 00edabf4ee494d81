"""What happens, as it happens: a feed of server-sent events, one for each settled fact that the caller may see."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
import structlog
from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream

from api.access import Caller, sees
from api.answers import READ_RESPONSES
from api.identity.presence import still_signed_in
from api.problems import Problematic
from api.recording import Sent, note_feed
from domain.administration import Administration
from domain.envelope import Actor
from ledger.desk import Desk, day_in_paris
from ledger.facts import LedgerError, LedgerUnavailable, StoredEventInvalid, StoredFact
from ledger.histories import CaseHistory, CaseUnknown
from ledger.wakeups import DIGITS_MAX, HEARTBEAT_SECONDS, Listener
from projections.read_model import CASE_EVENTS

PAGE: Final = 500
WAITING_MAX: Final = 5_000
"""How many facts may wait for one connection before it is closed as too slow."""
COMMENT_SECONDS: Final = 15.0
COMMENT: Final = b": smoe\n\n"
POSITION_MAX: Final = 2**63 - 1
OUTAGE_SECONDS: Final = 1.0
RIGHTS_SECONDS: Final = 0.25
"""How long whoever lost every right, or whose session was ended, goes on listening at most."""
TOLD_TYPES: Final = frozenset(known.__name__ for known in CASE_EVENTS)
"""Facts of cases; those of the administration concern no case."""

log = structlog.get_logger()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One fact of the feed: enough to know what to read again."""

    case: UUID
    type: str
    version: int
    position: int
    recorded_at: datetime


class Page:
    """Facts in the order of positions, with the cases they belong to as those are now, each read once at most."""

    def __init__(self, facts: Sequence[StoredFact]) -> None:
        self.last = facts[-1].position if facts else 0
        self.facts = tuple(fact for fact in facts if fact.topic in TOLD_TYPES)
        self._histories: dict[UUID, CaseHistory | None] = {}
        self._lock = threading.Lock()

    def history(self, desk: Desk, stream: UUID) -> CaseHistory | None:
        """The case; None where it cannot be read, so that nobody is told of what cannot be judged."""
        with self._lock:
            if stream not in self._histories:
                try:
                    self._histories[stream] = desk.history(stream)
                except LedgerUnavailable:
                    raise
                except (LedgerError, CaseUnknown):
                    log.exception("a case cannot be judged for the feed", case=str(stream))
                    self._histories[stream] = None
            return self._histories[stream]


class Subscriber:
    """One connection: what waits to be sent to it. Only the event loop it was made on waits for it."""

    def __init__(
        self, actor: Actor, after: int, until: float = float("inf"), is_signed_in: Callable[[], bool] = lambda: True
    ) -> None:
        self.actor = actor
        self.until = until
        """When the token that opened it expires, in seconds since 1970."""
        self.is_signed_in = is_signed_in
        """Whether the session that opened it goes on; asked several times a second, from the feed's thread."""
        self.after = after
        """Everything up to this position was handed over."""
        self.sent = Sent()
        self.has_ended = False
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._pages: deque[Page] = deque()
        self._waiting = 0

    def hand(self, page: Page) -> None:
        """Give it the next facts, from any thread; it is ended when too many wait already."""
        if self._waiting + len(page.facts) > WAITING_MAX:
            self.end()
        else:
            self._waiting += len(page.facts)
            self._pages.append(page)
            self._wake()

    @property
    def has_expired(self) -> bool:
        """Whether whoever opened it would have to sign in again."""
        return time.time() >= self.until

    def end(self) -> None:
        """End the connection, from any thread."""
        self.has_ended = True
        self._wake()

    async def next_page(self, seconds: float) -> Page | None:
        """The next facts; None after this long without any, or when it has ended."""
        if not self._pages and not self.has_ended:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), seconds)
            except TimeoutError:
                return None
        if self.has_ended or not self._pages:
            return None
        page = self._pages.popleft()
        self._waiting -= len(page.facts)
        return page

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)


class Feed:
    """Follows the ledger for all connections of a process: one thread, started with the first of them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._listener = Listener(desk.ledger.recorder.datastore.database_url)
        self._lock = threading.Lock()
        self._subscribers: set[Subscriber] = set()
        self._at = 0
        """Up to where facts were handed out since the thread began."""
        self._rights_asked_at = float("-inf")
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def end(self) -> None:
        """End all connections, and let nobody in any more."""
        self._ended.set()
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.end()

    def close(self) -> None:
        """End all connections and the thread."""
        self.end()
        self._listener.close()
        thread = self._thread
        if thread is not None:
            thread.join()

    async def subscribe(
        self,
        actor: Actor,
        after: int | None,
        until: float = float("inf"),
        is_signed_in: Callable[[], bool] = lambda: True,
    ) -> Subscriber:
        """Let somebody in while their token, their session and a right last, to be told of what comes after a position.

        Without a position, of what comes after now.
        """
        last = await asyncio.to_thread(self._begin)
        return Subscriber(actor, last if after is None else after, until, is_signed_in)

    async def events(self, subscriber: Subscriber) -> AsyncIterator[bytes]:
        """The text of the feed for somebody who was let in."""
        yield COMMENT
        try:
            while not (subscriber.has_ended or subscriber.has_expired):
                page = await asyncio.to_thread(self._earlier, subscriber)
                if page is None:
                    break
                yield await asyncio.to_thread(self._text, subscriber, page)
            async for text in self._news(subscriber):
                yield text
        except LedgerError as error:
            # The client resumes where it was left, when the ledger answers again.
            log.warning("a feed ends", error=repr(error))
        finally:
            with self._lock:
                self._subscribers.discard(subscriber)

    async def _news(self, subscriber: Subscriber) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        position, silent_since = subscriber.after, loop.time()
        while not (subscriber.has_ended or subscriber.has_expired):
            silence = silent_since + COMMENT_SECONDS - loop.time()
            page = await subscriber.next_page(min(silence, subscriber.until - time.time()))
            text = b""
            if page is not None:
                position = page.last or position
                text = await asyncio.to_thread(self._text, subscriber, page)
            if subscriber.has_ended or subscriber.has_expired:
                return
            if not text and loop.time() >= silent_since + COMMENT_SECONDS:
                # Nothing is said of facts that one may not see, only where to resume after them.
                text = COMMENT + b"id: %d\n\n" % position
            if text:
                silent_since = loop.time()
                yield text

    def _begin(self) -> int:
        """Start the thread where it does not run; the position of the newest fact."""
        last = self.desk.ledger.last_position()
        with self._lock:
            if self._thread is None and not self._ended.is_set():
                self._at = last
                self._thread = threading.Thread(target=self._follow, name="smoe-feed", daemon=True)
                self._thread.start()
        return last

    def _earlier(self, subscriber: Subscriber) -> Page | None:
        """The next facts that were handed out before the subscriber came; None once it is one of those who wait."""
        with self._lock:
            at = self._at
            if self._ended.is_set() or self._thread is None:
                subscriber.end()
                return None
            if subscriber.after >= at:
                self._subscribers.add(subscriber)
                return None
        facts = self.desk.ledger.read_raw(subscriber.after, PAGE, until=at)
        subscriber.after = facts[-1].position if len(facts) == PAGE else at
        return Page(facts)

    def _follow(self) -> None:
        try:
            self._hand_out_all()
        except Exception as error:
            # Whoever listens comes back with the last position they were told, and starts the thread anew.
            log.error("the feed stopped", exc_info=error)
            with self._lock:
                self._thread = None
                for subscriber in self._subscribers:
                    subscriber.end()

    def _hand_out_all(self) -> None:
        while not self._ended.is_set():
            try:
                facts = self.desk.ledger.read_raw(self._at, PAGE)
                self._let_go()
            except LedgerUnavailable:
                self._ended.wait(OUTAGE_SECONDS)
                continue
            if facts:
                self._hand_out(facts)
            else:
                self._listener.wait(HEARTBEAT_SECONDS)

    def _let_go(self) -> None:
        """End the connections of whoever may not listen any more, though nothing happens that they would be told of.

        Asked of the ledger and not read from what is handed out: a day that begins takes rights away without a fact.
        """
        if time.monotonic() < self._rights_asked_at + RIGHTS_SECONDS:
            return
        with self._lock:
            listening = list(self._subscribers)
        if listening:
            administration, today = self.desk.administration(), day_in_paris(self.desk.ledger.clock())
            for subscriber in listening:
                if not (subscriber.is_signed_in() and _caller(subscriber.actor, administration, today).has_a_right):
                    subscriber.end()
        self._rights_asked_at = time.monotonic()

    def _hand_out(self, facts: Sequence[StoredFact]) -> None:
        shared = Page(facts)
        with self._lock:
            for subscriber in list(self._subscribers):
                # Whoever named a position that was still to come is told of what lies beyond it only.
                is_behind = subscriber.after < facts[0].position
                subscriber.hand(shared if is_behind else Page([f for f in facts if f.position > subscriber.after]))
                if subscriber.has_ended:
                    self._subscribers.discard(subscriber)
            self._at = facts[-1].position

    # What somebody is told

    def _text(self, subscriber: Subscriber, page: Page) -> bytes:
        caller = _caller(subscriber.actor, self.desk.administration(), day_in_paris(self.desk.ledger.clock()))
        if not caller.has_a_right:
            subscriber.end()
        seen = self._seen(caller, page)
        subscriber.sent.facts += len(seen)
        subscriber.sent.cases.update(fact.stream for fact in seen)
        return b"".join(map(_told, seen))

    def _seen(self, caller: Caller, page: Page) -> Sequence[StoredFact]:
        """The facts of a page that somebody may see, by the rights they have now and the cases as these are now."""
        if caller.sees.all and caller.sees_all_of_a_case:
            return page.facts
        seen: dict[UUID, frozenset[int]] = {}
        for stream in {fact.stream for fact in page.facts}:
            history = page.history(self.desk, stream)
            if history is not None and caller.may_know(history.case):
                seen[stream] = frozenset(fact.version for fact in caller.seen(history).facts)
        return [fact for fact in page.facts if fact.version in seen.get(fact.stream, ())]


def _caller(actor: Actor, administration: Administration, today: date) -> Caller:
    knows = sees(actor, administration, today)
    return Caller(actor=actor, knows=knows, sees=knows)


def _told(fact: StoredFact) -> bytes:
    """A fact as it is sent; nothing of one that cannot be read, which is no reason to keep others from anybody."""
    try:
        return _sent(fact)
    except StoredEventInvalid as error:
        log.error("a fact cannot be told", position=fact.position, error=repr(error))
        return b""


def _sent(fact: StoredFact) -> bytes:
    told = Told(
        case=fact.stream,
        type=fact.topic,
        version=fact.version,
        position=fact.position,
        recorded_at=fact.recorded_at(),
    )
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (fact.position, fact.topic.encode(), msgspec.json.encode(told))


def _position(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > DIGITS_MAX or int(text) > POSITION_MAX:
        raise Problematic("malformed", "Last-Event-ID attend la position d'un événement reçu.")
    return int(text)


LastEventId = Annotated[
    str | None,
    HeaderParameter(name="Last-Event-ID", description="Dernier événement reçu : la suite reprend après lui."),
]
After = Annotated[
    int | None,
    QueryParameter(description="Position après laquelle commencer ; à défaut, maintenant.", ge=0, le=POSITION_MAX),
]


@get(
    "/",
    operation_id="Events",
    summary="Le fil des événements",
    responses={**READ_RESPONSES, 200: ResponseSpec(str, media_type="text/event-stream", generate_examples=False)},
)
async def events(
    request: Request[Actor, float, Any],
    caller: NamedDependency[Caller],
    last_event_id: LastEventId = None,
    after: After = None,
) -> Stream:
    """Every fact that the caller may see, in order, as soon as it is settled; what is missed is resumed, once each.

    A fact that becomes visible later is not told again: the fact that makes it visible is.
    """
    caller.must_have_a_right()
    feed: Feed = request.app.state.feed
    begin = after if last_event_id is None else _position(last_event_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    is_signed_in = still_signed_in(request.scope, request.app.state.sessions)
    subscriber = await feed.subscribe(caller.actor, begin, request.auth, is_signed_in)
    note_feed(subscriber.sent, caller.sees)
    return Stream(feed.events(subscriber), media_type="text/event-stream", headers=headers)


def router() -> Router:
    """Routes under /api/events."""
    return Router("/api/events", route_handlers=[events], tags=["Événements"])
