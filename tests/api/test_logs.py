"""A fault is logged with its stack, as one line of JSON, and with nothing of what the request carried."""

import json
import sys

import pytest
import structlog

from features.bodies import changed, filing
from ledger.desk import Desk
from ledger.logs import configure_logs, stack_of, without_values
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
    assert "KeyError: …\n" in line["exception"]
    assert "exc_info" not in line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('invalid input syntax for type date: "Dupont"', "invalid input syntax for type date: …"),
        ("KeyError: 'Dupont'", "KeyError: …"),
        ("l'historique n'est pas celui qu'on a écrit", "l'historique n'est pas celui qu'on a écrit"),
        ("refused\nDETAIL:  Failing row contains (Dupont)\nCONTEXT:  COPY cases, line 1", "refused"),
        (repr(ValueError("refused\nDETAIL:  Failing row (Dupont)")), "ValueError('refused"),
        ("refused\\nDETAIL:  Failing row (Dupont)", "refused"),
        (
            'E: "a"\n  File "code.py", line 1, in f\n    raise x("y")',
            'E: …\n  File "code.py", line 1, in f\n    raise x("y")',
        ),
    ],
)
def test_what_an_error_quotes_is_left_out(text: str, told: str) -> None:
    assert without_values(text) == told


def test_the_texts_of_errors_among_other_members_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    structlog.get_logger().warning("it waits", reason="invalid: 'Dupont'", path="/it's")
    line = json.loads(capsys.readouterr().out)
    assert (line["reason"], line["path"]) == ("invalid: …", "/it's")


def test_what_ends_a_process_is_logged_without_values(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    error = ValueError("invalid: 'Dupont'")
    sys.excepthook(ValueError, error, None)
    written = capsys.readouterr()
    line = json.loads(written.out)
    assert (line["event"], line["level"], line["exception"]) == ("uncaught", "critical", "ValueError: invalid: …\n")
    assert "Dupont" not in written.err
