"""A Merkle tree cut down to what proves some of its leaves, and its own earlier sizes: checked from the root down."""

from collections.abc import Iterable, Iterator

from ledger.proofs.merkle import HashOf, Node, Range, nodes_of


def pruned(size: int, leaves: Iterable[int], sizes: Iterable[int] = ()) -> list[Node]:
    """The nodes that prove some leaves of a tree, and that it goes on from what it was at some sizes.

    They are the perfect subtrees that its root is made of and, down to each leaf and to each subtree that an earlier
    root is made of, both children of every node on the way: whoever knows the root can trust each of them, from above,
    and so say which one is wrong. Sorted from the top, from the left.
    """
    peaks = set(nodes_of(Range(0, size)))
    wanted = {Node(0, leaf) for leaf in leaves}
    wanted.update(node for each in sizes for node in nodes_of(Range(0, each)))
    kept = set(peaks)
    for node in wanted:
        if not (node.number + 1) << node.level <= size:
            raise ValueError(f"a tree of {size} leaves has no node {node.number} of level {node.level}")
        while node not in kept:
            kept.update((node, Node(node.level, node.number ^ 1)))
            node = Node(node.level + 1, node.number >> 1)
    return sorted(kept, key=lambda node: (-node.level, node.number))


def lines_of(nodes: Iterable[Node], hash_of: HashOf) -> Iterator[str]:
    """A line for each node: level, number, hash in hexadecimal digits."""
    return (f"{node.level} {node.number} {hash_of(node).hex()}\n" for node in nodes)
