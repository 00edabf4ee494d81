"""The process of a writer in Python: warms up, says so, writes for a time when told, tells its latencies and CPU."""

import json
import sys
import threading
import time
from collections.abc import Callable
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


def together(work: Callable[[int], None], threads: int) -> None:
    """Run as many threads and wait for all of them; a failure of one ends the process, so that it is not overlooked."""
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as failure:
            failures.append(failure)

    workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]


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

    together(warm, task.threads)
    print("ready", flush=True)
    seconds = float(sys.stdin.readline())
    taken: list[list[float]] = [[] for _ in range(task.threads)]
    began, cpu = time.monotonic(), time.process_time()
    together(lambda n: write(contender, task, streams[n], began + seconds, taken[n]), task.threads)
    lasted, used = time.monotonic() - began, time.process_time() - cpu
    print(json.dumps({"seconds": lasted, "cpu": used, "taken": list(chain.from_iterable(taken))}), flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
