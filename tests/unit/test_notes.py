"""Signed notes: the published example of the format, and whatever must not pass for one."""

import hashlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proofs.notes import ED25519, MARK, NoteInvalid, Signer, Verifier, cosignature, opened, seen_at, signed
from tests.witnessing import WitnessPlayed

# The example of golang.org/x/mod/sumdb/note, which C2SP's signed notes are.
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
TEXT = "smoe.example/registre\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
OURS = Signer("smoe.example/registre", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = Signer("temoin.example/w1", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def test_the_published_example_is_one() -> None:
    verifier = Verifier.of(PUBLISHED_KEY)
    text, by = opened(PUBLISHED, [verifier])
    assert text.endswith("what your problem is.\n")
    assert by == (verifier,)
    assert str(verifier) == PUBLISHED_KEY


def test_what_was_signed_is_opened_by_any_key_that_is_known() -> None:
    note = signed(TEXT, [OURS, WITNESS])
    assert opened(note, [OURS.verifier]) == (TEXT, (OURS.verifier,))
    assert opened(note, [WITNESS.verifier]) == (TEXT, (WITNESS.verifier,))
    assert opened(note, [WITNESS.verifier, OURS.verifier])[1] == (OURS.verifier, WITNESS.verifier)
    assert Verifier.of(str(OURS.verifier)) == OURS.verifier


def test_a_note_of_strangers_is_none() -> None:
    with pytest.raises(NoteInvalid, match="nobody known"):
        opened(signed(TEXT, [WITNESS]), [OURS.verifier])
    impostor = Signer(OURS.name, WITNESS.key)
    with pytest.raises(NoteInvalid, match="nobody known"):
        opened(signed(TEXT, [impostor]), [OURS.verifier])


def test_a_wrong_signature_of_a_known_key_counts_whatever_others_there_are() -> None:
    good = signed(TEXT, [WITNESS])
    wrong = good + OURS.line(TEXT.replace("42", "43"))
    with pytest.raises(NoteInvalid, match="not one of this text"):
        opened(wrong, [OURS.verifier, WITNESS.verifier])


def test_every_flipped_bit_is_noticed() -> None:
    note = signed(TEXT, [OURS]).encode()
    for place in range(len(note)):
        for bit in range(8):
            altered = bytearray(note)
            altered[place] ^= 1 << bit
            try:
                text = altered.decode()
            except UnicodeDecodeError:
                continue
            with pytest.raises(NoteInvalid):
                opened(text, [OURS.verifier])


def test_a_signature_that_is_written_otherwise_is_none() -> None:
    """The same point and a number larger by the order of the group: equal to those who do not look."""
    order = 2**252 + 27742317777372353535851937790883648493
    body, _, line = signed(TEXT, [OURS]).rpartition(" ")
    raw = b64decode(line)
    number = int.from_bytes(raw[36:], "little") + order
    forged = raw[:36] + number.to_bytes(32, "little")
    with pytest.raises(NoteInvalid, match="not one of this text"):
        opened(f"{body} {b64encode(forged).decode()}\n", [OURS.verifier])


@pytest.mark.parametrize(
    "text", ["", "\n", "no end of line", "a\n\nb\n", "a\tb\n", "a\rb\n", "a\x00b\n", "\ud800\n", "\na\n"]
)
def test_what_could_not_be_read_as_it_was_written_is_not_signed(text: str) -> None:
    with pytest.raises(NoteInvalid):
        signed(text, [OURS])


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "new\nline", "no\u00a0break"])
def test_a_name_has_no_spaces_and_no_plus(name: str) -> None:
    with pytest.raises(NoteInvalid):
        signed(TEXT, [Signer(name, OURS.key)])


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + "\n",
        signed(TEXT, [OURS])[:-1],
        signed(TEXT, [OURS]) + "\n",
        signed(TEXT, [OURS]).replace(MARK, "-- "),
        signed(TEXT, [OURS]).replace(MARK, "—"),
        signed(TEXT, [OURS]) + MARK + "x AAAA\n",
        signed(TEXT, [OURS]) + MARK + "x\n",
        signed(TEXT, [OURS]) + "anything\n",
        signed(TEXT, [OURS]) + OURS.line(TEXT) * 100,
    ],
)
def test_a_note_is_exactly_that(note: str) -> None:
    with pytest.raises(NoteInvalid):
        opened(note, [OURS.verifier])


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        PUBLISHED_KEY.replace("c74f20a3", "c74f20a4"),
        PUBLISHED_KEY.replace("PeterNeumann", "Peter Neumann"),
        PUBLISHED_KEY.replace("+ARpc", "+AhpC"),
        PUBLISHED_KEY[:-4],
        PUBLISHED_KEY + "=",
    ],
)
def test_a_key_is_exactly_that(key: str) -> None:
    with pytest.raises(NoteInvalid):
        Verifier.of(key)


