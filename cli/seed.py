"""The demonstration: invented cases for whoever starts smoe for the first time."""

from typing import Final

import click

from cli.simulate import EVENT_TYPES, AnyEvent, simulate
from domain.administration import ADMINISTRATION_STREAM
from ledger.settings import Settings
from ledger.store import Ledger

CASES: Final = 300
SEED: Final = 1


def seed_demonstration(settings: Settings) -> None:
    """Record the demonstration's staff and delegations, then its cases, unless the ledger holds cases already."""
    if holds_cases(settings):
        click.echo("La base contient déjà des dossiers : la démonstration n'est pas ajoutée.")
        return
    simulate(settings, cases=CASES, seed=SEED)


def holds_cases(settings: Settings) -> bool:
    """Whether anything but the administration was ever recorded."""
    ledger: Ledger[AnyEvent] = Ledger(
        settings.database_url,
        event_types=EVENT_TYPES,
        master_key=settings.master_key,
        code_version=settings.code_version,
        pool_size=1,
    )
    try:
        administration, _ = ledger.head(ADMINISTRATION_STREAM)
        return len(ledger.read_raw(0, administration + 1)) > administration
    finally:
        ledger.close()
