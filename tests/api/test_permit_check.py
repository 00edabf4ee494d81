"""The public check tells nothing on a near miss: not by its answer, not by its work, not by its time."""

import hmac
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from documents.stationery import CHECKED_AT, check_address
from domain.permits import CODE_SIGNS, printed_code, verification_code
from projections import permits
from projections.permits import COMPARED, check_permit, check_printed_permit
from tests.api.service import Service, service_on, settings_on
from tests.histories import a_filing, a_grant, a_routing, erase, persons_of, write
from tests.servers import Database
from tests.unit.given import a_worker

BORN = date(1998, 3, 14)
ANOTHER_DAY = date(1998, 3, 15)
GRANTED = date(2026, 9, 1)
NUMBER, ERASED, TWICE = "AT-2026-0AB1-52CD-9E01", "AT-2026-0AB1-52CD-9E02", "AT-2026-0AB1-52CD-9E03"
MISSES: dict[str, tuple[str, date]] = {
    "an unknown number": ("AT-2026-0AB1-52CD-9E99", BORN),
    "a number with the wrong date": (NUMBER, ANOTHER_DAY),
    "the date with a wrong number": (NUMBER[:-1] + "8", BORN),
    "a number of somebody erased": (ERASED, BORN),
    "a number of somebody erased, with the wrong date": (ERASED, ANOTHER_DAY),
    "a number given twice, with the wrong date": (TWICE, ANOTHER_DAY),
    "what looks like no number": ("Dupont; --", BORN),
    "a number cut short": (NUMBER[:9], BORN),
    "a number of another length": ("A" * 60, BORN),
}
PRINTED: dict[str, tuple[str, str]] = {
    "an unknown number": ("AT-2026-0AB1-52CD-9E99", NUMBER),
    "a number with the code of another": (NUMBER, TWICE),
    "a code with a wrong number": (NUMBER[:-1] + "8", NUMBER),
    "a number of somebody erased, with its code": (ERASED, ERASED),
    "a number of somebody erased, with another code": (ERASED, NUMBER),
    "a number given twice, with another code": (TWICE, NUMBER),
    "what looks like no number": ("Dupont; --", NUMBER),
    "a number cut short": (NUMBER[:9], NUMBER),
}
"""By what is asked for: the number, and the number whose code is given."""
ROUNDS = 300
LIKE_CHANCE = 0.2
"""How far the odds that one miss takes longer than another may lie from even: a fifth, on a machine that others use."""
SHARE = 0.1
"""Or how much longer the middle one may take: times that noise alone keeps apart differ by less."""


@pytest.fixture(scope="module")
def place(
    new_database: Callable[[], Database], valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    settings = settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("permits"))
    with service_on(settings) as service:
        ledger = service.desk.ledger
        for number, grants in ((NUMBER, 1), (ERASED, 1), (TWICE, 2)):
            stream = uuid4()
            worker = a_worker(person=persons_of(stream)[0], birth_date=BORN)
            granted = [a_grant(GRANTED, number, f"D{each}") for each in range(1, grants + 1)]
            write(ledger, stream, [a_filing(stream, f"AT-{number[-4:]}", GRANTED, worker=worker), a_routing(GRANTED)])
            write(ledger, stream, granted)
            if number is ERASED:
                service.runner.run_until_current()
                assert asked(service, ERASED, BORN).status_code == 200
                erase(ledger, stream, persons_of(stream)[0], GRANTED)
        # As many others as make a look-up what it is in service.
        for _ in range(200):
            stream = uuid4()
            filing = a_filing(stream, f"AT-{stream.hex[:8]}", GRANTED)
            write(ledger, stream, [filing, a_routing(GRANTED), a_grant(GRANTED, f"AT-{stream.hex}")])
        service.runner.run_until_current()
        yield service


def asked(place: Service, number: str, born: date) -> httpx.Response:
    return place.get(None, "/api/permits/check", number=number, birth_date=born.isoformat())


def test_number_and_date_together_are_answered(place: Service) -> None:
    for number in (NUMBER, TWICE):
        answer = asked(place, number, BORN)
        assert (answer.status_code, answer.json()["permit"]) == (200, number)


@pytest.mark.parametrize("miss", MISSES)
def test_every_miss_is_answered_with_the_same_bytes(place: Service, miss: str) -> None:
    nothing = asked(place, *MISSES["an unknown number"])
    answer = asked(place, *MISSES[miss])
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.content == nothing.content
    assert list(answer.headers.multi_items()) == list(nothing.headers.multi_items())


