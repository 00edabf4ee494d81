"""Rebuilds under load: while read models are built and swapped again and again, no reader sees one empty or mixed."""

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from benchmarks.harness import arguments, report
from benchmarks.kills import summary
from benchmarks.live import (
    AGENT,
    AUDITOR,
    FILER,
    Connection,
    Installation,
    Load,
    faults_of_ledger,
    installation,
)

READ_PAUSE_SECONDS: Final = 0.05
PAGE: Final = 50
ERRORS_KEPT: Final = 20


class Reader(threading.Thread):
    """Asks one kind of question again and again, and judges each answer by what it has seen before."""

    def __init__(self, name: str, port: int, ask: "Callable[[Reader], None]", stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.connection = Connection(port)
        self.ask, self.stop = ask, stop
        self.chance = random.Random(name)
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self.seconds: list[float] = []
        self.seen: dict[str, Any] = {}

    def run(self) -> None:
        """Ask until told to stop."""
        while not self.stop.wait(READ_PAUSE_SECONDS * self.chance.random() * 2):
            try:
                self.ask(self)
            except Exception as error:
                self.fault(repr(error))

    def get(self, path: str, who: str) -> Any:
        """The body of an answer; whatever is not 200 is a fault."""
        began = time.monotonic()
        answer = self.connection.once("GET", path, who)
        self.seconds.append(time.monotonic() - began)
        self.counts["answers"] += 1
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status} {answer.body}")
        self.counts["stale"] += bool(answer.body.get("stale"))
        return answer.body

    def fault(self, what: str) -> None:
        """Note what must not be."""
        self.counts["faults"] += 1
        if len(self.faults) < ERRORS_KEPT:
            self.faults.append(f"{self.name}: {what}")

    def rises(self, what: str, figure: int) -> None:
        """Note a figure that has fallen since it was seen last."""
        if figure < self.seen.get(what, 0):
            self.fault(f"{what} fell from {self.seen[what]} to {figure}")
        self.seen[what] = figure


class Questions:
    """What readers ask, with what has been acknowledged as the measure."""

    def __init__(self, load: Load, known: dict[str, int]) -> None:
        self.load = load
        self.known = known
        """Simulated cases, on which nobody works, with their versions."""
        self.simulated = 0
        """How many cases there were before the load."""

    def _filed(self) -> tuple[int, int]:
        """How many cases have been filed and acknowledged, and a position that a reader must have seen to know them."""
        filed = [each for each in self.load.acknowledged() if each.facts[0][0] == 1]
        return self.simulated + len(filed), max(each.position for each in filed)

    def lists(self, reader: Reader) -> None:
        """The list of all cases holds at least those that were acknowledged; its total never falls."""
        count, position = self._filed()
        page = reader.get(f"/api/cases?limit={PAGE}&at_least={position}", AUDITOR)
        if not page["stale"] and page["total"] < count:
            reader.fault(f"the list holds {page['total']} cases, {count} were acknowledged")
        if len(page["items"]) < min(PAGE, self.simulated):
            reader.fault(f"a page of {len(page['items'])} cases")
        reader.rises("total of the list", page["total"])
        for item in page["items"]:
            reader.rises(f"version of {item['case']} in the list", item["version"])

    def newest(self, reader: Reader) -> None:
        """A filer sees, among the newest, what was acknowledged."""
        _, position = self._filed()
        page = reader.get(f"/api/cases?limit=10&at_least={position}", FILER)
        if not page["items"] or page["total"] == 0:
            reader.fault("the filer's list is empty")
        reader.rises("total of the filer's list", page["total"])

    def figures(self, reader: Reader) -> None:
        """The dashboard counts at least what was acknowledged; queues are never all empty."""
        count, position = self._filed()
        shown = reader.get(f"/api/dashboards/activity?by=procedure&at_least={position}", AUDITOR)
        filed = shown["dashboard"]["total"]["filed"]
        if not shown["stale"] and filed < count:
            reader.fault(f"the dashboard counts {filed} cases, {count} were acknowledged")
        if filed != sum(line["figures"]["filed"] for line in shown["dashboard"]["lines"]):
            reader.fault("the lines of the dashboard do not make its total")
        reader.rises("cases of the dashboard", filed)
        queues = reader.get("/api/queues", AUDITOR)
        if not any(queue["count"] for queue in queues["queues"]):
            reader.fault("all queues are empty")

    def histories(self, reader: Reader) -> None:
        """Every line of a case on which nobody works, each time; of a busy one, all up to what was acknowledged."""
        case = reader.chance.choice(list(self.known))
        lines = reader.get(f"/api/cases/{case}/history", AUDITOR)
        versions = [line["version"] for line in lines["lines"]]
        if versions != list(range(1, self.known[case] + 1)):
            reader.fault(f"{case} has {self.known[case]} facts, its history shows {versions}")
        hot = reader.chance.choice(self.load.hot)
        told = self.load.acknowledged()
        wanted = max(each.facts[-1][0] for each in told if each.case == hot)
        lines = reader.get(f"/api/cases/{hot}/history", AGENT)
        versions = [line["version"] for line in lines["lines"]]
        if versions != list(range(1, len(versions) + 1)):
            reader.fault(f"the history of {hot} has gaps: {versions}")
        if not lines["stale"] and len(versions) < wanted:
            reader.fault(f"the history of {hot} shows {len(versions)} of {wanted} acknowledged facts")
        reader.rises(f"history of {hot}", len(versions))


