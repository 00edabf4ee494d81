"""The commands of `smoe`; each imports what it needs when it is called, so that help is instant."""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from ledger.settings import Settings
from ledger.settings_reader import SettingsError

SETTINGS_STATUS = 2


def with_settings(command: Callable[..., int | None]) -> Callable[..., None]:
    """Give a command its settings and turn what operators can mend into a sentence and an exit status."""

    @wraps(command)
    def called(*arguments: Any, **options: Any) -> None:
        import psycopg

        from cli.embedded import ServerError
        from ledger.epochs import PositionsWouldFall
        from ledger.facts import LedgerError, LedgerUnavailable
        from ledger.master_key_source import SourceFailed
        from ledger.master_keys import MasterKeyUnknown
        from ledger.migrate import MigrationError

        try:
            status = command(Settings.from_environment(os.environ), *arguments, **options)
        except SettingsError as error:
            click.echo("Démarrage refusé, réglages à corriger :", err=True)
            for problem in error.problems:
                click.echo(f"  - {problem}", err=True)
            sys.exit(SETTINGS_STATUS)
        except (ServerError, MigrationError, PositionsWouldFall) as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except SourceFailed as failure:
            click.echo(f"Le programme de SMOE_KMS_COMMAND : {failure}.", err=True)
            sys.exit(1)
        except MasterKeyUnknown as unknown:
            click.echo(f"Aucune clé maîtresse donnée n'ouvre ce que la base garde : {unknown}.", err=True)
            sys.exit(1)
        except (psycopg.OperationalError, psycopg.InterfaceError, LedgerUnavailable) as error:
            click.echo(f"PostgreSQL ne répond pas ou plus : {error}", err=True)
            sys.exit(1)
        except psycopg.errors.InsufficientPrivilege as error:
            click.echo(f"Le compte PostgreSQL donné n'a pas les droits qu'il faut : {error}", err=True)
            sys.exit(1)
        except LedgerError as error:
            click.echo(f"Arrêt, le registre des faits ne peut pas servir : {error}", err=True)
            sys.exit(1)
        sys.exit(status or 0)

    return called


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Instruction des demandes d'autorisation de travail."""


@main.command()
@with_settings
def run(settings: Settings) -> int:
    """Tout démarrer : serveurs embarqués si besoin, migrations, démonstration, API et traitements."""
    from cli.run import run

    return run(settings)


@main.command()
@with_settings
def migrate(settings: Settings) -> None:
    """Mettre la base au niveau de ce code."""
    from cli.embedded import servers
    from ledger.migrate import give_application_password, migrate

    with servers(settings) as completed:
        applied = migrate(completed.owner_database_url)
        give_application_password(completed.owner_database_url, completed.database_url)
    for name in applied:
        click.echo(f"Migration appliquée : {name}")
    click.echo("La base est à jour.")


@main.command()
@with_settings
def api(settings: Settings) -> None:
    """Servir l'API seule."""
    from cli.embedded import servers
    from cli.run import child_environment, refuse_demonstration_in_production, refuse_keys_of_others
    from cli.serve import serve_api
    from ledger.epochs import check_server

    with servers(settings) as completed:
        refuse_demonstration_in_production(completed)
        refuse_keys_of_others(completed)
        check_server(completed.database_url)
        os.environ.update(child_environment(completed))
        serve_api(completed)


@main.command()
@with_settings
def worker(settings: Settings) -> None:
    """Tenir les vues à jour et faire le travail que les événements demandent."""
    from cli.embedded import servers
    from cli.run import refuse_demonstration_in_production, refuse_keys_of_others
    from cli.worker import run_worker
    from ledger.epochs import check_server

    with servers(settings) as completed:
        refuse_demonstration_in_production(completed)
        refuse_keys_of_others(completed)
        check_server(completed.database_url)
        run_worker(completed)


@main.group()
def projection() -> None:
    """Voir, refaire et reprendre les vues tirées du registre."""


