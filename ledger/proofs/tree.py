"""The Merkle log of a ledger: a leaf for each settled fact in the order of positions, in tiles that only grow."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from psycopg import Connection
from psycopg.rows import tuple_row
from psycopg.types.numeric import Int8

from ledger.facts import LedgerError, StoredFact
from ledger.proofs.merkle import (
    Node,
    Range,
    consistency,
    grown,
    inclusion,
    leaf_hash,
    node_hash,
    nodes_of,
    range_hash,
    root,
)
from ledger.recorder import Mark
from ledger.store import Ledger

HEIGHT: Final = 8
"""Levels of the tree from one level of tiles to the next."""
WIDTH: Final = 1 << HEIGHT
HASH_BYTES: Final = 32
ASKED_MAX: Final = 5_000
"""Facts whose tiles are asked for at once."""
BATCH: Final = 4_000
"""Facts in one transaction."""

_TILE: Final = "SELECT hashes FROM ledger.tiles WHERE level = %s AND number = %s"
_GROW: Final = (
    "INSERT INTO ledger.tiles (level, number, first_position, hashes) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (level, number) DO UPDATE SET hashes = tiles.hashes || EXCLUDED.hashes"
)
_TILES_OF: Final = (
    "SELECT tile.number, tile.first_position FROM unnest(%s::bigint[]) WITH ORDINALITY AS asked (position, place)"
    " LEFT JOIN LATERAL (SELECT number, first_position FROM ledger.tiles WHERE level = 0 AND first_position <= position"
    " ORDER BY first_position DESC LIMIT 1) AS tile ON true ORDER BY place"
)
_BEFORE: Final = "SELECT count(*) FROM ledger.events WHERE notification_id >= %s AND notification_id < %s"


class NotInTree(LedgerError):
    """What is asked for is not in the Merkle log, or not yet."""


class Extent(NamedTuple):
    """How far the Merkle log goes."""

    size: int
    position: int
    """Of the newest fact in it."""


def entry(position: int, digest: bytes) -> bytes:
    """What a leaf is the hash of: the position of a fact, and its own hash, which its salt keeps from being guessed."""
    return b"smoe-leaf-1" + position.to_bytes(8, "big") + digest


class Tree:
    """Reads the Merkle log over one connection; its proofs look at a few tiles for each level."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._tiles: dict[tuple[int, int], bytes] = {}

    def extent(self) -> Extent:
        """How far it goes."""
        (found,) = self._rows("SELECT size, position FROM ledger.tree")
        return Extent(*found)

    def root(self, size: int) -> bytes:
        """The root that the tree had when it had so many leaves. Raises NotInTree."""
        return root(size, self.hash_of)

    def indexes(self, facts: Sequence[StoredFact]) -> list[int]:
        """Which leaf each fact is; one that is not what became a leaf gets the index of its place. Raises NotInTree."""
        reached = self.extent().position
        found = []
        for begin in range(0, len(facts), ASKED_MAX):
            part = facts[begin : begin + ASKED_MAX]
            tiles = self._rows(_TILES_OF, [Int8(fact.position) for fact in part])
            for fact, (number, first) in zip(part, tiles, strict=True):
                if fact.position > reached or number is None:
                    raise NotInTree(f"the fact at position {fact.position} is not in the Merkle log")
                found.append(number * WIDTH + self._place(fact, number, first))
        return found

    def _place(self, fact: StoredFact, number: int, first: int) -> int:
        """Where in its tile a fact is, by its leaf or, where that is not there, by how many come before it."""
        hashes, leaf = self._tile(0, number), leaf_hash(entry(fact.position, fact.hash))
        at = hashes.find(leaf)
        while at % HASH_BYTES and at != -1:
            at = hashes.find(leaf, at + 1)
        if at != -1:
            return at // HASH_BYTES
        ((before,),) = self._rows(_BEFORE, first, fact.position)
        return int(before)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The hashes that prove a leaf to be in the tree of a size (RFC 9162, 2.1.3). Raises ValueError, NotInTree."""
        return [range_hash(each, self.hash_of) for each in inclusion(index, size)]

    def consistency(self, old: int, size: int) -> list[bytes]:
        """The hashes that prove a tree to go on from an older one (RFC 9162, 2.1.4). Raises ValueError, NotInTree."""
        return [range_hash(each, self.hash_of) for each in consistency(old, size)]

    def hash_of(self, node: Node) -> bytes:
        """The hash of a node, made of those in its tile. Raises NotInTree."""
        level, height = divmod(node.level, HEIGHT)
        first = node.number << height
        number, place = divmod(first, WIDTH)
        hashes = self._tile(level, number)
        row = [hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(place, place + (1 << height))]
        if len(row[-1]) != HASH_BYTES:
            raise NotInTree(f"node {node.number} of level {node.level} is not in the Merkle log")
        while len(row) > 1:
            row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
        return row[0]

    def _tile(self, level: int, number: int) -> bytes:
        if (level, number) not in self._tiles:
            found = self._rows(_TILE, level, number)
            self._tiles[level, number] = found[0][0] if found else b""
        return self._tiles[level, number]

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(query.encode(), values, prepare=True, binary=True).fetchall()


class TreeGrower:
    """Follows the ledger and makes its facts leaves; of several, one grows the tree at a time."""

    def __init__(self, ledger: Ledger[Any]) -> None:
        self._ledger = ledger
        self._edge: tuple[int, list[bytes]] = (0, [])
        """A size of the tree, and the hashes of its right edge then."""
        self._reached = -1
        self.overtaken: tuple[int, int] | None = None
        """The positions after and up to which another has grown the tree, as the newest step found it."""
        # Another server, or an earlier moment of the same, may have another tree of that size.
        ledger.recorder.datastore.on_connect.append(self._forget)

    def step(self, limit: int = BATCH) -> Sequence[Mark]:
        """Make leaves of the next settled facts, and return them; none once all are. Raises LedgerUnavailable."""
        self.overtaken = None
        if self._ledger.last_position() <= self._reached:
            # Nothing is locked, nor written, while nothing happens.
            return ()
        with self._ledger.recorder.datastore.get_connection() as connection, connection.transaction():
            with connection.cursor(row_factory=tuple_row) as cursor:
                # What a crash takes is made again of the same facts; a checkpoint waits for the disk.
                cursor.execute("SET LOCAL synchronous_commit = off")
                # Held to the end: whoever else grows the tree goes on from there.
                cursor.execute("SELECT size, position FROM ledger.tree FOR UPDATE")
                extent = Extent(*(cursor.fetchone() or (0, 0)))
            if -1 < self._reached < extent.position:
                self.overtaken = self._reached, extent.position
            facts = self._ledger.recorder.select_marks(extent.position, limit)
            if facts:
                self._grow(connection, extent, facts)
        self._reached = facts[-1].position if facts else extent.position
        return facts

    def _forget(self) -> None:
        self._edge = (0, [])
        self._reached = -1

    def _grow(self, connection: Connection[Any], extent: Extent, facts: Sequence[Mark]) -> None:
        if self._edge[0] != extent.size:
            tree = Tree(connection)
            self._edge = extent.size, [tree.hash_of(node) for node in nodes_of(Range(0, extent.size))]
        leaves = [leaf_hash(entry(fact.position, fact.hash)) for fact in facts]
        new: dict[tuple[int, int], list[bytes]] = {}
        completed = dict(zip(nodes_of(Range(0, extent.size)), self._edge[1], strict=True))
        for node, digest in grown(self._edge[1], extent.size, leaves):
            completed[node] = digest
            level, height = divmod(node.level, HEIGHT)
            if height == 0:
                new.setdefault((level, node.number // WIDTH), []).append(digest)
        size = extent.size + len(facts)
        with connection.cursor() as cursor:
            cursor.executemany(
                _GROW,
                [
                    (level, number, _first_position(number, extent, facts) if level == 0 else None, b"".join(hashes))
                    for (level, number), hashes in new.items()
                ],
            )
            cursor.execute("UPDATE ledger.tree SET size = %s, position = %s", (size, facts[-1].position))
        self._edge = size, [completed[node] for node in nodes_of(Range(0, size))]


def _first_position(number: int, extent: Extent, facts: Sequence[Mark]) -> int:
    """Of a tile of leaves that these facts begin; one that is there already keeps its own."""
    return facts[max(0, number * WIDTH - extent.size)].position
