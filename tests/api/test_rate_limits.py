"""How much one caller may ask, with Valkey and without, and what is told of those who ask too much."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
import redis
from structlog.testing import capture_logs

from api.rate_limits import BY_ADDRESS, CLASS_OF, REFUSALS_NOTED, RateLimits, class_of
from ledger.settings_reader import RATE_LIMITS
from tests.api.operations import operations
from tests.api.service import Service, seed, service_on, settings_on
from tests.api.test_problems import refusal
from tests.fuzzing.campaign import served
from tests.servers import Database

KEY = b"k" * 32
NOWHERE = "redis://127.0.0.1:1/0"


def bucketed(limits: dict[str, tuple[int, int]], address: str, key: bytes) -> RateLimits:
    """Limits that wait for a busy Valkey longer than a service would, and try again at once when it is away."""
    return RateLimits(limits, address, key, patience_seconds=30, retry_seconds=0)


def taken(limits: RateLimits, name: str, who: str, times: int) -> int:
    """How many of so many requests pass, asked as fast as can be."""

    async def ask() -> int:
        return sum([await limits.wait_of(name, who) == 0 for _ in range(times)])

    return asyncio.run(closing(limits, ask))


async def closing(limits: RateLimits, ask):  # type: ignore[no-untyped-def]
    try:
        return await ask()
    finally:
        await limits.close()


@pytest.fixture(params=["valkey", "alone"])
def address(request: pytest.FixtureRequest, valkey_url: str) -> str:
    return valkey_url if request.param == "valkey" else NOWHERE


def test_a_burst_passes_up_to_the_limit(address: str) -> None:
    limits = bucketed({"checks": (30, 3600)}, address, KEY + b"burst")
    assert taken(limits, "checks", "a", 100) == 30


def test_callers_and_classes_do_not_share(address: str) -> None:
    limits = bucketed({"checks": (3, 3600), "reads": (5, 3600)}, address, KEY + b"share")

    async def ask() -> list[int]:
        return [
            sum([await limits.wait_of(name, who) == 0 for _ in range(10)])
            for name, who in (("checks", "a"), ("checks", "b"), ("reads", "a"))
        ]

    assert asyncio.run(closing(limits, ask)) == [3, 3, 5]


def test_it_empties_evenly(address: str) -> None:
    limits = bucketed({"checks": (10, 1)}, address, KEY + b"even")

    async def ask() -> tuple[int, float, int]:
        first = sum([await limits.wait_of("checks", "a") == 0 for _ in range(10)])
        wait = await limits.wait_of("checks", "a")
        await asyncio.sleep(0.35)
        later = sum([await limits.wait_of("checks", "a") == 0 for _ in range(10)])
        return first, wait, later

    first, wait, later = asyncio.run(closing(limits, ask))
    assert first == 10
    assert 0 < wait <= 0.1
    assert 2 <= later <= 5, "a third of a second gives three of ten back"


def test_a_large_limit_is_taken_in_lots_and_kept_to_the_number(address: str) -> None:
    limits = bucketed({"reads": (1000, 3600)}, address, KEY + b"lots")
    assert taken(limits, "reads", "a", 1500) == 1000


def test_two_processes_share_one_limit(valkey_url: str) -> None:
    both = [bucketed({"checks": (40, 3600)}, valkey_url, KEY + b"two") for _ in range(2)]

    async def ask() -> int:
        passed = 0
        for _ in range(40):
            for each in both:
                passed += await each.wait_of("checks", "a") == 0
        for each in both:
            await each.close()
        return passed

    assert asyncio.run(ask()) == 40


def test_requests_at_once_do_not_pass_together(valkey_url: str) -> None:
    limits = bucketed({"checks": (20, 3600)}, valkey_url, KEY + b"once")

    async def ask() -> int:
        waits = await asyncio.gather(*(limits.wait_of("checks", "a") for _ in range(200)))
        return sum(wait == 0 for wait in waits)

    assert asyncio.run(closing(limits, ask)) == 20


def test_valkey_is_told_of_nobody(valkey_url: str) -> None:
    limits = bucketed({"checks": (20, 3600)}, valkey_url, KEY + b"secret")
    assert taken(limits, "checks", "identity ines.morel@example.test", 1) == 1
    with redis.Redis.from_url(valkey_url) as client:
        keys = [key.decode() for key in client.scan_iter("smoe:limit:*")]
        assert keys
        assert not [key for key in keys if "ines" in key or "identity" in key]
        assert -1 not in [client.pttl(key) for key in keys], "and forgets them"


def test_a_clock_set_back_keeps_nobody_out(valkey_url: str) -> None:
    limits = bucketed({"checks": (10, 3600)}, valkey_url, KEY + b"clock")
    tomorrow = int((time.time() + 86_400) * 1_000_000)
    with redis.Redis.from_url(valkey_url) as client:
        client.set(limits._place("checks", "a"), tomorrow, px=60_000)
    assert taken(limits, "checks", "a", 20) == 10


def test_valkey_away_is_told_once_and_harms_nobody() -> None:
    limits = bucketed({"checks": (5, 3600)}, NOWHERE, KEY)
    with capture_logs() as logs:
        assert taken(limits, "checks", "a", 50) == 5
        assert taken(limits, "checks", "b", 50) == 5
    assert [line["event"] for line in logs] == ["rate limits are counted by each process alone"]


@pytest.fixture(scope="module")
def limited(module_database: Database, valkey_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    limits = "checks=3/3600 commands=4/3600 reads=30/3600 exports=2/3600 feeds=1 anonymous=40/3600 sign_ins=10/3600"
    settings = settings_on(module_database, valkey_url, tmp_path_factory.mktemp("limited"), SMOE_RATE_LIMITS=limits)
    with service_on(settings) as service:
        yield service


def too_many(answer: httpx.Response, name: str, limit: int) -> None:
    refusal(answer, 429, "too_many_requests")
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 3600
    assert answer.headers["RateLimit-Policy"] == f'"{name}";q={limit};w=3600'
    assert answer.headers["RateLimit"] == f'"{name}";r=0;t={wait}'


def check(service: Service, **headers: str) -> httpx.Response:
    query = {"number": "AT-2026-0000-0000-0000", "birth_date": "1990-01-01"}
    return service.client.get("/api/permits/check", params=query, headers=headers)


def test_the_public_check_is_the_strictest(limited: Service) -> None:
    for _ in range(3):
        assert check(limited).status_code == 404
    too_many(check(limited), "checks", 3)
    # Nobody gets further by saying that they come from elsewhere.
    too_many(check(limited, **{"X-Forwarded-For": "198.51.100.7"}), "checks", 3)


def test_one_caller_too_many_and_the_others_at_ease(limited: Service) -> None:
    dossier = limited.file()
    for number in range(4):
        assert dossier.give("agent-63", "add-note", {"text": f"Note {number}."}).status_code in {200, 403}
    position = limited.desk.ledger.last_position()
    too_many(dossier.give("agent-63", "add-note", {"text": "De trop."}), "commands", 4)
    assert limited.desk.ledger.last_position() == position
    assert limited.get("agent-63", "/api/queues").status_code == 200, "reads are counted apart"
    assert limited.file().version == 4


def test_the_first_refusal_stands_in_the_access_log_and_the_rest_are_counted(limited: Service) -> None:
    proof = f"{limited.file().path}/proof"
    for _ in range(2):
        limited.get("auditor", proof)
    for _ in range(5):
        too_many(limited.get("auditor", proof), "exports", 2)
    found = limited.get("auditor", "/api/audit/access", actor="local:auditor").json()["items"]
    assert [line["status"] for line in found if line["operation"] == "CaseProof"].count(429) == 1


def test_health_and_figures_are_for_whoever_watches(limited: Service) -> None:
    for _ in range(60):
        assert limited.client.get("/health/live").status_code == 200
    text = limited.client.get("/metrics").text
    assert 'smoe_rate_limited_total{limit="checks"}' in text
    assert 'smoe_refusals_total{code="too_many_requests"}' in text


def test_whoever_is_refused_again_and_again_is_told_of(new_database: object, valkey_url: str, tmp_path: Path) -> None:
    settings = settings_on(new_database(), valkey_url, tmp_path, SMOE_RATE_LIMITS="reads=9000/60")  # type: ignore[operator]
    with service_on(settings) as service, capture_logs() as logs:
        for number in range(REFUSALS_NOTED + 5):
            service.get("agent-63", f"/api/cases/00000000-0000-0000-0000-{number:012}")
        told = [line for line in logs if line["event"] == "a caller is refused again and again"]
        assert [(line["role"], line["status"]) for line in told] == [("agent", 404)]
        assert "agent-63" not in str(told)
        assert 'smoe_repeated_refusals_total{role="agent"}' in service.client.get("/metrics").text


def test_every_class_is_one_of_the_settings_and_every_name_an_operation(service: Service) -> None:
    known = operations(service.client.app)
    assert {each.name for each in known} >= set(CLASS_OF)
    classes = {class_of(each.handler, each.method) for each in known} | {"anonymous"} | BY_ADDRESS
    assert classes == set(RATE_LIMITS)


def test_whatever_is_handed_over_as_an_archive_counts_as_an_export(limited: Service) -> None:
    archives = {
        each.name: class_of(each.handler, each.method)
        for each in operations(limited.client.app)
        if any(told.media_type == "application/zip" for told in (each.handler.responses or {}).values())
    }
    assert archives == {
        "BundleContent": "exports",
        "CaseArchive": "exports",
        "CaseProof": "exports",
        "PersonExport": "exports",
    }


def test_feeds_open_at_once(valkey_url: str) -> None:
    for address in (valkey_url, NOWHERE):
        limits = bucketed({"feeds": (2, 0)}, address, KEY + b"feeds")

        async def ask(limits: RateLimits = limits) -> list[bool]:
            answers = [await limits.enter("a", feed) for feed in ("1", "2", "3", "1")]
            answers.append(await limits.enter("b", "4"))
            await limits.leave("a", "2")
            answers.append(await limits.enter("a", "3"))
            return answers

        assert asyncio.run(closing(limits, ask)) == [True, True, False, True, True, True]


def test_two_processes_share_the_room_for_feeds(valkey_url: str) -> None:
    both = [bucketed({"feeds": (2, 0)}, valkey_url, KEY + b"feeds-2") for _ in range(2)]

    async def ask() -> list[bool]:
        answers = [await both[turn % 2].enter("a", str(turn)) for turn in range(4)]
        for each in both:
            await each.close()
        return answers

    assert asyncio.run(ask()) == [True, True, False, False]


@pytest.mark.parametrize("has_valkey", [True, False])
def test_a_feed_too_many_over_http(database: Database, valkey_url: str, tmp_path: Path, has_valkey: bool) -> None:
    settings = settings_on(database, valkey_url, tmp_path)
    seed(settings)
    more = {"SMOE_RATE_LIMITS": "feeds=1"} | ({} if has_valkey else {"REDIS_URL": NOWHERE})
    with served(settings, tmp_path, **more) as place, httpx.Client(base_url=place.url, trust_env=False) as client:
        tokens = {
            who: client.post("/api/local-sign-in", json={"identity": who}).json()["token"]
            for who in ("agent-63", "auditor")
        }

        def feed(who: str) -> AbstractContextManager[httpx.Response]:
            return client.stream("GET", "/api/events", headers={"Authorization": f"Bearer {tokens[who]}"})

        with feed("agent-63") as first:
            assert first.status_code == 200
            with feed("agent-63") as second:
                second.read()
                refusal(second, 429, "too_many_requests")
                assert int(second.headers["Retry-After"]) > 0
            with feed("auditor") as other:
                assert other.status_code == 200
        give_up_at = time.monotonic() + 30
        while True:
            with feed("agent-63") as third:
                if third.status_code == 200:
                    break
            assert time.monotonic() < give_up_at, "its place is not given back"
            time.sleep(0.2)
