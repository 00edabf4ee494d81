"""`smoe projection`: where the read models are, making them anew, and taking parked cases up again."""

import sys
import time
from collections.abc import Collection, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import click
import psycopg
from psycopg import Connection
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from domain.reference.load import load_reference
from domain.registers import NO_CASES
from ledger.desk import open_ledger
from ledger.logs import silence_logs
from ledger.secrets import with_secrets
from ledger.settings import Settings
from projections.building import AlreadyBuilding, Builder, Step
from projections.progress import Parked, ask_repair, behind, builds, parked, progress
from projections.read_model import read_models
from projections.runner import AlreadyRunning, Runner
from projections.swapping import Superseded
from projections.workers import Source

PARIS: Final = ZoneInfo("Europe/Paris")
STATES: Final = {
    "filling": "lecture des dossiers",
    "indexing": "pose des index",
    "following": "rattrapage du registre",
    "waiting": "attente de la fin des lectures en cours",
    "swapped": "en service",
}
WAIT_SECONDS_MAX: Final = 60.0
LOOK_SECONDS: Final = 0.1


def show(settings: Settings) -> None:
    """Tell each model's version, position and lag, each build, each parked case."""
    ledger = open_ledger(settings, pool_size=2)
    try:
        with _connected(settings) as connection:
            aside = parked(connection)
            reached = {each.model: each for each in progress(connection)}
            click.echo(f"Registre : position {ledger.last_position()}")
            for model in read_models():
                at = reached.get(model.table)
                if at is None:
                    click.echo(f"  {model.table:<14} version {model.version}, jamais construite")
                    continue
                late = behind(connection, ledger, at.position)
                old = "" if at.version == model.version else f" (ce code attend la version {model.version})"
                click.echo(
                    f"  {model.table:<14} version {at.version}{old}, position {at.position}, "
                    + (f"en retard de {late.facts} événements ({_seconds(late.seconds)})" if late.facts else "à jour")
                    + f", {_cases(sum(each.model == model.table for each in aside))} de côté"
                )
            for build in builds(connection):
                click.echo(
                    f"En construction : {build.model}, version {build.version}, {STATES[build.state]}, "
                    f"{build.parts_done} parties sur {build.parts_total}, depuis le {_when(build.started_at)}"
                )
            for each in aside:
                click.echo(f"Mis de côté : {_told(each)}")
    finally:
        ledger.close()


def rebuild(settings: Settings, names: Collection[str], *, everything: bool, case_id: UUID | None) -> int:
    """Make models anew, or the rows of one case; the exit status."""
    silence_logs()
    known = [model.table for model in read_models()]
    chosen = known if everything else list(names)
    if _refuse_unknown(chosen):
        return 2
    if case_id is not None:
        return _make_case_anew(settings, case_id, chosen or known)
    if not chosen:
        click.echo("Nommez les vues à refaire, ou donnez --all.", err=True)
        return 2
    try:
        with _bar() as tell:
            source = Source.of(with_secrets(settings), logs=False)
            Builder(source, workers=settings.projection_workers, tell=tell).build(chosen)
    except AlreadyBuilding as error:
        click.echo(f"La vue {error.model} est déjà en construction ailleurs : rien n'a été fait.", err=True)
        return 1
    except Superseded as error:
        click.echo(
            f"La vue {error.model} est en service dans une version plus récente que celle de ce code : rien n'a été "
            "fait.",
            err=True,
        )
        return 1
    except BrokenProcessPool:
        click.echo(
            "Un processus de construction s'est arrêté : relancez, ce qui est fait ne sera pas refait.", err=True
        )
        return 1
    with _connected(settings) as connection:
        aside = [each for each in parked(connection) if each.model in chosen]
    for each in aside:
        click.echo(f"Mis de côté : {_told(each)}", err=True)
    click.echo(f"En service : {', '.join(sorted(set(chosen)))}.")
    return 1 if aside else 0


def retry(settings: Settings, names: Collection[str], *, case_id: UUID | None) -> int:
    """Take parked cases up again; the exit status, 1 when one had to be parked again."""
    silence_logs()
    if _refuse_unknown(names):
        return 2
    with _connected(settings) as connection:
        wanted = [
            (each.case_id, each.model)
            for each in parked(connection)
            if (not names or each.model in names) and case_id in {None, each.case_id}
        ]
    if not wanted:
        click.echo("Aucun dossier n'est de côté.")
        return 0
    return _make_anew(settings, wanted)


