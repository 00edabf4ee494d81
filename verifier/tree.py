"""The part of a Merkle tree (RFC 9162) that an archive holds, checked from its root down."""

import hashlib
import re
from collections.abc import Collection, Iterator
from typing import Final

from verifier.faults import Fault, Invalid
from verifier.notes import Checkpoint

Nodes = dict[tuple[int, int], bytes]
"""Hashes by level and number."""
NODE_LINE: Final = re.compile(r"([0-9]{1,2}) (0|[1-9][0-9]{0,18}) ([0-9a-f]{64})")


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


def wanted_nodes(size: int, leaves: Collection[int], sizes: Collection[int]) -> list[tuple[int, int]]:
    """The nodes that prove leaves and earlier sizes of a tree, in the order of an archive. Raises Invalid."""
    kept = set(peaks(size))
    if any(leaf >= size for leaf in leaves) or any(each > size for each in sizes):
        raise Invalid(f"un arbre de {size} feuilles ne va pas si loin")
    for node in [*((0, leaf) for leaf in leaves), *(peak for each in sizes for peak in peaks(each))]:
        level, number = node
        while (level, number) not in kept:
            kept.update(((level, number), (level, number ^ 1)))
            level, number = level + 1, number >> 1
    return sorted(kept, key=lambda node: (-node[0], node[1]))


def read_nodes(raw: bytes) -> Nodes:
    """The nodes that an archive lists, in its order. Raises Invalid."""
    nodes: Nodes = {}
    lines = raw.decode("ascii", "replace").split("\n")
    for number, line in enumerate(lines[:-1], 1):
        found = NODE_LINE.fullmatch(line)
        if found is None or (int(found[1]), int(found[2])) in nodes:
            raise Invalid(f"la ligne {number} de l'arbre est illisible ou répétée")
        nodes[int(found[1]), int(found[2])] = bytes.fromhex(found[3])
    if lines[-1]:
        raise Invalid("la dernière ligne de l'arbre est tronquée")
    return nodes


def faults_of_tree(checkpoint: Checkpoint, nodes: Nodes) -> Iterator[Fault]:
    """The nodes that do not hash to the one above them, from the root down."""
    if not all(peak in nodes for peak in peaks(checkpoint.size)):
        yield _branch(checkpoint, 0, checkpoint.size, "des sommets de l'arbre manquent")
    elif root_of(checkpoint.size, nodes) != checkpoint.root:
        reason = "les sommets de l'arbre ne donnent pas la racine du point de contrôle signé"
        yield _branch(checkpoint, 0, checkpoint.size, reason)
    reached = set(peaks(checkpoint.size))
    for level, number in sorted(nodes, reverse=True):
        first, end = number << level, (number + 1) << level
        if (level, number) not in reached:
            yield _branch(checkpoint, first, end, "ce nœud ne descend d'aucun sommet de l'arbre signé")
            continue
        below = ((level - 1, 2 * number), (level - 1, 2 * number + 1))
        if level == 0 or not any(each in nodes for each in below):
            continue
        left, right = (nodes.get(each, b"") for each in below)
        if node_hash(left, right) != nodes[level, number]:
            yield _branch(checkpoint, first, end, "les nœuds de cette branche ne donnent pas celui du dessus")
        reached.update(below)


def _branch(checkpoint: Checkpoint, first: int, end: int, reason: str) -> Fault:
    where = f"arbre du point de contrôle {checkpoint.name}, faits de rang {first + 1} à {end} du journal"
    return Fault(where, reason, "nœud", leaves=(first, end - 1))