class Rebuilds(threading.Thread):
    """`smoe projection rebuild --all`, again and again."""

    def __init__(self, place: Installation, stop: threading.Event) -> None:
        super().__init__(name="rebuilds", daemon=True)
        self.place, self.stop = place, stop
        self.seconds: list[float] = []
        self.faults: list[str] = []

    def run(self) -> None:
        """Rebuild until told to stop, to the end of the last."""
        while not self.stop.is_set():
            began = time.monotonic()
            done: subprocess.CompletedProcess[str] = self.place.call("projection", "rebuild", "--all")
            self.seconds.append(time.monotonic() - began)
            if done.returncode:
                self.faults.append(f"a rebuild ended with {done.returncode}: {done.stdout[-300:]} {done.stderr[-300:]}")
            self.stop.wait(0.5)


def trial(place: Installation, asked: Any) -> tuple[dict[str, Any], list[str]]:
    """The figures, and everything that does not hold."""
    simulated = place.simulate(asked.cases, seed=9)
    place.start("api", "worker")
    load = Load(place.port, asked.clients, asked.rate, hot=16)
    # Whatever has expired is reacted to now, so that the cases below stay as they are.
    place.wait_until_quiet()
    known = place.query(
        "SELECT case_id::text, max(version) FROM read.history GROUP BY case_id ORDER BY md5(case_id::text) LIMIT 120"
    )
    questions = Questions(load, {case: version for case, version in known if case not in load.hot})
    questions.simulated = asked.cases
    stop, enough = threading.Event(), threading.Event()
    asks = {"lists": questions.lists, "newest": questions.newest, "figures": questions.figures}
    readers = [Reader(name, place.port, ask, stop) for name, ask in asks.items()]
    readers += [Reader(f"histories-{number}", place.port, questions.histories, stop) for number in (1, 2)]
    rebuilds = Rebuilds(place, enough)
    load.start()
    for thread in (*readers, rebuilds):
        thread.start()
    time.sleep(asked.seconds)
    enough.set()
    rebuilds.join()
    # The last tables have been swapped under the eyes of the readers.
    stop.set()
    lasted = load.stop()
    for reader in readers:
        reader.join(60)
    given = load.acknowledged()
    place.wait_until_current(max(each.position for each in given))
    place.wait_until_quiet()
    faults = load.failures() + rebuilds.faults + [fault for reader in readers for fault in reader.faults]
    faults += [f"parked: {each}" for each in place.parked()]
    place.stop("api")
    place.stop("worker")
    faults += place.differences_from_cold_rebuild()
    of_ledger, counts = faults_of_ledger(place, given, simulated)
    faults += [f"{name} ended by itself {times} times" for name, times in place.ended_by_themselves.items()]
    again = sum(each.attempts > 1 for each in given)
    if again:
        faults.append(f"{again} commands had to be sent again")
    figures = {
        "seconds": lasted,
        "commands_per_second": len(given) / lasted,
        "rebuilds": len(rebuilds.seconds),
        "rebuild": summary(rebuilds.seconds),
        **counts,
        "readers": {reader.name: dict(reader.counts) | summary(reader.seconds) for reader in readers},
    }
    return figures, faults + of_ledger


def main() -> int:
    """Rebuild, read, judge, report; 1 when something was empty, mixed, wrong or doubled."""
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=200, help="commands a second of all clients together")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--cases", type=int, default=2_000)
    asked = parser.parse_args()
    with installation() as place:
        figures, faults = trial(place, asked)
    report("Rebuild under load", figures | {"faults": faults[:50], "fault_count": len(faults)}, asked.json)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