def _make_case_anew(settings: Settings, case_id: UUID, names: Collection[str]) -> int:
    """Have the rows of one case made anew, where there is such a case and such rows."""
    ledger = open_ledger(settings, pool_size=2)
    try:
        version, _ = ledger.head(case_id)
    finally:
        ledger.close()
    if not version or case_id in NO_CASES:
        click.echo(f"Aucun dossier ne porte l'identifiant {case_id}.", err=True)
        return 2
    with _connected(settings) as connection:
        missing = sorted(set(names) - {each.model for each in progress(connection)})
    if missing:
        click.echo(f"Vue jamais construite : {', '.join(missing)}. Construisez-la d'abord sans --case.", err=True)
        return 1
    return _make_anew(settings, [(case_id, name) for name in names])


def _make_anew(settings: Settings, wanted: list[tuple[UUID, str]]) -> int:
    """Have the rows of cases made anew, by the worker where one runs, else here."""
    with _connected(settings) as connection:
        for case_id, model in wanted:
            ask_repair(connection, case_id, model)
        if not _repair_here(settings) and not _is_done_by_worker(connection, wanted):
            click.echo(
                "Le traitement n'a pas encore tout repris ; voyez plus tard avec « smoe projection list ».", err=True
            )
            return 1
        still = [each for each in parked(connection) if (each.case_id, each.model) in set(wanted)]
    for each in still:
        click.echo(f"Toujours de côté : {_told(each)}", err=True)
    click.echo(f"Refaits : {len(wanted) - len(still)} sur {len(wanted)}.")
    return 1 if still else 0


def _repair_here(settings: Settings) -> bool:
    """Do what is asked in the place of a worker; False where one runs."""
    ledger = open_ledger(settings, pool_size=2)
    runner = Runner(
        ledger, settings.owner_database_url, reference=load_reference(), check_key=with_secrets(settings).check_key
    )
    try:
        runner.repair()
    except AlreadyRunning:
        return False
    finally:
        runner.close()
        ledger.close()
    return True


def _is_done_by_worker(connection: Connection[Any], wanted: list[tuple[UUID, str]]) -> bool:
    """Wait until the worker has done what was asked; False when it has not in time."""
    until = time.monotonic() + WAIT_SECONDS_MAX
    while not set(wanted).isdisjoint(connection.execute("SELECT case_id, model FROM read.repairs").fetchall()):
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def _refuse_unknown(names: Collection[str]) -> bool:
    known = [model.table for model in read_models()]
    unknown = sorted(set(names) - set(known))
    if unknown:
        click.echo(f"Vue inconnue : {', '.join(unknown)}. Il y a : {', '.join(known)}.", err=True)
    return bool(unknown)


@contextmanager
def _bar() -> Iterator[Any]:
    """What tells the steps of a build: a bar where somebody watches, lines in a log."""
    if not sys.stdout.isatty():
        yield _Lines()
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), transient=True
    ) as shown:
        task = shown.add_task("Préparation", total=None)

        def tell(step: Step) -> None:
            shown.update(
                task, description=STATES[step.state].capitalize(), completed=step.done, total=step.total or None
            )

        yield tell


class _Lines:
    """One line a state, and one for every tenth of the parts."""

    def __init__(self) -> None:
        self._last: tuple[str, int] = ("", 0)

    def __call__(self, step: Step) -> None:
        place = (step.state, 10 * step.done // step.total if step.total else 0)
        if place != self._last:
            self._last = place
            parts = f", {step.done} parties sur {step.total}" if step.total else ""
            click.echo(f"{', '.join(step.models)} : {STATES[step.state]}{parts}")


def _told(each: Parked) -> str:
    fact = f"{each.event_type}, " if each.event_type else ""
    version = f"version {each.stream_version}, " if each.stream_version else ""
    return (
        f"{each.model}, dossier {each.case_id}, {fact}{version}position {each.position}, "
        f"le {_when(each.parked_at)} par {each.code_version} : {each.cause}"
    )


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(PARIS):%d/%m/%Y à %H:%M:%S}"


def _cases(count: int) -> str:
    return f"{count} dossiers" if count > 1 else f"{count} dossier"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s".replace(".", ",")


def _connected(settings: Settings) -> Connection[Any]:
    return psycopg.connect(settings.owner_database_url, autocommit=True, application_name="smoe-projection")
