"""The demonstration: invented cases for whoever starts smoe for the first time."""

from typing import Final

import click

from cli.simulate import simulate
from domain.administration import ADMINISTRATION_STREAM
from ledger.desk import open_ledger
from ledger.settings import Settings

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
    ledger = open_ledger(settings, pool_size=1)
    try:
        administration, _ = ledger.head(ADMINISTRATION_STREAM)
        return len(ledger.read_raw(0, administration + 1)) > administration
    finally:
        ledger.close()
