"""`smoe ledger checkpoint` and `proof`: what an auditor takes away."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import click

from cli.embedded import ServerError, servers
from ledger.desk import open_ledger
from ledger.proofs.archive import ArchiveTooLarge
from ledger.proofs.notary import Notary, NothingToProve
from ledger.proofs.proof import NoSuchStream, SizeUnknown, write_proof
from ledger.secrets import with_secrets
from ledger.settings import Settings

NOT_SETTLED: Final = "Une transaction qui dure retient les derniers faits : recommencez dans un instant."


def checkpoint(settings: Settings) -> None:
    """Print a checkpoint of all that is settled."""
    with servers(settings) as completed:
        ledger = open_ledger(completed)
        try:
            click.echo(Notary(ledger, with_secrets(completed).checkpoint_keys).checkpoint_of_now().note, nl=False)
        except NothingToProve:
            raise ServerError("Le journal est vide : il n'y a rien à signer.") from None
        finally:
            ledger.close()


def prove(settings: Settings, cases: Sequence[UUID], out: Path, since: int | None) -> None:
    """Write a proof, whole or not at all."""
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    with servers(settings) as completed:
        ledger = open_ledger(completed)
        try:
            with draft.open("xb") as target:
                write_proof(target, ledger, Notary(ledger, with_secrets(completed).checkpoint_keys), cases, since=since)
            draft.replace(out)
        except NoSuchStream as error:
            raise ServerError(f"Aucun fait n'est enregistré sous un de ces identifiants ({error}).") from None
        except SizeUnknown as error:
            raise ServerError(f"Le journal n'a jamais compté {since} faits ({error}).") from None
        except ArchiveTooLarge:
            raise ServerError("Cette preuve dépasse 4 Gio : demandez moins de dossiers à la fois.") from None
        except NothingToProve:
            raise ServerError(NOT_SETTLED) from None
        except OSError as error:
            raise ServerError(f"{out} ne peut pas être écrit ({error.strerror}).") from None
        finally:
            draft.unlink(missing_ok=True)
            ledger.close()
    click.echo(f"Écrit : {out}. Vérifiez-le avec verify_smoe.py (smoe ledger verifier).")
