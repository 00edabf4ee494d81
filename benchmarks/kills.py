"""Kills at random moments under load: nothing acknowledged is lost or doubled, and how soon everything works again."""

import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from benchmarks.harness import arguments, report
from benchmarks.live import Installation, Load, TooLong, faults_of_ledger, installation, told_children

KINDS: Final = ("api", "worker", "child", "postgres", "backend")
BACKLOG_CASES: Final = 150
"""Some 3,300 facts at once: so much is shared out among processes."""
REBUILT: Final = ("cases", "history", "decisions")
CHILD_SECONDS_MAX: Final = 10.0


class Killer:
    """Kills one process after the other, each time when everything works again."""

    def __init__(self, place: Installation, load: Load, seed: int) -> None:
        self.place, self.load = place, load
        self.chance = random.Random(seed)
        self.simulated = 0
        self.until_acknowledged: dict[str, list[float]] = defaultdict(list)
        self.until_current: dict[str, list[float]] = defaultdict(list)
        self.faults: list[str] = []
        self.notes: dict[str, int] = defaultdict(int)

    def run(self, kills: int, pause_seconds_max: float) -> None:
        """Kill each kind equally often, in an order drawn anew each round."""
        order: list[str] = []
        for number in range(kills):
            order = order or self.chance.sample(KINDS, len(KINDS))
            time.sleep(self.chance.random() * pause_seconds_max)
            kind = order.pop()
            self._kill(kind)
            print(
                f"{number + 1:>4} {kind:<9} acknowledged after {self.until_acknowledged[kind][-1]:.2f} s,"
                f" current after {self.until_current[kind][-1]:.2f} s",
                flush=True,
            )

    def _kill(self, kind: str) -> None:
        rebuilding: subprocess.Popen[bytes] | None = None
        if kind == "child":
            killed_at, rebuilding = self._kill_child()
        else:
            killed_at = time.monotonic()
            if kind == "postgres":
                self.place.kill_postgres()
            elif kind == "backend":
                whose, noticed_at = self.place.kill_backend(self.chance)
                self.notes[f"backend of {whose}"] += 1
            else:
                self.place.kill(kind)
        # The other sessions of a killed one are ended some milliseconds later.
        first = self.load.wait_for_acknowledgement(noticed_at if kind == "backend" else killed_at)
        self.until_acknowledged[kind].append(first.at - killed_at)
        self.until_current[kind].append(self.place.wait_until_current(first.position) - killed_at)
        if rebuilding is not None:
            self._finish(rebuilding)

    def _kill_child(self) -> tuple[float, "subprocess.Popen[bytes] | None"]:
        """Kill a process that the worker, or a rebuild, has shared cases out to."""
        if self.chance.random() < 0.5:
            before = told_children(self.place.processes["worker"].pid)
            self.simulated += self.place.simulate(BACKLOG_CASES, seed=self.chance.getrandbits(30))
            parent, rebuilding = self.place.processes["worker"].pid, None
            self.notes["children known before"] += len(before)
        else:
            rebuilding = self.place.spawn("rebuild", self.place.smoe("projection", "rebuild", *REBUILT))
            parent = rebuilding.pid
        until = time.monotonic() + CHILD_SECONDS_MAX
        while not (children := told_children(parent)):
            if time.monotonic() > until or (rebuilding is not None and rebuilding.poll() is not None):
                # The worker was current before it shared anything out, or starts another process when work comes.
                self.notes["no child to kill"] += 1
                if rebuilding is None:
                    rebuilding = self.place.spawn("rebuild", self.place.smoe("projection", "rebuild", *REBUILT))
                    parent, until = rebuilding.pid, time.monotonic() + CHILD_SECONDS_MAX
                    continue
                return time.monotonic(), rebuilding
            time.sleep(0.01)
        time.sleep(self.chance.random() * 0.5)
        killed_at = time.monotonic()
        try:
            os.kill(self.chance.choice(children), signal.SIGKILL)
            self.notes["child of a rebuild" if rebuilding else "child of the worker"] += 1
        except ProcessLookupError:
            self.notes["child had ended"] += 1
        return killed_at, rebuilding

    def _finish(self, rebuilding: "subprocess.Popen[bytes]") -> None:
        """An interrupted rebuild says so, and goes on when it is asked for again."""
        status = rebuilding.wait(120)
        self.notes[f"rebuild ended with {status}"] += 1
        if status not in {0, 1}:
            self.faults.append(f"a rebuild whose process was killed ended with {status}")
        if status:
            again = self.place.call("projection", "rebuild", *REBUILT)
            if again.returncode:
                self.faults.append(f"a rebuild taken up again failed: {again.stdout[-500:]} {again.stderr[-500:]}")


def summary(seconds: Sequence[float]) -> dict[str, Any]:
    """How the times of one kind lie."""
    ordered = sorted(seconds)
    return {
        "count": len(ordered),
        "median_seconds": statistics.median(ordered),
        "p95_seconds": ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))],
        "max_seconds": ordered[-1],
    }


def trial(
    place: Installation, kills: int, clients: int, rate: float, seed: int, pause: float
) -> tuple[dict[str, Any], list[str]]:
    """The figures, and everything that does not hold."""
    simulated = place.simulate(1_000, seed=seed)
    place.start("api", "worker")
    load = Load(place.port, clients, rate, hot=16)
    place.wait_until_current(place.last_position())
    killer = Killer(place, load, seed)
    load.start()
    try:
        killer.run(kills, pause)
    except TooLong as failure:
        killer.faults.append(f"not working again: {failure}")
    lasted = load.stop()
    faults = killer.faults + load.failures()
    given = load.acknowledged()
    place.wait_until_current(max(each.position for each in given))
    place.wait_until_quiet()
    faults += [f"parked: {each}" for each in place.parked()]
    place.stop("api")
    place.stop("worker")
    if left := place.orphans():
        faults.append(f"processes are left: {left}")
    faults += place.differences_from_cold_rebuild()
    of_ledger, counts = faults_of_ledger(place, given, simulated + killer.simulated)
    # A fall by itself that the harness mended is a fall all the same.
    faults += [f"{name} ended by itself {times} times" for name, times in place.ended_by_themselves.items()]
    figures = {
        "kills": sum(map(len, killer.until_current.values())),
        "clients": clients,
        "seconds": lasted,
        "commands_per_second": len(given) / lasted,
        **counts,
        "until_acknowledged": {kind: summary(each) for kind, each in killer.until_acknowledged.items() if each},
        "until_read_models_current": {kind: summary(each) for kind, each in killer.until_current.items() if each},
        "notes": dict(sorted(killer.notes.items())),
    }
    return figures, faults + of_ledger


def main() -> int:
    """Kill, judge, report; 1 when something was lost, doubled, wrong or did not come back."""
    parser = arguments(__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--rate", type=float, default=60, help="commands a second of all clients together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=1.0, help="most seconds between recovery and the next kill")
    asked = parser.parse_args()
    with installation() as place:
        figures, faults = trial(place, asked.kills, asked.clients, asked.rate, asked.seed, asked.pause)
    report("Kills", figures | {"faults": faults[:50], "fault_count": len(faults)}, asked.json)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
