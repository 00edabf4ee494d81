"""Archives whose signer wrote what no service writes: the verifier answers, and nothing passes for more than it is."""

import hashlib
import io
import uuid
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.proofs.archive import write_archive
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.merkle import leaf_hash
from ledger.proofs.notes import Signer, signed
from ledger.proofs.tree import entry
from tests.time_stamping import Authority
from tests.witnessing import WitnessPlayed
from verifier.checking import Asked, verify
from verifier.command import main
from verifier.facts import Fact, fact_hash
from verifier.notes import key_of
from verifier.told import sentence_of

ORIGIN = "smoe/0d0608ff-057a-4c9e-b543-838777f69db3"
CASE = "0192f0c1-0000-7000-8000-000000000001"
SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEY = key_of(str(SIGNER.verifier))
BEGIN = b'{"schema":1,"recorded_at":"2026-01-01T00:00:00Z"'
DOCUMENT = b'{"media_type":"x","id":"P1","version":%b,"sha256":%b,"title":%b}'
KEY_ID = uuid.UUID(int=1)
AUTHORITY = Authority()
BOX = b64encode(b"\1" + KEY_ID.bytes + bytes(30))


def archive(
    payload: bytes = b"{}",
    *,
    begin: bytes = BEGIN,
    topic: str = "RequestFiled",
    erased: str = "",
    more: tuple[tuple[str, bytes], ...] = (),
    stamp: str = "",
) -> bytes:
    """An archive of one fact, of which everything agrees."""
    state = begin + b',"previous":"%b","salt":"%b","payload":%b}' % (b"0" * 64, b"0" * 32, payload)
    fact = Fact(1, CASE, 1, 1_000, 0, "", topic, state)
    digest = fact_hash(fact)
    leaf = leaf_hash(entry(fact.position, digest))
    extensions = ("position 1000", "le 2026-11-29T13:38:53.729777Z")
    point = Checkpoint(origin=ORIGIN, size=1, root=leaf, extensions=extensions).signed([SIGNER])
    files = [
        ("faits.txt", f"{CASE} 1 1000 0 {digest.hex()} {len(state)} {topic}\n".encode() + state + b"\n"),
        ("arbre.txt", f"0 0 {leaf.hex()}\n".encode()),
        ("cles.txt", f"{SIGNER.verifier}\n".encode()),
        ("points/1.txt", point.encode()),
        *more,
    ]
    if stamp:
        imprint = hashlib.sha256(b"smoe-stamp-1" + hashlib.sha256(point.encode()).digest() + bytes(96)).digest()
        files.append(("horodatages/chaine.txt", f"{stamp} 1 - - -\n".encode()))
        files.append((f"horodatages/{stamp}.tsr", AUTHORITY.token(imprint, datetime(2026, 1, 1, tzinfo=UTC))))
    listed = "".join(f"fichier {hashlib.sha256(content).hexdigest()} {name}\n" for name, content in files)
    declared = (
        f"smoe-preuve-1 {ORIGIN}\nle 2026-11-29T13:40:02.000000Z\npoint points/1.txt\n"
        f"dossier {CASE} 1 {digest.hex()}\n{erased}{listed}"
    )
    target = io.BytesIO()
    write_archive(target, [("preuve.txt", signed(declared, [SIGNER]).encode()), *files])
    return target.getvalue()


def test_the_archive_of_these_tests_is_proven_before_anything_is_strange() -> None:
    assert verify(archive(), Asked(keys=(KEY,))).status == 0


@pytest.mark.parametrize(
    "strange",
    [
        archive(begin=b'{"x":1'),
        archive(b'{"media_type":"x", BAD'),
        archive(b'{"media_type":"x","a":"\xff"}'),
        archive(b'{"media_type":"x","a":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
        archive(b'{"media_type":"x","a":' + b"9" * 5_000 + b"}"),
        archive(DOCUMENT % (b"{}", b"[]", b'"t"')),
        archive(topic="PersonErased"),
        archive(b"[]", topic="PersonErased"),
        archive(b"{", topic="PersonErased"),
        archive(b'"media_type":"'),
        archive(b'{"sealed":"%b","sealed_fields":5}' % BOX, erased=f"efface {KEY_ID} 2026-01-01T00:00:00Z\n"),
        archive(stamp="abc"),
        archive(stamp="9" * 5_000),
    ],
)
def test_what_no_service_writes_is_a_fault_and_no_end_of_the_program(strange: bytes) -> None:
    assert verify(strange, Asked(keys=(KEY,))).status == 1


@pytest.mark.parametrize("end", ["\u2028", "\x85"])
def test_a_name_with_what_some_take_for_the_end_of_a_line_is_a_name(end: str) -> None:
    assert verify(archive(more=((f"a{end}b", b""),)), Asked(keys=(KEY,))).status == 0


def test_nothing_of_an_archive_is_obeyed_by_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    title = rb'"\u001b[2J\u001b[HPROUV\u00c9\nPROUV\u00c9 \u009b2J\u202e\u00a0: oui"'
    (tmp_path / "preuve.zip").write_bytes(archive(DOCUMENT % (b"1", b'"aa"', title)))
    assert main([str(tmp_path / "preuve.zip")]) == 3
    told = capsys.readouterr().out
    assert "« ?[2J?[HPROUVÉ?PROUVÉ ?2J?\u00a0: oui »" in told
    assert [line for line in told.splitlines() if line.startswith("PROUVÉ")] == []


def test_a_time_stamp_of_nobody_knows_whom_is_not_in_the_sentence() -> None:
    stamped = archive(stamp="1")
    assert "existait avant" not in sentence_of(verify(stamped, Asked(keys=(KEY,))))
    known = verify(stamped, Asked(keys=(KEY,), roots=(AUTHORITY.root,)))
    assert "il existait avant le 01/01/2026 à 00:00:00 UTC" in sentence_of(known)


def test_a_witness_who_did_not_sign_is_a_reserve() -> None:
    witness = key_of(str(WitnessPlayed("temoin.example/w1", ORIGIN, SIGNER.verifier).verifier))
    found = verify(archive(), Asked(keys=(KEY,), witnesses=(witness,)))
    assert (found.status, ["temoin.example/w1" in each for each in found.reserves]) == (3, [True])


@pytest.mark.parametrize("data", [b"", b'{"code":"malformed"}', b"PK\3", b"PK\3\4"])
def test_what_is_no_archive_is_called_none(data: bytes) -> None:
    (fault,) = verify(data, Asked()).faults
    assert "ce n'est pas une preuve" in fault.reason


def test_names_in_an_archive_are_no_words_of_the_verifier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (tmp_path / "preuve.zip").open("wb") as target:
        write_archive(target, [("\x1b[2J\nPROUVÉ", b"")])
    assert main([str(tmp_path / "preuve.zip")]) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_a_file_that_is_not_there_is_named_in_french(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "rien.zip")]) == 2
    assert "rien.zip » ne peut pas être lu" in capsys.readouterr().err
