"""Bare psycopg: a prepared INSERT, autocommit, of the bytes that the ledger stores, under the same unique keys."""

import threading
from typing import Any, Final
from uuid import uuid4

import psycopg

from benchmarks.rivals.writing import Task

TABLE: Final = """
CREATE TABLE public.bare (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    hash bytea NOT NULL,
    notification_id bigserial NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
);
CREATE UNIQUE INDEX ON public.bare (notification_id);
"""
ONE: Final = (
    "INSERT INTO public.bare (originator_id, originator_version, topic, state, hash)"
    " VALUES (%b, %b, %b, %b, %b) RETURNING notification_id"
)
SEVERAL: Final = (
    "INSERT INTO public.bare (originator_id, originator_version, topic, state, hash)"
    " SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::bytea[]) RETURNING notification_id"
)


class Insert:
    """A connection for each thread."""

    def __init__(self, task: Task) -> None:
        self.url, self.state, self.hash = task.url, bytes.fromhex(task.state), bytes(32)
        self.local = threading.local()

    def stream(self) -> list[Any]:
        """A stream and the version it is at."""
        return [uuid4(), 0]

    def append(self, stream: list[Any], count: int) -> None:
        """Insert the next versions in one statement."""
        if not hasattr(self.local, "connection"):
            self.local.connection = psycopg.connect(self.url, autocommit=True, prepare_threshold=0)
        begun, stream[1] = stream[1], stream[1] + count
        if count == 1:
            self.local.connection.execute(ONE, (stream[0], begun + 1, "Assessed", self.state, self.hash)).fetchall()
            return
        versions = list(range(begun + 1, begun + count + 1))
        columns = [stream[0]] * count, versions, ["Assessed"] * count, [self.state] * count, [self.hash] * count
        self.local.connection.execute(SEVERAL, columns).fetchall()


def connect(task: Task) -> Insert:
    """The floor that a Python client can reach with a commit for each append."""
    return Insert(task)
