"""How a process logs: one JSON line per event, with the stack of a fault and none of the values it was handling."""

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Final

import structlog
from structlog.typing import EventDict, WrappedLogger

TOLD: Final = ("error", "fault", "reason")
"""Members of an event that hold the text of an error."""
_OF_DATABASE: Final = re.compile(r"(?:\\n|\n)\s*(?:DETAIL|CONTEXT|HINT|QUERY|STATEMENT|LINE \d+):[^\n]*")
"""Where PostgreSQL puts refused rows and statements, also as `repr` writes it."""
_QUOTED: Final = re.compile(r"(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\"")
"""What an error quotes is what somebody gave; an apostrophe within a word quotes nothing."""
_PLACE: Final = "  "
"""How lines of a stack begin."""


def configure_logs() -> None:
    """Log as JSON lines (timestamp, level, event, exception); called first by every process that works on cases."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            exception_without_values,
            errors_without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    sys.excepthook = log_uncaught


def log_uncaught(kind: type[BaseException], error: BaseException, stack: TracebackType | None) -> None:
    """Log what ends a process as anything else; the interpreter would print its message whole."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, stack)
    else:
        structlog.get_logger().critical("uncaught", exc_info=error)


def silence_logs() -> None:
    """Log nothing: for commands that tell a person themselves what happened."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def exception_without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put the text of `exc_info` under `exception`."""
    told = event.pop("exc_info", None)
    error = told if isinstance(told, BaseException) else sys.exc_info()[1] if told else None
    if error is not None:
        event["exception"] = stack_of(error)
    return event


def errors_without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave out what the texts of errors quote."""
    for name in TOLD:
        if isinstance(text := event.get(name), str):
            event[name] = without_values(text)
    return event


def without_values(text: str) -> str:
    """The text of an error without what it quotes and without what the database adds to it; stacks stay as they are."""
    lines = _OF_DATABASE.sub("", text).split("\n")
    return "\n".join(line if line.startswith(_PLACE) else _QUOTED.sub("…", line) for line in lines)


def stack_of(error: BaseException) -> str:
    """An exception and those it came of, oldest last: places in the code, without the values that frames hold.

    Of each message only the first line is kept, without what it quotes: the database puts refused rows, which name
    persons, in the next ones, and whatever cannot be read is quoted.
    """
    parts, seen, each = [], set[int](), error
    while id(each) not in seen:
        seen.add(id(each))
        said = without_values(str(each).partition("\n")[0])
        parts.append(f"{type(each).__name__}: {said}\n" + "".join(traceback.format_tb(each.__traceback__)))
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__) or each
    return "caused by ".join(parts)
