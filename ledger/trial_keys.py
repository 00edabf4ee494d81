"""What a trial draws for itself: its data folder, closed to others, and its keys, drawn once."""

import base64
import json
import os
import secrets
from pathlib import Path

import msgspec

from ledger.settings_reader import MASTER_KEY_BYTES, SettingsError


def development_keys(data_dir: Path) -> tuple[str, bytes]:
    """Draw the keys of a trial installation once, readable by this account only, and read them ever after."""
    path = data_dir / "keys.json"
    make_private(data_dir)
    if not path.exists():
        drawn = {
            "secret_key": secrets.token_urlsafe(48),
            "master_key": base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode(),
        }
        draft = data_dir / f"keys.{os.getpid()}.json"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(drawn, file)
        try:
            # A link never replaces: of two first starts at once, both use the keys of the faster one.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    keys = stored_keys(path)
    return keys["secret_key"], base64.b64decode(keys["master_key"])


def stored_keys(path: Path) -> dict[str, str]:
    return msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if os.access(path, os.R_OK) else {}


def make_private(folder: Path) -> None:
    """Create a data folder closed to others; root leaves passage to the account that PostgreSQL runs under."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise SettingsError((f"SMOE_DATA_DIR : {folder} ne peut pas être créé ({error.strerror}).",)) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError((f"SMOE_DATA_DIR : {folder} n'est pas modifiable par ce compte.",))
