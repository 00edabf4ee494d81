"""Numbered SQL files, applied forward only, once, in order, each in its own transaction."""

import hashlib
import re
from pathlib import Path
from typing import Final, LiteralString

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

APPLICATION_ROLE: Final = "smoe_app"
MIGRATIONS: Final = Path(__file__).resolve().parent.parent / "migrations"
# "SMOE" in ASCII: any number does, as long as every start takes the same one.
LOCK: Final = 0x534D4F45

CREATE_TABLES: LiteralString = """
CREATE TABLE IF NOT EXISTS public.schema_migrations (
    number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS public.installation_marks (
    name text PRIMARY KEY, set_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON public.schema_migrations, public.installation_marks TO smoe_app;
"""


class MigrationError(Exception):
    """The files and the database disagree about the past: nothing was changed."""


def migrate(owner_database_url: str, folder: Path = MIGRATIONS) -> list[str]:
    """Apply the files not yet applied and return their names; two starts at once wait for each other."""
    files = numbered(folder)
    with psycopg.connect(owner_database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        ensure_application_role(connection)
        connection.execute(CREATE_TABLES)
        applied = {
            number: (name, sha256)
            for number, name, sha256 in connection.execute("SELECT number, name, sha256 FROM public.schema_migrations")
        }
        for number, (name, sha256) in applied.items():
            if number not in files:
                raise MigrationError(f"La base porte la migration {name}, inconnue ici : ce code est trop ancien.")
            if fingerprint(files[number]) != sha256:
                raise MigrationError(f"{files[number].name} a changé depuis son application : ajoutez un fichier.")
        pending = {number: path for number, path in files.items() if number not in applied}
        if pending and applied and min(pending) < max(applied):
            raise MigrationError(f"{files[min(pending)].name} vient avant des migrations appliquées : renumérotez-le.")
        for number, path in pending.items():
            apply(connection, number, path)
        return [path.name for path in pending.values()]


def numbered(folder: Path) -> dict[int, Path]:
    """List the migration files by number; refuse a name that has none and a number used twice."""
    files: dict[int, Path] = {}
    for path in sorted(folder.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_[a-z0-9_]+\.sql", path.name)
        if match is None:
            raise MigrationError(f"{path.name} ne se nomme pas NNNN_quoi.sql.")
        number = int(match[1])
        if number in files:
            raise MigrationError(f"{files[number].name} et {path.name} portent le même numéro.")
        files[number] = path
    return files


def fingerprint(path: Path) -> str:
    """Hash a migration file, to notice that an applied one was edited."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def apply(connection: psycopg.Connection, number: int, path: Path) -> None:
    """Run one file and record it in the same transaction, so that a failure leaves no half."""
    with connection.transaction():
        try:
            connection.execute(path.read_bytes())
        except psycopg.Error as error:
            raise MigrationError(f"{path.name} a échoué, rien n'en a été gardé : {error}") from error
        connection.execute(
            "INSERT INTO public.schema_migrations (number, name, sha256) VALUES (%s, %s, %s)",
            (number, path.name, fingerprint(path)),
        )


def ensure_application_role(connection: psycopg.Connection) -> None:
    """Create the role that the migrations grant rights to, where nobody has."""
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APPLICATION_ROLE,)).fetchone():
        return
    try:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APPLICATION_ROLE)))
    except errors.DuplicateObject:
        # Roles belong to the whole server: another database's start has just created it.
        return
    except errors.InsufficientPrivilege as error:
        raise MigrationError(f"Le rôle {APPLICATION_ROLE} manque et ce compte ne peut pas le créer.") from error


def give_application_password(owner_database_url: str, database_url: str) -> None:
    """Let the application role sign in with the password that its own address carries, where it carries one."""
    address = conninfo_to_dict(database_url)
    password = address.get("password")
    if address.get("user") != APPLICATION_ROLE or not password or owner_database_url == database_url:
        return
    with psycopg.connect(owner_database_url, autocommit=True) as connection:
        # Hashed here: the server may write statements to its log.
        hashed = connection.pgconn.encrypt_password(str(password).encode(), APPLICATION_ROLE.encode(), b"scram-sha-256")
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(APPLICATION_ROLE), sql.Literal(hashed.decode())))


def is_marked(database_url: str, name: str) -> bool:
    """Say whether this installation bears a mark, such as `demonstration` for invented data."""
    with psycopg.connect(database_url) as connection:
        if connection.execute("SELECT to_regclass('public.installation_marks')").fetchone() == (None,):
            return False
        found = connection.execute("SELECT 1 FROM public.installation_marks WHERE name = %s", (name,)).fetchone()
        return found is not None


def mark(owner_database_url: str, name: str) -> None:
    """Leave a mark on this installation for good; only the owner can."""
    with psycopg.connect(owner_database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO public.installation_marks (name) VALUES (%s) ON CONFLICT DO NOTHING", (name,))
