"""Real servers for the tests: one PostgreSQL and one Valkey a session, one fresh database wherever one is asked for."""

import itertools
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from psycopg import sql

from cli import embedded
from ledger.migrate import APPLICATION_ROLE, migrate

TEMPLATE = "smoe_template"
# Tests throw their data away: nothing needs to survive a power cut, everything else is as in service.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def free_port() -> int:
    """A port of this machine where nothing listens now, for a program that is told where to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Database(NamedTuple):
    """A database of its own, migrated: as the owner sees it and as the application does."""

    name: str
    owner_url: str
    app_url: str


class PostgresServer(NamedTuple):
    """Where the session's PostgreSQL listens."""

    sockets: Path

    def url(self, role: str, database: str) -> str:
        return embedded.postgres_url(self.sockets, role, database)

    def database(self, name: str) -> Database:
        return Database(name, self.url(embedded.OWNER_ROLE, name), self.url(APPLICATION_ROLE, name))

    def administer(self, statement: str, **names: str) -> None:
        quoted = {key: sql.Identifier(name) for key, name in names.items()}
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(**quoted))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """Short path, since sockets live there."""
    with tempfile.TemporaryDirectory(prefix="smoe-") as folder:
        (Path(folder) / "sockets").mkdir(mode=0o700)
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_server(servers_folder: Path) -> Iterator[PostgresServer]:
    """Start PostgreSQL and migrate a template once; every test database is a copy of it."""
    sockets = servers_folder / "sockets"
    with embedded.postgres(servers_folder, sockets, FAST):
        server = PostgresServer(sockets)
        server.administer("CREATE DATABASE {name} OWNER {owner}", name=TEMPLATE, owner=embedded.OWNER_ROLE)
        migrate(server.database(TEMPLATE).owner_url)
        yield server


@pytest.fixture(scope="session")
def valkey_url(servers_folder: Path) -> Iterator[str]:
    """Start Valkey; tests share it, so keys should bear something of their own."""
    sockets = servers_folder / "sockets"
    with embedded.valkey(servers_folder, sockets):
        yield embedded.valkey_url(sockets)


@pytest.fixture(scope="session")
def new_database(postgres_server: PostgresServer) -> Callable[[], Database]:
    """Give a function that makes a fresh migrated database at each call; all go at the end of the session."""
    numbers = itertools.count(1)

    def make() -> Database:
        name = f"test_{next(numbers)}"
        postgres_server.administer(
            "CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}",
            name=name,
            owner=embedded.OWNER_ROLE,
            template=TEMPLATE,
        )
        return postgres_server.database(name)

    return make


@pytest.fixture
def database(new_database: Callable[[], Database], postgres_server: PostgresServer) -> Iterator[Database]:
    """Give one test a database of its own."""
    made = new_database()
    yield made
    postgres_server.administer("DROP DATABASE {name} WITH (FORCE)", name=made.name)


@pytest.fixture(scope="module")
def module_database(new_database: Callable[[], Database], postgres_server: PostgresServer) -> Iterator[Database]:
    """Give the tests of one file a database that they share."""
    made = new_database()
    yield made
    postgres_server.administer("DROP DATABASE {name} WITH (FORCE)", name=made.name)
