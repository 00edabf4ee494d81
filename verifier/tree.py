"""The part of a Merkle tree (RFC 9162) that an archive holds, checked from its root down."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from verifier.faults import Fault, Invalid
from verifier.notes import Checkpoint

Nodes = dict[tuple[int, int], bytes]
"""Hashes by level and number."""
NODE_LINE: Final = re.compile(r"(0|[1-9][0-9]?) (0|[1-9][0-9]{0,18}) ([0-9a-f]{64})\n")
LINE_REST: Final = 67
"""Bytes of a line besides level and number: two spaces, the hash, the end."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours into the node above them (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def peaks(size: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees, level and number, that a tree of a size is made of, from the left."""
    first = 0
    while first < size:
        level = (size - first).bit_length() - 1
        yield level, first >> level
        first += 1 << level


def root_of(size: int, nodes: Nodes) -> bytes:
    """The root of a tree, made of the nodes it consists of."""
    *before, last = [nodes[peak] for peak in peaks(size)]
    for each in reversed(before):
        last = node_hash(each, last)
    return last


def read_nodes(raw: bytes) -> Nodes:
    """The nodes that an archive lists, in its order. Raises Invalid."""
    text = raw.decode("ascii", "replace")
    lines = NODE_LINE.findall(text)
    nodes: Nodes = {(int(level), int(number)): bytes.fromhex(digest) for level, number, digest in lines}
    length = sum(len(level) + len(number) for level, number, _ in lines) + LINE_REST * len(lines)
    if length != len(text) or len(nodes) < len(lines):
        at = next((n for n, line in enumerate(text.splitlines(True), 1) if NODE_LINE.fullmatch(line) is None), 0)
        raise Invalid(f"la ligne {at} de l'arbre est illisible" if at else "une ligne de l'arbre est répétée")
    return nodes


def faults_of_tree(checkpoint: Checkpoint, nodes: Nodes) -> Iterator[Fault]:
    """The nodes that do not hash to the one above them, from the root down."""
    if not all(peak in nodes for peak in peaks(checkpoint.size)):
        yield _branch(checkpoint, 0, checkpoint.size, "des sommets de l'arbre manquent")
    elif root_of(checkpoint.size, nodes) != checkpoint.root:
        reason = "les sommets de l'arbre ne donnent pas la racine du point de contrôle signé"
        yield _branch(checkpoint, 0, checkpoint.size, reason)
    reached = set(peaks(checkpoint.size))
    sha256 = hashlib.sha256
    # In the order of the archive, which is from the top: what comes before the node above it is not reached.
    for (level, number), digest in nodes.items():
        if (level, number) not in reached:
            first, end = number << level, (number + 1) << level
            yield _branch(checkpoint, first, end, "ce nœud ne descend d'aucun sommet de l'arbre signé")
            continue
        below = (level - 1, 2 * number), (level - 1, 2 * number + 1)
        left, right = nodes.get(below[0]), nodes.get(below[1])
        if level == 0 or (left is None and right is None):
            continue
        if left is None or right is None or sha256(b"\1" + left + right).digest() != digest:
            first, end = number << level, (number + 1) << level
            yield _branch(checkpoint, first, end, "les nœuds de cette branche ne donnent pas celui du dessus")
        reached.update(below)


def _branch(checkpoint: Checkpoint, first: int, end: int, reason: str) -> Fault:
    where = f"arbre du point de contrôle {checkpoint.name}, faits de rang {first + 1} à {end} du journal"
    return Fault(where, reason, "nœud", leaves=(first, end - 1))
