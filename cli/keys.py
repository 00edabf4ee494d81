"""`smoe keys`: which master key wraps what, a new one, and the rotation from one to the next."""

import base64
import os
import secrets
from pathlib import Path

import click
import psycopg

from cli.embedded import ServerError
from ledger.master_key_source import wrapped_by_program
from ledger.master_keys import KEY_BYTES, MasterKeys, MasterKeyUnknown, master_id_of
from ledger.rotation import connect, rotate, wrapped_by
from ledger.secrets import with_secrets
from ledger.settings import Settings


def show(settings: Settings) -> int:
    """Print what each master key wraps; 1 where one is needed that is not held."""
    masters = MasterKeys(settings.master_key, settings.other_master_keys)
    with psycopg.connect(settings.database_url, application_name="smoe-keys") as connection:
        found = {each.master_id: each for each in wrapped_by(connection)}
    for master_id in [*masters.held, *(found.keys() - set(masters.held))]:
        each = found.get(master_id)
        kind = "présente" if master_id == masters.current else "détenue" if master_id in masters.held else "ABSENTE"
        persons, kept = (each.persons, each.secrets) if each else (0, 0)
        click.echo(f"{master_id}  {kind:<9} {persons} clés de personnes, {kept} secrets")
    return 1 if found.keys() - set(masters.held) else 0


def turn(settings: Settings) -> int:
    """Wrap everything with the present master key; 1 where some of it is wrapped by one that is not held."""
    completed = with_secrets(settings)
    masters = MasterKeys(completed.master_key, completed.other_master_keys)
    try:
        with connect(completed.owner_database_url) as connection:
            done = rotate(connection, masters, lambda count: click.echo(f"  {count} clés…"))
    except MasterKeyUnknown as error:
        raise ServerError(f"Rotation arrêtée, une clé ne s'ouvre pas : {error}. Ce qui précède est fait.") from None
    click.echo(f"{done} clés de personnes sont passées sous la clé maîtresse {masters.current}.")
    return show(completed)


def new(settings: Settings, out: Path) -> None:
    """Draw a master key into a new file that this account alone reads, wrapped where a program does that."""
    key = secrets.token_bytes(KEY_BYTES)
    text = base64.b64encode(key).decode()
    if settings.kms_command:
        text = wrapped_by_program(settings.kms_command, text)
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
    except OSError as error:
        raise ServerError(f"{out} ne peut pas être écrit ({error.strerror}).") from None
    click.echo(f"Écrit : {out}. Nom de la clé : {master_id_of(key)}. Gardez-en une copie ailleurs que la base.")
