"""The `eventsourcing` library with its database functions, which are faster and skip events under concurrency."""

from benchmarks.rivals.stock import Stock
from benchmarks.rivals.writing import Task


def connect(task: Task) -> Stock:
    """The stock recorder with `POSTGRES_ENABLE_DB_FUNCTIONS=y`."""
    return Stock(task, functions=True)
