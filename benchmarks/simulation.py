"""How fast invented histories are written, beside a raw COPY of the same rows in the same session."""

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Final

import psycopg

from cli import embedded
from cli.simulate import simulate
from ledger.migrate import APPLICATION_ROLE, migrate
from ledger.settings import Settings

CASES: Final = 1_000
SEED: Final = 7
UNTIL: Final = date(2026, 11, 22)
CHUNK_BYTES: Final = 1 << 20


def copy_seconds(owner_url: str) -> tuple[float, int]:
    """Copy the rows of the ledger into a table with the same indexes and no trigger; seconds and bytes."""
    with psycopg.connect(owner_url) as connection, tempfile.TemporaryFile() as rows:
        connection.execute("CREATE TABLE public.rival (LIKE ledger.events INCLUDING INDEXES)")
        with connection.cursor().copy(
            "COPY (SELECT * FROM ledger.events ORDER BY notification_id) TO STDOUT (FORMAT BINARY)"
        ) as out:
            for block in out:
                rows.write(block)
        size = rows.tell()
        rows.seek(0)
        began = time.monotonic()
        with connection.cursor().copy("COPY public.rival FROM STDIN (FORMAT BINARY)") as into:
            while block := rows.read(CHUNK_BYTES):
                into.write(block)
        connection.commit()
        return time.monotonic() - began, size


def measure(folder: Path, cases: int) -> None:
    """Simulate on a server of its own, then copy, and print the figures in French."""
    sockets = folder / "sockets"
    sockets.mkdir(mode=0o700)
    with embedded.postgres(folder, sockets):
        owner_url = embedded.postgres_url(sockets, embedded.OWNER_ROLE, embedded.DATABASE)
        migrate(owner_url)
        settings = Settings.from_environment(
            {
                "SMOE_DATA_DIR": str(folder / "data"),
                "DATABASE_URL": embedded.postgres_url(sockets, APPLICATION_ROLE, embedded.DATABASE),
                "SMOE_OWNER_DATABASE_URL": owner_url,
            }
        )
        told = simulate(settings, cases=cases, seed=SEED, until=UNTIL)
        seconds, size = copy_seconds(owner_url)
    rate = told.events / seconds
    print(f"COPY brut des mêmes lignes ({size / 1e6:.0f} Mo) : {seconds:.2f} s, {rate:.0f} lignes par seconde.")
    print(f"La simulation va {rate / told.events_per_second:.0f} fois moins vite que ce COPY.")
    print(f"Elle écrit {size / told.events:.0f} octets par événement, {told.events / told.cases:.1f} par dossier.")


def main() -> None:
    """Read the number of cases and measure in a folder that goes afterwards."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cases", type=int, default=CASES)
    chosen, _ = arguments.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="smoe-") as folder:
        measure(Path(folder), chosen.cases)


if __name__ == "__main__":
    main()
