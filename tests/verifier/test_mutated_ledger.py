"""Rows that somebody with the owner's rights changed, added, removed or exchanged: the audit says which."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
import pytest
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.facts import StoredFact, fact_hash
from ledger.proofs.audit import Audit, Fault
from ledger.proofs.merkle import leaf_hash
from ledger.proofs.tree import HASH_BYTES, WIDTH, entry
from tests.verifier.conftest import Place

EACH = 90
"""Mutations of each kind; there are ten kinds."""
ROWS = "SELECT originator_id, originator_version, topic, state, hash, notification_id FROM ledger.events ORDER BY 6"
TABLES = ("events", "tiles", "tree", "checkpoints")

Located = Callable[[list[Fault]], bool]


class Hand(NamedTuple):
    """Somebody who owns the tables, with all rows as they were."""

    connection: Connection[Any]
    facts: list[StoredFact]
    chance: random.Random

    def run(self, query: str, *values: object) -> None:
        self.connection.execute(query.encode(), values)

    def rewrite(self, old: StoredFact, new: StoredFact) -> None:
        self.run(
            "UPDATE ledger.events SET originator_id = %s, originator_version = %s, topic = %s, state = %s, hash = %s,"
            " notification_id = %s WHERE notification_id = %s",
            new.stream,
            new.version,
            new.topic,
            new.state,
            new.hash,
            new.position,
            old.position,
        )

    def any_fact(self) -> tuple[int, StoredFact]:
        index = self.chance.randrange(len(self.facts))
        return index, self.facts[index]


@contextmanager
def owner_of(place: Place) -> Iterator[Connection[Any]]:
    """A connection that no trigger hinders, and copies of all that it may change."""
    with psycopg.connect(place.database.owner_url, autocommit=True, row_factory=tuple_row) as connection:
        for table in TABLES:
            connection.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER".encode())
            connection.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM ledger.{table}".encode())
        yield connection
        restore(connection)
        for table in TABLES:
            connection.execute(f"ALTER TABLE ledger.{table} ENABLE TRIGGER USER".encode())


def restore(connection: Connection[Any]) -> None:
    """Put back what was there, where it differs."""
    for table, key in (("events", "originator_id, originator_version"), ("tiles", "level, number"), ("tree", "one")):
        with connection.transaction():
            kept, now = f"kept_{table}", f"ledger.{table}"
            differing = f"(SELECT {key} FROM (TABLE {now} EXCEPT TABLE {kept}) AS differing)"
            connection.execute(f"DELETE FROM {now} WHERE ({key}) IN {differing}".encode())
            connection.execute(f"INSERT INTO {now} (TABLE {kept} EXCEPT TABLE {now})".encode())
    connection.execute(
        "UPDATE ledger.checkpoints SET note = kept.note FROM kept_checkpoints AS kept"
        " WHERE kept.number = checkpoints.number AND kept.note <> checkpoints.note"
    )


def faults_of(place: Place) -> list[Fault]:
    audit = Audit(place.ledger)
    while audit.step():
        pass
    audit.finish([(f"gardé-{number}", note) for number, note in enumerate(place.kept)])
    return audit.progress.faults


def at(fact: StoredFact, index: int) -> Located:
    """A fault names the fact, its place, or the range it is in."""

    def located(faults: list[Fault]) -> bool:
        return any(
            (fault.stream, fault.version) == (fact.stream, fact.version)
            or fault.position == fact.position
            or (fault.leaves is not None and fault.leaves[0] <= index <= fault.leaves[1])
            for fault in faults
        )

    return located


def near(*pairs: tuple[int, StoredFact]) -> Located:
    return lambda faults: all(at(fact, index)(faults) for index, fact in pairs)


def flip(raw: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(raw))
    return raw[:place] + bytes([raw[place] ^ 1 << chance.randrange(8)]) + raw[place + 1 :]


def changed(fact: StoredFact, **members: Any) -> StoredFact:
    kept = {name: getattr(fact, name) for name in fact.__struct_fields__}
    return StoredFact(**{**kept, **members})


def rehashed(fact: StoredFact) -> StoredFact:
    return changed(fact, hash=fact_hash(fact.stream, fact.version, fact.topic, fact.state))


def bytes_of_states_and_hashes(hand: Hand) -> Located:
    index, fact = hand.any_fact()
    member = hand.chance.choice(("state", "hash"))
    hand.rewrite(fact, changed(fact, **{member: flip(getattr(fact, member), hand.chance)}))
    return at(fact, index)


def other_members(hand: Hand) -> Located:
    index, fact = hand.any_fact()
    chance = hand.chance
    members = {"topic": "RequestAbandoned2", "version": fact.version + 1000, "stream": uuid4(), "position": 0}
    member = chance.choice(sorted(members))
    value = members[member] if member != "position" else fact.position * 8 + 5
    hand.rewrite(fact, changed(fact, **{member: value}))
    return at(fact, index)


def deletions(hand: Hand) -> Located:
    index, fact = hand.any_fact()
    hand.run("DELETE FROM ledger.events WHERE notification_id = %s", fact.position)
    return at(fact, index)


def deleted_ranges(hand: Hand) -> Located:
    first, begin = hand.any_fact()
    last = min(len(hand.facts) - 1, first + hand.chance.randrange(1, 400))
    hand.run(
        "DELETE FROM ledger.events WHERE notification_id BETWEEN %s AND %s", begin.position, hand.facts[last].position
    )
    return near((first, begin), (last, hand.facts[last]))


def truncations(hand: Hand) -> Located:
    first, begin = hand.any_fact()
    hand.run("DELETE FROM ledger.events WHERE notification_id >= %s", begin.position)
    return near((first, begin), (len(hand.facts) - 1, hand.facts[-1]))


def rolled_back(hand: Hand) -> Located:
    """Rows, tree and tiles all as they were earlier, as a restored backup is: only what was kept outside tells."""
    size = hand.chance.randrange(2, len(hand.facts) - 50)
    begin, before = hand.facts[size], hand.facts[size - 1]
    hand.run("DELETE FROM ledger.events WHERE notification_id >= %s", begin.position)
    hand.run("UPDATE ledger.tree SET size = %s, position = %s", size, before.position)
    hand.run("DELETE FROM ledger.tiles WHERE level = 0 AND number * %s >= %s", WIDTH, size)
    hand.run("DELETE FROM ledger.tiles WHERE level = 1 AND number * %s >= %s", WIDTH, size // WIDTH)
    for level, count in ((0, size), (1, size // WIDTH)):
        number, places = divmod(count, WIDTH)
        if places:
            hand.run(
                "UPDATE ledger.tiles SET hashes = substr(hashes, 1, %s) WHERE level = %s AND number = %s",
                places * HASH_BYTES,
                level,
                number,
            )
    missing = (size, len(hand.facts) - 1)
    return lambda faults: any(fault.kind == "rollback" and fault.leaves == missing for fault in faults)


def insertions(hand: Hand) -> Located:
    """A fact that hashes right, and even goes on from its stream, where no fact was."""
    _, fact = hand.any_fact()
    last = max((each for each in hand.facts if each.stream == fact.stream), key=lambda each: each.version)
    state = last.state.replace(last.state[last.state.index(b'"previous":"') :][12:76], last.hash.hex().encode(), 1)
    position = fact.position * 8 + 3 if fact is hand.facts[-1] else fact.position
    free = next(p for p in range(position - 1, 0, -1) if all(each.position != p for each in hand.facts))
    added = rehashed(StoredFact(last.stream, last.version + 1, last.topic, state, b"", free))
    hand.run(
        "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash, notification_id)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        added.stream,
        added.version,
        added.topic,
        added.state,
        added.hash,
        added.position,
    )
    return lambda faults: any(fault.position == free for fault in faults)


def swaps(hand: Hand) -> Located:
    """Two facts exchange their places in the log, or their contents."""
    (i, one), (j, other) = hand.any_fact(), hand.any_fact()
    if i == j:
        return swaps(hand)
    if hand.chance.random() < 0.5:
        hand.rewrite(one, changed(one, position=-1))
        hand.rewrite(other, changed(other, position=one.position))
        hand.run("UPDATE ledger.events SET notification_id = %s WHERE notification_id = -1", other.position)
    else:
        hand.rewrite(one, changed(one, state=other.state, topic=other.topic))
        hand.rewrite(other, changed(other, state=one.state, topic=one.topic))
    return near((i, one), (j, other))


def rewritten_with_their_leaves(hand: Hand) -> Located:
    """A fact, its hash, those after it in its stream, and the leaves of all: only nodes above and signatures tell."""
    index, fact = hand.any_fact()
    before, after = fact.hash, b""
    for place, each in enumerate(hand.facts):
        if each.stream != fact.stream or each.version < fact.version:
            continue
        state = (
            each.state.replace(before.hex().encode(), after.hex().encode())
            if after
            else each.state.replace(b'"code":"', b'"code":"x', 1)
        )
        new = rehashed(changed(each, state=state))
        before, after = each.hash, new.hash
        hand.rewrite(each, new)
        number, leaf = divmod(place, WIDTH)
        hand.run(
            "UPDATE ledger.tiles SET hashes = overlay(hashes PLACING %s FROM %s) WHERE level = 0 AND number = %s",
            leaf_hash(entry(new.position, new.hash)),
            leaf * HASH_BYTES + 1,
            number,
        )
    return at(fact, index)


def tiles_and_checkpoints(hand: Hand) -> Located:
    chance = hand.chance
    if chance.random() < 0.5:
        level, number, hashes = chance.choice(
            hand.connection.execute("SELECT level, number, hashes FROM ledger.tiles ORDER BY 1, 2").fetchall()
        )
        place = chance.randrange(len(hashes))
        hand.run(
            "UPDATE ledger.tiles SET hashes = set_byte(hashes, %s, %s) WHERE level = %s AND number = %s",
            place,
            hashes[place] ^ 1 << chance.randrange(8),
            level,
            number,
        )
        first = (number * WIDTH + place // HASH_BYTES) * WIDTH**level
        return lambda faults: any(fault.leaves and fault.leaves[0] <= first <= fault.leaves[1] for fault in faults)
    points = hand.connection.execute("SELECT number, note FROM ledger.checkpoints ORDER BY 1").fetchall()
    number, note = chance.choice(points)
    other = chance.choice([each for _, each in points if each != note])
    forged = other if chance.random() < 0.5 else note[:-20] + ("A" if note[-20] != "A" else "B") + note[-19:]
    hand.run("UPDATE ledger.checkpoints SET note = %s WHERE number = %s", forged, number)
    return lambda faults: any(f"point de contrôle {number} " in fault.reason for fault in faults)


KINDS = (
    bytes_of_states_and_hashes,
    other_members,
    deletions,
    deleted_ranges,
    truncations,
    rolled_back,
    insertions,
    swaps,
    rewritten_with_their_leaves,
    tiles_and_checkpoints,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_mutation_is_caught_where_it_is(place: Place, kind: Callable[[Hand], Located]) -> None:
    with owner_of(place) as connection:
        facts = [StoredFact(*row) for row in connection.execute(ROWS.encode())]
        hand = Hand(connection, facts, random.Random(kind.__name__))
        for number in range(EACH):
            is_located = kind(hand)
            found = faults_of(place)
            assert found, f"mutation {number} passes"
            assert is_located(found), f"mutation {number} is not where it is told: {list(map(str, found))[:20]}"
            restore(connection)
    assert faults_of(place) == []


@pytest.mark.parametrize("at_once", [1, 2, 32])
def test_a_tile_that_lacks_accuses_no_fact(place: Place, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr("ledger.proofs.audit.TILES_AT_ONCE", at_once)
    with owner_of(place) as connection:
        numbers = [number for (number,) in connection.execute("SELECT number FROM ledger.tiles WHERE level = 0")]
        assert len(numbers) > 3
        for number in numbers:
            connection.execute("DELETE FROM ledger.tiles WHERE level = 0 AND number = %s", (number,))
            found = Audit(place.ledger)
            while found.step():
                pass
            (fault,) = found.progress.faults
            assert (fault.kind, fault.leaves and fault.leaves[0]) == ("tile", number * WIDTH)
            assert found.progress.rows == found.progress.size
            restore(connection)
