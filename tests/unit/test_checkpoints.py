"""Checkpoints: read as they were written, and nothing else is one."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proofs.checkpoints import Checkpoint, checkpoint_of, opened_checkpoint
from ledger.proofs.merkle import EMPTY_ROOT
from ledger.proofs.notes import NoteInvalid, Signer

ORIGIN = "smoe.example/registre"
OURS = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = Signer("temoin.example/w1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
KNOWN = [OURS.verifier, WITNESS.verifier]
ROOT = bytes(range(32))
TEXT = f"{ORIGIN}\n42\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


@pytest.mark.parametrize("extensions", [(), ("time 1796000000",), ("a", "b c")])
@pytest.mark.parametrize("size", [1, 42, 10**17])
def test_a_checkpoint_is_read_as_it_was_written(size: int, extensions: tuple[str, ...]) -> None:
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=ROOT, extensions=extensions)
    assert opened_checkpoint(checkpoint.signed([OURS, WITNESS]), ORIGIN, KNOWN) == (
        checkpoint,
        (OURS.verifier, WITNESS.verifier),
    )


def test_its_text_is_that_of_the_format() -> None:
    assert Checkpoint(origin=ORIGIN, size=42, root=ROOT).text == TEXT
    assert checkpoint_of(TEXT) == Checkpoint(origin=ORIGIN, size=42, root=ROOT)


def test_an_empty_tree_has_one_hash() -> None:
    empty = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)
    assert checkpoint_of(empty.text) == empty
    with pytest.raises(NoteInvalid, match="without leaves"):
        Checkpoint(origin=ORIGIN, size=0, root=ROOT).signed([OURS])


def test_another_log_and_witnesses_alone_are_not_enough() -> None:
    other = Checkpoint(origin="autre.example/registre", size=42, root=ROOT)
    with pytest.raises(NoteInvalid, match="not one of"):
        opened_checkpoint(other.signed([OURS]), ORIGIN, KNOWN)
    with pytest.raises(NoteInvalid, match="has not signed"):
        opened_checkpoint(Checkpoint(origin=ORIGIN, size=42, root=ROOT).signed([WITNESS]), ORIGIN, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{ORIGIN}\n",
        f"{ORIGIN}\n42\n",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("42", "042"),
        TEXT.replace("42", "+42"),
        TEXT.replace("42", "-42"),
        TEXT.replace("42", "4 2"),
        TEXT.replace("42", "٤٢"),
        TEXT.replace("42", "9" * 19),
        TEXT.replace("42", ""),
        TEXT.replace("AAEC", "AAE"),
        TEXT.replace("Hh8=", "Hh9="),
        TEXT.replace("Hh8=", "Hh8"),
        TEXT.replace("AAEC", "AAEC AAEC"),
        TEXT.replace(ORIGIN, ""),
    ],
)
def test_what_is_written_otherwise_is_none(text: str) -> None:
    with pytest.raises(NoteInvalid):
        checkpoint_of(text)
