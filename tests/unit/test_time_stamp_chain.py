"""What a time-stamp is chained to, when it is due, and the very bytes that it is of."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from ledger.proofs.timestamps import Chain, Stored, Waiting, chain_of, is_due, months_before, stamped_bytes, token_of
from tests.time_stamping import der, number, rejection, response, sequence_of
from verifier.time_stamps import TimeStampInvalid

NOON = datetime(2026, 11, 29, 12, 0, 0, 123, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "month", "year"),
    [
        ("2026-11-29T12:00:00", "2026-10-29T12:00:00", "2025-11-29T12:00:00"),
        ("2027-01-15T00:00:00", "2026-12-15T00:00:00", "2026-01-15T00:00:00"),
        ("2027-03-31T23:59:59", "2027-02-28T23:59:59", "2026-03-31T23:59:59"),
        ("2028-03-31T01:00:00", "2028-02-29T01:00:00", "2027-03-31T01:00:00"),
        ("2028-03-29T01:00:00", "2028-02-29T01:00:00", "2027-03-29T01:00:00"),
        ("2027-05-31T01:00:00", "2027-04-30T01:00:00", "2026-05-31T01:00:00"),
        ("2028-02-29T01:00:00", "2028-01-29T01:00:00", "2027-02-28T01:00:00"),
        ("2029-02-28T01:00:00", "2029-01-28T01:00:00", "2028-02-28T01:00:00"),
        ("2027-12-31T01:00:00", "2027-11-30T01:00:00", "2026-12-31T01:00:00"),
        ("2028-01-31T01:00:00", "2027-12-31T01:00:00", "2027-01-31T01:00:00"),
    ],
)
def test_a_month_and_a_year_are_those_of_the_calendar(moment: str, month: str, year: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert months_before(now, 1) == datetime.fromisoformat(month).replace(tzinfo=UTC)
    assert months_before(now, 12) == datetime.fromisoformat(year).replace(tzinfo=UTC)


def stamps(*moments: datetime) -> list[Stored]:
    return [Stored(at, at, moment) for at, moment in enumerate(moments, 1)]


def numbers(chain: Chain) -> tuple[int | None, ...]:
    return tuple(None if each is None else each.number for each in chain)


def test_the_first_is_chained_to_nothing() -> None:
    assert chain_of([], NOON) == Chain(None, None, None)


def test_the_newest_that_are_old_enough_are_chained_to() -> None:
    month, year = months_before(NOON, 1), months_before(NOON, 12)
    moment = timedelta(microseconds=1)
    assert numbers(chain_of(stamps(NOON - moment), NOON)) == (1, None, None)
    assert numbers(chain_of(stamps(month + moment), NOON)) == (1, None, None)
    assert numbers(chain_of(stamps(month), NOON)) == (1, 1, None)
    assert numbers(chain_of(stamps(year + moment), NOON)) == (1, 1, None)
    assert numbers(chain_of(stamps(year), NOON)) == (1, 1, 1)
    many = stamps(year - timedelta(days=9), year - moment, year + moment, month - moment, month, month + moment, NOON)
    assert numbers(chain_of(many, NOON)) == (7, 5, 2)


def test_the_bytes_are_those_of_the_format() -> None:
    note, tokens = "é\n\n— x AAAA\n", (b"previous", b"month", b"year")
    expected = b"smoe-stamp-1" + hashlib.sha256(b"\xc3\xa9\n\n\xe2\x80\x94 x AAAA\n").digest()
    assert stamped_bytes(note, None, None, None) == expected + bytes(96)
    hashes = [hashlib.sha256(each).digest() for each in tokens]
    assert stamped_bytes(note, *tokens) == expected + b"".join(hashes)
    assert stamped_bytes(note, tokens[0], None, None) == expected + hashes[0] + bytes(64)
    assert stamped_bytes(note, tokens[0], tokens[0], None) == expected + 2 * hashes[0] + bytes(32)


@pytest.mark.parametrize(
    ("seconds", "reason", "first_hours_ago", "due"),
    [
        (3_599, "notification", 0, False),
        (3_600, "notification", 0, True),
        (0, "daily", 0, True),
        (0, "asked", 0, False),
        (0, "asked", 12, False),
        (0, "asked", 13, True),
    ],
)
def test_when_a_stamp_is_due(seconds: int, reason: str, first_hours_ago: int, due: bool) -> None:
    """At noon (UTC) the day in Paris has lasted for thirteen hours, in winter."""
    last = Stored(1, 1, NOON - timedelta(seconds=seconds))
    first_at = NOON - timedelta(hours=first_hours_ago, microseconds=200 if first_hours_ago == 13 else 0)
    assert is_due(Waiting(2, NOON, reason, ""), first_at, last, 3_600, NOON) == due
    assert is_due(Waiting(2, NOON, reason, ""), first_at, None, 3_600, NOON)


def test_an_answer_holds_a_token_or_none() -> None:
    token = sequence_of(number(1))
    assert token_of(response(token)) == token
    assert token_of(response(token, 1)) == token
    for answer, why in (
        (rejection(), "statut 2"),
        (response(token, 2), "statut 2"),
        (response(b""), "statut 0"),
        (response(token, -1), "statut -1"),
        (b"", "illisible"),
        (response(token) + b"\x00", "illisible"),
        (response(token + token), "illisible"),
        (der(0x30, b"\x30\x00"), "illisible"),
        (b"<html></html>", "illisible"),
    ):
        with pytest.raises(TimeStampInvalid, match=why):
            token_of(answer)
