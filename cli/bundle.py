"""`smoe bundle build`: a defence bundle in one command, built in this process."""

import os
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import click
from rich.console import Console
from rich.progress import Progress as Bar

from cli.embedded import ServerError, servers
from documents.bundle.building import BuildImpossible
from documents.bundle.makers import makers_of
from documents.storage import FileErased, Files
from domain.case import Case
from domain.command import Command, case_commands
from domain.commands.order_bundle import OrderBundle
from domain.commands.prepare_bundle import PrepareBundle
from domain.commands.record_bundle import RecordBundle
from domain.envelope import SYSTEM
from domain.reference.load import load_reference
from domain.refusals import Refused
from ledger.desk import Desk, Done, open_ledger
from ledger.histories import CaseUnknown
from ledger.logs import silence_logs
from ledger.proofs.notary import NothingToProve
from ledger.secrets import with_secrets
from ledger.settings import Settings
from reactions.bundles import ERASED, Made, Ordered, kept

NOT_SETTLED: Final = "Une transaction qui dure retient les derniers faits : recommencez dans un instant."


def build(settings: Settings, case_id: UUID, decision: str, litigation: str | None, recipe: str, out: Path) -> None:
    """Prepare, order and build a bundle, record it, and write its archive, whole or not at all."""
    silence_logs()
    if out.exists():
        raise ServerError(f"{out} existe déjà.")
    with servers(settings) as completed:
        completed = with_secrets(completed)
        ledger = open_ledger(completed, pool_size=2)
        try:
            made = _built(Desk(ledger, load_reference()), completed, case_id, decision, litigation, recipe)
            _write(Files(completed.files_url, ledger.keys), case_id, made.sha256, out)
        except CaseUnknown:
            raise ServerError(f"Aucun dossier n'a l'identifiant {case_id}.") from None
        except Refused as refused:
            raise ServerError(f"Refusé ({refused.code}) : {refused.message}") from None
        except BuildImpossible as error:
            raise ServerError(str(error)) from None
        except FileErased:
            raise ServerError(ERASED) from None
        except NothingToProve:
            raise ServerError(NOT_SETTLED) from None
        finally:
            ledger.close()
    faulty = f", dont {len(made.faulty)} remplacées par une feuille" if made.faulty else ""
    click.echo(f"Écrit : {out} ({made.exhibits} pièces{faulty}, {made.pages} pages, SHA-256 {made.sha256}).")


def _built(desk: Desk, settings: Settings, case_id: UUID, decision: str, litigation: str | None, recipe: str) -> Made:
    prepared = _give(
        desk, case_id, "prepare-bundle", PrepareBundle(decision=decision, litigation=litigation, recipe=recipe)
    )
    bundle = _case(prepared).bundles[-1]
    done = _give(desk, case_id, "order-bundle", OrderBundle(bundle=bundle.id, arrangement=bundle.arrangement))
    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(step: str, reached: int, total: int) -> None:
            bar.update(task, description=step, completed=reached, total=total)

        made = kept(desk, settings, makers_of, Ordered(case_id, done.version), tell)
    number = _case(done).bundle(bundle.id).builds[-1].number
    try:
        _give(
            desk,
            case_id,
            "record-bundle",
            RecordBundle(
                bundle=bundle.id,
                build=number,
                sha256=made.sha256,
                bytes=made.bytes,
                exhibits=made.exhibits,
                pages=made.pages,
                faulty=made.faulty,
            ),
        )
    except Refused as refused:
        if refused.code != "build_not_under_way":
            raise
        # A worker was faster: it has recorded the same bytes.
    return made


def _give(desk: Desk, case_id: UUID, name: str, body: Command) -> Done:
    return desk.execute(case_id, case_commands()[name], body, desk.context(SYSTEM, uuid4()))


def _case(done: Done) -> Case:
    assert done.case is not None, "these are commands on a case"
    return done.case


def _write(files: Files, case_id: UUID, sha256: str, out: Path) -> None:
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with draft.open("xb") as target:
            for part in files.chunks(case_id, sha256):
                target.write(part)
        draft.replace(out)
    except OSError as error:
        raise ServerError(f"{out} ne peut pas être écrit ({error.strerror}).") from None
    finally:
        draft.unlink(missing_ok=True)
