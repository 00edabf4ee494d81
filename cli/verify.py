"""`smoe ledger verify`: the audit of the whole ledger, told in French, and taken up again where it was interrupted."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.embedded import ServerError, servers
from domain.events import AccessesPurged
from domain.french import in_french
from domain.sentences.words import plural
from ledger.accesses import AccessCounts, AccessFault, Wrong, count_accesses, newest_purge, verify_accesses
from ledger.desk import open_ledger
from ledger.facts import LedgerAltered, LedgerError, Recorded, StoredEventInvalid
from ledger.logs import silence_logs
from ledger.proofs import audit
from ledger.proofs.audit import Audit
from ledger.proofs.notes import NoteInvalid, Verifier
from ledger.secrets import with_secrets
from ledger.settings import Settings
from ledger.store import Ledger
from ledger.trial_keys import make_private
from projections.comparing import Difference, compare
from projections.workers import Source

ACCESS_FAULTS: Final = {
    Wrong.ALTERED: "elle n'est pas celle qui fut scellée",
    Wrong.DELETED: "elle a été supprimée",
    Wrong.ADDED: "elle a été ajoutée après coup",
    Wrong.COLUMNS: "ses colonnes ne disent pas ce que disent ses octets",
    Wrong.UNREADABLE: "elle est illisible",
    Wrong.SEAL: "les scellés ne se suivent pas",
    Wrong.INDEX: "la table qui retrouve les scellés nomme autre chose qu'eux",
    Wrong.PURGE: "leur suppression contredit les scellés ou la durée de conservation",
    Wrong.PURGED_FAULTY: "avant d'être supprimées, elles n'étaient déjà plus celles qui furent scellées",
}
SAVE_SECONDS: Final = 30.0
"""How much work an interruption may cost."""
FAULTS_TOLD_MAX: Final = 50
NOTE_BYTES_MAX: Final = 100_000


def verify(settings: Settings, points: Sequence[Path], keys: Sequence[str], *, resume: bool, read_models: bool) -> int:
    """Verify, tell what was found; 1 where something is not as it was recorded."""
    silence_logs()
    kept, given = _kept(points), _given(settings, keys)
    with servers(settings) as found_servers:
        completed = with_secrets(found_servers)
        trusted = given | _own(completed)
        ledger = open_ledger(completed)
        try:
            state = _State(completed.data_dir / "verify.msgpack")
            left = state.read() if resume else None
            found = Audit(ledger, left)
            if left is not None and not found.is_resumed:
                click.echo("Ce qui fut vérifié n'est plus le début de ce registre : tout est repris du premier fait.")
            begun, before = time.monotonic(), found.progress.rows
            with _bar(found.progress.size) as told, state.saved(found):
                told(found.progress.leaves)
                while found.step():
                    told(found.progress.leaves)
                    state.save_sometimes(found)
                told(found.progress.leaves)
            found.finish(kept, trusted)
            state.forget()
            _tell(found, time.monotonic() - begun, before)
            of_accesses = _accesses(ledger)
            differences = _compared(completed) if read_models else []
        finally:
            ledger.close()
    return 1 if found.progress.faults or of_accesses or differences else 0


class _State:
    """The progress of an audit in a file, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved_at = time.monotonic()

    def read(self) -> audit.Progress | None:
        try:
            return msgspec.msgpack.decode(self._path.read_bytes(), type=audit.Progress)
        except FileNotFoundError:
            click.echo("Aucune vérification interrompue : celle-ci commence au premier fait.")
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise ServerError(f"{self._path} est illisible ({error}) : recommencez sans --resume.") from None

    def save(self, found: Audit) -> None:
        make_private(self._path.parent)
        draft = self._path.with_suffix(f".{os.getpid()}")
        draft.write_bytes(msgspec.msgpack.encode(found.mark()))
        draft.replace(self._path)
        self._saved_at = time.monotonic()

    def save_sometimes(self, found: Audit) -> None:
        if time.monotonic() - self._saved_at > SAVE_SECONDS:
            self.save(found)

    @contextlib.contextmanager
    def saved(self, found: Audit) -> Iterator[None]:
        """Save what was done when the work is cut short, by whatever."""
        try:
            yield
        except BaseException:
            # Without the database, what was saved last has to do.
            with contextlib.suppress(LedgerError):
                self.save(found)
            click.echo("Interrompu : « smoe ledger verify --resume » reprend ici.", err=True)
            raise

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _own(settings: Settings) -> set[bytes]:
    """The public keys that sign today."""
    seeds = settings.checkpoint_keys
    return {Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw() for seed in seeds}


def _given(settings: Settings, keys: Sequence[str]) -> set[bytes]:
    """The public keys that are the log's too, by these settings and by who asks."""
    try:
        given = [Verifier.of(text).key for text in (*settings.former_keys, *keys)]
    except NoteInvalid as error:
        raise ServerError(f"Une clé publique donnée n'en est pas une : {error}") from None
    return {each.public_bytes_raw() for each in given}


