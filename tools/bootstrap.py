"""Prepare `.venv` from a lock file with nothing but the standard library, so that a bare Python and make are enough."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
OLDEST = (3, 11)


def main(lock_name: str) -> int:
    """Install what `lock_name` pins unless the stamp says it is there; a reader without write access may still run."""
    if sys.version_info < OLDEST:
        return refuse(f"Python {OLDEST[0]}.{OLDEST[1]} ou plus récent est nécessaire ; celui-ci est {sys.version}.")
    wanted = hashlib.sha256((ROOT / lock_name).read_bytes()).hexdigest()
    if wanted in installed():
        return 0
    if VENV.is_symlink():
        return refuse(".venv est un lien vers l'environnement d'un autre dossier, qui serait vidé : supprimez le lien.")
    if not os.access(ROOT, os.W_OK):
        return refuse(f"Le dossier {ROOT} n'est pas modifiable par ce compte : copiez le projet ailleurs.")
    # Two starts at once share the environment; this very file serves as the lock, so that none is left behind.
    with Path(__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if wanted in installed():
            return 0
        return install(lock_name, wanted)


def installed() -> list[str]:
    """Read the fingerprints of the locks in place; none when the environment does not start here."""
    if not STAMP.exists():
        return []
    stamp = json.loads(STAMP.read_text())
    # A moved or copied tree carries an environment whose scripts and interpreter point elsewhere.
    return list(stamp["locks"]) if stamp["root"] == str(ROOT) and runs(PYTHON) else []


def runs(python: Path) -> bool:
    """Say whether the environment's interpreter still starts, since the Python it came from may have been removed."""
    try:
        return subprocess.run([python, "-I", "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def install(lock_name: str, wanted: str) -> int:
    """Create the environment when needed, install with hashes, and stamp only a success."""
    present = installed()
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if not os.environ.get("HOME"):
        environment["PIP_NO_CACHE_DIR"] = "1"
    if not present:
        print("Création de l'environnement Python (.venv)…", flush=True)
        if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], env=environment, check=False).returncode:
            return refuse("Le module venv de Python manque ou échoue (sous Debian : apt-get install python3-venv).")
    print(f"Installation des paquets de {lock_name}…", flush=True)
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--require-hashes", "--no-deps"]
    outcome = subprocess.run([*pip, "--requirement", ROOT / lock_name], env=environment, check=False)
    if outcome.returncode:
        return refuse("L'installation a échoué (voir ci-dessus) ; relancez la commande, elle reprendra.")
    STAMP.write_text(json.dumps({"root": str(ROOT), "locks": [*present, wanted]}))
    return 0


def refuse(message: str) -> int:
    """Print why nothing can start and give the exit status that make reports."""
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
