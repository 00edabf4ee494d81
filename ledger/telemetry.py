"""What a process tells of its own work while it works: figures for Prometheus, and spans when tracing is on."""

import time
from collections.abc import Callable, Sized
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any, Final, Literal, ParamSpec, TypeAlias, TypeVar

from prometheus_client import Counter, Histogram

from ledger.facts import KeyReusedForAnotherCommand, VersionConflict

P = ParamSpec("P")
F = TypeVar("F", bound=Sized)
T = TypeVar("T")

Conflict: TypeAlias = Literal["version", "key_reuse", "key_race"]
"""Another append came first; a key came with another command; a person's key was being made elsewhere."""

_APPEND_SECONDS: Final = Histogram(
    "smoe_append_seconds",
    "Time from the call of an append to its commit, in seconds",
    buckets=(0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.035, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_FACTS: Final = Counter("smoe_facts_appended", "Facts appended and committed")
_CONFLICTS: Final = Counter("smoe_append_conflicts", "Appends refused or tried again, by what they met", ["kind"])
_OF_KIND: Final = {kind: _CONFLICTS.labels(kind) for kind in ("version", "key_reuse", "key_race")}
_WAKE_UPS: Final = Counter("smoe_wakeups_sent", "Notifications sent to those who follow the ledger")


def appended(seconds: float, facts: int) -> None:
    """Count an append that was committed: how long it took, and its facts."""
    _APPEND_SECONDS.observe(seconds)
    _FACTS.inc(facts)


def conflict(kind: Conflict) -> None:
    """Count an append that met a conflict."""
    _OF_KIND[kind].inc()


def woke_followers() -> None:
    """Count a notification that was sent."""
    _WAKE_UPS.inc()


OpenSpan: TypeAlias = Callable[[str, dict[str, Any]], AbstractContextManager[Any]]

_NO_SPAN: Final = nullcontext()
_open_span: OpenSpan | None = None


def span(name: str, **attributes: str | int) -> AbstractContextManager[Any]:
    """A part of the work, timed where tracing is on and free where it is off; attributes hold no personal data."""
    return _NO_SPAN if _open_span is None else _open_span(name, attributes)


def trace_with(open_span: OpenSpan | None) -> None:
    """Have spans opened by this function, or by none."""
    global _open_span
    _open_span = open_span


def traced(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Have each call of a function be a span."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def tracing(*args: P.args, **kwargs: P.kwargs) -> T:
            with span(name):
                return function(*args, **kwargs)

        return tracing

    return decorate


def measured(append: Callable[P, F]) -> Callable[P, F]:
    """Have a function that appends facts, and returns them, count what it does, and be a span."""

    @wraps(append)
    def measuring(*args: P.args, **kwargs: P.kwargs) -> F:
        began = time.perf_counter()
        try:
            with span("append"):
                facts = append(*args, **kwargs)
        except VersionConflict:
            conflict("version")
            raise
        except KeyReusedForAnotherCommand:
            conflict("key_reuse")
            raise
        appended(time.perf_counter() - began, len(facts))
        return facts

    return measuring