@projection.command("list")
@with_settings
def projection_list(settings: Settings) -> None:
    """Où en est chaque vue : retard, construction en cours, dossiers mis de côté."""
    from cli import projection
    from cli.embedded import servers

    with servers(settings) as completed:
        projection.show(completed)


@projection.command("rebuild")
@click.argument("names", nargs=-1, metavar="[NOM]…")
@click.option("--all", "everything", is_flag=True, help="toutes les vues")
@click.option("--case", "case_id", type=click.UUID, help="un seul dossier, dans la vue en service")
@with_settings
def projection_rebuild(settings: Settings, names: tuple[str, ...], everything: bool, case_id: UUID | None) -> int:
    """Refaire des vues à côté de celles qui servent, puis les échanger d'un coup ; reprend ce qui fut interrompu."""
    from cli import projection
    from cli.embedded import servers

    with servers(settings) as completed:
        return projection.rebuild(completed, names, everything=everything, case_id=case_id)


@projection.command("retry")
@click.argument("names", nargs=-1, metavar="[NOM]…")
@click.option("--case", "case_id", type=click.UUID, help="un seul dossier")
@with_settings
def projection_retry(settings: Settings, names: tuple[str, ...], case_id: UUID | None) -> int:
    """Reprendre les dossiers mis de côté, une fois leur cause corrigée."""
    from cli import projection
    from cli.embedded import servers

    with servers(settings) as completed:
        return projection.retry(completed, names, case_id=case_id)


@main.command()
@click.option("--cases", type=click.IntRange(1), required=True, help="nombre de dossiers")
@click.option("--seed", type=int, default=1, show_default=True, help="même graine, mêmes dossiers")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="horizon exclu [défaut : ce jour]")
@with_settings
def simulate(settings: Settings, cases: int, seed: int, until: datetime | None) -> None:
    """Écrire des dossiers inventés, entiers et réguliers, avec une horloge virtuelle."""
    from cli import simulate
    from cli.embedded import ServerError, servers
    from cli.run import refuse_keys_of_others
    from ledger.migrate import migrate

    if settings.mode == "production":
        raise ServerError("Des dossiers inventés n'ont pas leur place en production.")
    with servers(settings) as completed:
        migrate(completed.owner_database_url)
        refuse_keys_of_others(completed)
        simulate.simulate(completed, cases=cases, seed=seed, until=until.date() if until else None)


@main.group()
def keys() -> None:
    """La clé maîtresse, qui enveloppe les clés des personnes : ce qui en dépend, en tirer une, passer à une autre."""


@keys.command("status")
@with_settings
def keys_status(settings: Settings) -> int:
    """Compter ce que chaque clé maîtresse enveloppe."""
    from cli import keys
    from cli.embedded import servers

    with servers(settings) as completed:
        return keys.show(completed)


@keys.command("rotate")
@with_settings
def keys_rotate(settings: Settings) -> int:
    """Faire passer sous la clé présente ce qu'une autre enveloppe ; reprend ce qui fut interrompu."""
    from cli import keys
    from cli.embedded import servers

    with servers(settings) as completed:
        return keys.turn(completed)


@keys.command("new")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="fichier à écrire")
@with_settings
def keys_new(settings: Settings, out: Path) -> None:
    """Tirer une clé maîtresse dans un fichier, enveloppée par SMOE_KMS_COMMAND s'il est donné."""
    from cli import keys

    keys.new(settings, out)


@main.group()
def erasure() -> None:
    """Les effacements ordonnés : où ils en sont, et faire disparaître ce qui en reste sur le disque."""


@erasure.command("list")
@with_settings
def erasure_list(settings: Settings) -> None:
    """Dire de chaque effacement quand la clé fut détruite et si le disque a été réécrit depuis."""
    from cli import erasure
    from cli.embedded import servers

    with servers(settings) as completed:
        erasure.show(completed)


@erasure.command("scrub")
@with_settings
def erasure_scrub(settings: Settings) -> int:
    """Réécrire ce que les personnes effacées ont laissé en clair : vues, statistiques, journal de PostgreSQL."""
    from cli import erasure
    from cli.embedded import servers
    from cli.run import refuse_keys_of_others

    with servers(settings) as completed:
        refuse_keys_of_others(completed)
        return erasure.scrub(completed)


