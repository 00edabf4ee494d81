"""How much one caller may ask: counted in Valkey for all processes, and in this one alone while Valkey is away.

Each class of cost has a bucket for each caller, which empties evenly (the generic cell rate algorithm): the whole limit
at once, and then as fast as it empties. Where the limit is large, requests are taken from Valkey in lots, so that most
ask nobody; what a process holds unused is lost to the caller, never given twice.
"""

import asyncio
import hmac
import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import uuid4

import structlog
from litestar import Request
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from prometheus_client import Counter
from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from api.addresses import Addresses
from api.form import BODIES
from api.problems import Problematic, on_problematic
from api.recording import ASKED_TOO_MUCH_BEFORE
from domain.envelope import Actor

CLASS_OF: Final = {
    "CheckPermit": "checks",
    "PermitPage": "checks",
    "LocalSignIn": "sign_ins",
    "BeginSignIn": "sign_ins",
    "CompleteSignIn": "sign_ins",
    "SignOutByProvider": "sign_ins",
    "CaseProof": "exports",
    "CaseArchive": "exports",
    "PersonExport": "exports",
    "CreateUpload": "uploads",
    "AppendToUpload": "uploads",
    "UploadDocument": "uploads",
    "DeliverDocument": "uploads",
    "BundleContent": "exports",
    "BundleBrief": "exports",
    "Events": "feeds",
}
"""Operations that cost more than, or are guessed at otherwise than, what reads and commands usually are."""
FREE: Final = ("/health", "/metrics")
"""Asked by those who watch over the service, who must be answered when it is at its busiest."""
BY_ADDRESS: Final = frozenset({"sign_ins"})
"""Counted by address even where somebody is signed in: who tries is not yet who they say."""

LOTS: Final = 50
"""Into how many lots a limit is divided at most; a strict one is taken one by one."""
EXACT_MAX: Final = 120
"""Limits up to this are taken one by one."""
CALLERS_MAX: Final = 20_000
"""Buckets held by one process; the longest unused goes first."""
VALKEY_SECONDS_MAX: Final = 0.5
CONNECTIONS_MAX: Final = 16
RETRY_SECONDS: Final = 5.0
"""How long Valkey is left alone after it failed."""
LEASE_SECONDS: Final = 60
FEED_RETRY_SECONDS: Final = 30
REFUSALS_NOTED: Final = 20
REFUSALS_SECONDS: Final = 60
"""So many refusals in so many seconds are told of: somebody is looking for a way."""
REFUSED: Final = frozenset({401, 403, 404, 429})

# One bucket as a moment: when it will have emptied. Valkey's own clock, so that processes need not agree on theirs; it
# may be set back: a bucket fuller than full is of before that, and begins anew.
TAKE: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local each, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = tonumber(redis.call('GET', KEYS[1]) or now)
if held > now + each * burst then held = now end
local empty = math.max(held, now) + each * cost
local wait = empty - each * burst - now
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', empty), 'PX', math.ceil((empty - now) / 1000) + 1)
return 0
"""
# Open feeds of one caller, each with when it is held for dead unless heard of.
ENTER: Final = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""

log = structlog.get_logger()

_limited = Counter("smoe_rate_limited_total", "Requests refused because there were too many", ("limit",))
_repeated = Counter(
    "smoe_repeated_refusals_total",
    f"Times that one caller was refused {REFUSALS_NOTED} times within {REFUSALS_SECONDS} s",
    ("role",),
)


class Limit(NamedTuple):
    """So many requests in so many seconds."""

    most: int
    seconds: int

    @property
    def each_us(self) -> int:
        """How long one request takes to leave the bucket, in microseconds."""
        return max(1, self.seconds * 1_000_000 // self.most)

    @property
    def lot(self) -> int:
        """How many are taken from Valkey at once."""
        return 1 if self.most <= EXACT_MAX else max(1, self.most // LOTS)


class _Bucket:
    """What this process knows of one caller's bucket; moments are those of the monotonic clock, in microseconds."""

    __slots__ = ("empty_at", "left", "refused_until", "until")

    def __init__(self) -> None:
        self.left = 0
        self.until = 0
        self.empty_at = 0
        self.refused_until = 0


