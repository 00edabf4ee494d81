"""What differs between a request and the request amended."""

from typing import Any

from domain.filing import AT


def pointers_changed(before: Any, after: Any, path: str = AT) -> tuple[str, ...]:
    """RFC 6901 pointers of what differs between two JSON values; a list that differs in length differs whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted({*before, *after})
        return tuple(p for key in keys for p in pointers_changed(before.get(key), after.get(key), f"{path}/{key}"))
    if isinstance(before, list | tuple) and isinstance(after, list | tuple) and len(before) == len(after):
        return tuple(
            p
            for number, (was, now) in enumerate(zip(before, after, strict=True))
            for p in pointers_changed(was, now, f"{path}/{number}")
        )
    return () if before == after else (path,)
