"""The ledger with everything on: envelope, sealed actor, hash chain, command key with its sealed answer."""

from typing import Any
from uuid import UUID, uuid4

from benchmarks.rivals.payload import FIELDS
from benchmarks.rivals.writing import Task
from domain.envelope import Actor, Event, Role
from ledger.facts import FIRST_HASH, Answer, CommandKey, Recorded, fingerprint_of
from ledger.store import Ledger

MASTER_KEY = bytes(range(32))
ACTOR = Actor(
    identity="local:agent-63",
    person=UUID("0197a000-0000-7000-8000-000000000063"),
    name="Camille Durand",
    role=Role.AGENT,
    quality="Instructrice",
    service="DREETS Auvergne-Rhône-Alpes",
)


class Assessed(Event, frozen=True, kw_only=True):
    """The common payload as an event of the ledger."""

    criterion: str
    rule: str
    since: str
    finding: str
    because: str
    pay_monthly_gross: str
    floor_monthly_gross: str
    assessed_by: str
    assessed_on: str
    reference_versions: dict[str, str]


EVENT = Assessed(**FIELDS)


class Stream:
    """What the caller of `append` knows of a stream: where it ends."""

    def __init__(self) -> None:
        self.id, self.version, self.hash = uuid4(), 0, FIRST_HASH


class Ours:
    """One ledger for all threads of the process, as the API has."""

    def __init__(self, task: Task, *, coalesce: bool) -> None:
        self.ledger = Ledger[Assessed](
            task.url,
            event_types=[Assessed],
            master_key=MASTER_KEY,
            code_version="benchmark",
            pool_size=task.threads,
            coalesce=coalesce,
        )

    def stream(self) -> Stream:
        """Name a new stream."""
        return Stream()

    def append(self, stream: Stream, count: int) -> None:
        """Carry out one command whose key is new."""
        key = CommandKey(actor=ACTOR.identity, key=str(uuid4()), fingerprint=fingerprint_of("POST", stream.id.bytes))
        facts = self.ledger.append(
            stream.id,
            [EVENT] * count,
            expected_version=stream.version,
            previous_hash=stream.hash,
            actor=ACTOR,
            command=uuid4(),
            key=key,
            answer=answer,
        )
        stream.version, stream.hash = facts[-1].version, facts[-1].hash


def answer(facts: tuple[Recorded[Any], ...]) -> Answer:
    """What the API would answer."""
    return Answer(status=200, headers=(("etag", f'"{facts[-1].version}"'),), body=b'{"version":%d}' % facts[-1].version)


def connect(task: Task) -> Ours:
    """The ledger as it is by default: each append its own statement and commit."""
    return Ours(task, coalesce=False)