class RateLimits:
    """The buckets of all callers; one for each process, used on its event loop alone."""

    def __init__(
        self,
        limits: Mapping[str, tuple[int, int]],
        redis_url: str,
        key: bytes,
        *,
        patience_seconds: float = VALKEY_SECONDS_MAX,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.limits = {name: Limit(*given) for name, given in limits.items()}
        self._key = key
        self._patience_seconds, self._retry_seconds = patience_seconds, retry_seconds
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()
        self._feeds: dict[str, set[str]] = {}
        # Whoever finds all of them taken waits a moment: a crowd is not an outage.
        self._valkey = Redis.from_pool(
            BlockingConnectionPool.from_url(
                redis_url,
                max_connections=CONNECTIONS_MAX,
                timeout=patience_seconds,
                socket_timeout=patience_seconds,
                socket_connect_timeout=patience_seconds,
            )
        )
        self._take = self._valkey.register_script(TAKE)
        self._enter = self._valkey.register_script(ENTER)
        self._away_until = 0.0
        self._is_away = False

    async def close(self) -> None:
        """Give the connections to Valkey back."""
        await self._valkey.aclose()

    async def wait_of(self, name: str, who: str) -> float:
        """Seconds until a caller may ask again for something of this class; 0 when this request may pass."""
        limit, now = self.limits[name], _now_us()
        bucket = self._bucket(name, who)
        if bucket.refused_until > now:
            return (bucket.refused_until - now) / 1_000_000
        if bucket.left and bucket.until > now:
            bucket.left -= 1
            return 0.0
        wait = 0
        for cost in dict.fromkeys((limit.lot, 1)):
            wait = await self._asked(limit, name, who, bucket, cost)
            if wait <= 0:
                bucket.left, bucket.until = cost - 1, now + limit.seconds * 1_000_000
                return 0.0
        bucket.refused_until = now + wait
        return wait / 1_000_000

    async def _asked(self, limit: Limit, name: str, who: str, bucket: _Bucket, cost: int) -> int:
        """Take from the bucket; microseconds to wait for that, 0 when it is taken."""
        arguments = (limit.each_us, limit.most, cost)
        told = await self._told(self._take, self._place(name, who), arguments)
        if told is not None:
            return told
        # The same reckoning, in this process alone.
        now = _now_us()
        empty_at = max(bucket.empty_at, now) + limit.each_us * cost
        wait = empty_at - limit.each_us * limit.most - now
        if wait <= 0:
            bucket.empty_at = empty_at
        return max(0, wait)

    async def enter(self, who: str, feed: str) -> bool:
        """Whether a caller may have this feed open; to be asked again before its lease ends."""
        most = self.limits["feeds"].most
        here = self._feeds.setdefault(who, set())
        told = await self._told(self._enter, self._place("feeds", who), (feed, most, LEASE_SECONDS))
        may = bool(told) if told is not None else feed in here or len(here) < most
        if may:
            here.add(feed)
        elif not here:
            del self._feeds[who]
        return may

    async def leave(self, who: str, feed: str) -> None:
        """Forget a feed that has ended."""
        here = self._feeds.get(who, set())
        here.discard(feed)
        if not here:
            self._feeds.pop(who, None)
        if not self._is_away:
            try:
                await self._valkey.zrem(self._place("feeds", who), feed)
            except (RedisError, OSError, TimeoutError):
                # Its lease ends by itself.
                return

    def is_first(self, who: str) -> bool:
        """Whether this is the first time in a while that a caller asked too much: the others are only counted."""
        bucket, now = self._bucket("told", who), _now_us()
        is_first = bucket.until <= now
        if is_first:
            bucket.until = now + REFUSALS_SECONDS * 1_000_000
        return is_first

    def has_repeated(self, who: str) -> bool:
        """Count a refusal in this process; whether it is the one that makes it worth telling, once in a while."""
        bucket, now = self._bucket("refusals", who), _now_us()
        if bucket.until <= now:
            bucket.left, bucket.until = 0, now + REFUSALS_SECONDS * 1_000_000
        bucket.left += 1
        return bucket.left == REFUSALS_NOTED

    def digest(self, who: str) -> str:
        """Whom nobody can read, but who is the same each time."""
        return hmac.digest(self._key, who.encode(), "sha256")[:16].hex()

    def _place(self, name: str, who: str) -> str:
        return f"smoe:limit:{name}:{self.digest(who)}"

    def _bucket(self, name: str, who: str) -> _Bucket:
        bucket = self._buckets.get((name, who))
        if bucket is None:
            bucket = self._buckets[name, who] = _Bucket()
            if len(self._buckets) > CALLERS_MAX:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end((name, who))
        return bucket

    async def _told(self, script: Any, place: str, arguments: tuple[Any, ...]) -> int | None:
        """What Valkey answers; None while it is away, which is told once."""
        if self._is_away and time.monotonic() < self._away_until:
            return None
        try:
            async with asyncio.timeout(self._patience_seconds):
                told = int(await script(keys=[place], args=arguments))
        except (RedisError, OSError, TimeoutError) as error:
            if not self._is_away:
                log.warning("rate limits are counted by each process alone", reason=type(error).__name__)
            self._is_away, self._away_until = True, time.monotonic() + self._retry_seconds
            return None
        if self._is_away:
            log.info("rate limits are counted together again")
            self._is_away = False
        return told


def _now_us() -> int:
    return time.monotonic_ns() // 1_000


class RateLimited:
    """Middleware: refuses a request beyond its caller's limit before it costs anything, and counts refusals."""

    def __init__(self, app: ASGIApp, limits: RateLimits, addresses: Addresses) -> None:
        self.app = app
        self.limits = limits
        self.addresses = addresses
        self._class: str | None = None
        """Each route has a middleware of its own."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within the limit."""
        if scope["type"] != ScopeType.HTTP or scope["path_template"].startswith(FREE):
            await self.app(scope, receive, send)
            return
        actor: Actor | None = scope["user"]
        if self._class is None:
            handler = scope["route_handler"]
            assert isinstance(handler, HTTPRouteHandler), "what is asked over HTTP has such a handler"
            self._class = class_of(handler, scope["method"])
        kind = "anonymous" if actor is None and self._class not in {"checks", "sign_ins"} else self._class
        who = self._who(scope, actor, kind)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in REFUSED:
                self._note(who, actor, message["status"])
            await send(message)

        if kind == "feeds":
            await self._feed(who, scope, receive, noting)
            return
        wait = await self.limits.wait_of(kind, who) if kind in self.limits.limits else 0.0
        if wait > 0:
            await self._refuse(kind, who, wait, scope, receive, noting)
        else:
            await self.app(scope, receive, noting)

    def _who(self, scope: HTTPScope, actor: Actor | None, kind: str) -> str:
        if actor is None or kind in BY_ADDRESS:
            return f"address {self.addresses.of(scope)}"
        return f"identity {actor.identity}"

    def _note(self, who: str, actor: Actor | None, status: int) -> None:
        if self.limits.has_repeated(who):
            role = actor.role.value if actor else "nobody"
            _repeated.labels(role).inc()
            log.warning("a caller is refused again and again", who=self.limits.digest(who), role=role, status=status)

    async def _refuse(self, kind: str, who: str, wait: float, scope: HTTPScope, receive: Receive, send: Send) -> None:
        _limited.labels(kind).inc()
        if not self.limits.is_first(who):
            scope["state"][ASKED_TOO_MUCH_BEFORE] = True
        limit = self.limits.limits[kind]
        seconds = max(1, math.ceil(wait))
        headers = {"Retry-After": str(seconds)}
        if limit.seconds:
            headers["RateLimit-Policy"] = f'"{kind}";q={limit.most};w={limit.seconds}'
            headers["RateLimit"] = f'"{kind}";r=0;t={seconds}'
        refused = Problematic("too_many_requests", headers=headers)
        answer = on_problematic(Request[Any, Any, Any](scope), refused)
        await answer.to_asgi_response(app=None, request=Request(scope))(scope, receive, send)

    async def _feed(self, who: str, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Let a feed in while there is room for one more, and keep its place for as long as it says anything."""
        if "feeds" not in self.limits.limits:
            await self.app(scope, receive, send)
            return
        feed = uuid4().hex
        if not await self.limits.enter(who, feed):
            await self._refuse("feeds", who, FEED_RETRY_SECONDS, scope, receive, send)
            return
        heard_at = time.monotonic()

        async def staying(message: Message) -> None:
            nonlocal heard_at
            if time.monotonic() - heard_at > LEASE_SECONDS / 3:
                heard_at = time.monotonic()
                await self.limits.enter(who, feed)
            await send(message)

        try:
            await self.app(scope, receive, staying)
        finally:
            await self.limits.leave(who, feed)


def class_of(handler: HTTPRouteHandler, method: str) -> str:
    """What an operation counts as."""
    name = handler.operation_id if isinstance(handler.operation_id, str) else ""
    return CLASS_OF.get(name, "commands" if method in BODIES | {"DELETE"} else "reads")
