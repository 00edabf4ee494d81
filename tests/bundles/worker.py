"""A worker that builds bundles with doubles, as a process of its own: it is there to be killed."""

import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

import cli.worker
from documents.bundle.building import BuildImpossible, Listed, Makers, Order, Written
from documents.bundle.makers import makers_of
from documents.bundle.numbered import Numbered, Shown, SourceFile
from domain.reference.load import load_reference
from ledger.desk import Desk, open_ledger
from ledger.proofs.notary import Notary
from ledger.proofs.proof import Pinned, write_pinned_proof
from ledger.settings import Settings
from reactions.bundles import Bundles
from tests.bundles.doubles import makers_for


def makers(desk: Desk, settings: Settings, order: Order) -> Makers:
    """The doubles, with a proof of the ledger; each exhibit takes a moment."""
    notary = Notary(desk.ledger, settings.checkpoint_keys)

    def proof(target: BinaryIO) -> Pinned:
        return write_pinned_proof(target, desk.ledger, notary, order.stream, order.order.version)

    return msgspec.structs.replace(makers_for(order, slow_seconds=0.02), proof=proof)


def slow(desk: Desk, settings: Settings, order: Order) -> Makers:
    """Doubles that take a minute for each exhibit."""
    return makers_for(order, slow_seconds=60)


def failing(desk: Desk, settings: Settings, order: Order) -> Makers:
    """Doubles of which one fails, whatever is tried."""

    def brief(listed: Sequence[Listed]) -> Written:
        raise RuntimeError("no such thing")

    return msgspec.structs.replace(makers_for(order), brief=brief)


def impossible(desk: Desk, settings: Settings, order: Order) -> Makers:
    """Doubles of which one says that no try would help."""

    def brief(listed: Sequence[Listed]) -> Written:
        raise BuildImpossible("Le mémoire cite un fait qui n'est plus là.")

    return msgspec.structs.replace(makers_for(order), brief=brief)


def dying(desk: Desk, settings: Settings, order: Order) -> Makers:
    """Doubles of which one takes its process with it, as a broken library does."""

    def show(exhibit: Numbered, sources: Sequence[SourceFile], folder: Path) -> Shown:
        os.kill(os.getpid(), signal.SIGSEGV)
        raise AssertionError

    return msgspec.structs.replace(makers_for(order), shown=show)


def real(desk: Desk, settings: Settings, order: Order) -> Makers:
    """Those of the service."""
    return makers_of(desk, settings, order)


def main(told: str, makers_named: str = "makers") -> None:
    """Build until told to stop; the settings come as the environment does, in JSON."""
    settings = Settings.from_environment(json.loads(told))
    ledger = open_ledger(settings)
    stop = threading.Event()
    bundles = Bundles(Desk(ledger, load_reference()), settings, globals()[makers_named], stop, retry_seconds=0.1)
    print("ready", flush=True)
    # As the worker of the service does, only more often.
    cli.worker.REACTION_SECONDS = cli.worker.RETRY_SECONDS = 0.02  # type: ignore[misc]
    cli.worker.react(settings, (bundles,), stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
