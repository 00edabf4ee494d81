"""The proof of some cases: one archive with which anybody checks, offline, that their facts are whole and unaltered."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.facts import LedgerError, StoredFact
from ledger.proofs.archive import write_archive
from ledger.proofs.notary import Notary, StoredCheckpoint, checkpoints, known_verifiers, origin_of
from ledger.proofs.notes import NoteInvalid, Verifier, opened
from ledger.proofs.pruning import lines_of, pruned
from ledger.proofs.tree import Tree
from ledger.store import Ledger

FORMAT: Final = "smoe-preuve-1"
_BOX: Final = re.compile(rb'"sealed":"([A-Za-z0-9+/]{24,}={0,2})"')
_FIRST_COVERING: Final = (
    "number IN (SELECT (SELECT number FROM ledger.checkpoints WHERE position >= asked"
    " ORDER BY position, number LIMIT 1) FROM unnest(%s::bigint[]) AS asked)"
)
# Positions, numbers and stamps rise together: found by two indexes, however many there are.
_STAMPED_SINCE: Final = (
    "number = (SELECT checkpoint FROM ledger.timestamps WHERE checkpoint >= (SELECT number FROM ledger.checkpoints"
    " WHERE position >= %s ORDER BY position, number LIMIT 1) ORDER BY checkpoint LIMIT 1)"
)
_STAMPS: Final = (
    "SELECT stamp.number, stamp.checkpoint, stamp.token, previous.token, month.token, year.token"
    " FROM ledger.timestamps AS stamp"
    " LEFT JOIN ledger.timestamps AS previous ON previous.number = stamp.previous"
    " LEFT JOIN ledger.timestamps AS month ON month.number = stamp.month_before"
    " LEFT JOIN ledger.timestamps AS year ON year.number = stamp.year_before"
    " WHERE stamp.checkpoint = ANY(%s) ORDER BY stamp.number"
)
_COSIGNED: Final = (
    "SELECT checkpoint, line FROM ledger.cosignatures WHERE checkpoint = ANY(%s) ORDER BY checkpoint, witness"
)
_ERASED: Final = "SELECT key_id, erased_at FROM ledger.erasures WHERE key_id = ANY(%s) ORDER BY key_id"

READ_ME: Final = """\
Preuve d'intégrité de dossiers smoe
===================================

Cette archive se vérifie sans réseau et sans nous, avec Python 3.10 ou plus récent et le seul fichier
« verify_smoe.py », que le service publie à l'adresse /api/ledger/verifier :

    python3 -I verify_smoe.py cette-archive.zip

La réponse est une phrase : ce qui est prouvé, ou le premier fait qui diverge, et pourquoi.
Donnez « --cle » suivi de la clé publique du journal, telle qu'elle vous a été remise par une autre voie que cette
archive : sans elle, la vérification ne dit pas qui a signé. Donnez « --point » suivi d'un point de contrôle que vous
aviez gardé : la vérification dit alors si le journal d'aujourd'hui continue celui d'alors.

  preuve.txt      ce que le service déclare et signe : dossiers, nombres de faits, empreintes de ces fichiers
  faits.txt       les faits tels qu'ils sont enregistrés ; les champs personnels y sont chiffrés
  arbre.txt       les nœuds de l'arbre de Merkle qui relient ces faits aux points de contrôle
  points/         points de contrôle signés du journal
  horodatages/    jetons RFC 3161 de ces points, s'il y en a
  cles.txt        clés publiques qui ont signé les points de contrôle

