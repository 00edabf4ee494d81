"""How a process logs: one JSON line per event, with the stack of a fault and none of the values it was handling."""

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger


def configure_logs() -> None:
    """Log as JSON lines (timestamp, level, event, exception); called first by every process that works on cases."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            exception_without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )


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


def stack_of(error: BaseException) -> str:
    """An exception and those it came of, oldest last: places in the code, without the values that frames hold.

    Of each message only the first line is kept: the database puts refused rows, which name persons, in the next ones.
    """
    parts, seen, each = [], set[int](), error
    while id(each) not in seen:
        seen.add(id(each))
        said = str(each).partition("\n")[0]
        parts.append(f"{type(each).__name__}: {said}\n" + "".join(traceback.format_tb(each.__traceback__)))
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__) or each
    return "caused by ".join(parts)
