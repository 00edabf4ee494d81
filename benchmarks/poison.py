"""One poison event in one of ten thousand cases: all others stay current, the one is seen and, once mended, told."""

import sys
import time
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg

from benchmarks.broken_worker import POISONED
from benchmarks.harness import arguments, report
from benchmarks.live import AUDITOR, Connection, Installation, installation
from domain.administration import ADMINISTRATION_STREAM
from domain.envelope import SYSTEM
from domain.events import NoteAdded
from domain.reference.load import load_reference
from ledger.desk import Desk, open_ledger
from ledger.facts import fact_hash
from projections.read_model import read_models

BROKEN_MODEL: Final = "dashboard"
INVALID: Final = b'{"broken": '
MODELS: Final = tuple(model.table for model in read_models())
BUILD_SECONDS_MAX: Final = 1_800.0


class Trial:
    """One installation, and whatever does not hold there."""

    def __init__(self, place: Installation, cases: int) -> None:
        self.place, self.cases = place, cases
        self.connection = Connection(place.port)
        self.faults: list[str] = []
        self.figures: dict[str, Any] = {"cases": cases}

    def must(self, holds: bool, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.faults.append(what)

    def run(self) -> None:
        """The same twice: a fault of the code, met while building; a fact that is no JSON, met while following."""
        place = self.place
        self.figures["facts"] = place.simulate(self.cases, seed=8)
        streams = place.query(
            "SELECT originator_id FROM ledger.events WHERE originator_version = 1 AND originator_id <> %s"
            " ORDER BY originator_id LIMIT 2 OFFSET %s",
            ADMINISTRATION_STREAM,
            self.cases // 2,
        )
        of_code, of_row = (stream for (stream,) in streams)
        self.broken_code(of_code)
        self.broken_row(of_row)
        place.stop("api")

    # A fault of the code

    def broken_code(self, case: UUID) -> None:
        """A model that fails for one case, from the first build on; mended by starting the code that does not."""
        place = self.place
        right = place.commands["worker"]
        place.environment[POISONED] = str(case)
        place.commands["worker"] = [sys.executable, "-m", "benchmarks.broken_worker"]
        began = time.monotonic()
        place.start("api", "worker")
        place.wait_until_current(place.last_position(), BUILD_SECONDS_MAX)
        self.figures["code_seconds_until_current"] = time.monotonic() - began
        place.wait_until_quiet(BUILD_SECONDS_MAX)
        self.seen("code", case, {BROKEN_MODEL}, "ZeroDivisionError")
        others = place.checksums(without=case)
        still = place.call("projection", "list").stdout.count("Mis de côté")
        self.must(still == 1, f"{still} cases set aside are listed")
        place.stop("worker")
        place.commands["worker"] = right
        self.mend("code", others, case)
        self.must(place.differences_from_cold_rebuild() == [], "code: rows differ from a cold rebuild")
        place.start("worker")

    # A fault of a row

    def broken_row(self, case: UUID) -> None:
        """A stored fact that is no JSON, whose hash is right; mended by putting back what was stored."""
        place = self.place
        place.wait_until_quiet()
        place.stop("worker")
        version, position = self._note(case)
        state = self._overwrite(case, version, INVALID)
        place.start("worker")
        began = time.monotonic()
        place.wait_until_current(position)
        self.figures["row_seconds_until_current"] = time.monotonic() - began
        self.seen("row", case, set(MODELS), "")
        others = place.checksums(without=case)
        refused = place.call("projection", "retry", "--case", str(case))
        self.must(refused.returncode == 1, f"row: a retry without a fix ended with {refused.returncode}")
        self._overwrite(case, version, state)
        self.mend("row", others, case)
        place.stop("worker")
        self.must(place.differences_from_cold_rebuild() == [], "row: rows differ from a cold rebuild")

    def _note(self, case: UUID) -> tuple[int, int]:
        ledger = open_ledger(self.place.settings, pool_size=2)
        try:
            person = Desk(ledger, load_reference()).history(case).case.request.worker.person
            version, head = ledger.head(case)
            (fact,) = ledger.append(
                case,
                [NoteAdded(person=person, text="Empoisonné.")],
                expected_version=version,
                previous_hash=head,
                actor=SYSTEM,
                command=uuid4(),
            )
            return fact.version, fact.position or 0
        finally:
            ledger.close()

    def _overwrite(self, case: UUID, version: int, state: bytes) -> bytes:
        """Overwrite a stored fact as its owner, with the hash that goes with it; what was stored before."""
        with psycopg.connect(self.place.database.owner_url) as connection:
            found = connection.execute(
                "SELECT state, topic FROM ledger.events WHERE originator_id = %s AND originator_version = %s",
                (case, version),
            ).fetchone()
            assert found is not None
            connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_change")
            connection.execute(
                "UPDATE ledger.events SET state = %s, hash = %s WHERE originator_id = %s AND originator_version = %s",
                (state, fact_hash(case, version, found[1], state), case, version),
            )
            connection.execute("ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER refuse_change")
        return bytes(found[0])

    # Both

    def seen(self, name: str, case: UUID, models: set[str], cause: str) -> None:
        """The case is set aside wherever it must be and seen everywhere; all others are told."""
        place = self.place
        aside = place.parked()
        self.must({(model, str(case)) for model in models} == {each[:2] for each in aside}, f"{name}: parked {aside}")
        listed = place.call("projection", "list").stdout
        for model in models:
            self.must(f"Mis de côté : {model}, dossier {case}" in listed, f"{name}: {model} is not listed:\n{listed}")
        self.must(cause in listed, f"{name}: the cause is not listed")
        self.must("en retard" not in listed, f"{name}: late\n{listed}")
        metrics, _, _ = self.connection.insist("GET", "/metrics", None)
        for model in MODELS:
            line = f'smoe_read_model_parked_cases{{model="{model}"}} {float(model in models)}'
            self.must(line in metrics.body, f"{name}: no {line} in /metrics")
        shown, _, _ = self.connection.insist("GET", "/api/dashboards/activity", AUDITOR)
        self.must(shown.body["parked_cases"] == 1, f"{name}: dashboards say {shown.body['parked_cases']} parked")
        self.figures[f"{name}_cases_current"] = self.told(case)
        self.must(self.told(case) == self.cases - 1, f"{name}: {self.told(case)} other cases are told")

    def told(self, case: UUID) -> int:
        """How many cases but this one each model of one row a case tells, the fewest of them."""
        return min(
            self.place.query(f"SELECT count(*) FROM read.{table} WHERE case_id <> %s", case)[0][0]
            for table in ("cases", "dashboard", "places")
        )

    def mend(self, name: str, others: dict[str, Any], case: UUID) -> None:
        """Take the case up again: it is told, nothing is aside, and the rows of others are what they were."""
        began = time.monotonic()
        retried = self.place.call("projection", "retry")
        self.figures[f"{name}_seconds_to_retry"] = time.monotonic() - began
        self.must(retried.returncode == 0, f"{name}: retry: {retried.stdout} {retried.stderr}")
        self.must(self.place.parked() == [], f"{name}: still parked {self.place.parked()}")
        count = self.place.query("SELECT count(*) FROM read.dashboard")[0][0]
        self.must(count == self.cases, f"{name}: {count} cases are told after the fix")
        self.must(self.place.checksums(without=case) == others, f"{name}: the rows of other cases have changed")


def main() -> int:
    """Poison, look, mend, compare; 1 when something does not hold."""
    parser = arguments(__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    asked = parser.parse_args()
    with installation() as place:
        trial = Trial(place, asked.cases)
        trial.run()
        trial.faults += [f"{name} ended by itself {times} times" for name, times in place.ended_by_themselves.items()]
    report("Poison", trial.figures | {"faults": trial.faults}, asked.json)
    return 1 if trial.faults else 0


if __name__ == "__main__":
    sys.exit(main())