# By the code that is printed


def code_of(place: Service, number: str) -> str:
    return verification_code(place.settings.check_key, number)


def shown(place: Service, number: str, code: str) -> httpx.Response:
    return place.get(None, "/api/permits/check", number=number, code=code)


def test_the_code_of_the_paper_is_answered_as_the_date_is(place: Service) -> None:
    for number in (NUMBER, TWICE):
        answer = shown(place, number, code_of(place, number))
        assert (answer.status_code, answer.json()) == (200, asked(place, number, BORN).json())
    printed = printed_code(code_of(place, NUMBER))
    assert len(printed.split("-")) * 4 * 5 == 120, "bits that nobody guesses"
    for typed in (printed, printed.lower(), f"  {printed.replace('-', ' ')} ", printed.replace("O", "0")):
        assert shown(place, NUMBER, typed).status_code == 200, typed


@pytest.mark.parametrize("miss", PRINTED)
def test_every_miss_by_code_is_answered_as_any_other(place: Service, miss: str) -> None:
    number, of = PRINTED[miss]
    nothing = asked(place, *MISSES["an unknown number"])
    answer = shown(place, number, code_of(place, of))
    assert (answer.status_code, answer.content) == (404, nothing.content)
    assert list(answer.headers.multi_items()) == list(nothing.headers.multi_items())


def test_a_code_that_lacks_a_sign_or_has_another_is_none(place: Service) -> None:
    code = code_of(place, NUMBER)
    for index, sign in enumerate(code):
        other = code[:index] + ("A" if sign != "A" else "C") + code[index + 1 :]
        assert shown(place, NUMBER, other).status_code == 404
    for wrong in (code[:-1], code + "A", "A" * CODE_SIGNS, "-", "é" * 24, "0" * 60):
        assert shown(place, NUMBER, wrong).status_code == 404, wrong
    # The fingerprints that the table holds are no codes either.
    with psycopg.connect(place.settings.database_url) as connection:
        for (held,) in connection.execute("SELECT birth_fingerprint FROM read.permits WHERE permit = %s", (NUMBER,)):
            assert shown(place, NUMBER, held[:60]).status_code == 404
    assert shown(place, "AT-0000-0000-0000-0000", "0" * 60).status_code == 404


def test_codes_are_of_the_key_of_this_database(place: Service) -> None:
    assert shown(place, NUMBER, verification_code(b"another key", NUMBER)).status_code == 404
    assert len({verification_code(b"k", f"AT-{number}") for number in range(1_000)}) == 1_000


def test_one_thing_that_only_the_holder_knows_is_asked_for(place: Service) -> None:
    code = code_of(place, NUMBER)
    for query in ({}, {"birth_date": BORN.isoformat(), "code": code}):
        answer = place.get(None, "/api/permits/check", number=NUMBER, **query)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_every_miss_by_code_costs_the_same_work(place: Service, work: Counter[str]) -> None:
    key = place.settings.check_key
    expected = {"execute": 1, "digest": 1, "compare_digest": COMPARED, "convert": COMPARED}
    with psycopg.connect(place.settings.database_url) as connection:
        for miss, (number, of) in {**PRINTED, "itself": (NUMBER, NUMBER)}.items():
            code = verification_code(key, of)
            work.clear()
            found = check_printed_permit(connection, number, code, today=GRANTED, check_key=key)
            assert (found is None) == (miss != "itself")
            assert dict(work) == expected, miss


def test_the_time_of_a_check_by_code_tells_no_miss_from_another(place: Service) -> None:
    key = place.settings.check_key
    codes = {number: verification_code(key, number) for _, number in PRINTED.values()}
    with psycopg.connect(place.settings.database_url, autocommit=True) as connection:
        times = measured(
            lambda number, of: check_printed_permit(connection, number, codes[of], today=GRANTED, check_key=key),
            ROUNDS // 3,
            PRINTED,
        )
    assert apart(times, "an unknown number") == []


