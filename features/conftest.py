"""The application that all scenarios share, and the steps that all chapters speak."""

import base64
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli.seed import seed_administration
from litestar.testing import TestClient

from api.app import create_app
from features.world import VirtualClock, World
from ledger.settings import Settings
from projections.runner import Runner
from tests.servers import Database

pytest_plugins: list[str] = []


@pytest.fixture(scope="session")
def clock() -> VirtualClock:
    """The hour of all scenarios: each sets it again."""
    return VirtualClock()


@pytest.fixture(scope="session")
def world_of_session(
    new_database: Callable[[], Database], valkey_url: str, clock: VirtualClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], World]]:
    """One application, one set of read models, and the demonstration's administration."""
    database = new_database()
    folder: Path = tmp_path_factory.mktemp("features")
    settings = Settings.from_environment(
        {
            "DATABASE_URL": database.app_url,
            "SMOE_OWNER_DATABASE_URL": database.owner_url,
            "REDIS_URL": valkey_url,
            "SMOE_DATA_DIR": str(folder),
            "SMOE_SECRET_KEY": base64.b64encode(os.urandom(48)).decode(),
            "SMOE_MASTER_KEY": base64.b64encode(os.urandom(32)).decode(),
        }
    )
    seed_administration(settings)
    app = create_app(settings, clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        desk = app.state.desk
        runner = Runner(desk.ledger, database.owner_url, reference=desk.reference, check_key=app.state.check_key)
        yield lambda: World(client, clock, runner)
        runner.close()


@pytest.fixture
def world(world_of_session: Callable[[], World], clock: VirtualClock) -> World:
    """A scenario's own case, on the morning of 2 November 2026 unless it says otherwise."""
    clock.__init__()  # type: ignore[misc]
    return world_of_session()
