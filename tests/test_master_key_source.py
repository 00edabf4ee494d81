"""A master key from a variable, a file or a program; a fault is told and a key never is."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.settings import Settings
from ledger.settings_reader import SettingsError

ROOT = Path(__file__).resolve().parents[1]
KEY = bytes(range(100, 132))
TEXT = base64.b64encode(KEY).decode()
OTHER = bytes(range(50, 82))
PROGRAM = """
import base64, sys
# What a real one asks its management system for: here each byte is turned round.
text = sys.stdin.readline().strip()
assert TEXT_IS_NO_ARGUMENT not in sys.argv
raw = bytes(255 - each for each in base64.b64decode(text))
assert sys.argv[1] in {"wrap", "unwrap"}
print(base64.b64encode(raw).decode())
"""


def program(folder: Path, source: str) -> str:
    path = folder / "kms.py"
    path.write_text(source.replace("TEXT_IS_NO_ARGUMENT", "text"))
    return f"{sys.executable} '{path}'"


def closed(path: Path, text: str, mode: int = 0o600) -> str:
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def read(folder: Path, **environ: str) -> Settings:
    return Settings.from_environment({"SMOE_DATA_DIR": str(folder), **environ})


def problems(folder: Path, **environ: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read(folder, **environ)
    told = str(refused.value)
    assert TEXT not in told
    assert KEY.hex() not in told
    return told


def test_a_key_comes_from_a_file_that_others_cannot_open(tmp_path: Path) -> None:
    path = closed(tmp_path / "key", TEXT + "\n")
    assert read(tmp_path, SMOE_MASTER_KEY_FILE=path).master_key == KEY
    other = closed(tmp_path / "other", base64.b64encode(OTHER).decode(), 0o440)
    found = read(tmp_path, SMOE_MASTER_KEY_FILE=path, SMOE_OTHER_MASTER_KEY_FILES=other)
    assert found.other_master_keys == (OTHER,)
    assert read(tmp_path, SMOE_MASTER_KEY=TEXT, SMOE_OTHER_MASTER_KEYS=TEXT).other_master_keys == (KEY,)


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o660, 0o602, 0o777])
def test_a_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    path = closed(tmp_path / "key", TEXT, mode)
    assert "est ouvert à d'autres que son compte" in problems(tmp_path, SMOE_MASTER_KEY_FILE=path)


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    assert "No such file" in problems(tmp_path, SMOE_MASTER_KEY_FILE=str(tmp_path / "absent"))
    assert "n'est pas un fichier" in problems(tmp_path, SMOE_MASTER_KEY_FILE=str(tmp_path))
    assert "n'est pas une clé" in problems(tmp_path, SMOE_MASTER_KEY_FILE=closed(tmp_path / "key", "rien"))
    both = {"SMOE_MASTER_KEY": TEXT, "SMOE_MASTER_KEY_FILE": closed(tmp_path / "key", TEXT)}
    assert "de deux façons" in problems(tmp_path, **both)


def test_a_program_unwraps_the_key(tmp_path: Path) -> None:
    wrapped = base64.b64encode(bytes(255 - each for each in KEY)).decode()
    command = program(tmp_path, PROGRAM)
    assert read(tmp_path, SMOE_KMS_COMMAND=command, SMOE_MASTER_KEY=wrapped).master_key == KEY
    path = closed(tmp_path / "key", wrapped)
    assert read(tmp_path, SMOE_KMS_COMMAND=command, SMOE_MASTER_KEY_FILE=path).master_key == KEY


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import sys; sys.stderr.write(sys.stdin.read()); sys.exit(3)", "a échoué (code 3)"),
        ("print('a'); print('b')", "une seule ligne"),
        ("", "une seule ligne"),
        ("print('rien')", "n'est pas une clé"),
        ("import sys; sys.stdout.buffer.write(bytes([255, 254]))", "par un texte"),
        ("import os; print(sorted(n for n in os.environ if n.startswith('SMOE_')), os.environ['X'])", "code 1"),
    ],
)
def test_a_program_that_fails_is_told_without_what_it_was_given(tmp_path: Path, source: str, told: str) -> None:
    command = program(tmp_path, source)
    assert told in problems(tmp_path, SMOE_KMS_COMMAND=command, SMOE_MASTER_KEY=TEXT)


def test_a_program_that_is_none_is_told(tmp_path: Path) -> None:
    assert "ne démarre pas" in problems(tmp_path, SMOE_KMS_COMMAND=str(tmp_path / "none"), SMOE_MASTER_KEY=TEXT)
    assert "guillemet" in problems(tmp_path, SMOE_KMS_COMMAND="'x", SMOE_MASTER_KEY=TEXT)


def test_a_new_key_is_written_once_and_wrapped(tmp_path: Path) -> None:
    out, command = tmp_path / "new", program(tmp_path, PROGRAM)

    def draw() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", "keys", "new", "--out", str(out)],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "SMOE_KMS_COMMAND": command, "SMOE_DATA_DIR": str(tmp_path / "d")},
            capture_output=True,
            text=True,
            check=False,
        )

    first = draw()
    assert first.returncode == 0, first.stderr
    assert out.stat().st_mode & 0o777 == 0o600
    found = read(tmp_path, SMOE_KMS_COMMAND=command, SMOE_MASTER_KEY_FILE=str(out)).master_key
    assert len(found) == 32
    assert base64.b64decode(out.read_text()) == bytes(255 - each for each in found)
    assert base64.b64encode(found).decode() not in first.stdout + first.stderr
    again = draw()
    assert (again.returncode, "ne peut pas être écrit" in again.stderr) == (1, True)
