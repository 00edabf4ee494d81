"""Secrets that outlive the master key they were first made of: kept wrapped, as persons' keys are."""

from collections.abc import Mapping
from typing import Final

import msgspec
import psycopg
from psycopg.rows import tuple_row

from ledger.master_keys import MasterKeys, MasterKeyUnknown, master_id_of
from ledger.settings import SECRETS, Settings, derived

_KEPT: Final = "SELECT name, master_id, wrapped FROM ledger.secrets"
_OF_MOST: Final = "SELECT master_id FROM ledger.person_keys GROUP BY master_id ORDER BY count(*) DESC, master_id"


def about(name: str) -> bytes:
    """What a wrapped secret is bound to."""
    return b"smoe-secret-1" + name.encode()


def with_secrets(settings: Settings) -> Settings:
    """Complete settings with the secrets that the database keeps, taken over once from the master key of its persons.

    Those that depend on no database (before the first migration) stay as the master key makes them. Raises
    MasterKeyUnknown.
    """
    masters = MasterKeys(settings.master_key, settings.other_master_keys)
    with psycopg.connect(settings.database_url, row_factory=tuple_row, application_name="smoe-secrets") as connection:
        if connection.execute("SELECT to_regclass('ledger.secrets')").fetchone() == (None,):
            return settings
        kept = {name: (master_id, bytes(wrapped)) for name, master_id, wrapped in connection.execute(_KEPT)}
        if kept.keys() != SECRETS.keys():
            by_use = [master_id for (master_id,) in connection.execute(_OF_MOST)]
            if by_use and not set(by_use) & set(masters.held):
                # A database of another master key: nothing is kept there that its own processes would not know.
                return settings
            first = _first_master_key(settings, by_use)
            new = {name: derived(first, name) for name in SECRETS if name not in kept}
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO ledger.secrets (name, master_id, wrapped) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                    [(name, masters.current, masters.wrap(raw, about(name))) for name, raw in new.items()],
                )
            # Another process may have been faster, and what it kept is what holds.
            kept = {name: (master_id, bytes(wrapped)) for name, master_id, wrapped in connection.execute(_KEPT)}
    return msgspec.structs.replace(settings, secrets=_opened(masters, kept))


def _opened(masters: MasterKeys, kept: Mapping[str, tuple[str, bytes]]) -> dict[str, bytes]:
    found = {}
    for name, (master_id, wrapped) in kept.items():
        try:
            found[name] = masters.unwrap(master_id, wrapped, about(name))
        except MasterKeyUnknown as error:
            raise MasterKeyUnknown(f"secret {name} {error}") from None
    return found


def _first_master_key(settings: Settings, by_use: list[str]) -> bytes:
    """The master key that most persons' keys are wrapped by: what was made of it is what the data bears."""
    held = {master_id_of(key): key for key in (settings.master_key, *settings.other_master_keys)}
    return next((held[master_id] for master_id in by_use if master_id in held), settings.master_key)
