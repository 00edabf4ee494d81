"""A virus scanner is asked by its own protocol: what it says is a verdict, and nothing else is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.intake.scanner import CHUNK_BYTES_MAX, Judged, Scanner, ScannerDown
from documents.storage import FileErased
from domain.papers import ScanVerdict
from tests.scanning import MARK, SIGNATURE, VERSION, Clamd, scanner
from tests.servers import free_port

CLEAN = Judged(ScanVerdict.CLEAN, "", VERSION)
FAILED = Judged(ScanVerdict.FAILED, "", VERSION)


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with scanner() as server:
        yield server


def test_a_file_is_sent_whole_and_its_verdict_heard(clamd: Clamd) -> None:
    assert Scanner(clamd.url).judged([b"Contrat", b"", b" de travail"]) == CLEAN
    assert clamd.seen == [b"Contrat de travail"], "an empty piece in the midst does not end the file"


def test_a_virus_is_named(clamd: Clamd) -> None:
    parts = [MARK[:4], MARK[4:]]
    assert Scanner(clamd.url).judged(parts) == Judged(ScanVerdict.INFECTED, SIGNATURE, VERSION)


def test_a_long_part_is_sent_in_pieces(clamd: Clamd) -> None:
    clamd.length_max = 1 << 30
    assert Scanner(clamd.url).judged([bytes(2 * CHUNK_BYTES_MAX + 5)]) == CLEAN
    assert clamd.pieces == [CHUNK_BYTES_MAX, CHUNK_BYTES_MAX, 5]


@pytest.mark.parametrize("hangs_up", [False, True])
def test_a_file_longer_than_the_scanner_takes_is_not_judged(clamd: Clamd, hangs_up: bool) -> None:
    clamd.hangs_up = hangs_up
    assert Scanner(clamd.url).judged([bytes(CHUNK_BYTES_MAX)] * 40) == FAILED
    assert clamd.seen == []


def test_a_scanner_behind_a_socket_of_the_machine(tmp_path: Path) -> None:
    with scanner(tmp_path / "clamd") as server:
        assert Scanner(server.url).judged([b"Contrat"]) == CLEAN


def test_a_scanner_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    for url in (f"tcp://127.0.0.1:{free_port()}", f"unix://{tmp_path / 'nothing'}"):
        with pytest.raises(ScannerDown):
            Scanner(url).judged([b"Contrat"])


def test_what_answers_otherwise_is_no_verdict(clamd: Clamd) -> None:
    clamd.answers_nonsense = True
    with pytest.raises(ScannerDown, match="HTTP"):
        Scanner(clamd.url).judged([b"Contrat"])


def test_what_does_not_answer_is_no_verdict(clamd: Clamd) -> None:
    clamd.is_mute = True
    with pytest.raises(ScannerDown):
        Scanner(clamd.url).judged([b"Contrat"])


def test_what_the_file_raises_is_heard(clamd: Clamd) -> None:
    def erased() -> Iterator[bytes]:
        yield b"Con"
        raise FileErased

    with pytest.raises(FileErased):
        Scanner(clamd.url).judged(erased())
