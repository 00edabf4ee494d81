"""Archives that somebody changed: a byte, a line, a file, or all that a skilled hand makes agree; each is located."""

import hashlib
import io
import random
from base64 import b64encode
from collections.abc import Callable
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proofs.archive import write_archive
from ledger.proofs.notes import Signer, signed
from tests.verifier.conftest import Place
from verifier.archive import read_archive
from verifier.checking import Findings
from verifier.facts import Fact, fact_hash, read_facts

EACH = 100
"""Mutations of each kind; there are ten kinds."""
Located = Callable[[Findings], bool]


class Mutation(NamedTuple):
    """A changed archive, and whether what a verification finds is where the change is."""

    archive: bytes
    is_located: Located


class Subject:
    """An archive that is not changed yet, and the means to change it."""

    def __init__(self, place: Place, chance: random.Random) -> None:
        self.place = place
        self.chance = chance
        self.others: list[Subject] = []
        self.archive = place.proof(*chance.sample(place.cases, chance.choice((1, 1, 1, 3))))
        self.files, faults = read_archive(self.archive)
        assert not faults
        self.facts = [fact for fact in read_facts(self.files["faits.txt"]) if isinstance(fact, Fact)]

    def packed(self, **changed: bytes) -> bytes:
        """The archive with other files, packed as if nothing had happened, its declaration untouched."""
        files = {
            **self.files,
            **{name.replace("__", "/").replace("_txt", ".txt"): each for name, each in changed.items()},
        }
        target = io.BytesIO()
        write_archive(target, files.items())
        return target.getvalue()

    def with_facts(self, facts: list[Fact]) -> bytes:
        return self.packed(faits_txt=b"".join(map(line_of, facts)))


def line_of(fact: Fact) -> bytes:
    told = f"{fact.stream} {fact.version} {fact.position} {fact.place} {fact.hash} {len(fact.state)} {fact.topic}"
    return told.encode() + b"\n" + fact.state + b"\n"


def at_fact(rank: int) -> Located:
    """The first fault is of the fact of this rank."""
    return lambda found: found.first.rank == rank


def at_version(fact: Fact) -> Located:
    """A fault names this version of this case, or the fact that stands where it should."""

    def located(found: Findings) -> bool:
        return any(
            fault.stream == fact.stream and fault.version is not None and fault.version >= fact.version
            for fault in found.faults
        )

    return located


def told_of(text: str) -> Located:
    return lambda found: any(text in str(fault) for fault in found.faults)


def flipped(raw: bytes, at: int, chance: random.Random) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]


def bytes_of_facts(subject: Subject) -> Mutation:
    raw, chance = subject.files["faits.txt"], subject.chance
    at = chance.randrange(len(raw))
    end, rank = 0, 0
    while end <= at:
        end += len(line_of(subject.facts[rank]))
        rank += 1
    return Mutation(subject.packed(faits_txt=flipped(raw, at, chance)), at_fact(rank))


def bytes_of_the_tree(subject: Subject) -> Mutation:
    """The range told contains what hangs below the node that was changed."""
    raw, chance = subject.files["arbre.txt"], subject.chance
    at = chance.randrange(len(raw))
    level, number, _ = raw[: raw.index(b"\n", at) if raw[at] != 10 else at].rpartition(b"\n")[2].split(b" ")
    first = int(number) << int(level)

    def located(found: Findings) -> bool:
        told = (fault.leaves for fault in found.faults if fault.leaves is not None)
        return "arbre" in str(found.first) or any(low <= first <= high for low, high in told)

    return Mutation(subject.packed(arbre_txt=flipped(raw, at, chance)), located)


def bytes_anywhere(subject: Subject) -> Mutation:
    """A byte of the archive itself, names, sums and tables included."""
    return Mutation(
        flipped(subject.archive, subject.chance.randrange(len(subject.archive)), subject.chance),
        lambda found: bool(found.faults),
    )


def truncations(subject: Subject) -> Mutation:
    kept = subject.chance.randrange(len(subject.archive))
    return Mutation(subject.archive[:kept], lambda found: "archive" in " ".join(map(str, found.faults)))


def deletions(subject: Subject) -> Mutation:
    place = subject.chance.randrange(len(subject.facts))
    gone = subject.facts[place]
    return Mutation(subject.with_facts(subject.facts[:place] + subject.facts[place + 1 :]), at_version(gone))


def insertions(subject: Subject) -> Mutation:
    """A fact of the case repeated, or one of another case, that its own archive proves."""
    chance = subject.chance
    other = chance.choice(subject.others)
    added = chance.choice([*subject.facts, *other.facts])
    place = chance.randrange(len(subject.facts) + 1)
    facts = [*subject.facts[:place], added, *subject.facts[place:]]
    if facts == subject.facts:
        return insertions(subject)

    def located(found: Findings) -> bool:
        return found.first.rank in {place + 1, place + 2} or any(fault.rank == place + 1 for fault in found.faults)

    return Mutation(subject.with_facts(facts), located)


