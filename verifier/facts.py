"""The facts of an archive, as stored, and what their hashes and leaves are made of."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from verifier.faults import Fault
from verifier.notes import NUMBER

HASH: Final = re.compile(r"[0-9a-f]{64}")
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
STATE_BYTES_MAX: Final = 64_000_000


class Fact(NamedTuple):
    """A fact as stored, and its place."""

    rank: int
    stream: str
    version: int
    position: int
    place: int
    """In the log, from 0."""
    hash: str
    topic: str
    state: bytes

    def fault(self, field: str, reason: str) -> Fault:
        """Something of it that diverges."""
        where = f"dossier {self.stream}, version {self.version} ({self.topic}, position {self.position})"
        return Fault(where, reason, field, self.rank, self.stream, self.version, self.position)


class Unread(NamedTuple):
    """Where the facts stop being legible."""

    rank: int
    reason: str


def read_facts(raw: bytes) -> Iterator[Fact | Unread]:
    """The facts of an archive, in its order; ends after the first that cannot be read."""
    at, rank = 0, 0
    while at < len(raw):
        rank += 1
        end = raw.find(b"\n", at)
        told = raw[at:end].split(b" ") if end != -1 else []
        try:
            stream, version, position, place, digest, length, topic = (each.decode("ascii") for each in told)
        except (ValueError, UnicodeDecodeError):
            yield Unread(rank, "la ligne qui l'annonce est illisible")
            return
        numbers = (version, position, place, length)
        if not (UUID.fullmatch(stream) and HASH.fullmatch(digest) and topic.isidentifier()) or not all(
            map(NUMBER.fullmatch, numbers)
        ):
            yield Unread(rank, "la ligne qui l'annonce est mal écrite")
            return
        begin, size = end + 1, int(length)
        state = raw[begin : begin + size]
        if size > STATE_BYTES_MAX or len(state) != size or raw[begin + size : begin + size + 1] != b"\n":
            yield Unread(rank, "son contenu n'a pas la longueur annoncée, ou il est tronqué")
            return
        yield Fact(rank, stream, int(version), int(position), int(place), digest, topic, state)
        at = begin + size + 1


def fact_hash(fact: Fact) -> bytes:
    """The hash of a fact's stored bytes (docs/ledger.md)."""
    topic = fact.topic.encode()
    head = b"smoe-fact-1%b%b%b%b%b" % (
        bytes.fromhex(fact.stream.replace("-", "")),
        fact.version.to_bytes(8, "big"),
        len(topic).to_bytes(4, "big"),
        topic,
        len(fact.state).to_bytes(8, "big"),
    )
    return hashlib.sha256(head + fact.state).digest()


def leaf_hash(position: int, digest: bytes) -> bytes:
    """The hash of the leaf that a fact is (docs/proof.md)."""
    return hashlib.sha256(b"\0smoe-leaf-1" + position.to_bytes(8, "big") + digest).digest()
