"""Judge what is locked: what can be told from the files always, known vulnerabilities where a source can be reached.

Without a source the check says so and passes: a build must not depend on somebody else's server being up. What a source
does tell of fails it, as does anything wrong in the files.
"""

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
RUNTIME_LOCK: Final = "requirements.lock"
LOCKS: Final = (RUNTIME_LOCK, "requirements-dev.lock")
SECONDS_MAX: Final = 120

LICENCES: Final = frozenset(
    {
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "ISC",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "Apache-2.0",
        "PSF-2.0",
        "MPL-2.0",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
    }
)
"""Of what is distributed with us: those that EUPL-1.2 may be combined with as a library."""
TOOL_LICENCES: Final = LICENCES | {"GPL-3.0-or-later", "GPL-2.0-only", "Public Domain"}
"""Of what only tests and checks use, which nobody is given."""
NAMES: Final = {
    "apache software license": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "mit license": "MIT",
    "isc license (iscl)": "ISC",
    "bsd-3-clause, apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
    "python software foundation license": "PSF-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.1-or-later",
    "gnu general public license v2 (gplv2)": "GPL-2.0-only",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
}
"""What licences are called where no identifier is given. One of them is pypdfium2's, whose « dependency
licenses » are those of what PDFium is built with: permissive ones all, kept beside the library in its wheel."""
ABANDONED: Final = {
    "aioredis": "redis",
    "jwt": "joserfc",
    "nose": "pytest",
    "passlib": "argon2-cffi",
    "psycopg2": "psycopg",
    "pycrypto": "cryptography",
    "python-jose": "joserfc",
    "pytz": "zoneinfo",
    "toml": "tomllib",
}
"""Packages without upkeep, or superseded by their own authors, and what took their place."""

_PINNED: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)")


class Locked(NamedTuple):
    """A package as a lock file pins it."""

    name: str
    version: str
    hashes: int


class Told(NamedTuple):
    """What a source of vulnerabilities told: findings, or why it told nothing."""

    findings: tuple[str, ...] = ()
    silence: str = ""


def normal(name: str) -> str:
    """The one spelling of a package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


# From the files alone


def entries(text: str) -> Iterator[str]:
    """The requirements of a lock file, each on one line."""
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if (entry := line.partition(" #")[0].strip()) and not entry.startswith("#"):
            yield entry


def locked_in(text: str) -> tuple[list[Locked], list[str]]:
    """The packages of a lock file, and what is wrong with it."""
    found, faults = [], []
    for entry in entries(text):
        pinned = _PINNED.match(entry)
        if pinned is None:
            faults.append(f"« {entry[:60]} » n'est pas une version figée")
            continue
        package = Locked(normal(pinned["name"]), pinned["version"], len(_HASH.findall(entry)))
        if not package.hashes:
            faults.append(f"{package.name} {package.version} n'a pas d'empreinte")
        if package.name in ABANDONED:
            faults.append(f"{package.name} n'est plus entretenu : {ABANDONED[package.name]} l'a remplacé")
        found.append(package)
    return found, faults


def lacking(project: Mapping[str, Any], locked: Sequence[Locked], extras: Sequence[str]) -> list[str]:
    """What the project asks for and the lock does not hold."""
    asked = list(project["dependencies"])
    for extra in extras:
        asked += project["optional-dependencies"][extra]
    names = {normal(re.split(r"[\s\[<>=!~;]", each)[0]) for each in asked}
    return [f"{name} est demandé mais pas figé" for name in sorted(names - {each.name for each in locked})]


def licences_of(metadata: Any) -> list[str]:
    """The identifiers of the licences one may choose between; the text as it stands where it names none we know."""
    if expression := metadata.get("License-Expression"):
        return [NAMES.get(each.lower(), each) for each in re.split(r" OR ", str(expression))]
    named = [each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier") or [] if each.startswith("License")]
    text = str(metadata.get("License") or "").strip().partition("\n")[0].strip()
    told = named or re.split(r" OR ", text)
    return [NAMES.get(each.lower(), each) for each in told if each]


def wrong_licences(packages: Sequence[Locked], allowed: frozenset[str]) -> list[str]:
    """The installed packages that may not be combined with our licence, or that do not say what theirs is."""
    faults = []
    for package in packages:
        try:
            metadata = importlib.metadata.metadata(package.name)
        except importlib.metadata.PackageNotFoundError:
            # Of another platform or version of Python.
            continue
        choices = licences_of(metadata)
        if not any(set(re.split(r" AND ", choice)) <= allowed for choice in choices):
            faults.append(f"{package.name} : licence {' ou '.join(choices) or 'non dite'}")
    return faults


def wrong_node_locks(lock: Mapping[str, Any]) -> list[str]:
    """Packages of a Node lock file without a hash."""
    return [
        f"{place} n'a pas d'empreinte"
        for place, each in lock.get("packages", {}).items()
        if place and not each.get("link") and not each.get("integrity")
    ]


# From who knows of vulnerabilities


def _output(command: Sequence[str], folder: Path = ROOT) -> tuple[str, str]:
    """Output and the last line of what went wrong of a command."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", type(error).__name__
    return done.stdout, done.stderr.strip().rpartition("\n")[2]