def test_the_page_says_the_same_in_words(place: Service) -> None:
    """What the code on the paper leads to: no script, nothing of a person, and every text made harmless."""
    address = check_address("", NUMBER, code_of(place, NUMBER))
    answer = place.client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "authentique" in answer.text
    assert NUMBER in answer.text
    assert "<script" not in answer.text
    for name in ("Benali", "Youssef", BORN.isoformat()):
        assert name not in answer.text
    wrong = place.client.get(check_address("", NUMBER, "A" * CODE_SIGNS))
    unknown = place.client.get(check_address("", "AT-2026-0AB1-52CD-9E99", "A" * CODE_SIGNS))
    assert (wrong.status_code, wrong.content) == (404, unknown.content)
    hostile = place.client.get(check_address("", "<script>alert(1)</script>", "<b>"))
    assert "<b>" not in hostile.text
    assert place.client.get(CHECKED_AT).status_code == 200


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what a check asks of the database and of the digests, and passes it on."""
    counted: Counter[str] = Counter()

    def counting(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def count(*arguments: Any, **options: Any) -> Any:
            counted[name] += 1
            return original(*arguments, **options)

        monkeypatch.setattr(owner, name, count)

    counting(psycopg.Cursor, "execute")
    counting(hmac, "digest")
    counting(hmac, "compare_digest")
    counting(permits.msgspec, "convert")
    return counted


def test_every_miss_costs_the_same_work(place: Service, work: Counter[str]) -> None:
    key = place.settings.check_key
    expected = {"execute": 1, "digest": 1, "compare_digest": COMPARED, "convert": COMPARED}
    with psycopg.connect(place.settings.database_url) as connection:
        for miss, (number, born) in MISSES.items():
            work.clear()
            assert _found(key, connection, number, born) is None
            assert dict(work) == expected, miss
        work.clear()
        assert _found(key, connection, NUMBER, BORN) is not None
        assert dict(work) == expected


def _found(key: bytes, connection: psycopg.Connection[Any], number: str, born: date) -> object:
    return check_permit(connection, number, born, today=GRANTED + timedelta(days=30), check_key=key)


def odds(ones: list[float], others: list[float]) -> float:
    """How probably one of the ones is larger than one of the others: Mann and Whitney's U, over all pairs."""
    ranked = sorted([(each, 1) for each in ones] + [(each, 0) for each in others])
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which)
    return (ranks - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


def apart(times: dict[str, list[float]], usual: str) -> list[str]:
    """The misses whose times tell them from the usual one, with how."""
    told = []
    for miss, own in times.items():
        chance = odds(own, times[usual])
        middle, of_usual = statistics.median(own), statistics.median(times[usual])
        print(f"{miss}: median {middle * 1e6:.0f} µs, odds {chance:.3f}")
        if abs(chance - 0.5) > LIKE_CHANCE and abs(middle / of_usual - 1) > SHARE:
            told.append(f"{miss}: odds {chance:.3f}, median {middle / of_usual:.2f} times that of {usual}")
    return told


def measured(
    take: Callable[[str, Any], object], rounds: int, misses: Mapping[str, tuple[str, Any]] = MISSES
) -> dict[str, list[float]]:
    """Seconds that each miss takes, in rounds that begin with another one each time: what slows one slows all."""
    times: dict[str, list[float]] = {miss: [] for miss in misses}
    names = list(misses)
    for number in range(-20, rounds):
        turn = number % len(names)
        for miss in names[turn:] + names[:turn]:
            begin = time.perf_counter()
            take(*misses[miss])
            if number >= 0:
                times[miss].append(time.perf_counter() - begin)
    return times


def test_the_time_of_a_check_tells_no_miss_from_another(place: Service) -> None:
    key = place.settings.check_key
    with psycopg.connect(place.settings.database_url, autocommit=True) as connection:
        times = measured(lambda number, born: _found(key, connection, number, born), ROUNDS)
    assert apart(times, "an unknown number") == []


def test_the_time_of_an_answer_tells_no_miss_from_another(place: Service) -> None:
    times = measured(lambda number, born: asked(place, number, born), ROUNDS // 3)
    assert apart(times, "an unknown number") == []


def test_more_work_on_a_number_that_exists_would_be_noticed(place: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the two tests above can see: a second look-up, made only where the first has found something."""
    convert, key = permits.msgspec.convert, place.settings.check_key
    with psycopg.connect(place.settings.database_url, autocommit=True) as connection:

        def again(row: dict[str, Any], kind: Any) -> Any:
            if row["permit"] == NUMBER:
                connection.execute("SELECT count(*) FROM read.permits")
            return convert(row, kind)

        monkeypatch.setattr(permits.msgspec, "convert", again)
        times = measured(lambda number, born: _found(key, connection, number, born), 60)
    assert "a number with the wrong date" in {line.partition(":")[0] for line in apart(times, "an unknown number")}
