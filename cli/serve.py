"""`smoe api`: granian serves the application that `api/app.py` builds."""

import asyncio
import importlib
import os
import signal
from functools import partial
from typing import Any, Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from cli.child import die_with_parent
from ledger.garbage import started_up
from ledger.settings import Settings

HEAD_MILLISECONDS_MAX: Final = 30_000
"""For a request's line and headers to arrive, and for the next request on an idle connection."""
HEAD_BYTES_MAX: Final = 65_536
"""Beyond these the server answers 431 itself, before the application sees anything."""
APPLICATION = "api.app:create_app"


def serve_api(settings: Settings) -> None:
    """Serve until told to stop; the application is named, not imported, so that each worker process builds its own."""
    server = Granian(
        APPLICATION,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        workers_kill_timeout=5,
        factory=True,
        websockets=False,
        # Whoever needs HTTP/2 has a proxy that speaks it; here it would only be one more way in.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MILLISECONDS_MAX, max_buffer_size=HEAD_BYTES_MAX),
    )
    # Named and partial, not nested: where workers are spawned, not forked, the loader is sent to them pickled.
    server.serve(target_loader=partial(load, os.getpid()), wrap_loader=False)


def load(server_pid: int) -> Any:
    """Build the application in a worker that ends with its server, so that a killed server frees its port."""
    die_with_parent(server_pid, signal.SIGKILL)
    module, factory = APPLICATION.split(":")
    application = getattr(importlib.import_module(module), factory)()
    application.on_startup.append(end_feeds_when_told_to_stop)
    started_up()
    return application


async def end_feeds_when_told_to_stop(application: Any) -> None:
    """Let a signal to stop end what would never end by itself: granian waits for open answers before it says so."""
    loop = asyncio.get_running_loop()

    def told(*_: Any) -> None:
        loop.call_soon_threadsafe(application.state.feed.end)

    # The event loop hears of signals by another way, so that granian's own handler is called as before.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
