"""The tree and its proofs against a library that others wrote: sizes up to 300 exhaustively, a million by sampling."""

import random
from collections.abc import Callable

import pytest
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion
from pymerkle.proof import ConsistencyProof

from ledger.proofs.merkle import (
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
from ledger.proofs.pruning import pruned
from verifier.notes import Checkpoint, Note
from verifier.tree import faults_of_tree, root_of

SIZE_MAX = 300
MILLION = 1_000_000
SAMPLES = 60

HashOf = Callable[[Node], bytes]


def entry(number: int) -> bytes:
    return b"leaf %d" % number


def made(size: int) -> tuple[InmemoryTree, HashOf]:
    """The same leaves in their tree and in ours."""
    theirs = InmemoryTree(algorithm="sha256")
    theirs.append_entries([entry(number) for number in range(size)])
    levels: list[list[bytes]] = [[leaf_hash(entry(number)) for number in range(size)]]
    while len(levels[-1]) > 1:
        row = levels[-1]
        levels.append([node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)])
    return theirs, lambda node: levels[node.level][node.number]


@pytest.fixture(scope="module")
def small() -> tuple[InmemoryTree, HashOf]:
    return made(SIZE_MAX)


def as_the_rfc_writes(proof: ConsistencyProof, old: int) -> list[bytes]:
    """Their hashes of a consistency proof in the order and grouping of RFC 9162.

    Where the older tree ends between two subtrees, they give the right one in pieces, from its last leaf on, before the
    left one; and they give the older root where it is a subtree, which the RFC leaves to whoever verifies.
    """
    pieces = proof.subset.index(1)
    first, *rest = proof.path[pieces:]
    if pieces:
        right = proof.path[0]
        for piece, is_right in zip(proof.path[1:pieces], proof.rule[:pieces], strict=False):
            right = node_hash(piece, right) if is_right else node_hash(right, piece)
        rest = [right, *rest]
    return rest if old & (old - 1) == 0 else [first, *rest]


def must_agree(theirs: InmemoryTree, hash_of: HashOf, index: int, size: int) -> None:
    proof = theirs.prove_inclusion(index + 1, size)
    ours = [range_hash(each, hash_of) for each in inclusion(index, size)]
    now = root(size, hash_of)
    assert now == theirs.get_root(size)
    assert [leaf_hash(entry(index)), *ours] == proof.path
    verify_inclusion(leaf_hash(entry(index)), now, proof, index=index + 1, size=size)
    assert is_included(theirs.get_leaf(index + 1), index, size, proof.path[1:], theirs.get_root(size))


def must_agree_on_growth(theirs: InmemoryTree, hash_of: HashOf, old: int, size: int) -> None:
    before, now = root(old, hash_of), root(size, hash_of)
    ours = [range_hash(each, hash_of) for each in consistency(old, size)]
    proof = theirs.prove_consistency(old, size)
    verify_consistency(before, now, proof, prior_size=old, later_size=size)
    told = as_the_rfc_writes(proof, old) if old < size else []
    assert ours == told
    assert is_consistent(old, size, told, theirs.get_root(old), theirs.get_root(size))


@pytest.mark.parametrize("begin", range(1, SIZE_MAX + 1, 30))
def test_every_inclusion_up_to_300_agrees(small: tuple[InmemoryTree, HashOf], begin: int) -> None:
    for size in range(begin, begin + 30):
        for index in range(size):
            must_agree(*small, index, size)


@pytest.mark.parametrize("begin", range(1, SIZE_MAX + 1, 30))
def test_every_consistency_up_to_300_agrees(small: tuple[InmemoryTree, HashOf], begin: int) -> None:
    for size in range(begin, begin + 30):
        for old in range(1, size + 1):
            must_agree_on_growth(*small, old, size)


def test_an_empty_tree_has_the_same_root_and_proves_nothing(small: tuple[InmemoryTree, HashOf]) -> None:
    theirs, hash_of = small
    assert root(0, hash_of) == theirs.get_root(0)
    assert list(nodes_of(Range(0, 0))) == []
    assert not is_consistent(0, 5, [], root(0, hash_of), root(5, hash_of))


def test_a_million_leaves_agree_by_sampling() -> None:
    theirs, hash_of = made(MILLION)
    chance = random.Random(9)
    sizes = [MILLION, MILLION - 1, 1 << 19, (1 << 19) + 1, *(chance.randint(2, MILLION) for _ in range(SAMPLES - 4))]
    for size in sizes:
        must_agree(theirs, hash_of, chance.randrange(size), size)
        must_agree_on_growth(theirs, hash_of, chance.randint(1, size), size)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100, 255, 256, 257, 300])
def test_a_pruned_tree_proves_leaves_and_earlier_sizes(small: tuple[InmemoryTree, HashOf], size: int) -> None:
    """What archives hold: checked from the root down, it gives the leaves and the roots that the library gives."""
    theirs, hash_of = small
    chance = random.Random(size)
    for _ in range(30):
        leaves = chance.sample(range(size), min(size, chance.randint(1, 12)))
        sizes = [chance.randint(1, size) for _ in range(chance.randint(0, 3))]
        nodes = pruned(size, leaves, sizes)
        held = {(node.level, node.number): hash_of(node) for node in nodes}
        point = Checkpoint("p", "o", size, theirs.get_root(size), 1, "", Note("", []))
        assert list(faults_of_tree(point, held)) == []
        assert all(held[0, leaf] == theirs.get_leaf(leaf + 1) for leaf in leaves)
        assert all(root_of(each, held) == theirs.get_root(each) for each in sizes)


def test_what_grows_leaf_by_leaf_is_the_same(small: tuple[InmemoryTree, HashOf]) -> None:
    theirs, hash_of = small
    nodes = dict(grown([], 0, [theirs.get_leaf(number + 1) for number in range(SIZE_MAX)]))
    assert all(digest == hash_of(node) for node, digest in nodes.items())
