"""The audit of the whole ledger: every stored byte hashed again, held against its chain, its leaf and the checkpoints.

Values are judged, not whether two things agree that one hand may have written: a row, the leaf made of it when it was
settled, the nodes above, and the roots that were signed and may be kept elsewhere.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC
from difflib import SequenceMatcher
from hashlib import sha256
from operator import itemgetter
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.facts import FIRST_HASH, StoredFact, hashed_topic
from ledger.proofs.checkpoints import Checkpoint, opened_checkpoint
from ledger.proofs.notary import MADE_AT, POSITION, StoredCheckpoint, checkpoints, known_verifiers, origin_of
from ledger.proofs.notes import NoteInvalid
from ledger.proofs.tree import HASH_BYTES, WIDTH, NotInTree, Tree
from ledger.store import Ledger

TILES_AT_ONCE: Final = 32
ROWS_AT_ONCE: Final = 8_000
FAULTS_MAX: Final = 10_000
"""Told one by one; whoever changed more has changed everything."""
LEAF: Final = b"\0smoe-leaf-1"
FIRST_HEX: Final = FIRST_HASH.hex().encode()
PREVIOUS: Final = re.compile(rb'"previous":"([0-9a-f]{64})","salt":"[0-9a-f]{32}","payload":')

_TILES: Final = (
    "SELECT number, first_position, hashes FROM ledger.tiles WHERE level = %s AND number >= %s AND number < %s"
    " ORDER BY number"
)
_ROWS: Final = (
    "SELECT uuid_send(originator_id), originator_version, topic, state, hash, notification_id FROM ledger.events"
    " WHERE notification_id >= %s AND notification_id < %s ORDER BY notification_id, originator_id, originator_version"
    " LIMIT %s"
)
_COUNT: Final = "SELECT count(*) FROM ledger.events WHERE notification_id <= %s"
_BEYOND: Final = (
    "SELECT uuid_send(originator_id), originator_version, topic, state, hash, notification_id FROM ledger.events"
    " WHERE notification_id >= ledger.first_position(pg_snapshot_xmax(pg_current_snapshot()))"
    " ORDER BY notification_id LIMIT 100"
)
_LENGTHS: Final = (
    "SELECT level, number, octet_length(hashes), (SELECT size FROM ledger.tree)"
    " FROM ledger.tiles ORDER BY level, number"
)

_Row = tuple[bytes, int, str, bytes, bytes, int]
"""Stream, version, topic, state, hash, position."""
_position: Final = itemgetter(5)

Kind = Literal["altered", "missing", "added", "moved", "chain", "tile", "checkpoint", "rollback"]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the ledger that is not what was recorded, and where."""

    kind: Kind
    reason: str
    """In French."""
    stream: UUID | None = None
    version: int | None = None
    position: int | None = None
    leaves: tuple[int, int] | None = None
    """First and last leaf of the range, from 0."""

    def __str__(self) -> str:
        """As it is told to whoever audits."""
        where = []
        if self.stream is not None:
            where.append(f"{self.stream}/{self.version}")
        if self.position is not None:
            where.append(f"position {self.position}")
        if self.leaves is not None:
            first, last = self.leaves
            where.append(f"fait de rang {first + 1}" if first == last else f"faits de rang {first + 1} à {last + 1}")
        return f"{', '.join(where)} : {self.reason}" if where else self.reason


class Progress(msgspec.Struct, kw_only=True):
    """How far an audit has come: enough to go on from there in another process."""

    origin: str
    size: int
    """Leaves to verify: those that there were at the beginning."""
    position: int
    """Of the newest of them."""
    tile: int = 0
    """The next tile of leaves."""
    root: bytes = b""
    """Of the leaves before it."""
    reached: int = 0
    """Every row of a lower position has been read."""
    leaves: int = 0
    """Leaves verified."""
    rows: int = 0
    """Rows hashed."""
    nodes: list[list[bytes]] = msgspec.field(default_factory=list)
    """For each level of tiles above the leaves, the nodes that wait for their tile to be whole; empty if not known."""
    heads: dict[bytes, tuple[int, bytes]] = msgspec.field(default_factory=dict)
    """Version of the newest fact of each stream, and its hash in hexadecimal digits."""
    faults: list[Fault] = msgspec.field(default_factory=list)
    untold: int = 0
    """Faults beyond those that are told."""