def swaps(subject: Subject) -> Mutation:
    one, other = sorted(subject.chance.sample(range(len(subject.facts)), 2))
    facts = list(subject.facts)
    facts[one], facts[other] = facts[other], facts[one]
    return Mutation(subject.with_facts(facts), at_fact(one + 1))


def rewritten_facts(subject: Subject) -> Mutation:
    """Another content, and the chain and the hashes after it made to agree: the tree alone tells."""
    chance, facts = subject.chance, list(subject.facts)
    place = chance.randrange(len(facts))
    state = facts[place].state.replace(b'"code":"', b'"code":"x', 1)
    before = after = facts[place].hash
    for number in range(place, len(facts)):
        fact = facts[number]
        if fact.stream != facts[place].stream:
            break
        changed = fact._replace(state=state if number == place else fact.state.replace(before.encode(), after.encode()))
        before, after = fact.hash, fact_hash(changed).hex()
        facts[number] = changed._replace(hash=after)
    return Mutation(subject.with_facts(facts), at_fact(place + 1))


def forged_signatures(subject: Subject) -> Mutation:
    """Everything changed and signed anew by another, who takes the name of the log."""
    chance = subject.chance
    raw = subject.files["preuve.txt"].decode()
    text = raw.rpartition("\n\n")[0] + "\n"
    origin = text.split("\n")[0].split(" ")[1]
    forger = Signer(origin, Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)))
    if chance.random() < 0.5:
        # The signature of the log, of which one character was changed.
        signature = bytearray(raw.encode())
        at = raw.encode().rindex(b" ") + 9 + chance.randrange(40)
        signature[at] = ord("A") if signature[at] != ord("A") else ord("B")
        return Mutation(subject.packed(preuve_txt=bytes(signature)), told_of("preuve.txt"))
    keys = subject.files["cles.txt"] + f"{forger.verifier}\n".encode()
    digest = hashlib.sha256(subject.files["cles.txt"]).hexdigest()
    declared = signed(text.replace(digest, hashlib.sha256(keys).hexdigest()), [forger]).encode()
    return Mutation(subject.packed(preuve_txt=declared, cles_txt=keys), told_of("preuve.txt"))


def replayed_checkpoints(subject: Subject) -> Mutation:
    """An older checkpoint, truly signed, in the place of one of the archive."""
    chance = subject.chance
    points = [name for name in subject.files if name.startswith("points/")]
    name = chance.choice(points)
    older = [note for note in subject.place.kept if note.encode() != subject.files[name]]
    files = {**subject.files, name: chance.choice(older).encode()}
    target = io.BytesIO()
    write_archive(target, files.items())
    return Mutation(target.getvalue(), told_of(name))


def trailing_bytes(subject: Subject) -> Mutation:
    """Something after the last fact, the last node, or the archive."""
    chance = subject.chance
    extra = chance.choice((b"\n", b"x", b64encode(chance.randbytes(9)) + b"\n"))
    where = chance.choice(("faits.txt", "arbre.txt", "archive"))
    if where == "archive":
        return Mutation(subject.archive + extra, told_of("archive"))
    files = {**subject.files, where: subject.files[where] + extra}
    target = io.BytesIO()
    write_archive(target, files.items())
    return Mutation(target.getvalue(), told_of(where))


KINDS = (
    bytes_of_facts,
    bytes_of_the_tree,
    bytes_anywhere,
    truncations,
    deletions,
    insertions,
    swaps,
    rewritten_facts,
    forged_signatures,
    replayed_checkpoints,
    trailing_bytes,
)


@pytest.fixture(scope="module")
def subjects(place: Place) -> list[Subject]:
    chance = random.Random(5)
    made = [Subject(place, chance) for _ in range(30)]
    for each in made:
        each.others = made
    return made


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_mutation_is_caught_where_it_is(
    place: Place, subjects: list[Subject], kind: Callable[[Subject], Mutation]
) -> None:
    for number in range(EACH):
        mutation = kind(subjects[number % len(subjects)])
        found = place.verified(mutation.archive)
        assert found.status == 1, f"mutation {number} passes"
        assert mutation.is_located(found), f"mutation {number} is not where it is told: {list(map(str, found.faults))}"


def test_archives_that_nobody_touched_are_proven(place: Place) -> None:
    chance = random.Random(7)
    for number in range(200):
        cases = [place.cases[number % len(place.cases)]] if number % 4 else chance.sample(place.cases, 4)
        kept = chance.choice(place.kept)
        size = int(kept.split("\n")[1])
        found = place.verified(place.proof(*cases, since=size), kept)
        assert (found.status, found.faults, found.reserves) == (0, [], [])
