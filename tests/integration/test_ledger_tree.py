"""The Merkle log in the database: the tree of all settled facts, whoever grows it and however often it is cut short."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest

from ledger.proofs.merkle import Range, grown, is_consistent, is_included, leaf_hash, nodes_of, range_hash
from ledger.proofs.tree import NotInTree, Tree, TreeGrower, entry
from tests.ledger_samples import NEW, Noted, add, an_actor, open_ledger

FACTS = 700


@pytest.fixture
def ledger(database):
    opened = open_ledger(database.app_url, pool_size=8)
    yield opened
    opened.close()


@pytest.fixture
def tree(database):
    with psycopg.connect(database.app_url, autocommit=True) as connection:
        yield Tree(connection)


def write(ledger, count):
    for part in range(0, count, 50):
        ledger.append(
            uuid4(),
            [Noted(text=str(number)) for number in range(min(50, count - part))],
            **NEW,
            actor=an_actor(),
            command=uuid4(),
        )


def whole(ledger):
    """All nodes of the tree of everything there is, made at once."""
    facts = ledger.read_raw(0, 1_000_000)
    return facts, dict(grown([], 0, [leaf_hash(entry(fact.position, fact.hash)) for fact in facts]))


def root_of(nodes, size):
    return range_hash(Range(0, size), nodes.__getitem__)


def test_every_fact_is_a_leaf_whatever_the_steps(ledger, tree):
    write(ledger, FACTS)
    chance, grower, size = random.Random(1), TreeGrower(ledger), 0
    facts, nodes = whole(ledger)
    while done := grower.step(chance.randint(1, 90)):
        size += len(done)
        assert Tree(tree._connection).root(size) == root_of(nodes, size)
        if chance.random() < 0.3:
            # As a process that was started anew.
            grower = TreeGrower(ledger)
    assert tree.extent() == (FACTS, facts[-1].position)


def test_facts_are_found_and_proven_in_trees_of_any_size(ledger, tree):
    write(ledger, FACTS)
    while TreeGrower(ledger).step(300):
        pass
    facts, nodes = whole(ledger)
    chance = random.Random(2)
    for _ in range(200):
        index = chance.randrange(FACTS)
        size = chance.randint(index + 1, FACTS)
        assert tree.indexes([facts[index]]) == [index]
        leaf = leaf_hash(entry(facts[index].position, facts[index].hash))
        assert is_included(leaf, index, size, tree.inclusion(index, size), root_of(nodes, size))
        old = chance.randint(1, size)
        proof = tree.consistency(old, size)
        assert is_consistent(old, size, proof, root_of(nodes, old), root_of(nodes, size))


def test_what_is_not_in_the_tree_yet_is_said_not_to_be(ledger, tree):
    with pytest.raises(NotInTree):
        tree.root(1)
    write(ledger, 10)
    grower = TreeGrower(ledger)
    assert len(grower.step(6)) == 6
    facts = ledger.read_raw(0, 100)
    assert tree.indexes([facts[5]]) == [5]
    with pytest.raises(NotInTree):
        tree.indexes([facts[6]])
    with pytest.raises(NotInTree):
        tree.inclusion(0, 10)
    with pytest.raises(ValueError, match="no leaf"):
        tree.inclusion(6, 6)
    assert (len(grower.step()), len(grower.step())) == (4, 0)


def test_several_growers_make_one_tree(ledger, tree):
    write(ledger, FACTS)
    growers = [TreeGrower(ledger) for _ in range(4)]

    def grow(grower):
        while grower.step(random.randint(1, 20)):
            pass

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(grow, growers))
    facts, nodes = whole(ledger)
    assert tree.extent() == (FACTS, facts[-1].position)
    assert tree.root(FACTS) == root_of(nodes, FACTS)


def test_a_step_that_is_cut_short_leaves_the_tree_as_it_was(ledger, tree, monkeypatch):
    write(ledger, 300)
    grower = TreeGrower(ledger)
    grower.step(120)
    before = tree.extent()
    grow = grower._grow

    def dies(connection, extent, facts):
        grow(connection, extent, facts)
        raise RuntimeError("killed")

    with monkeypatch.context() as dying:
        dying.setattr(grower, "_grow", dies)
        with pytest.raises(RuntimeError):
            grower.step(120)
    assert tree.extent() == before
    while grower.step(120):
        pass
    _, nodes = whole(ledger)
    assert Tree(tree._connection).root(300) == root_of(nodes, 300)


def test_it_follows_writers_and_skips_nothing(ledger, tree):
    ended = threading.Event()
    grower = TreeGrower(ledger)

    def follow():
        while not ended.is_set() or grower.step():
            grower.step()

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: add(ledger, uuid4(), Noted(text="x")), range(400)))
    ended.set()
    follower.join(30)
    _, nodes = whole(ledger)
    assert tree.extent().size == 400
    assert tree.root(400) == root_of(nodes, 400)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.tiles SET hashes = sha256('x')",
        "UPDATE ledger.tiles SET hashes = substr(hashes, 1, 32)",
        "UPDATE ledger.tiles SET number = number + 1",
        "UPDATE ledger.tiles SET first_position = 0",
        "DELETE FROM ledger.tiles",
        "TRUNCATE ledger.tiles",
        "UPDATE ledger.tree SET size = size - 1",
        "UPDATE ledger.tree SET position = position - 1",
        "DELETE FROM ledger.tree",
        "TRUNCATE ledger.tree",
        "INSERT INTO ledger.tree (one, size, position) VALUES (false, 0, 0)",
    ],
)
def test_tiles_and_tree_only_grow_even_for_the_owner(database, ledger, statement):
    write(ledger, 10)
    TreeGrower(ledger).step()
    with psycopg.connect(database.owner_url) as connection, pytest.raises(psycopg.Error):
        connection.execute(statement)


def test_a_perfect_subtree_at_each_level_is_read_from_its_tile(ledger, tree):
    write(ledger, FACTS)
    while TreeGrower(ledger).step():
        pass
    _, nodes = whole(ledger)
    for node in nodes_of(Range(0, FACTS)):
        assert tree.hash_of(node) == nodes[node]
    for node, digest in random.Random(3).sample(sorted(nodes.items()), 200):
        assert tree.hash_of(node) == digest
