"""The application's password is set without the server being told it."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from ledger.migrate import APPLICATION_ROLE, give_application_password
from tests.servers import Database, PostgresServer

PASSWORD = "a-word-that-nobody-else-says"


def test_a_server_that_logs_statements_does_not_log_the_password(
    postgres_server: PostgresServer, database: Database, servers_folder: Path
) -> None:
    who_logs = make_conninfo(postgres_server.url("postgres", database.name), options="-c log_statement=all")
    give_application_password(who_logs, make_conninfo(database.app_url, password=PASSWORD))
    logged = (servers_folder / "postgres.log").read_text()
    assert f'ALTER ROLE "{APPLICATION_ROLE}" PASSWORD' in logged
    assert PASSWORD not in logged


def test_whoever_knows_the_password_is_let_in_over_a_network(
    postgres_server: PostgresServer, database: Database
) -> None:
    address = postgres_server.url("postgres", database.name)
    give_application_password(address, make_conninfo(database.app_url, password=PASSWORD))
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", (APPLICATION_ROLE,))
        ((kept,),) = found.fetchall()
    assert kept == scram_sha_256(PASSWORD, kept)


def scram_sha_256(password: str, kept: str) -> str:
    """What PostgreSQL keeps of a password (RFC 5802), with the salt and the rounds of what it kept."""
    rounds, salt = kept.removeprefix("SCRAM-SHA-256$").partition("$")[0].split(":")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), b64decode(salt), int(rounds))
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${rounds}:{salt}${b64encode(stored).decode()}:{b64encode(server).decode()}"
