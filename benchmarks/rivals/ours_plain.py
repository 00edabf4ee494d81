"""The ledger with everything on, each append in a commit of its own."""

from benchmarks.rivals.ours import Ours
from benchmarks.rivals.writing import Task


def connect(task: Task) -> Ours:
    """The ledger without coalescing."""
    return Ours(task, coalesce=False)
