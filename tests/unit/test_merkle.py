"""The tree against RFC 9162 as it is written, its own recursions, for sizes up to 300; and what must be refused."""

import random
from functools import cache

import pytest

from ledger.proofs.merkle import (
    EMPTY_ROOT,
    Node,
    Range,
    consistency,
    grown,
    inclusion,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    nodes_of,
    range_hash,
    root,
)

SIZE_MAX = 300
LEAVES = [leaf_hash(b"leaf %d" % number) for number in range(SIZE_MAX + 1)]
NODES = dict(grown([], 0, LEAVES))


@cache
def tree_hash(first: int, end: int) -> bytes:
    """MTH of RFC 9162, 2.1.1, as written."""
    if first == end:
        return EMPTY_ROOT
    if end - first == 1:
        return LEAVES[first]
    middle = first + split(end - first)
    return node_hash(tree_hash(first, middle), tree_hash(middle, end))


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def path(index: int, first: int, end: int) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1, as written."""
    if end - first == 1:
        return []
    middle = first + split(end - first)
    if index < middle:
        return [*path(index, first, middle), tree_hash(middle, end)]
    return [*path(index, middle, end), tree_hash(first, middle)]


def subproof(old: int, first: int, end: int, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1, as written."""
    if old == end:
        return [] if known else [tree_hash(first, end)]
    middle = first + split(end - first)
    if old <= middle:
        return [*subproof(old, first, middle, known), tree_hash(middle, end)]
    return [*subproof(old, middle, end, False), tree_hash(first, middle)]


def hashes(ranges: list[Range]) -> list[bytes]:
    return [range_hash(each, NODES.__getitem__) for each in ranges]


def test_the_root_is_the_tree_hash_of_every_size() -> None:
    assert root(0, NODES.__getitem__) == EMPTY_ROOT
    for size in range(1, SIZE_MAX + 1):
        assert root(size, NODES.__getitem__) == tree_hash(0, size)


def test_a_root_asks_for_as_many_nodes_as_its_size_has_ones() -> None:
    for size in range(1, SIZE_MAX + 1):
        assert len(list(nodes_of(Range(0, size)))) == size.bit_count()


def test_every_leaf_is_proven_in_every_tree() -> None:
    for size in range(1, SIZE_MAX + 1):
        whole = tree_hash(0, size)
        for index in range(size):
            proof = hashes(inclusion(index, size))
            assert proof == path(index, 0, size)
            assert is_included(LEAVES[index], index, size, proof, whole)


def test_every_tree_is_proven_to_go_on_from_every_older_one() -> None:
    for size in range(1, SIZE_MAX + 1):
        whole = tree_hash(0, size)
        for old in range(1, size + 1):
            proof = hashes(consistency(old, size))
            assert proof == subproof(old, 0, size, True)
            assert is_consistent(old, size, proof, tree_hash(0, old), whole)


def test_nothing_else_is_proven_to_be_included() -> None:
    chance = random.Random(9162)
    for _ in range(2_000):
        size = chance.randint(1, SIZE_MAX)
        index = chance.randrange(size)
        proof, whole = hashes(inclusion(index, size)), tree_hash(0, size)
        other = chance.choice([each for each in range(SIZE_MAX) if each != index])
        assert not is_included(LEAVES[other], index, size, proof, whole)
        assert not is_included(LEAVES[index], other, size, proof, whole)
        assert not is_included(LEAVES[index], index, size, [*proof, whole], whole)
        assert not is_included(LEAVES[index], index, size, proof, tree_hash(0, size + 1))
        if proof:
            assert not is_included(LEAVES[index], index, size, proof[:-1], whole)
            place = chance.randrange(len(proof))
            assert not is_included(LEAVES[index], index, size, flipped(proof, place, chance), whole)


def test_nothing_else_is_proven_to_go_on() -> None:
    chance = random.Random(6962)
    for _ in range(2_000):
        size = chance.randint(2, SIZE_MAX)
        old = chance.randint(1, size - 1)
        proof, before, whole = hashes(consistency(old, size)), tree_hash(0, old), tree_hash(0, size)
        assert not is_consistent(old, size, proof, whole, whole)
        assert not is_consistent(old, size, proof, before, before)
        assert not is_consistent(old, size, [*proof, whole], before, whole)
        assert not is_consistent(old, size, proof[:-1], before, whole)
        place = chance.randrange(len(proof))
        assert not is_consistent(old, size, flipped(proof, place, chance), before, whole)


def flipped(proof: list[bytes], place: int, chance: random.Random) -> list[bytes]:
    altered = bytearray(proof[place])
    altered[chance.randrange(len(altered))] ^= 1 << chance.randrange(8)
    return [*proof[:place], bytes(altered), *proof[place + 1 :]]


def test_empty_trees_and_impossible_sizes_prove_nothing() -> None:
    assert not is_included(LEAVES[0], 0, 0, [], EMPTY_ROOT)
    assert not is_included(LEAVES[0], -1, 1, [], LEAVES[0])
    assert not is_consistent(0, 1, [], EMPTY_ROOT, LEAVES[0])
    assert not is_consistent(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    assert not is_consistent(2, 1, [], tree_hash(0, 2), LEAVES[0])
    assert not is_consistent(3, 5, [], tree_hash(0, 3), tree_hash(0, 5))
    assert not is_consistent(1, 1, [LEAVES[0]], LEAVES[0], LEAVES[0])
    for index, size in ((0, 0), (1, 1), (-1, 3)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion(index, size)
    for old, size in ((0, 3), (4, 3), (-1, 3)):
        with pytest.raises(ValueError, match="does not go on"):
            consistency(old, size)


def test_a_tree_grows_by_any_steps_into_the_same_nodes() -> None:
    chance = random.Random(1)
    for _ in range(50):
        size, nodes = 0, {}
        while size < SIZE_MAX:
            more = LEAVES[size : size + chance.randint(1, 60)]
            edge = [nodes[node] for node in nodes_of(Range(0, size))]
            nodes.update(grown(edge, size, more))
            size += len(more)
        assert all(NODES[node] == digest for node, digest in nodes.items() if node in NODES)
        assert nodes[Node(8, 0)] == tree_hash(0, 256)


def test_a_leaf_is_never_taken_for_a_node() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)
