"""`smoe worker` with one read model that fails for one case, as a fault of the code would; run by `poison`."""

import os
from collections.abc import Iterable

import msgspec

from projections import dashboard
from projections.read_model import Aids, Row, Told

POISONED = "SMOE_BENCHMARK_POISONED"
"""The setting that names the case; where it is absent, as in the process that looks on, all are told."""
_rows = dashboard.MODEL.rows


def rows_but_one(told: Told, aids: Aids) -> Iterable[Row]:
    """The rows of every case but the poisoned one."""
    if str(told.stream) == os.environ.get(POISONED):
        raise ZeroDivisionError("this case is poison")
    return _rows(told, aids)


# Also in the processes that the worker starts, which import what started them.
dashboard.MODEL = msgspec.structs.replace(dashboard.MODEL, rows=rows_but_one)


def main() -> None:
    """Work until told to stop."""
    from cli.worker import run_worker
    from ledger.settings import Settings

    run_worker(Settings.from_environment(os.environ))


if __name__ == "__main__":
    main()