WITNESSED = WitnessPlayed("witness.example/w1", OURS.name, OURS.verifier)


def test_a_cosignature_is_one_of_a_text_at_a_time() -> None:
    line = WITNESSED.line(TEXT)
    note = signed(TEXT, [OURS])
    assert opened(note + line, [OURS.verifier, WITNESSED.verifier])[1] == (OURS.verifier, WITNESSED.verifier)
    assert seen_at(line) == datetime(2026, 11, 30, 0, 53, 20, tzinfo=UTC)
    assert Verifier.of(str(WITNESSED.verifier)) == WITNESSED.verifier
    assert cosignature(TEXT, WITNESS.line(TEXT) + line, WITNESSED.verifier) == line


def test_the_id_of_a_witness_is_that_of_its_kind() -> None:
    told = b"witness.example/w1\n\x04" + WITNESSED.key.public_key().public_bytes_raw()
    assert WITNESSED.verifier.id == hashlib.sha256(told).digest()[:4]
    assert WITNESSED.verifier.id != Verifier("witness.example/w1", WITNESSED.key.public_key()).id


def test_a_cosignature_does_not_pass_for_a_signature_nor_the_other_way_round() -> None:
    key = WITNESSED.key
    plain = Signer(WITNESSED.verifier.name, key)
    as_plain = WITNESSED.verifier._replace(kind=ED25519)
    raw = key.sign(TEXT.encode())
    line = f"{MARK}{plain.name} {b64encode(WITNESSED.verifier.id + bytes(8) + raw).decode()}\n"
    with pytest.raises(NoteInvalid, match="not one of this text"):
        opened(f"{TEXT}\n{line}", [WITNESSED.verifier])
    with pytest.raises(NoteInvalid, match="nobody known"):
        opened(f"{TEXT}\n{plain.line(TEXT)}", [WITNESSED.verifier])
    with pytest.raises(NoteInvalid, match="nobody known"):
        opened(f"{TEXT}\n{WITNESSED.line(TEXT)}", [as_plain])


@pytest.mark.parametrize("told", [0, 1_796_000_001, 2**63 - 1, 2**63, 2**64 - 1])
def test_the_time_of_a_cosignature_is_signed_too(told: int) -> None:
    with pytest.raises(NoteInvalid, match="not one of this text"):
        cosignature(TEXT, WITNESSED.line(TEXT, told), WITNESSED.verifier)


def test_a_time_beyond_what_the_format_holds_is_refused_though_it_is_signed() -> None:
    witness = WitnessPlayed("w", OURS.name, OURS.verifier)
    witness.now = 2**63 - 1
    assert cosignature(TEXT, witness.line(TEXT), witness.verifier)
    with pytest.raises(NoteInvalid, match="no calendar"):
        seen_at(witness.line(TEXT))
    witness.now = 2**63
    with pytest.raises(NoteInvalid, match="not one of this text"):
        cosignature(TEXT, witness.line(TEXT), witness.verifier)


@pytest.mark.parametrize("lines", ["", "\n", "anything\n", WITNESSED.line(TEXT)[:-1], WITNESSED.line(TEXT) + "\n"])
def test_what_a_witness_gives_is_lines(lines: str) -> None:
    with pytest.raises(NoteInvalid):
        cosignature(TEXT, lines, WITNESSED.verifier)


def test_every_flipped_bit_of_a_cosignature_is_noticed() -> None:
    line = WITNESSED.line(TEXT).encode()
    for place in range(len(line)):
        for bit in range(8):
            altered = bytearray(line)
            altered[place] ^= 1 << bit
            with pytest.raises((NoteInvalid, UnicodeDecodeError)):
                cosignature(TEXT, altered.decode(), WITNESSED.verifier)
