"""The ledger where threads that append at the same time share a statement and a commit."""

from benchmarks.rivals.ours import Ours
from benchmarks.rivals.writing import Task


def connect(task: Task) -> Ours:
    """As `ours`, with coalescing."""
    return Ours(task, coalesce=True)
