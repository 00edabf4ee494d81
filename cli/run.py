"""`smoe run`: everything from one command, and nothing left when it ends."""

import contextlib
import errno
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Final

import click

from cli.embedded import Child, ServerError, own_servers, wait_until
from ledger import migrate
from ledger.settings import Settings

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

IDENTITIES: Final = {
    "employer-acme": "employeur",
    "mandatary-durand": "mandataire d'employeurs",
    "agent-63": "instructeur, plateforme de Clermont-Ferrand",
    "signatory-63": "signataire, plateforme de Clermont-Ferrand",
    "manager-63": "responsable de la plateforme de Clermont-Ferrand",
    "agent-84": "instructeur, plateforme d'Avignon (saisonniers)",
    "signatory-84": "signataire, plateforme d'Avignon",
    "prefecture-69": "préfecture du Rhône",
    "legal-69": "service juridique, Rhône",
    "auditor": "auditeur",
    "admin": "administrateur",
}


class Stopped(BaseException):
    """Someone asked us to stop; not an error, so that nothing treats it as one."""


def run(settings: Settings) -> int:
    """Start everything in order, wait, stop everything in reverse; return the exit status."""
    refuse_taken_port(settings)
    try:
        with stop_on_signals(), contextlib.ExitStack() as stack:
            completed, children = stack.enter_context(own_servers(settings))
            prepare(completed)
            children += start_programs(stack, completed)
            announce(completed)
            watch(children)
    except Stopped:
        click.echo("Arrêté. Les données sont gardées.")
        return 0
    return 1


def refuse_taken_port(settings: Settings) -> None:
    """Find out before anything starts that the port is taken: granian shares ports, and would share it silently."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            why = "est déjà pris" if error.errno == errno.EADDRINUSE else f"est refusé ({error.strerror})"
            raise ServerError(f"Le port {settings.port} de {settings.host} {why} : choisissez-en un (PORT).") from None


@contextlib.contextmanager
def stop_on_signals() -> Iterator[None]:
    """Turn the first signal to stop into Stopped and ignore the next ones, which would break the orderly stop."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        click.echo("\nArrêt en cours…")
        raise Stopped

    before = {each: signal.signal(each, stop) for each in STOP_SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def prepare(settings: Settings) -> None:
    """Migrate, then seed the demonstration once."""
    for name in migrate.migrate(settings.owner_database_url):
        click.echo(f"Migration appliquée : {name}")
    migrate.give_application_password(settings.owner_database_url, settings.database_url)
    refuse_demonstration_in_production(settings)
    if settings.demonstration and not migrate.is_marked(settings.database_url, "demonstration"):
        from cli.seed import seed_demonstration

        click.echo("Création de la démonstration…")
        seed_demonstration(settings)
        migrate.mark(settings.owner_database_url, "demonstration")


def refuse_demonstration_in_production(settings: Settings) -> None:
    """Keep production off a database that holds invented cases, whatever the settings say today."""
    if settings.mode == "production" and migrate.is_marked(settings.database_url, "demonstration"):
        raise ServerError("DATABASE_URL mène à une base de démonstration : donnez une base neuve à la production.")


def start_programs(stack: contextlib.ExitStack, settings: Settings) -> list[Child]:
    """Start the worker and the API, and wait until the API says that it is ready."""
    environment = child_environment(settings)
    # Only the worker builds read models; the API is never given the owner's rights.
    owner = {"SMOE_OWNER_DATABASE_URL": settings.owner_database_url}
    worker = start(stack, "worker", settings, environment | owner)
    api = start(stack, "api", settings, environment)
    wait_until(api, lambda: is_ready(settings) or not worker.is_running())
    return [worker, api]


def start(stack: contextlib.ExitStack, name: str, settings: Settings, environment: Mapping[str, str]) -> Child:
    """Start one of our own commands as a child that the stack stops."""
    command = [sys.executable, "-m", "cli", name]
    program = Child(name, command, settings.data_dir / f"{name}.log", environment=environment)
    stack.callback(program.stop)
    return program


def child_environment(settings: Settings) -> dict[str, str]:
    """Hand the completed settings down; the owner's address only to who is given it explicitly."""
    inherited = {name: value for name, value in os.environ.items() if name != "SMOE_OWNER_DATABASE_URL"}
    return inherited | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMOE_DATA_DIR": str(settings.data_dir),
        "SMOE_HOST": settings.host,
        "PORT": str(settings.port),
        "PYTHONUNBUFFERED": "1",
    }


def address(settings: Settings) -> str:
    """Write the address to type in a browser, also where every interface is listened to."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"


def is_ready(settings: Settings) -> bool:
    """Ask the API whether it and all that it needs are there."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address(settings)}/health/ready", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def announce(settings: Settings) -> None:
    """Say where it is and, where local sign-in is on, who one can be."""
    click.echo(f"Prêt : {address(settings)}")
    click.echo(f"Description de l'API : {address(settings)}/schema · données et journaux : {settings.data_dir}")
    if settings.local_sign_in:
        click.echo('Identités de démonstration (POST /api/local-sign-in {"identity": "…"}) :')
        for identity, role in IDENTITIES.items():
            click.echo(f"  {identity:<18} {role}")
    click.echo("Ctrl-C arrête tout.")


def watch(children: list[Child]) -> None:
    """Wait for a child to end, which none should: tell which and why, and let everything stop."""
    while True:
        for each in children:
            if not each.is_running():
                status = each.process.returncode
                click.echo(f"{each.name} s'est arrêté (code {status}, {each.log}) :\n{each.last_lines()}", err=True)
                return
        time.sleep(0.2)
