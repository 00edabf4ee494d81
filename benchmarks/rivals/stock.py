"""The `eventsourcing` library as it comes: Application.save, its PostgreSQL recorder, its JSON transcoder."""

from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from psycopg.conninfo import conninfo_to_dict

from benchmarks.rivals.payload import FIELDS
from benchmarks.rivals.writing import Task


class Case(Aggregate):
    """An aggregate that does nothing but take events."""

    @event("Opened")
    def __init__(self, fields: dict[str, Any]) -> None:
        pass

    @event("Assessed")
    def assess(self, fields: dict[str, Any]) -> None:
        """Take one event with the common payload."""


class Stock:
    """One application for all threads of the process."""

    def __init__(self, task: Task, *, functions: bool) -> None:
        address = conninfo_to_dict(task.url)
        self.application = Application[UUID](
            {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": str(address["dbname"]),
                "POSTGRES_HOST": str(address["host"]),
                "POSTGRES_PORT": str(address["port"]),
                "POSTGRES_USER": str(address["user"]),
                "POSTGRES_PASSWORD": "none",
                "POSTGRES_POOL_SIZE": str(task.threads),
                "POSTGRES_ENABLE_DB_FUNCTIONS": "y" if functions else "n",
                # Made once, by the benchmark, which knows no state yet: writers that start together race for it.
                "CREATE_TABLE": "n" if task.state else "y",
            }
        )

    def stream(self) -> list[Case]:
        """A place for an aggregate, which is made by its first event."""
        return []

    def append(self, stream: list[Case], count: int) -> None:
        """Save an aggregate with its pending events."""
        if not stream:
            stream.append(Case(FIELDS))
            count -= 1
        for _ in range(count):
            stream[0].assess(FIELDS)
        self.application.save(stream[0])


def connect(task: Task) -> Stock:
    """The stock recorder, which locks the table."""
    return Stock(task, functions=False)
