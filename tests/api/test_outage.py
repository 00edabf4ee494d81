"""PostgreSQL stops and comes back: meanwhile everything is refused at once as not ready, and nothing is half done."""

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from cli import embedded
from features.bodies import filing
from ledger.migrate import APPLICATION_ROLE, migrate
from tests.api.service import Service, service_on, settings_on
from tests.servers import FAST, Database

PROMPT_SECONDS = 8.0


class Stoppable:
    """A PostgreSQL of this test alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sockets = folder / "sockets"
        self.sockets.mkdir(mode=0o700)
        self.running = contextlib.ExitStack()

    def start(self) -> None:
        self.running.enter_context(embedded.postgres(self.folder, self.sockets, FAST))

    def stop(self) -> None:
        self.running.close()

    @property
    def database(self) -> Database:
        owner, application = (
            embedded.postgres_url(self.sockets, role, embedded.DATABASE)
            for role in (embedded.OWNER_ROLE, APPLICATION_ROLE)
        )
        return Database(embedded.DATABASE, owner, application)


@pytest.fixture
def server() -> Iterator[Stoppable]:
    with tempfile.TemporaryDirectory(prefix="smoe-") as folder:
        # PostgreSQL refuses to be root: it must be able to pass here as somebody else.
        Path(folder).chmod(0o711)
        server = Stoppable(Path(folder))
        server.start()
        migrate(server.database.owner_url)
        yield server
        server.stop()


def promptly(ask: Callable[[], httpx.Response]) -> httpx.Response:
    asked = time.monotonic()
    answer = ask()
    assert time.monotonic() - asked < PROMPT_SECONDS
    return answer


def must_be_not_ready(answer: httpx.Response) -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "not_ready"), answer.text
    assert problem["title"] == "Le service n'est pas prêt."
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0


def facts(service: Service) -> int:
    return service.desk.ledger.last_position()


def test_an_outage_is_told_at_once_and_forgotten_at_once(server: Stoppable, valkey_url: str, tmp_path: Path) -> None:
    with service_on(settings_on(server.database, valkey_url, tmp_path)) as service:
        dossier = service.file()
        written = facts(service)
        assert service.get_current("agent-63", "/api/cases").status_code == 200
        assert service.get(None, "/health/ready").status_code == 200
        server.stop()

        ready = promptly(lambda: service.get(None, "/health/ready"))
        assert (ready.status_code, ready.json()["status"], ready.json()["postgresql"]) == (503, "not_ready", False)
        with capture_logs() as logs:
            must_be_not_ready(promptly(lambda: service.get("agent-63", "/api/cases")))
        assert [line["log_level"] for line in logs] == ["warning"]
        for ask in (
            lambda: service.post("employer-acme", "/api/cases", filing("introduction_permanent"), key="during"),
            lambda: dossier.read("employer-acme"),
            lambda: dossier.give("agent-63", "claim"),
            lambda: service.get(None, "/api/permits/check", number="AT-1", birth_date="1990-01-01"),
        ):
            must_be_not_ready(promptly(ask))
        assert service.get(None, "/health/live").status_code == 200

        asked = time.monotonic()
        crowd = [threading.Thread(target=service.get, args=("agent-63", "/api/cases")) for _ in range(10)]
        for each in crowd:
            each.start()
        for each in crowd:
            each.join()
        assert time.monotonic() - asked < PROMPT_SECONDS, "nobody waits for the waits of others"

        server.start()
        asked = time.monotonic()
        while service.get(None, "/health/ready").status_code != 200:
            assert time.monotonic() - asked < PROMPT_SECONDS
            time.sleep(0.2)
        assert service.get("agent-63", "/api/cases").status_code == 200
        assert facts(service) == written, "what was refused was not written"
        # The same key: an outage is no answer, so that the repeated request is carried out.
        again = service.post("employer-acme", "/api/cases", filing("introduction_permanent"), key="during")
        assert again.status_code == 201
        assert facts(service) > written


def test_a_restart_between_two_requests_is_not_noticed(server: Stoppable, valkey_url: str, tmp_path: Path) -> None:
    with service_on(settings_on(server.database, valkey_url, tmp_path)) as service:
        dossier = service.file()
        assert service.get_current("agent-63", "/api/cases").status_code == 200
        server.stop()
        server.start()
        assert service.get("agent-63", "/api/cases").status_code == 200
        dossier.must("agent-63", "claim")
        service.runner.close()
