"""What is locked is judged: from the files always, by who knows of vulnerabilities where one answers."""

import json
import tomllib
from email.message import Message

import pytest

from tools import dependencies
from tools.dependencies import (
    LICENCES,
    LOCKS,
    ROOT,
    RUNTIME_LOCK,
    Told,
    audited_by_npm,
    audited_by_pip,
    lacking,
    licences_of,
    locked_in,
    wrong_licences,
    wrong_node_locks,
)

HASH = "sha256:" + "a" * 64


@pytest.mark.parametrize("name", LOCKS)
def test_our_own_locks_are_whole(name: str) -> None:
    packages, faults = locked_in((ROOT / name).read_text())
    assert faults == []
    assert len(packages) > 40
    assert sum(package.hashes for package in packages) > len(packages)


@pytest.mark.parametrize("name", LOCKS)
def test_our_own_locks_hold_all_that_is_asked_for(name: str) -> None:
    """An environment that was made by hand hides what is missing: a fresh one is made of the lock alone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = () if name == RUNTIME_LOCK else tuple(project["optional-dependencies"])
    packages, _ = locked_in((ROOT / name).read_text())
    assert lacking(project, packages, extras) == []


def test_what_is_distributed_may_be_combined_with_our_licence() -> None:
    packages, _ = locked_in((ROOT / RUNTIME_LOCK).read_text())
    assert wrong_licences(packages, LICENCES) == []
    assert wrong_licences(packages, frozenset()), "a licence that is not allowed is told"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"a==1.0 --hash={HASH}\n", None),
        (f"a==1.0 ; python_version < '4' \\\n    --hash={HASH} \\\n    --hash={HASH}\n    # via b\n", None),
        ("a==1.0\n", "a 1.0 n'a pas d'empreinte"),
        ("a==1.0 --hash=sha256:abc\n", "a 1.0 n'a pas d'empreinte"),
        ("a==1.0 --hash=md5:" + "a" * 64, "a 1.0 n'a pas d'empreinte"),
        (f"a>=1.0 --hash={HASH}\n", "« a>=1.0"),
        ("git+https://example.test/a.git\n", "« git+https"),
        ("-e .\n", "« -e ."),
        (f"python_jose==3.3.0 --hash={HASH}\n", "python-jose n'est plus entretenu"),
    ],
)
def test_a_lock_that_pins_nothing(text: str, fault: str | None) -> None:
    _, faults = locked_in(f"# a remark\n{text}")
    assert [each.startswith(fault) for each in faults] == [True] if fault else faults == []


def test_what_is_asked_for_and_not_locked() -> None:
    packages, _ = locked_in(f"litestar==2.0 --hash={HASH}\n")
    project = {"dependencies": ["litestar[structlog]>=2", "Red_Is>=5"], "optional-dependencies": {"dev": ["ruff"]}}
    assert lacking(project, packages, ()) == ["red-is est demandé mais pas figé"]
    assert lacking(project, packages, ("dev",))[-1] == "ruff est demandé mais pas figé"


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([("License-Expression", "Apache-2.0 OR BSD-3-Clause")], ["Apache-2.0", "BSD-3-Clause"]),
        ([("License-Expression", "MIT AND GPL-3.0-only")], ["MIT AND GPL-3.0-only"]),
        ([("Classifier", "License :: OSI Approved :: MIT License"), ("License", "whatever")], ["MIT"]),
        ([("License", "MPL-2.0")], ["MPL-2.0"]),
        ([("License", "")], []),
        ([], []),
    ],
)
def test_licences(headers: list[tuple[str, str]], found: list[str]) -> None:
    metadata = Message()
    for name, value in headers:
        metadata[name] = value
    assert licences_of(metadata) == found


def pip(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_what_pip_audit_finds() -> None:
    sound = {"name": "a", "version": "1", "vulns": []}
    weak = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3", "4"]}]}
    unknown = {"name": "c", "skip_reason": "not found"}
    assert audited_by_pip(pip(sound), "") == Told()
    assert audited_by_pip(pip(sound, weak), "") == Told(("b 2 : PYSEC-1, corrigé en 3, 4",))
    assert audited_by_pip(pip(sound, unknown), "").silence == "1 paquets sur 2 n'y sont pas connus"
    assert audited_by_pip(pip(weak, unknown), "").findings, "told all the same"


def test_none_found_of_none_known_is_no_clean_bill() -> None:
    unknown = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1)"}
    assert audited_by_pip(pip(unknown, unknown), "No known vulnerabilities found").silence
    assert audited_by_pip("", "ConnectionError: no route").silence == "ConnectionError: no route"
    assert audited_by_pip("[]", "").silence


def test_what_npm_audit_finds() -> None:
    assert audited_by_npm('{"vulnerabilities": {}}', "") == Told()
    assert audited_by_npm('{"vulnerabilities": {"x": {"severity": "high"}}}', "") == Told(("x : high",))
    assert audited_by_npm('{"message": "405 Method Not Allowed"}', "").silence == "405 Method Not Allowed"
    assert audited_by_npm("", "ENOTFOUND").silence == "ENOTFOUND"


def test_node_packages_without_a_hash() -> None:
    lock = {"packages": {"": {}, "node_modules/a": {"integrity": "sha512-x"}, "node_modules/b": {}}}
    assert wrong_node_locks(lock) == ["node_modules/b n'a pas d'empreinte"]


@pytest.mark.parametrize(
    ("told", "status", "output"),
    [
        (Told(), 0, "0 vulnérabilités connues"),
        (Told(silence="injoignable"), 0, "NON VÉRIFIÉES"),
        (Told(("b 2 : PYSEC-1",)), 1, "VULNÉRABLE, b 2 : PYSEC-1"),
        (Told(("b 2 : PYSEC-1",), "le reste inconnu"), 1, "VULNÉRABLE, b 2 : PYSEC-1"),
    ],
)
def test_a_finding_fails_and_a_silence_is_told(
    told: Told, status: int, output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dependencies, "sources", lambda: [("a source", told)])
    assert dependencies.main() == status
    assert output in "".join(capsys.readouterr())