def _kept(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Checkpoints kept elsewhere, by file; of a folder, each of its text files."""
    files = [file for path in paths for file in (sorted(path.glob("*.txt")) if path.is_dir() else [path])]
    try:
        return [(file.name, file.read_bytes()[:NOTE_BYTES_MAX].decode()) for file in files]
    except (OSError, UnicodeDecodeError) as error:
        raise ServerError(f"Un point de contrôle gardé ne peut pas être lu : {error}") from None


def _tell(found: Audit, seconds: float, before: int) -> None:
    done = found.progress
    faults = done.faults
    rows = done.rows - before
    took = f"{seconds:.1f}".replace(".", ",")
    click.echo(
        f"{plural(done.rows, 'fait', 'faits')} : empreintes, chaînes et arbre recalculés"
        f" ({rows} en {took} s, {rows / max(seconds, 0.001):.0f} par seconde)."
    )
    if found.unleaved:
        click.echo(
            f"{plural(found.unleaved, 'fait plus récent', 'faits plus récents')} que l'arbre vérifié :"
            " seules empreintes et chaînes sont recalculées."
        )
    for key, count in sorted(found.signed.items()):
        click.echo(f"{plural(count, 'point de contrôle signé', 'points de contrôle signés')} par {key}")
    for fault in faults[:FAULTS_TOLD_MAX]:
        click.echo(f"ALTÉRÉ : {fault}", err=True)
    faulty = len(faults) + done.untold
    if faulty > FAULTS_TOLD_MAX:
        click.echo(f"… et {plural(faulty - FAULTS_TOLD_MAX, 'divergence', 'divergences')} de plus.", err=True)
    if faults:
        told = plural(faulty, "divergence", "divergences")
        click.echo(f"Le registre n'est pas celui qui fut écrit : {told}.", err=True)
    else:
        click.echo("Le registre est entier et inchangé.")


def _accesses(ledger: Ledger[Any]) -> int:
    """Read the access log again against its seals; how many faults."""
    count = 0
    try:
        for fault in verify_accesses(ledger):
            count += 1
            if count <= FAULTS_TOLD_MAX:
                click.echo(f"JOURNAL DES ACCÈS : {_told(fault)}", err=True)
        counts = count_accesses(ledger)
        _tell_purge(newest_purge(ledger), counts)
    except (LedgerAltered, StoredEventInvalid) as error:
        click.echo(f"JOURNAL DES ACCÈS : ses scellés ne sont pas ceux qui furent posés : {error}", err=True)
        return count + 1
    click.echo(
        f"Journal des accès : {counts.sealed} entrées scellées, {counts.unsealed} à sceller, {count} divergences."
    )
    return count


def _tell_purge(purge: Recorded[AccessesPurged] | None, counts: AccessCounts) -> None:
    if purge is None:
        return
    going = f" ; {counts.going} ne le sont pas encore" if counts.going else ""
    click.echo(
        f"Journal des accès : jusqu'au numéro {purge.event.last}, les entrées ({counts.purged}) ont été supprimées"
        f" à la fin de leur conservation, par le fait {purge.reference} du {in_french(purge.event.purged_on)}{going}."
    )


def _told(fault: AccessFault) -> str:
    kind = "fait" if fault.wrong is Wrong.PURGE else "scellé"
    where = f"entrée {fault.number}" if fault.number is not None else f"entrées {fault.first} à {fault.last}"
    return f"{where} : {ACCESS_FAULTS[fault.wrong]}" + (f" ({kind} {fault.seal})" if fault.seal else "")


def _compared(settings: Settings) -> list[Difference]:
    """Compare the read models, and tell which rows are not those that the facts give."""
    differences: list[Difference] = []
    cases = 0
    for each in compare(Source.of(settings, logs=False)):
        cases += each.cases
        for difference in each.differences[: max(0, FAULTS_TOLD_MAX - len(differences))]:
            click.echo(
                f"DIFFÈRE : vue « {difference.model} », dossier {difference.case_id} : "
                f"{plural(difference.surplus, 'ligne', 'lignes')} que les faits ne donnent pas,"
                f" {plural(difference.lacking, 'ligne manque', 'lignes manquent')}",
                err=True,
            )
        differences += each.differences
        if each.not_compared:
            click.echo(
                f"Vues qui ne sont pas de cette version du code, non comparées : {', '.join(each.not_compared)}."
            )
        if each.parked:
            click.echo(f"{plural(each.parked, 'dossier mis', 'dossiers mis')} de côté, non comparés : projection list.")
    if differences:
        differing = plural(len(differences), "dossier diffère", "dossiers diffèrent")
        click.echo(f"{differing} : « smoe projection rebuild » refait les vues.", err=True)
    else:
        click.echo(f"Les vues comparées sont celles que donnent les faits de {cases} dossiers.")
    return differences


@contextlib.contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    """Show how far it has come, where somebody looks."""
    columns = (TextColumn("Vérification"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)
