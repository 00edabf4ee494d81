"""A file that takes the examination over gains nothing and stops nothing: each attempt is made, in vain."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from documents.intake import Report, derived, examined, examining
from documents.intake.confinement import landlock_version
from domain.papers import FileFault

fenced = pytest.mark.skipif(landlock_version() < 1, reason="the kernel has no Landlock")
fenced_from_network = pytest.mark.skipif(landlock_version() < 4, reason="Landlock knows no network")

Try = Callable[[str], Report]


@pytest.fixture
def attempted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Try:
    """Has a process that was taken over try something."""
    monkeypatch.setattr(examining, "PROGRAM", "tests.misbehaving")
    monkeypatch.setattr(examining, "WALL_SECONDS_MAX", 2.0)

    def attempt(what: str) -> Report:
        path = tmp_path / "file"
        path.write_text(what)
        return examined(path, "", "")

    return attempt


@pytest.mark.parametrize("what", ["spin", "sleep", "leave", "swell", "crash", "babble", "flood"])
def test_what_breaks_or_outlasts_its_limits_is_told_as_an_examination_that_failed(attempted: Try, what: str) -> None:
    report = attempted(what)
    assert report.faults == (FileFault.EXAMINATION_FAILED,)
    assert report.media_type == "application/octet-stream"
    assert report.pages is None


def test_text_is_not_taken_from_what_breaks(attempted: Try, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("crash")
    with pytest.raises(examining.Failed):
        derived(tmp_path / "other", "application/pdf")


def test_no_secret_of_the_service_is_there(attempted: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SMOE_MASTER_KEY", "DATABASE_URL", "REDIS_URL", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "secret")
    assert attempted("secrets").media_type == "none"


@fenced
def test_no_other_file_is_read_nor_any_written_nor_a_program_started(attempted: Try, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    assert attempted(f"read {secret}").media_type == "no"
    assert attempted(f"read /proc/{os.getpid()}/environ").media_type == "no"
    assert attempted(f"write {tmp_path / 'new'}").media_type == "no"
    assert not (tmp_path / "new").exists()
    assert attempted(f"start {sys.executable}").media_type == "no"


@fenced_from_network
def test_nobody_is_reached(attempted: Try) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        assert attempted(f"connect {host}:{port}").media_type == "no"


@fenced
def test_the_attempts_are_possible_elsewhere(tmp_path: Path) -> None:
    """Else the tests above would say nothing."""
    from tests.misbehaving import can

    (tmp_path / "secret").write_text("secret")
    assert can("read", str(tmp_path / "secret"))
    assert can("write", str(tmp_path / "new"))
    assert can("start", "/bin/true")
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        assert can("connect", f"{host}:{port}")


def test_no_more_files_are_looked_at_at_once_than_memory_bears(attempted: Try) -> None:
    """While all places are taken a file waits, and is told not to have been examined rather than waited for longer."""
    taken = [examining._turns.acquire(blocking=False) for _ in range(examining.AT_ONCE_MAX)]
    try:
        assert all(taken)
        assert attempted("secrets").faults == (FileFault.EXAMINATION_FAILED,)
    finally:
        for _ in taken:
            examining._turns.release()
    assert attempted("secrets").faults == ()
