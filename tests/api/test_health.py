"""Ready only when what is shown is recent; figures that a scrape gets whatever the database does."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from ledger import telemetry
from projections.read_model import read_models
from tests.api.service import Service, service_on, settings_on
from tests.servers import Database

MODELS = {model.table for model in read_models()}


@pytest.fixture
def place(database: Database, valkey_url: str, tmp_path: Path) -> Iterator[Service]:
    settings = settings_on(database, valkey_url, tmp_path, SMOE_LAG_EVENTS_MAX="20", SMOE_APPENDER_SECONDS_MAX="1")
    with service_on(settings) as service:
        yield service


def ready(service: Service) -> tuple[int, Any]:
    answer = service.get(None, "/health/ready")
    return answer.status_code, answer.json()


def figures(service: Service) -> dict[tuple[str, str], float]:
    """Every figure by its name and the value of its label, if it has one."""
    answer = service.get(None, "/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if len(sample.labels) < 2
    }


def test_not_ready_until_the_read_models_are_built(place: Service) -> None:
    status, told = ready(place)
    assert (status, told["status"], told["postgresql"]) == (503, "not_ready", True)
    facts = place.desk.ledger.head(place.desk.ledger.read(0, 1)[0].stream)[0]
    assert f"La vue « cases » n'est pas encore construite : {facts} faits à lire." in told["faults"]
    assert len(told["faults"]) == len(MODELS)
    place.runner.run_until_current()
    status, told = ready(place)
    assert (status, told["status"], told["faults"]) == (200, "ready", [])
    assert told["ledger_position"] == told["read_position"] == place.desk.ledger.last_position()
    assert {each["model"] for each in told["models"]} == MODELS
    assert {(each["lag_events"], each["lag_seconds"], each["parked"]) for each in told["models"]} == {(0, 0.0, 0)}


def test_not_ready_when_read_models_are_too_many_facts_late(place: Service) -> None:
    place.runner.run_until_current()
    reached = place.desk.ledger.last_position()
    while len(place.desk.ledger.read(reached, 100)) <= 20:
        assert ready(place)[0] == 200
        place.file()
    late = len(place.desk.ledger.read(reached, 100))
    status, told = ready(place)
    assert status == 503
    assert f"La vue « history » a {late} faits de retard (au plus 20)." in told["faults"]
    place.runner.run_until_current()
    assert ready(place)[0] == 200


def test_not_ready_when_read_models_are_too_long_late(place: Service) -> None:
    place.runner.run_until_current()
    place.file()
    place.clock.now += timedelta(seconds=50)
    assert ready(place)[0] == 200
    place.clock.now += timedelta(seconds=15)
    status, told = ready(place)
    assert status == 503
    # The hour of these tests moves by a second whenever it is asked.
    assert "La vue « permits » a 67 s de retard (au plus 60 s)." in told["faults"]
    assert {each["lag_seconds"] for each in told["models"]} == {67.0}


def test_not_ready_when_an_appender_is_stuck(place: Service) -> None:
    place.runner.run_until_current()
    with psycopg.connect(place.settings.database_url, application_name="stuck-writer") as connection:
        connection.execute("LOCK TABLE ledger.events IN ROW EXCLUSIVE MODE")
        connection.execute("SELECT pg_current_xact_id()")
        assert ready(place)[0] == 200
        connection.execute("SELECT pg_sleep(1.1)")
        with capture_logs() as logs:
            status, told = ready(place)
        assert status == 503
        assert told["faults"] == [
            "Une transaction ajoute des faits depuis 1 s (au plus 1 s) et retient tous les lecteurs : processus"
            f" {connection.info.backend_pid} de PostgreSQL, « stuck-writer »."
        ]
        assert [line["pid"] for line in logs] == [connection.info.backend_pid]
        assert figures(place)["smoe_ledger_horizon_age_seconds", ""] > 1
        connection.rollback()
    assert ready(place)[0] == 200


def test_not_ready_where_positions_would_go_backwards(place: Service) -> None:
    with psycopg.connect(place.settings.owner_database_url, autocommit=True) as connection:
        # As a dump restored into a younger cluster leaves it: a fact of a transaction that is still to come here.
        connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER refuse_position")
        connection.execute(
            "INSERT INTO ledger.events (originator_id, originator_version, topic, state, hash, notification_id)"
            " VALUES (gen_random_uuid(), 1, '', '', decode(repeat('00', 32), 'hex'), 1::bigint << 60)"
        )
    with psycopg.connect(place.settings.database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'smoe-ledger' AND datname = current_database()"
        )
    status, told = ready(place)
    assert (status, told["postgresql"], told["status"]) == (503, True, "not_ready")
    assert "« smoe ledger continue »" in told["faults"][0]
    assert figures(place)["smoe_database_up", ""] == 0


def test_the_figures_of_the_database(place: Service) -> None:
    place.runner.run_until_current()
    reached = place.desk.ledger.last_position()
    place.file()
    late = len(place.desk.ledger.read(reached, 100))
    with psycopg.connect(place.settings.owner_database_url) as connection:
        connection.execute(
            "INSERT INTO read.parked (model, case_id, position, error, code_version)"
            " SELECT 'clocks', gen_random_uuid(), 1, '', '' FROM generate_series(1, 3)"
        )
    with psycopg.connect(place.settings.database_url) as old:
        old.execute("SELECT 1")
        told = figures(place)
        assert told["smoe_database_oldest_transaction_pid", ""] == old.info.backend_pid
        assert told["smoe_database_oldest_transaction_seconds", ""] > 0
    assert told["smoe_database_up", ""] == 1
    assert told["smoe_ledger_position", ""] == place.desk.ledger.last_position()
    assert told["smoe_ledger_horizon", ""] > told["smoe_ledger_position", ""]
    assert told["smoe_ledger_appenders", ""] == told["smoe_ledger_horizon_age_seconds", ""] == 0
    for name in MODELS:
        assert told["smoe_read_model_position", name] == reached
        assert told["smoe_read_model_lag_events", name] == late
        assert told["smoe_read_model_parked_cases", name] == (3 if name == "clocks" else 0)
    for pool in ("ledger", "readers"):
        assert told["smoe_pool_connections", pool] >= told["smoe_pool_available", pool] > 0
        assert told["smoe_pool_waiting", pool] == 0


def test_many_scrapes_ask_the_database_once(place: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    first = figures(place)["smoe_ledger_position", ""]
    place.file()
    monkeypatch.setattr("api.metrics.FRESH_SECONDS", 3600.0)
    assert figures(place)["smoe_ledger_position", ""] == first
    monkeypatch.setattr("api.metrics.FRESH_SECONDS", 0.0)
    assert figures(place)["smoe_ledger_position", ""] == place.desk.ledger.last_position() > first


def test_a_scrape_of_a_database_that_is_gone(
    new_database: Callable[[], Database], valkey_url: str, tmp_path: Path, postgres_server: Any
) -> None:
    database = new_database()
    with service_on(settings_on(database, valkey_url, tmp_path)) as service:
        service.runner.close()
        postgres_server.administer("DROP DATABASE {name} WITH (FORCE)", name=database.name)
        with capture_logs() as logs:
            told = figures(service)
        assert told["smoe_database_up", ""] == 0
        assert ("smoe_ledger_position", "") not in told
        assert ("smoe_read_model_lag_events", "cases") not in told
        assert ("smoe_pool_waiting", "ledger") in told
        assert {line["event"] for line in logs} == {"the database gives no figures"}
        status, body = ready(service)
        assert (status, body["faults"], body["models"]) == (503, ["PostgreSQL ne répond pas."], [])


def test_what_the_process_counts_is_told(service: Service) -> None:
    def told() -> list[float]:
        found = figures(service)
        return [
            found["smoe_append_seconds_count", ""],
            found["smoe_facts_appended_total", ""],
            found["smoe_append_conflicts_total", "version"],
            found["smoe_append_conflicts_total", "key_race"],
            found["smoe_wakeups_sent_total", ""],
        ]

    before = told()
    telemetry.appended(0.004, 3)
    telemetry.conflict("version")
    telemetry.woke_followers()
    assert [now - then for now, then in zip(told(), before, strict=True)] == [1, 3, 1, 0, 1]
    answer = service.get(None, "/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert "smoe_requests_total{" in answer.text


def test_processes_that_share_a_folder_tell_their_figures_together(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    told = figures(service)
    # This process began without the folder: its own figures are not there, those of the database are.
    assert ("smoe_facts_appended_total", "") not in told
    assert told["smoe_database_up", ""] == 1


def test_the_route_of_figures_is_in_no_document(service: Service) -> None:
    client: TestClient[Any] = service.client
    assert "/metrics" not in client.get("/schema/openapi.json").json()["paths"]
