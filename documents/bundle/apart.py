"""Work on files that strangers made, in a process apart: what breaks or bloats it breaks nothing else.

The process knows no setting and no secret of ours, has limited memory, is killed when it takes too long or is no longer
wanted, and dies with the one that started it.
"""

import atexit
import contextlib
import fcntl
import importlib
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from typing import IO, Any, Final, get_type_hints

import msgspec

MEMORY_BYTES: Final = 3 << 30
"""Of addresses, files mapped into memory included."""
FILE_BYTES: Final = 16 << 30
IDLE_SECONDS: Final = 20.0
JOBS_MAX: Final = 500
"""After so many a process has earned its end, whatever it may have kept."""
KILLED_WAITS_SECONDS: Final = (0.5, 3.0)
"""Before the work of a process that was killed is tried again, in another one."""
_LOOK_SECONDS: Final = 0.1
_BEGIN: Final = "from documents.bundle.apart import serve; serve()"


class Broken(Exception):
    """The work could not be done: the process crashed, took too long, too much memory, or met a fault in the file."""


class Stopped(Exception):
    """The work was told to stop."""


class _Order(msgspec.Struct):
    function: str
    """`module:name` of what to call with the job."""
    job: msgspec.Raw
    memory_bytes: int = MEMORY_BYTES


class _Answer(msgspec.Struct):
    progress: tuple[int, int] | None = None
    result: msgspec.Raw = msgspec.Raw(b"null")
    broken: str = ""


class _Process:
    """One process that does one job after another."""

    def __init__(self) -> None:
        self._lifeline, self._held = os.pipe()
        self._child = subprocess.Popen(
            [sys.executable, "-c", _BEGIN, str(self._lifeline)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(self._lifeline,),
            env={
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                "PATH": os.defpath,
                "LANG": "C.UTF-8",
                # What is in clear stays where the one who gave the work will look for it.
                "TMPDIR": tempfile.gettempdir(),
            },
        )
        os.close(self._lifeline)
        self.jobs = 0

    @property
    def lives(self) -> bool:
        return self._child.poll() is None

    def end(self) -> None:
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        if self._held >= 0:
            os.close(self._held)
            self._held = -1

    def ask(
        self, order: _Order, seconds: float, progress: Callable[[int, int], None], stop: Callable[[], bool]
    ) -> msgspec.Raw:
        self.jobs += 1
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            self._child.stdin.write(msgspec.json.encode(order) + b"\n")
            self._child.stdin.flush()
        except OSError:
            raise _Gone from None
        deadline, held, answered = time.monotonic() + seconds, bytearray(), False
        while True:
            if stop():
                raise Stopped
            if time.monotonic() > deadline:
                raise Broken(f"it took more than {seconds:.0f} s")
            if not select.select([self._child.stdout], [], [], _LOOK_SECONDS)[0]:
                continue
            read = os.read(self._child.stdout.fileno(), 1 << 16)
            if not read:
                code = self._child.wait()
                if code == 0 and not answered:
                    raise _Gone
                if code == -signal.SIGKILL:
                    raise _Killed
                raise Broken(f"the process ended with {code}")
            held += read
            while (at := held.find(b"\n")) >= 0:
                answer = msgspec.json.decode(bytes(held[:at]), type=_Answer)
                del held[: at + 1]
                answered = True
                if answer.progress:
                    progress(*answer.progress)
                elif answer.broken:
                    raise Broken(answer.broken)
                else:
                    return answer.result


class _Gone(Exception):
    """The process had ended before it took the order."""


class _Killed(Exception):
    """Somebody has killed the process, or the system has, for want of memory: no file does that by itself."""


_idle: list[_Process] = []
_guard: Final = threading.Lock()


def done_apart(
    function: Callable[..., Any],
    job: msgspec.Struct,
    *,
    seconds: float,
    memory_bytes: int = MEMORY_BYTES,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> Any:
    """What a function of a module answers to a job, both Structs, in a process apart. Raises Broken, Stopped.

    A function that takes a second parameter is given what to tell its progress by. Work that is killed from outside is
    tried again, so that no file is blamed for it; one that is killed each time is Broken, since it may be the reason.
    """
    waits = iter(KILLED_WAITS_SECONDS)
    order = _Order(f"{function.__module__}:{function.__name__}", msgspec.Raw(msgspec.json.encode(job)), memory_bytes)
    while True:
        process = _taken()
        try:
            result = process.ask(order, seconds, progress, stop)
        except _Gone:
            process.end()
            continue
        except _Killed:
            process.end()
            wait = next(waits, None)
            if wait is None:
                raise Broken("the process was killed each time") from None
            _rest(wait, stop)
            continue
        except BaseException:
            process.end()
            raise
        _put_back(process)
        return msgspec.json.decode(result, type=get_type_hints(function)["return"])


def _rest(seconds: float, stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if stop():
            raise Stopped
        time.sleep(_LOOK_SECONDS)


def _taken() -> _Process:
    with _guard:
        while _idle:
            process = _idle.pop()
            if process.lives:
                return process
            process.end()
    return _Process()


def _put_back(process: _Process) -> None:
    with _guard:
        if process.jobs < JOBS_MAX and len(_idle) < (os.cpu_count() or 1):
            _idle.append(process)
            return
    process.end()


@atexit.register
def end_idle() -> None:
    """End the processes that wait for work: they hold memory, and whoever has no more work need not hold it."""
    with _guard:
        waiting = _idle[:]
        _idle.clear()
    for process in waiting:
        process.end()


def serve() -> None:
    """Do jobs as they come on the standard input, until it closes or nothing comes any more."""
    # A terminal or a supervisor tells a whole group to stop: the one who gave the work decides, not the work.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _limited(int(sys.argv[1]))
    orders, answers = os.dup(0), os.fdopen(os.dup(1), "wb", buffering=0)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    held = bytearray()
    while select.select([orders], [], [], IDLE_SECONDS)[0]:
        read = os.read(orders, 1 << 16)
        if not read:
            return
        held += read
        while (at := held.find(b"\n")) >= 0:
            order = msgspec.json.decode(bytes(held[:at]), type=_Order)
            del held[: at + 1]
            _say(answers, _answer(order, answers))


def _limited(lifeline: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # Nothing is ever written to the lifeline: it closes when the one who holds its other end has died, however busy
    # this process is, and SIGIO ends it.
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        os._exit(1)


def _answer(order: _Order, answers: IO[bytes]) -> _Answer:
    module, _, name = order.function.partition(":")
    function = getattr(importlib.import_module(module), name)
    hints = get_type_hints(function)
    hints.pop("return")
    kinds = list(hints.values())
    resource.setrlimit(resource.RLIMIT_AS, (order.memory_bytes, resource.getrlimit(resource.RLIMIT_AS)[1]))
    try:
        job = msgspec.json.decode(order.job, type=kinds[0])
        if len(kinds) == 1:
            result = function(job)
        else:
            result = function(job, lambda done, total: _say(answers, _Answer(progress=(done, total))))
    except Exception:
        # Whatever it was, it is told to the one who asked, who decides what becomes of the file.
        return _Answer(broken=traceback.format_exc(limit=-4)[-4_000:])
    return _Answer(result=msgspec.Raw(msgspec.json.encode(result)))


def _say(answers: IO[bytes], answer: _Answer) -> None:
    answers.write(msgspec.json.encode(answer) + b"\n")
