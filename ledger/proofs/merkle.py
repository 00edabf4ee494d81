"""The Merkle tree of RFC 9162: which nodes prove that a leaf is in it, or that it has only grown, and the checks.

Nothing here stores or reads anything. A node is named by its level and its number there: it stands for the leaves from
number × 2^level on, 2^level of them; leaves are level 0. A tree whose size is no power of two has, at its right edge,
hashes of ranges that are no node: they are made of nodes.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

EMPTY_ROOT: Final = hashlib.sha256().digest()
"""The root of a tree without leaves (RFC 9162, 2.1.1)."""


class Node(NamedTuple):
    """A perfect subtree."""

    level: int
    number: int


class Range(NamedTuple):
    """Leaves from one on, up to another that is not among them."""

    first: int
    end: int


HashOf = Callable[[Node], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Hash what a leaf stands for (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbours into the node above them (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(size: int, hash_of: HashOf) -> bytes:
    """The root of the tree of the first `size` leaves; asks for as many nodes as `size` has ones in binary."""
    return range_hash(Range(0, size), hash_of) if size else EMPTY_ROOT


def range_hash(leaves: Range, hash_of: HashOf) -> bytes:
    """The hash of leaves that a proof names together: of perfect subtrees, ever smaller, from the right."""
    *before, last = map(hash_of, nodes_of(leaves))
    for each in reversed(before):
        last = node_hash(each, last)
    return last


def nodes_of(leaves: Range) -> Iterator[Node]:
    """The perfect subtrees that leaves of a proof consist of, from the left."""
    first, left = leaves.first, leaves.end - leaves.first
    while left:
        level = left.bit_length() - 1
        yield Node(level, first >> level)
        first += 1 << level
        left -= 1 << level


def inclusion(index: int, size: int) -> list[Range]:
    """The leaves whose hashes prove that a leaf is in a tree, nearest first (RFC 9162, 2.1.3.1).

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(first, middle))
            first = middle
    return path[::-1]


def consistency(old: int, size: int) -> list[Range]:
    """The leaves whose hashes prove that a tree goes on from an older one (RFC 9162, 2.1.4.1).

    Raises ValueError unless the older one has at least one leaf and at most as many as the newer.
    """
    if not 0 < old <= size:
        raise ValueError(f"a tree of {size} leaves does not go on from one of {old}")
    path = []
    first, end, is_whole = 0, size, True
    while old != end:
        middle = first + _split(end - first)
        if old <= middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(first, middle))
            first, is_whole = middle, False
    if not is_whole:
        path.append(Range(first, end))
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether these hashes prove that a leaf, by its hash, is the one of that index (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    sides = _sides(index, size - 1, len(path))
    if sides is None:
        return False
    found = leaf
    for each, is_left in zip(path, sides, strict=True):
        found = node_hash(each, found) if is_left else node_hash(found, each)
    return found == root


def is_consistent(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Whether these hashes prove that a tree begins with all leaves of an older one (RFC 9162, 2.1.4.2).

    An empty tree proves nothing, and is refused.
    """
    if not 0 < old <= size:
        return False
    if old == size:
        return not path and old_root == root
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not hashes:
        return False
    number, last = old - 1, size - 1
    while number & 1:
        number >>= 1
        last >>= 1
    sides = _sides(number, last, len(hashes) - 1)
    if sides is None:
        return False
    before = after = hashes[0]
    for each, is_left in zip(hashes[1:], sides, strict=True):
        if is_left:
            before = node_hash(each, before)
        after = node_hash(each, after) if is_left else node_hash(after, each)
    return before == old_root and after == root


def grown(right_edge: Iterable[bytes], size: int, leaves: Sequence[bytes]) -> Iterator[tuple[Node, bytes]]:
    """The nodes that new leaves complete, in the order of their completion: leaves too.

    `right_edge` are the hashes of `nodes_of(Range(0, size))`.
    """
    edge = list(right_edge)
    for leaf in leaves:
        node, digest = Node(0, size), leaf
        yield node, digest
        while node.number & 1:
            digest = node_hash(edge.pop(), digest)
            node = Node(node.level + 1, node.number >> 1)
            yield node, digest
        edge.append(digest)
        size += 1


def _sides(number: int, last: int, length: int) -> list[bool] | None:
    """Whether each hash of a proof stands on the left of what it is hashed with; None for a proof of another length.

    `number` and `last` are those of a node and of the last one of its level.
    """
    sides = []
    for _ in range(length):
        if last == 0:
            return None
        is_left = bool(number & 1) or number == last
        sides.append(is_left)
        if is_left:
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        number >>= 1
        last >>= 1
    return sides if last == 0 else None


def _split(count: int) -> int:
    """The largest power of two below a count of two or more."""
    return 1 << (count - 1).bit_length() - 1
