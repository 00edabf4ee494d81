"""`smoe erasure`: where ordered erasures are, and the rewriting of what they left on disk."""

import time
from typing import Any, Final

import click
import psycopg
from psycopg import Connection

from cli.embedded import ServerError
from documents.storage import Files
from documents.uploads import Uploads
from domain.reference.load import load_reference
from ledger.desk import open_ledger
from ledger.histories import AnyEvent
from ledger.logs import silence_logs
from ledger.secrets import with_secrets
from ledger.settings import Settings
from ledger.store import Ledger
from projections.erasures import BLOCKING, Remaining, erasures
from projections.progress import lag
from projections.runner import AlreadyRunning, Runner
from reactions.erasure import FILES_LEFT, Erasure, FilesOfErased
from reactions.scrubbing import Busy, Scrubbed, Scrubbing

WAIT_SECONDS_MAX: Final = 60.0
LOOK_SECONDS: Final = 0.2

REMAINING_TITLES: Final[dict[Remaining, str]] = {
    Remaining.STILL_READ: "une transaction ancienne retient encore des lignes effacées : recommencez après sa fin",
    Remaining.TABLE_BUSY: "une table est restée occupée et n'a pas été réécrite : recommencez",
    Remaining.BUILDING: "une vue se construit et garde peut-être d'anciennes lignes : recommencez ensuite",
    Remaining.NO_CHECKPOINT: "le compte propriétaire n'a pas le droit d'exécuter CHECKPOINT (rôle pg_checkpoint)",
    Remaining.NO_SWITCH: "le compte propriétaire n'a pas le droit de changer de segment du journal (pg_switch_wal)",
    Remaining.JOURNAL_RECYCLED: "PostgreSQL réemploie les segments de son journal (wal_recycle) : il faut off",
    Remaining.JOURNAL_ARCHIVED: "le journal de PostgreSQL est archivé : les archives gardent les anciens octets",
    Remaining.JOURNAL_KEPT: "des segments du journal sont retenus pour des répliques (wal_keep_size ou un emplacement)",
    Remaining.STATEMENTS_LOGGED: "PostgreSQL écrit des requêtes ou leurs valeurs dans son journal d'exploitation",
    Remaining.BACKUPS: "les sauvegardes antérieures gardent les données jusqu'à leur expiration",
}
"""How French names each."""


def show(settings: Settings) -> None:
    """Tell of each erasure when its key was destroyed and whether the disk was rewritten since."""
    with psycopg.connect(settings.database_url, application_name="smoe-erasure") as connection:
        found = erasures(connection)
    for each in found:
        when = f"{each.erased_at:%Y-%m-%d %H:%M}"
        done = f"disque réécrit le {each.scrubbed_at:%Y-%m-%d %H:%M}" if each.scrubbed_at else "effacement en cours"
        click.echo(f"{each.person}  clé détruite le {when} UTC, {done}")
    click.echo(f"{len(found)} effacements, dont {sum(each.scrubbed_at is None for each in found)} en cours.")


def scrub(settings: Settings) -> int:
    """Bring the read models up to date, destroy every key that is due, rewrite, and say what is left; 1 if not all."""
    silence_logs()
    settings = with_secrets(settings)
    ledger = open_ledger(settings, pool_size=2)
    try:
        with psycopg.connect(
            settings.owner_database_url, autocommit=True, application_name="smoe-erasure"
        ) as connection:
            _tell_all(ledger, settings, connection)
            Erasure(ledger.keys).run_once(connection)
            remove_files(ledger, settings, connection)
            try:
                done = Scrubbing(connection).run()
            except Busy:
                raise ServerError("Une réécriture est déjà en cours : attendez sa fin.") from None
    finally:
        ledger.close()
    click.echo(told(done))
    return 1 if BLOCKING & set(done.remaining) else 0


def remove_files(ledger: Ledger[AnyEvent], settings: Settings, connection: Connection[Any]) -> None:
    """Remove the files of each case in which somebody was erased; raises ServerError where the store fails."""
    uploads = Uploads.of(settings)
    try:
        reaction = FilesOfErased(Files(settings.files_url, ledger.keys), uploads)
        reaction.run_once(connection)
        left = connection.execute(FILES_LEFT).fetchall()
    finally:
        uploads.close()
    if left:
        raise ServerError(
            f"Les fichiers de {len(left)} dossiers n'ont pas pu être supprimés du dépôt : rien n'a été réécrit."
        )


def told(done: Scrubbed) -> str:
    """One line on what was done, and what remains."""
    left = " ; ".join(REMAINING_TITLES[each] for each in done.remaining)
    return f"Réécrit : {done.tables} tables en {done.seconds:.1f} s. Reste : {left}."


def _tell_all(ledger: Ledger[AnyEvent], settings: Settings, connection: Connection[Any]) -> None:
    """Wait for the worker that follows the ledger, or follow it here; what the views still show would be copied."""
    last = ledger.last_position()
    runner = Runner(ledger, settings.owner_database_url, reference=load_reference(), check_key=settings.check_key)
    until = time.monotonic() + WAIT_SECONDS_MAX
    try:
        while not lag(connection, last).is_current:
            try:
                runner.run_until_current()
            except AlreadyRunning:
                time.sleep(LOOK_SECONDS)
            if time.monotonic() > until:
                raise ServerError("Les vues restent en retard sur le registre : rien n'a été réécrit.")
    finally:
        runner.close()