def audited_by_pip(output: str, error: str) -> Told:
    """What pip-audit says. It calls it no vulnerability when it has found none of the packages: that is a silence."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Told(silence=error[-200:] or "réponse illisible")
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    findings = tuple(
        f"{each['name']} {each['version']} : {found['id']}"
        + (f", corrigé en {', '.join(found['fix_versions'])}" if found.get("fix_versions") else "")
        for each in packages
        for found in each.get("vulns", ())
    )
    if len(skipped) == len(packages):
        return Told(silence="aucun paquet n'y est connu")
    if skipped:
        return Told(findings, f"{len(skipped)} paquets sur {len(packages)} n'y sont pas connus")
    return Told(findings)


def audited_by_npm(output: str, error: str) -> Told:
    """What `npm audit` says."""
    try:
        told = json.loads(output)
    except ValueError:
        return Told(silence=error[-200:] or "réponse illisible")
    if "vulnerabilities" not in told:
        return Told(silence=str(told.get("message") or told.get("error") or "réponse illisible")[:200])
    return Told(tuple(f"{name} : {each['severity']}" for name, each in told["vulnerabilities"].items()))


def sources(root: Path = ROOT) -> Iterator[tuple[str, Told]]:
    """Ask everybody who may know, one after the other."""
    for lock in LOCKS:
        command = [sys.executable, "-m", "pip_audit", "-r", lock, "--require-hashes", "--disable-pip"]
        command += ["--format", "json", "--progress-spinner", "off"]
        yield f"pip-audit, {lock}", audited_by_pip(*_output(command))
    for path in node_locks(root):
        if shutil.which("npm") is None:
            yield f"npm audit, {path}", Told(silence="npm n'est pas installé")
        else:
            command = ["npm", "audit", "--package-lock-only", "--json"]
            yield f"npm audit, {path}", audited_by_npm(*_output(command, root / path.parent))


def node_locks(root: Path) -> list[Path]:
    """The Node lock files that are ours."""
    found = (path.relative_to(root) for path in root.rglob("package-lock.json"))
    return sorted(path for path in found if not {"node_modules", ".venv"} & set(path.parts))


def main() -> int:
    """Judge everything; 1 when something is wrong."""
    faults = []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = {name: (ROOT / name).read_text() for name in LOCKS}
    for name, text in texts.items():
        packages, wrong = locked_in(text)
        wrong += lacking(project, packages, () if name == RUNTIME_LOCK else tuple(project["optional-dependencies"]))
        wrong += wrong_licences(packages, LICENCES if name == RUNTIME_LOCK else TOOL_LICENCES)
        faults += [f"{name} : {each}" for each in wrong]
        print(f"{name} : {len(packages)} paquets figés, {len(wrong)} défauts.")
    for path in node_locks(ROOT):
        faults += [f"{path} : {each}" for each in wrong_node_locks(json.loads((ROOT / path).read_text()))]
    silent = []
    for source, told in sources():
        faults += [f"{source} : VULNÉRABLE, {finding}" for finding in told.findings]
        if told.silence:
            silent.append(f"{source} : {told.silence}")
        else:
            print(f"{source} : {len(told.findings)} vulnérabilités connues.")
    if silent:
        print("ATTENTION, vulnérabilités connues NON VÉRIFIÉES, ou pas toutes (sans effet sur le résultat) :")
        print("\n".join(f"  - {each}" for each in silent))
    for fault in faults:
        print(f"DÉFAUT {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
