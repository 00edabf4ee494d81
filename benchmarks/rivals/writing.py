"""The process of a writer in Python: warms up, says so, writes for a time when told, tells its latencies and CPU."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import chain
from typing import Any, NamedTuple, Protocol

STREAMS: int = 40
"""Open streams of each writer."""


class Task(NamedTuple):
    """What one process is to do."""

    url: str
    threads: int
    batch: int
    new: bool
    state: str
    """Hexadecimal: what the bare INSERT writes, a state as the ledger stored it."""


class Contender(Protocol):
    """What a contender's module gives for one process."""

    def stream(self) -> Any:
        """A new stream that nothing has been written to."""

    def append(self, stream: Any, count: int) -> None:
        """Write that many events to a stream, in one commit."""


def write(contender: Contender, task: Task, streams: list[Any], until: float, taken: list[float]) -> None:
    """Append until a moment of the monotonic clock."""
    turn = 0
    while (began := time.monotonic()) < until:
        contender.append(contender.stream() if task.new else streams[turn % STREAMS], task.batch)
        taken.append(time.monotonic() - began)
        turn += 1


def main(name: str, text: str) -> None:
    """Speak with the benchmark over standard input and output, one line each way."""
    task = Task(**json.loads(text))
    contender: Contender = import_module(f"benchmarks.rivals.{name}").connect(task)
    streams: list[list[Any]] = [[] for _ in range(task.threads)]

    def warm(number: int) -> None:
        for _ in range(STREAMS):
            opened = contender.stream()
            contender.append(opened, 1)
            streams[number].append(opened)
        write(contender, task, streams[number], time.monotonic() + 0.3, [])

    # The same threads to the end: some contenders have a connection for each, whose server process goes with it.
    with ThreadPoolExecutor(task.threads) as threads:
        list(threads.map(warm, range(task.threads)))
        print("ready", flush=True)
        seconds = float(sys.stdin.readline())
        taken: list[list[float]] = [[] for _ in range(task.threads)]
        began, cpu = time.monotonic(), time.process_time()
        list(threads.map(lambda n: write(contender, task, streams[n], began + seconds, taken[n]), range(task.threads)))
        lasted, used = time.monotonic() - began, time.process_time() - cpu
        print(json.dumps({"seconds": lasted, "cpu": used, "taken": list(chain.from_iterable(taken))}), flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
