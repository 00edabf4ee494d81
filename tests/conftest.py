"""The types that fixtures of `tests/servers.py` give."""

from tests.servers import Database as Database
from tests.servers import PostgresServer as PostgresServer