class Audit:
    """Goes through a ledger from where it was left, tile by tile; `progress` is whole after each step."""

    def __init__(self, ledger: Ledger[Any], progress: Progress | None = None) -> None:
        self._datastore = ledger.recorder.datastore
        self._ledger = ledger
        with self._datastore.get_connection() as connection:
            origin, tree = origin_of(connection), Tree(connection)
            extent = tree.extent()
            fresh = Progress(origin=origin, size=extent.size, position=extent.position)
            self.is_resumed = progress is not None and progress.origin == origin and _still_holds(tree, progress)
        if progress is not None and self.is_resumed:
            # What became a leaf since then is held against its leaf too; the tiles verified are whole.
            progress.size, progress.position = extent
            fresh = progress
        self.progress = fresh
        """Taken up where it was left only if the log still begins with what was verified."""
        self.unleaved = 0
        """Settled rows that the log had not taken in."""
        self._signers: list[frozenset[str]] = []
        self.signed: dict[str, int] = {}
        """How many checkpoints each key has signed."""
        self._hashed_topics: dict[str, bytes] = {}

    def mark(self) -> Progress:
        """How far it has come, with the root that the log had there: what it is taken up again by."""
        with self._datastore.get_connection() as connection:
            self.progress.root = Tree(connection).root(min(self.progress.tile * WIDTH, self.progress.size))
        return self.progress

    # Rows and tiles

    def step(self) -> bool:
        """Verify the next tiles of leaves; whether there may be more. Raises LedgerUnavailable."""
        done = self.progress
        last = -(-done.size // WIDTH)
        if done.tile >= last:
            return False
        with self._datastore.get_connection() as connection:
            end = min(done.tile + TILES_AT_ONCE, last)
            found = _select(connection, _TILES, 0, done.tile, end + 1)
            tiles = {number: (first, hashes) for number, first, hashes in found}
            bounds = {number: first for number, (first, _) in tiles.items()}
            if end == last:
                bounds[end] = done.position + 1
            above = self._nodes(connection, 1, done.tile, end)
            rows = self._rows(connection, bounds.get(end), end - done.tile)
            begin = 0
            for number in range(done.tile, end):
                after = _end_of_tile(rows, begin, bounds.get(number + 1)) if number + 1 < end else len(rows)
                self._tile(connection, number, tiles.get(number), rows[begin:after], above[number - done.tile])
                begin = after
        done.tile = end
        return end < last

    def _rows(self, connection: Connection[Any], until: int | None, tiles: int) -> list[_Row]:
        """The rows from where the last ones ended: to a position or, where none is known, as many as tiles hold."""
        done = self.progress
        limit = None if until is not None else tiles * WIDTH
        rows: list[_Row] = _select(connection, _ROWS, done.reached, until or done.position + 1, limit)
        done.reached = max(done.reached, until or 0, rows[-1][5] + 1 if rows else 0)
        return rows

    def _tile(
        self,
        connection: Connection[Any],
        number: int,
        tile: tuple[int, bytes] | None,
        rows: Sequence[_Row],
        above: bytes | None,
    ) -> None:
        first, end = number * WIDTH, min((number + 1) * WIDTH, self.progress.size)
        leaves = self._leaves(rows)
        self.progress.rows += len(rows)
        self.progress.leaves += end - first
        if tile is None:
            reason = "une tuile de l'arbre manque : les faits qu'elle couvre ne peuvent pas être comparés"
            self._fault(Fault(kind="tile", reason=reason, leaves=(first, end - 1)))
            self._above(connection, number, b"", above)
            return
        # It may have grown since the beginning.
        stored = tile[1][: (end - first) * HASH_BYTES]
        if b"".join(leaves) != stored or len(leaves) != end - first:
            self._compare(number, stored, above, [_fact(row) for row in rows], leaves)
            self._above(connection, number, b"", above)
        elif end - first == WIDTH:
            self._above(connection, number, _root(leaves), above)

    def _leaves(self, rows: Iterable[_Row]) -> list[bytes]:
        """The leaves that rows make, by their bytes as they are now; what breaks a chain is noted."""
        heads, topics, leaves = self.progress.heads, self._hashed_topics, []
        for row in rows:
            stream, version, topic, state, stored, position = row
            hashed = topics.get(topic)
            if hashed is None:
                hashed = topics[topic] = hashed_topic(topic)
            # `fact_hash` and the leaf of `entry`, each in one call: this is done for every row there is.
            digest = sha256(
                b"smoe-fact-1%b%b%b%b%b"
                % (stream, version.to_bytes(8, "big", signed=True), hashed, len(state).to_bytes(8, "big"), state)
            ).digest()
            before, head = heads.get(stream, (0, FIRST_HEX))
            previous = PREVIOUS.search(state)
            if version != before + 1 or previous is None or previous[1] != head:
                self._fault(_unchained(_fact(row), before))
            if digest != stored:
                self._fault(_of(_fact(row), "altered", "ses octets ne sont pas ceux de son empreinte"))
            heads[stream] = (version, stored.hex().encode())
            leaves.append(sha256(LEAF + position.to_bytes(8, "big", signed=True) + digest).digest())
        return leaves

    def _compare(
        self, number: int, stored: bytes, above: bytes | None, rows: Sequence[StoredFact], leaves: Sequence[bytes]
    ) -> None:
        """Say which rows differ from the leaves of a tile, or that it is the tile that was changed."""
        expected = [stored[at : at + HASH_BYTES] for at in range(0, len(stored), HASH_BYTES)]
        first = number * WIDTH
        if above is not None and len(leaves) == WIDTH and _root(leaves) == above:
            reason = "la tuile de l'arbre a changé ; les faits qu'elle couvre sont ceux que l'arbre a reçus"
            self._fault(Fault(kind="tile", reason=reason, leaves=(first, first + WIDTH - 1)))
            return
        moved = set(expected) & set(leaves)
        for what, i1, i2, j1, j2 in SequenceMatcher(None, expected, leaves, autojunk=False).get_opcodes():
            if what == "equal":
                continue
            lost, found = list(range(i1, i2)), list(zip(rows[j1:j2], leaves[j1:j2], strict=True))
            if len(lost) == len(found):
                for place, (row, _) in zip(lost, found, strict=True):
                    reason = "ce n'est pas le fait que l'arbre a reçu à ce rang : contenu, empreinte ou position"
                    self._fault(_of(row, "altered", reason, first + place))
                continue
            gone = [place for place in lost if expected[place] not in moved]
            if gone:
                self._fault(_missing(rows, j1, j2, first + gone[0], first + gone[-1]))
            for row, leaf in found:
                kind: Kind = "moved" if leaf in moved else "added"
                reason = "ce fait a changé de place" if kind == "moved" else "l'arbre n'a jamais reçu ce fait"
                self._fault(_of(row, kind, reason))

    # Nodes

    def _above(self, connection: Connection[Any], number: int, digest: bytes, stored: bytes | None) -> None:
        """Hold the node that a whole tile makes against the stored one, and those that it completes above.

        An empty digest is of a tile whose fault has been told: those above are made of the node that is stored.
        """
        level = 1
        if (number + 1) * WIDTH > self.progress.size:
            return
        while True:
            if digest and stored != digest:
                reason = "un nœud de l'arbre manque"
                if stored is not None:
                    reason = "les faits ne donnent pas ce nœud de l'arbre : ils ont été réécrits avec leurs feuilles"
                first, end = number * WIDTH**level, (number + 1) * WIDTH**level
                self._fault(Fault(kind="tile", reason=reason, leaves=(first, end - 1)))
            waiting = self.progress.nodes
            while len(waiting) < level:
                waiting.append([])
            waiting[level - 1].append(digest or stored or b"")
            if len(waiting[level - 1]) < WIDTH:
                return
            digest = _root(waiting[level - 1]) if all(waiting[level - 1]) else b""
            waiting[level - 1] = []
            number, level = number // WIDTH, level + 1
            (stored,) = self._nodes(connection, level, number, number + 1)

    def _nodes(self, connection: Connection[Any], level: int, first: int, end: int) -> list[bytes | None]:
        """Stored nodes of a level of tiles; None for one that is not there."""
        found = _select(connection, _TILES, level, first // WIDTH, (end - 1) // WIDTH + 1)
        tiles = {number: hashes for number, _, hashes in found}
        nodes: list[bytes | None] = []
        for node in range(first, end):
            number, place = divmod(node, WIDTH)
            digest = tiles.get(number, b"")[place * HASH_BYTES : (place + 1) * HASH_BYTES]
            nodes.append(digest if len(digest) == HASH_BYTES else None)
        return nodes

    # What follows the rows

    def finish(self, kept: Sequence[tuple[str, str]] = (), trusted: Collection[bytes] | None = None) -> None:
        """Verify what is not a leaf yet, count rows and nodes, and hold the log against its checkpoints.

        `kept` are names and notes of checkpoints kept elsewhere; `trusted` the public keys that whoever audits knows to
        be the log's, where they know: those that the database names may be those of whoever rewrote it.
        """
        with self._datastore.get_connection() as connection:
            self._tail()
            self._whole_table(connection)
            self._beyond(connection)
            self._whole_tree(connection)
            self._checkpoints(connection, kept)
            self._keys(connection, trusted)

    def _tail(self) -> None:
        """Settled rows that the log had not taken in: their hashes and chains."""
        after = self.progress.position
        while facts := self._ledger.read_raw(after, ROWS_AT_ONCE):
            self._leaves([(f.stream.bytes, f.version, f.topic, f.state, f.hash, f.position) for f in facts])
            self.progress.rows += len(facts)
            self.unleaved += len(facts)
            after = facts[-1].position

    def _beyond(self, connection: Connection[Any]) -> None:
        """Rows at positions that no transaction has been given yet: no follower is ever told of them."""
        for row in _select(connection, _BEYOND):
            self._fault(_of(_fact(row), "added", "aucune transaction n'a encore reçu cette position"))

    def _whole_table(self, connection: Connection[Any]) -> None:
        """Count the rows without the index by which they were read, which could hide some."""
        with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
            for scan in ("indexscan", "indexonlyscan", "bitmapscan"):
                cursor.execute(f"SET LOCAL enable_{scan} = off".encode())
            found = cursor.execute(_COUNT, (self.progress.position,)).fetchone()
        count = found[0] if found else 0
        if not self.progress.faults and count != self.progress.size:
            reason = f"la table compte {count} faits là où l'arbre en compte {self.progress.size}"
            self._fault(Fault(kind="added" if count > self.progress.size else "missing", reason=reason))

    def _whole_tree(self, connection: Connection[Any]) -> None:
        """Say which tiles hold more or fewer nodes than the tree has, or stand where there is none."""
        for level, number, length, size in _select(connection, _LENGTHS):
            nodes = size // WIDTH**level
            expected = max(0, min(WIDTH, nodes - number * WIDTH)) * HASH_BYTES
            if length != expected:
                reason = f"la tuile {level}/{number} de l'arbre n'a pas le nombre de nœuds qu'il faut"
                first = number * WIDTH ** (level + 1)
                self._fault(Fault(kind="tile", reason=reason, leaves=(first, first + WIDTH ** (level + 1) - 1)))

    def _checkpoints(self, connection: Connection[Any], kept: Sequence[tuple[str, str]]) -> None:
        """Hold the roots that were signed, here and in checkpoints kept elsewhere, against the tree of today."""
        points = [(f"point de contrôle {each.number}", each.size, each.note, each) for each in checkpoints(connection)]
        kept_ones = [(f"point de contrôle gardé {name}", _size_of(note), note, None) for name, note in kept]
        # After the checkpoints, since it only grows.
        tree, good = Tree(connection), 0
        size, verifiers = tree.extent().size, known_verifiers(connection)
        for name, told, note, own in sorted([*points, *kept_ones], key=lambda point: point[1]):
            try:
                checkpoint, signers = opened_checkpoint(note, self.progress.origin, verifiers)
            except NoteInvalid as error:
                reason = f"{name} n'est pas une note signée par ce journal ({error})"
                self._fault(Fault(kind="checkpoint", reason=reason))
                continue
            if told < 1 or (own is not None and not _is_told(own, checkpoint)):
                reason = f"{name} : sa ligne ne dit pas ce que dit sa note (taille, position ou date)"
                self._fault(Fault(kind="checkpoint", reason=reason))
                continue
            for signer in signers:
                self.signed[str(signer)] = self.signed.get(str(signer), 0) + 1
            self._signers.append(frozenset(str(signer) for signer in signers))
            fault = _lacking(name, checkpoint, size, tree) or _rewritten(name, checkpoint, tree, good, own is None)
            if fault is None:
                good = told
            else:
                self._fault(fault)

    def _keys(self, connection: Connection[Any], trusted: Collection[bytes] | None) -> None:
        """Say which texts among the keys are none, and which checkpoints only strangers have signed."""
        texts = {text for (text,) in _select(connection, "SELECT verifier FROM ledger.checkpoint_keys")}
        readable = known_verifiers(connection)
        for text in sorted(texts - {str(each) for each in readable}):
            self._fault(
                Fault(kind="checkpoint", reason=f"« {text[:80]} », parmi les clés du journal, n'est pas une clé")
            )
        if trusted is None:
            return
        known = {str(each) for each in readable if each.key.public_bytes_raw() in trusted}
        for signers in sorted({signers for signers in self._signers if not signers & known}, key=sorted):
            count = self._signers.count(signers)
            reason = (
                f"{count} points de contrôle ne sont signés que par {', '.join(sorted(signers))}, qui n'est ni de vos"
                " réglages ni donnée par « --cle » : rien ne dit que c'est le service qui les a signés"
            )
            self._fault(Fault(kind="checkpoint", reason=reason))

    def _fault(self, fault: Fault) -> None:
        if len(self.progress.faults) < FAULTS_MAX:
            self.progress.faults.append(fault)
        else:
            self.progress.untold += 1


def _still_holds(tree: Tree, progress: Progress) -> bool:
    """Whether a log still begins with the leaves that were verified, all of them in whole tiles."""
    verified = progress.tile * WIDTH
    if not 0 < verified <= min(progress.size, tree.extent().size):
        return False
    try:
        return tree.root(verified) == progress.root
    except NotInTree:
        return False


def _is_told(own: StoredCheckpoint, checkpoint: Checkpoint) -> bool:
    """Whether the columns of a stored checkpoint say what its note says."""
    made_at = f"{own.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    told = (f"{POSITION}{own.position}", f"{MADE_AT}{made_at}")
    return (own.size, told) == (checkpoint.size, checkpoint.extensions)


def _lacking(name: str, point: Checkpoint, size: int, tree: Tree) -> Fault | None:
    """What a checkpoint attests and the log has no more: a truncation, or a backup that was restored."""
    if point.size <= size:
        return None
    until = point.extensions[0].removeprefix(POSITION) if point.extensions else "inconnue"
    reason = (
        f"{name} atteste {point.size} faits, le journal n'en a plus que {size} : ceux de positions"
        f" {tree.extent().position + 1} à {until} manquent (troncature, ou restauration d'une sauvegarde)"
    )
    return Fault(kind="rollback", reason=reason, leaves=(size, point.size - 1))


def _rewritten(name: str, point: Checkpoint, tree: Tree, good: int, is_kept: bool) -> Fault | None:
    """What a checkpoint attests and the log says otherwise, since the last one that holds."""
    try:
        if tree.root(point.size) == point.root:
            return None
    except NotInTree:
        # A tile lacks: it has been said so.
        pass
    reason = f"{name} atteste un autre journal de {point.size} faits : il a été réécrit après le fait de rang {good}"
    return Fault(kind="rollback" if is_kept else "checkpoint", reason=reason, leaves=(good, point.size - 1))


def _size_of(note: str) -> int:
    """What a note that may be none says of the size, to be judged with those of its size."""
    lines = note.split("\n")
    return int(lines[1]) if len(lines) > 1 and lines[1].isdecimal() and len(lines[1]) < 19 else 0


def _end_of_tile(rows: Sequence[_Row], begin: int, until: int | None) -> int:
    """Where the rows of the next tile begin: at its position or, where none is known, after as many as a tile holds."""
    if until is None:
        return min(begin + WIDTH, len(rows))
    return bisect_left(rows, until, begin, key=_position)


def _root(hashes: Sequence[bytes]) -> bytes:
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(b"\1" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def _fact(row: _Row) -> StoredFact:
    stream, version, topic, state, digest, position = row
    return StoredFact(UUID(bytes=bytes(stream)), version, topic, state, digest, position)


def _unchained(row: StoredFact, version: int) -> Fault:
    if row.version > version + 1:
        return _of(row, "chain", f"les versions {version + 1} à {row.version - 1} de son dossier manquent avant lui")
    if row.version <= version:
        return _of(row, "chain", "sa version existe déjà dans ce qui le précède")
    return _of(row, "chain", "il ne continue pas le fait qui le précède dans son dossier")


def _missing(rows: Sequence[StoredFact], begin: int, end: int, first: int, last: int) -> Fault:
    after = f"après la position {rows[begin - 1].position}" if begin else "avant tous ceux de la tuile"
    before = f" et avant la position {rows[end].position}" if end < len(rows) else ""
    count = last - first + 1
    told = "un fait manque" if count == 1 else f"{count} faits manquent"
    return Fault(kind="missing", reason=f"{told} {after}{before}", leaves=(first, last))


def _of(row: StoredFact, kind: Kind, reason: str, place: int | None = None) -> Fault:
    return Fault(
        kind=kind,
        reason=reason,
        stream=row.stream,
        version=row.version,
        position=row.position,
        leaves=None if place is None else (place, place),
    )


def _select(connection: Connection[Any], query: str, *values: object) -> list[Any]:
    with connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(query.encode(), values, prepare=True, binary=True).fetchall()
