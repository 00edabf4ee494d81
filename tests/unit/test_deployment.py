"""What the image holds and what the compose file asks for: nothing that is not needed, no secret of ours."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
SECRET = re.compile(r"^ *(?P<name>\w*(?:PASSWORD|SECRET|_KEYS?)): (?P<value>.+)$", re.MULTILINE)
IN_ADDRESS = re.compile(r"://\w+:(?P<value>[^@\s]+)@")


def test_the_image_is_copied_from_listed_folders_only() -> None:
    """Neither the repository's past, nor tests, nor data and keys of a trial get in by being there."""
    assert IGNORED[0] == "*"
    allowed = {line[1:] for line in IGNORED if line.startswith("!")}
    packages = {"domain", "ledger", "projections", "reactions", "documents", "api", "cli", "verifier"}
    assert allowed - packages <= {"migrations", "pyproject.toml", "requirements.lock"}
    assert all((ROOT / each).exists() for each in allowed)


def test_every_secret_must_be_given() -> None:
    """The compose file has none of its own: it stops where one is missing, or leaves it to the settings to do so."""
    named = [found["value"] for found in SECRET.finditer(COMPOSE)]
    in_addresses = [found["value"] for found in IN_ADDRESS.finditer(COMPOSE)]
    assert len(named) >= 4
    assert len(in_addresses) >= 2
    for value in (*named, *in_addresses):
        assert re.fullmatch(r"\$\{\w+:[?-]\}", value), value
    assert all(value.endswith(":?}") for value in in_addresses)


def test_programs_run_without_rights_and_nothing_listens_to_everybody() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER smoe$", dockerfile, re.MULTILINE)
    assert "--require-hashes" in dockerfile
    for wanted in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert wanted in COMPOSE
    ports = re.findall(r"^ *- \"([^\"]+:\d+)\"$", COMPOSE, re.MULTILINE)
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_a_program_that_may_write_nowhere_else_has_a_folder_for_what_is_passing() -> None:
    """A service that says its own `tmpfs` says it in the place of the common one."""
    services = yaml.safe_load(COMPOSE)["services"]
    closed = {name: service for name, service in services.items() if service.get("read_only")}
    assert set(closed) == {"migrate", "api", "worker"}
    assert [name for name, service in closed.items() if "/tmp" not in service["tmpfs"]] == []
