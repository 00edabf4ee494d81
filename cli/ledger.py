"""`smoe ledger`: see how far the ledger has come, and let it go on after a restore into another cluster."""

import click
from psycopg import errors

from cli.embedded import ServerError, servers
from ledger.epochs import ORDINAL_BITS, Progress, begin_epoch, may_begin_epoch, progress
from ledger.settings import Settings

REASON = "smoe ledger continue"


def go_on(settings: Settings) -> None:
    """Begin an epoch where positions would fall, and say what it changed."""
    with servers(settings) as completed:
        address = completed.owner_database_url
        if not may_begin_epoch(address):
            raise ServerError(
                "Seul le compte propriétaire peut faire continuer le registre : donnez son adresse dans"
                " SMOE_OWNER_DATABASE_URL. Rien n'a été changé."
            )
        try:
            before, now = begin_epoch(address, REASON)
        except errors.LockNotAvailable:
            pids = ", ".join(str(holder.pid) for holder in progress(address).holders)
            raise ServerError(
                f"Des ajouts durent et tiennent encore la table (processus {pids or 'inconnu'}) : attendez leur fin,"
                " puis recommencez. Rien n'a été changé."
            ) from None
    if now == before:
        click.echo(f"Rien à faire : les positions montent déjà (base {now}).")
    else:
        click.echo(f"Le registre continue : base {now}, au lieu de {before}. Les nouvelles positions montent.")


def show(settings: Settings) -> int:
    """Print how far the ledger has come and who holds readers back; 1 where nothing may be added."""
    with servers(settings) as completed:
        found = progress(completed.database_url)
    for line in _lines(found):
        click.echo(line)
    if found.refusal is None:
        return 0
    click.echo(str(found.refusal), err=True)
    return 1


def _lines(found: Progress) -> list[str]:
    first, *later = found.epochs
    return [
        f"Dernière position : {found.last_position} (transaction {found.last_position >> ORDINAL_BITS})",
        f"Lisible sans risque sous : {found.horizon} (transaction {found.horizon >> ORDINAL_BITS})",
        f"Base des positions : {found.base}, depuis le {(later or [first])[-1].begun_at:%Y-%m-%d %H:%M} UTC",
        *[f"  {epoch.begun_at:%Y-%m-%d %H:%M} UTC : base {epoch.base} ({epoch.reason})" for epoch in found.epochs],
        "Retiennent les lecteurs :" if found.holders else "Personne ne retient les lecteurs.",
        *[
            f"  processus {holder.pid}"
            + (f", depuis {holder.seconds:.1f} s" if holder.seconds is not None else "")
            + (f" ({holder.application_name})" if holder.application_name else "")
            for holder in found.holders
        ],
    ]
