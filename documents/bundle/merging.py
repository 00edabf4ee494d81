"""The merged file of a bundle: cover, table of contents, bookmarks, stamped pages, tags."""

from collections.abc import Callable, Sequence
from pathlib import Path

from documents.bundle.numbered import Merged, Numbered, Shown, Title


class Stopped(Exception):
    """The merge was told to stop; nothing of it is left."""


def merge(
    title: Title,
    shown: Sequence[tuple[Numbered, Shown]],
    out: Path,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Merged:
    """Write the merged file, whole or not at all: the same pages give the same bytes.

    `progress` is told pages done of all; `stop` is asked several times a second. Raises Stopped.
    """
    raise NotImplementedError
