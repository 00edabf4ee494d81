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
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Final

import click
import msgspec
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from cli.embedded import Child, ServerError, own_servers, wait_until
from domain.demonstration import IDENTITIES
from ledger import migrate
from ledger.epochs import check_server
from ledger.keys import count_keys_of_others
from ledger.settings import Settings

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

STOP_SECONDS_MAX: Final = 20.0
STOP_SECONDS_MAX_WITHOUT_DATABASE: Final = 3.0
"""Without PostgreSQL nothing can be finished: programs that still run would only wait for it."""
READ_MODELS_SECONDS_MAX: Final = 300.0
"""A year of facts is read in less."""
TELL_SECONDS: Final = 5.0


class Stopped(BaseException):
    """Someone asked us to stop; not an error, so that nothing treats it as one."""


def run(settings: Settings) -> int:
    """Start everything in order, wait, stop everything in reverse; return the exit status."""
    refuse_taken_port(settings)
    try:
        with stop_on_signals(), contextlib.ExitStack() as stack:
            completed, children = stack.enter_context(own_servers(settings))
            prepare(completed)
            children += start_programs(stack, completed, children)
            if not any(ended(each) for each in children):
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
    refuse_keys_of_others(settings)
    check_server(settings.database_url)
    if settings.demonstration and not migrate.is_marked(settings.database_url, "demonstration"):
        from cli.seed import seed_demonstration

        click.echo("Création de la démonstration…")
        seed_demonstration(settings)
        migrate.mark(settings.owner_database_url, "demonstration")


def refuse_demonstration_in_production(settings: Settings) -> None:
    """Keep production off a database that holds invented cases, whatever the settings say today."""
    if settings.mode == "production" and migrate.is_marked(settings.database_url, "demonstration"):
        raise ServerError("DATABASE_URL mène à une base de démonstration : donnez une base neuve à la production.")


def refuse_keys_of_others(settings: Settings) -> None:
    """Keep off a database whose persons were sealed under another master key: nothing of them could be read."""
    others, total = count_keys_of_others(settings.database_url, settings.master_key, *settings.other_master_keys)
    if others:
        raise ServerError(
            f"La clé maîtresse n'est pas celle de cette base : elle n'ouvre pas {others} clés de personnes sur {total}."
            " Redonnez à SMOE_MASTER_KEY la valeur qu'elle avait ou, pour une clé tirée par smoe, remettez le fichier"
            f" keys.json de cette base dans le dossier de données ({settings.data_dir}). Pendant une rotation, les"
            " autres clés se donnent dans SMOE_OTHER_MASTER_KEYS."
        )


def start_programs(stack: contextlib.ExitStack, settings: Settings, servers: Sequence[Child]) -> list[Child]:
    """Start the worker and the API, and wait until the API says that it is ready, or something it needs ended."""
    environment = child_environment(settings)
    # Only the worker builds read models; the API is never given the owner's rights.
    owner = {"SMOE_OWNER_DATABASE_URL": settings.owner_database_url}
    programs: list[Child] = []
    stack.callback(stop_programs, programs, settings)
    programs.append(start("worker", settings, environment | owner))
    programs.append(start("api", settings, environment))
    needed = [*servers, programs[0]]
    wait_until(programs[1], lambda: readiness(settings).postgresql or any(ended(each) for each in needed))
    wait_for_read_models(settings, [*servers, *programs])
    return programs


def wait_for_read_models(settings: Settings, needed: Sequence[Child]) -> None:
    """Wait until what is shown is recent, telling what is missing; in the end go on, since lists say when they lag."""
    deadline, told_at = time.monotonic() + READ_MODELS_SECONDS_MAX, time.monotonic()
    while not (state := readiness(settings)).is_ready and not any(ended(each) for each in needed):
        if time.monotonic() > deadline:
            click.echo("Les listes et les tableaux de bord restent en retard : ils le disent. Pourquoi : /health/ready")
            return
        if state.faults and time.monotonic() - told_at > TELL_SECONDS:
            click.echo(f"Attente des vues… {state.faults[0]}")
            told_at = time.monotonic()
        time.sleep(0.1)


def start(name: str, settings: Settings, environment: Mapping[str, str]) -> Child:
    """Start one of our own commands as a child."""
    command = [sys.executable, "-m", "cli", name]
    return Child(name, command, settings.data_dir / f"{name}.log", environment=environment)


def stop_programs(programs: Sequence[Child], settings: Settings) -> None:
    """Stop our own programs, all at once, and more patiently when they can still finish their work."""
    for each in programs:
        each.ask_to_stop()
    patience = STOP_SECONDS_MAX if database_answers(settings) else STOP_SECONDS_MAX_WITHOUT_DATABASE
    deadline = time.monotonic() + patience
    for each in programs:
        each.stop(max(0.0, deadline - time.monotonic()))


def database_answers(settings: Settings) -> bool:
    """Say whether PostgreSQL takes connections, without taking one, which it may have none left of."""
    address = make_conninfo(settings.database_url, connect_timeout=2)
    return PGconn.ping(address.encode()) == Ping.OK


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


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the API answers of its own readiness; nothing yet at first."""

    status: str = ""
    postgresql: bool = False
    """Whether commands can be given."""
    faults: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether what is shown is recent too."""
        return self.status == "ready"


def readiness(settings: Settings) -> State:
    """Ask the API whether it and all that it needs are there."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address(settings)}/health/ready", timeout=5) as response:
            return msgspec.json.decode(response.read(), type=State)
    except urllib.error.HTTPError as refused:
        with refused:
            return msgspec.json.decode(refused.read(), type=State) if refused.code == 503 else State()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return State()


def announce(settings: Settings) -> None:
    """Say where it is and, where local sign-in is on, who one can be."""
    click.echo(f"Prêt : {address(settings)}")
    click.echo(f"Description de l'API : {address(settings)}/schema · données et journaux : {settings.data_dir}")
    if settings.local_sign_in:
        click.echo('Identités de démonstration (POST /api/local-sign-in {"identity": "…"}) :')
        for each in IDENTITIES.values():
            click.echo(f"  {each.name:<18} {each.actor.name}, {each.actor.quality}, {each.actor.service}")
    click.echo("Ctrl-C arrête tout.")


def ended(child: Child) -> bool:
    """Say whether a child is gone that we cannot do without."""
    return not child.can_be_missed and not child.is_running()


def watch(children: Sequence[Child]) -> None:
    """Wait for a child to end, which none should, and tell which and why; one that can be missed ends nothing else."""
    followed = list(children)
    while True:
        for each in [child for child in followed if not child.is_running()]:
            followed.remove(each)
            status = each.process.returncode
            click.echo(f"{each.name} s'est arrêté (code {status}, {each.log}) :\n{each.last_lines()}", err=True)
            if not each.can_be_missed:
                return
            click.echo(
                f"smoe continue sans {each.name} jusqu'au prochain démarrage : aucun dossier n'en dépend.", err=True
            )
        time.sleep(0.2)