Le format, octet par octet, est décrit dans docs/proof.md du code source.
"""


class NoSuchStream(LedgerError):
    """Nothing is recorded under this identifier."""


class SizeUnknown(LedgerError):
    """The log has not come so far."""


class Stamp(NamedTuple):
    """A time-stamp of a checkpoint, and the hashes of those it is chained to."""

    number: int
    checkpoint: int
    token: bytes
    chained: tuple[bytes | None, bytes | None, bytes | None]
    """The tokens before, of a month before, of a year before."""

    @property
    def line(self) -> str:
        """As the archive lists it."""
        hashes = (hashlib.sha256(each).hexdigest() if each is not None else "-" for each in self.chained)
        return f"{self.number} {self.checkpoint} {' '.join(hashes)}\n"


class Evidence(NamedTuple):
    """What the archive holds about the log, read over one connection."""

    tree: str
    indexes: list[int]
    checkpoints: list[StoredCheckpoint]
    cosigned: dict[int, list[str]]
    stamps: list[Stamp]
    keys: list[str]
    erased: list[tuple[UUID, datetime]]
    origin: str


class Pinned(NamedTuple):
    """What a proof rests on for good: the first checkpoint that covers it, and which leaf each fact is."""

    checkpoint: StoredCheckpoint
    leaves: tuple[tuple[StoredFact, int], ...]


def write_proof(
    target: BinaryIO, ledger: Ledger[Any], notary: Notary, streams: Sequence[UUID], *, since: int | None = None
) -> None:
    """Write the proof of all facts of some streams; it also proves that the log goes on from a size asked for.

    Raises NoSuchStream, SizeUnknown, ArchiveTooLarge.
    """
    facts: list[StoredFact] = []
    told = []
    for stream in sorted(set(streams)):
        found = ledger.recorder.select_stream(stream)
        if not found:
            raise NoSuchStream(f"nothing is recorded under {stream}")
        facts.extend(found)
        told.append(f"dossier {stream} {len(found)} {found[-1].hash.hex()}\n")
    final = notary.covering(max(fact.position for fact in facts))
    if since is not None and not 0 < since <= final.size:
        raise SizeUnknown(f"the log has {final.size} facts, and never had {since}")
    with ledger.recorder.datastore.get_connection() as connection:
        evidence = _evidence(connection, facts, final, since, is_single=len(told) == 1)
    asked = [f"continue {since}\n"] if since is not None else []
    _write(target, notary, facts, evidence, final, ledger.clock(), [*asked, *told])


def write_pinned_proof(target: BinaryIO, ledger: Ledger[Any], notary: Notary, stream: UUID, version: int) -> Pinned:
    """Write the proof of a stream up to a version, the same bytes whenever it is written again with the same keys.

    It rests on the first checkpoint that covers that version, and is dated by it. What comes to the log later is left
    out: other checkpoints, cosignatures and time-stamps, keys destroyed since. Raises NoSuchStream, NothingToProve.
    """
    facts = [fact for fact in ledger.recorder.select_stream(stream) if fact.version <= version]
    if not facts or facts[-1].version != version:
        raise NoSuchStream(f"{stream} has no version {version}")
    last = facts[-1].position
    notary.covering(last)
    with ledger.recorder.datastore.get_connection() as connection:
        (final,) = checkpoints(connection, _FIRST_COVERING, [last])
        whole = _evidence(connection, facts, final, None, is_single=True, is_pinned=True)
        signing = [str(each) for each in notary.verifiers(connection)]
    evidence = whole._replace(
        cosigned={},
        stamps=[],
        keys=[key for key in whole.keys if key in signing or _has_signed(key, whole.checkpoints)],
        erased=[each for each in whole.erased if each[1] <= final.made_at],
    )
    told = [f"dossier {stream} {len(facts)} {facts[-1].hash.hex()}\n"]
    _write(target, notary, facts, evidence, final, final.made_at, told)
    return Pinned(final, tuple(zip(facts, evidence.indexes, strict=True)))


def _has_signed(key: str, kept: Iterable[StoredCheckpoint]) -> bool:
    for checkpoint in kept:
        with suppress(NoteInvalid):
            opened(checkpoint.note, [Verifier.of(key)])
            return True
    return False


def _write(
    target: BinaryIO,
    notary: Notary,
    facts: Sequence[StoredFact],
    evidence: Evidence,
    final: StoredCheckpoint,
    at: datetime,
    told: Iterable[str],
) -> None:
    files = list(_files(facts, evidence))
    made_at = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    erased = [f"efface {key} {moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}\n" for key, moment in evidence.erased]
    listed = [f"fichier {hashlib.sha256(content).hexdigest()} {name}\n" for name, content in files]
    head = f"{FORMAT} {evidence.origin}\nle {made_at}\npoint {_name(final)}\n"
    declared = head + "".join((*told, *erased, *listed))
    write_archive(target, [("preuve.txt", notary.signed(declared).encode()), *files])


def _evidence(
    connection: Connection[Any],
    facts: Sequence[StoredFact],
    final: StoredCheckpoint,
    since: int | None,
    *,
    is_single: bool,
    is_pinned: bool = False,
) -> Evidence:
    last = max(fact.position for fact in facts)
    kept = {final.number: final}
    if is_single:
        earlier = checkpoints(connection, _FIRST_COVERING, [fact.position for fact in facts])
        stamped = [] if is_pinned else checkpoints(connection, _STAMPED_SINCE, last)
        kept.update((each.number, each) for each in (*earlier, *stamped))
    kept = {number: each for number, each in kept.items() if each.number <= final.number}
    numbers = list(kept)
    tree = Tree(connection)
    indexes = tree.indexes(facts)
    sizes = {each.size for each in kept.values()} | ({since} if since is not None else set())
    nodes = pruned(final.size, indexes, sizes)
    cosigned: dict[int, list[str]] = {}
    with connection.cursor(row_factory=tuple_row) as cursor:
        for number, line in cursor.execute(_COSIGNED, (numbers,)):
            cosigned.setdefault(number, []).append(line)
        stamps = [
            Stamp(number, checkpoint, token, (previous, month, year))
            for number, checkpoint, token, previous, month, year in cursor.execute(_STAMPS, (numbers,))
        ]
        erased = cursor.execute(_ERASED, (list(_keys_in(facts)),)).fetchall()
    return Evidence(
        tree="".join(lines_of(nodes, tree.hash_of)),
        indexes=indexes,
        checkpoints=[kept[number] for number in sorted(kept)],
        cosigned=cosigned,
        stamps=stamps,
        keys=[str(each) for each in known_verifiers(connection)],
        erased=erased,
        origin=origin_of(connection),
    )


def _files(facts: Sequence[StoredFact], evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    yield "LISEZMOI.txt", READ_ME.encode()
    yield "faits.txt", b"".join(_lines_of_facts(facts, evidence.indexes))
    yield "arbre.txt", evidence.tree.encode()
    yield "cles.txt", "".join(f"{key}\n" for key in evidence.keys).encode()
    for checkpoint in evidence.checkpoints:
        yield _name(checkpoint), "".join((checkpoint.note, *evidence.cosigned.get(checkpoint.number, ()))).encode()
    if evidence.stamps:
        yield "horodatages/chaine.txt", "".join(stamp.line for stamp in evidence.stamps).encode()
    for stamp in evidence.stamps:
        yield f"horodatages/{stamp.number}.tsr", stamp.token


def _lines_of_facts(facts: Iterable[StoredFact], indexes: Iterable[int]) -> Iterator[bytes]:
    for fact, index in zip(facts, indexes, strict=True):
        told = f"{fact.stream} {fact.version} {fact.position} {index} {fact.hash.hex()} {len(fact.state)} {fact.topic}"
        yield b"%b\n%b\n" % (told.encode(), fact.state)


def _name(checkpoint: StoredCheckpoint) -> str:
    return f"points/{checkpoint.number}.txt"


def _keys_in(facts: Iterable[StoredFact]) -> set[UUID]:
    """The keys that the boxes of these facts name; what only looks like a box names none that was destroyed."""
    found = set()
    for fact in facts:
        for box in _BOX.findall(fact.state):
            raw = b64decode(box[:24])
            found.add(UUID(bytes=raw[1:17]))
    return found