@main.group()
def documents() -> None:
    """Les fichiers des dossiers : ce que les faits en disent, ce qui en est conservé."""


@documents.command("check")
@with_settings
def documents_check(settings: Settings) -> int:
    """Relire chaque fichier qu'un fait nomme ; dire ce qui manque, ce qui est altéré, ce qui est de trop."""
    from cli import documents
    from cli.embedded import servers

    with servers(settings) as completed:
        return documents.check(completed)


@main.group()
def bundle() -> None:
    """Les dossiers de défense : mémoire, pièces numérotées, inventaire, preuve."""


@bundle.command("build")
@click.argument("case", type=click.UUID, metavar="DOSSIER")
@click.option("--decision", required=True, help="la décision à défendre : D1, D2…")
@click.option("--litigation", help="l'instance : L1, L2… ; sans elle, avant toute saisine")
@click.option("--recipe", default="", help="la recette [défaut : la première qui convient]")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="archive à écrire")
@with_settings
def bundle_build(settings: Settings, case: UUID, decision: str, litigation: str | None, recipe: str, out: Path) -> None:
    """Proposer les pièces, constituer le dossier, l'enregistrer et l'écrire."""
    from cli.bundle import build

    build(settings, case, decision, litigation, recipe, out)


@main.group()
def ledger() -> None:
    """Le registre des faits : où il en est, et comment le faire continuer après une restauration."""


@ledger.command("state")
@with_settings
def ledger_state(settings: Settings) -> int:
    """Dire jusqu'où va le registre et qui retient ses lecteurs."""
    from cli.ledger import show

    return show(settings)


@ledger.command("continue")
@with_settings
def ledger_continue(settings: Settings) -> None:
    """Faire remonter les positions après une restauration dans une autre instance de PostgreSQL."""
    from cli.ledger import go_on

    go_on(settings)


@ledger.command("verify")
@click.option(
    "--point",
    "points",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="point de contrôle gardé hors d'ici, ou dossier de tels points",
)
@click.option("--cle", "keys", multiple=True, help="clé publique du journal, en plus de celles des réglages")
@click.option("--resume", is_flag=True, help="reprendre une vérification interrompue")
@click.option("--read-models", is_flag=True, help="comparer aussi les vues à ce que les faits donnent")
@with_settings
def ledger_verify(
    settings: Settings, points: tuple[Path, ...], keys: tuple[str, ...], *, resume: bool, read_models: bool
) -> int:
    """Recalculer l'empreinte de chaque octet enregistré, la confronter à l'arbre, aux chaînes, aux points signés."""
    from cli.verify import verify

    return verify(settings, points, keys, resume=resume, read_models=read_models)


@ledger.command("checkpoint")
@with_settings
def ledger_checkpoint(settings: Settings) -> None:
    """Signer et écrire sur la sortie un point de contrôle du journal, à garder hors d'ici."""
    from cli.proof import checkpoint

    checkpoint(settings)


@ledger.command("proof")
@click.argument("cases", nargs=-1, required=True, type=click.UUID, metavar="DOSSIER…")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="archive à écrire")
@click.option("--since", type=click.IntRange(1), help="taille d'un point gardé : prouver que le journal le continue")
@with_settings
def ledger_proof(settings: Settings, cases: tuple[UUID, ...], out: Path, since: int | None) -> None:
    """Écrire la preuve de dossiers, que verify_smoe.py vérifie hors ligne."""
    from cli.proof import prove

    prove(settings, cases, out, since)


@ledger.command("verifier")
@click.option("--out", default="verify_smoe.py", show_default=True, type=click.Path(dir_okay=False, path_type=Path))
def ledger_verifier(out: Path) -> None:
    """Écrire le vérificateur, un seul fichier qui se passe de nous."""
    from verifier.one_file import stand_alone

    out.write_text(stand_alone())
    click.echo(f"Écrit : {out}")
