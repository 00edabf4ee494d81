"""Makes the real servers of `tests/servers.py` available to tests and features alike, and leaves logs as they were."""

from collections.abc import Iterator

import pytest
import structlog

pytest_plugins = ["tests.servers"]


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command that a test runs in its own process may silence all logs, which later tests listen to."""
    before = structlog.get_config()
    yield
    if structlog.get_config()["wrapper_class"] is not before["wrapper_class"]:
        structlog.configure(**before)
