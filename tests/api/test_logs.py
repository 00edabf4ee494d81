"""A fault is logged with its stack, as one line of JSON, and with nothing of what the request carried."""

import json

import pytest
import structlog

from features.bodies import changed, filing
from ledger.desk import Desk
from ledger.logs import configure_logs, stack_of
from tests.api.service import Service

NAME = "Ouedraogo-Lefèvre"


def test_a_bug_is_logged_with_its_stack_and_without_what_it_was_handling(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    body = filing("introduction_permanent")
    changed(body, "/request/worker/family_name", NAME)
    token = service.token("employer-acme")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Desk, "file", broken)
    configure_logs()
    capsys.readouterr()
    answer = service.post("employer-acme", "/api/cases", body, key="logged")
    assert answer.status_code == 500
    written = capsys.readouterr().out
    (line,) = [json.loads(line) for line in written.splitlines()]
    assert (line["event"], line["level"], line["path"]) == ("unhandled", "error", "/api/cases")
    assert line["timestamp"].endswith("Z")
    assert "RuntimeError: a fault of ours" in line["exception"]
    assert "in file_case" in line["exception"]
    for secret in (token, NAME, body["request"]["job"]["title"], body["request"]["worker"]["given_names"]):
        assert secret not in written


def test_what_the_database_says_of_a_refused_row_is_left_out() -> None:
    def refused() -> None:
        try:
            raise ValueError(f"duplicate key\nDETAIL:  Failing row contains ({NAME})")
        except ValueError as error:
            raise RuntimeError("nothing was written") from error

    with pytest.raises(RuntimeError) as caught:
        refused()
    stack = stack_of(caught.value)
    assert "RuntimeError: nothing was written" in stack
    assert "caused by ValueError: duplicate key\n" in stack
    assert NAME not in stack


def test_an_exception_being_handled_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    try:
        raise KeyError("here")
    except KeyError:
        structlog.get_logger().exception("handled")
    line = json.loads(capsys.readouterr().out)
    assert "KeyError: 'here'" in line["exception"]
    assert "exc_info" not in line
