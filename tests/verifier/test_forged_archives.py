"""Archives made by whoever likes, with a key of their own: the verifier answers, and a terminal obeys nothing in it."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ledger.facts import FIRST_HASH, fact_hash
from ledger.proofs.archive import write_archive
from ledger.proofs.notary import Notary
from ledger.proofs.proof import write_proof
from tests.ledger_samples import open_ledger
from tests.servers import Database
from tests.verifier.conftest import SEED
from verifier.checking import Asked, verify
from verifier.command import main
from verifier.told import sentence_of

Archive = Callable[[str, str], bytes]


@pytest.fixture
def archive(database: Database) -> Archive:
    """A function that proves one fact of a type and a payload, right in every hash and signature."""

    def proven(topic: str, payload: str) -> bytes:
        stream, written = uuid4(), io.BytesIO()
        begin = '{"schema":1,"recorded_at":"2026-01-01T00:00:00Z",'
        state = f'{begin}"previous":"{FIRST_HASH.hex()}","salt":"{0:032x}","payload":{payload}}}'.encode()
        digest = fact_hash(stream, 1, topic, state)
        with psycopg.connect(database.owner_url) as connection:
            connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER")
            connection.execute(
                "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash, notification_id)"
                " VALUES (%s, 1, %s, %s, %s, 8)",
                (stream, topic, state, digest),
            )
        ledger: Any = open_ledger(database.app_url)
        try:
            write_proof(written, ledger, Notary(ledger, [SEED]), [stream])
        finally:
            ledger.close()
        return written.getvalue()

    return proven


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("PersonErased", "{}"),
        ("PersonErased", "[]"),
        ("PersonErased", "{"),
        ("RequestFiled", '"media_type":"'),
        ("RequestFiled", '{"media_type":"", "id":1,"version":[],"title":2,"sha256":{}}'),
        ("RequestFiled", '[[{"media_type":"x"' + "[" * 100_000),
    ],
)
def test_no_fact_makes_the_verifier_fall(archive: Archive, topic: str, payload: str) -> None:
    found = verify(archive(topic, payload), Asked())
    assert (found.status, [fault.where for fault in found.faults]) == (1, ["faits.txt"])
    assert sentence_of(found).startswith("NON PROUVÉ")


def test_a_terminal_is_told_nothing_by_titles(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = '{"media_type":"x","id":"P1","version":1,"title":"a\\u001b[2J\\nPROUV\\u009b\\u202e","sha256":"00"}'
    (tmp_path / "preuve.zip").write_bytes(archive("RequestFiled", document))
    assert main([str(tmp_path / "preuve.zip")]) == 3
    told = capsys.readouterr().out
    assert "« a?[2J?PROUV?? »" in told
    assert all(line.isprintable() for line in told.splitlines())


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
