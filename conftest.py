"""Makes the real servers of `tests/servers.py` available to tests and features alike."""

pytest_plugins = ["tests.servers"]
