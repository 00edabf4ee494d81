"""A part of the campaign of malformed requests, the same each time; `make fuzz` is the whole of it."""

from itertools import islice
from pathlib import Path

import pytest

from tests.api.service import seed, settings_on
from tests.fuzzing.campaign import Answer, Outcome, campaign, served
from tests.fuzzing.malformed import Malformed, Sent, Target
from tests.servers import Database

REQUESTS = 3_000
KINDS = 11


def test_no_error_of_ours_no_hang_no_growth_and_nothing_recorded_unsaid(
    database: Database, valkey_url: str, tmp_path: Path
) -> None:
    settings = settings_on(database, valkey_url, tmp_path)
    seed(settings)
    with served(settings, tmp_path) as place:
        found = campaign(place, REQUESTS, seed=7, warm_up=2_000)
    assert found.outcome.faults == []
    assert found.facts_unaccounted == 0
    assert len(found.outcome.kinds) == KINDS
    assert {400, 401, 403, 404, 405, 413, 414, 415, 431} <= set(found.outcome.statuses)
    # Whoever may not ask is refused before the form is looked at; enough others are heard to the end.
    assert found.outcome.statuses[400] > REQUESTS / 6
    # What a short run adds is caches that fill; the whole campaign holds the tenth that is promised.
    assert found.growth < 0.25
    assert '"unhandled"' not in (tmp_path / "api.log").read_text()


def test_the_same_seed_sends_the_same() -> None:
    targets = [Target("GET", "/api/cases", ("q",)), Target("POST", "/api/cases", (), {"a": [1]})]
    first, again, other = (list(islice(Malformed(seed, targets, [None, "t"]), 200)) for seed in (1, 1, 2))
    assert first == again != other


OK = {"content-security-policy": "default-src 'none'"}


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(200, OK, b"{}"), None),
        (Answer(500, OK, b"{}"), "an error of ours"),
        (Answer(0, {}, b""), "no answer to what is HTTP"),
        (Answer(400, OK, b"Bad Request"), "a refusal that is no problem"),
        (Answer(400, OK, b'{"code": "unheard_of", "status": 400}'), "a problem that is none of ours"),
        (Answer(400, OK, b'{"code": "malformed", "status": 404}'), "a problem that is none of ours"),
        (Answer(400, OK, b'{"code": "malformed", "status": 400}'), None),
        (Answer(200, {}, b"{}"), "an answer without its headers"),
    ],
)
def test_what_is_wrong_is_noticed(answer: Answer, fault: str | None) -> None:
    outcome = Outcome()
    outcome.judge(Sent("kind", b"GET / HTTP/1.1\r\n\r\n", is_http=True), answer, 0.1, frozenset({"malformed"}))
    assert [each.partition(" (")[0] for each in outcome.faults][:1] == ([fault] if fault else [])
