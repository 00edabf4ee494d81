"""One application that the tests of the API share; those that need their own make it."""

from collections.abc import Callable, Iterator

import pytest

from tests.api.service import Clock, Service, service_on, settings_on
from tests.servers import Database


@pytest.fixture(scope="session")
def api_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def service_of_session(
    new_database: Callable[[], Database],
    valkey_url: str,
    api_clock: Clock,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    settings = settings_on(new_database(), valkey_url, tmp_path_factory.mktemp("api"))
    with service_on(settings, api_clock) as service:
        yield service


@pytest.fixture
def service(service_of_session: Service, api_clock: Clock) -> Service:
    """The application, on the morning of 2 November 2026."""
    api_clock.restart()
    return service_of_session
