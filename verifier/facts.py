"""The facts of an archive, as stored, and what their hashes and leaves are made of."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from verifier.faults import Fault

HEAD: Final = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    rb" (?:(?:0|[1-9][0-9]{0,18}) ){3}[0-9a-f]{64} (?:0|[1-9][0-9]{0,18}) [A-Za-z_][A-Za-z0-9_]{0,99}\n"
)
"""Stream, version, position, place in the log, hash, length of the state, type."""
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
        found = HEAD.match(raw, at)
        if found is None:
            yield Unread(rank, "la ligne qui l'annonce est illisible")
            return
        stream, version, position, place, digest, length, topic = found[0][:-1].decode().split(" ")
        begin, end = found.end(), found.end() + int(length)
        if int(length) > STATE_BYTES_MAX or raw[end : end + 1] != b"\n":
            yield Unread(rank, "son contenu n'a pas la longueur annoncée, ou il est tronqué")
            return
        yield Fact(rank, stream, int(version), int(position), int(place), digest, topic, raw[begin:end])
        at = end + 1


def fact_hash(fact: Fact) -> bytes:
    """The hash of a fact's stored bytes (docs/ledger.md)."""
    state = fact.state
    begin = _stream_hashed(fact.stream) + fact.version.to_bytes(8, "big") + _topic_hashed(fact.topic)
    return hashlib.sha256(begin + len(state).to_bytes(8, "big") + state).digest()


@cache
def _stream_hashed(text: str) -> bytes:
    return b"smoe-fact-1" + bytes.fromhex(text.replace("-", ""))


@cache
def _topic_hashed(text: str) -> bytes:
    topic = text.encode()
    return len(topic).to_bytes(4, "big") + topic


def leaf_hash(position: int, digest: bytes) -> bytes:
    """The hash of the leaf that a fact is (docs/proof.md)."""
    return hashlib.sha256(b"\0smoe-leaf-1" + position.to_bytes(8, "big") + digest).digest()
