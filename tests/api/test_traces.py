"""Spans and figures reach a collector by OTLP, a request holds its append, and nothing personal goes with them."""

import asyncio
import base64
import gzip
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from api.reading import Readers
from features.bodies import filing
from ledger import telemetry
from ledger.desk import open_ledger
from ledger.settings import ROOT, Settings
from ledger.settings_reader import SettingsError
from tests.api.service import seed, service_on, settings_on
from tests.histories import a_filing, write
from tests.servers import Database

ATTRIBUTES = {
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "smoe.command",
    "error.type",
}
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector(http.server.ThreadingHTTPServer):
    """Keeps what is sent to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiving)
        self.bodies: list[bytes] = []
        self.sent_spans: list[Span] = []
        self.metrics: dict[str, Metric] = {}
        self.resources: list[dict[str, str]] = []

    def spans(self, name: str) -> list[Span]:
        return [span for span in self.sent_spans if span.name == name]


class Receiving(http.server.BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.bodies.append(body)
        if self.path == "/v1/traces":
            for of_resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.server.resources.append(
                    {each.key: each.value.string_value for each in of_resource.resource.attributes}
                )
                for of_scope in of_resource.scope_spans:
                    self.server.sent_spans += of_scope.spans
        else:
            for measured in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                for scope in measured.scope_metrics:
                    self.server.metrics |= {metric.name: metric for metric in scope.metrics}
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with Collector() as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()
        serving.join()


def told(span: Span) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def settings(database: Database, valkey_url: str, folder: Path, collector: Collector) -> Settings:
    endpoint = f"http://127.0.0.1:{collector.server_port}"
    return settings_on(database, valkey_url, folder, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)


def test_a_request_is_traced_down_to_its_append(
    database: Database, valkey_url: str, tmp_path: Path, collector: Collector
) -> None:
    with service_on(settings(database, valkey_url, tmp_path, collector)) as service:
        dossier = service.file()
        answer = service.post("agent-63", f"{dossier.path}/claim", {}, at=dossier.version, traceparent=PARENT)
        assert answer.status_code == 200
        assert service.post("agent-63", f"{dossier.path}/claim", {}, at=dossier.version).status_code == 409
        assert service.post("agent-63", f"{dossier.path}/sign", {}, at=answer.json()["version"]).status_code >= 400
        service.runner.run_until_current()
        service.runner.close()
    # Closing sent everything.
    route = "POST /api/cases/{case_id}/claim"
    first, second = collector.spans(route)
    assert first.trace_id.hex() == PARENT.split("-")[1]
    assert first.parent_span_id.hex() == PARENT.split("-")[2]
    assert first.kind == Span.SPAN_KIND_SERVER
    assert told(first) == {
        "http.request.method": "POST",
        "http.route": "/api/cases/{case_id}/claim",
        "http.response.status_code": 200,
    }
    assert told(second)["http.response.status_code"] == 409
    (append,) = [span for span in collector.spans("append") if span.trace_id == first.trace_id]
    (decide,) = [span for span in collector.spans("decide") if span.trace_id == first.trace_id]
    assert append.parent_span_id == decide.parent_span_id == first.span_id
    assert told(decide) == {"smoe.command": "claim"}
    assert first.start_time_unix_nano <= decide.end_time_unix_nano <= append.start_time_unix_nano
    assert append.end_time_unix_nano <= first.end_time_unix_nano
    assert collector.spans("tell read models")
    assert collector.resources[0]["service.name"] == "smoe-api"


def test_nothing_personal_is_sent(database: Database, valkey_url: str, tmp_path: Path, collector: Collector) -> None:
    body = filing("introduction_permanent")
    with service_on(settings(database, valkey_url, tmp_path, collector)) as service:
        dossier = service.file_body(body)
        service.get("employer-acme", "/api/cases", q=body["request"]["worker"]["family_name"])
        dossier.read("employer-acme", "/history")
        dossier.give("agent-63", "add-note", {"text": "Appel de M. Confidentiel"})
        dossier.give("agent-63", "claim")
        assert dossier.give("agent-63", "claim").status_code == 409
        identity = service.desk.history(dossier.id).facts[0].actor.identity
    assert {each.key for span in collector.sent_spans for each in span.attributes} <= ATTRIBUTES
    assert not any(span.events or span.status.message for span in collector.sent_spans)
    assert "error.type" in {each.key for span in collector.sent_spans for each in span.attributes}
    worker, employer = body["request"]["worker"], body["request"]["employer"]
    sent = b"\n".join(collector.bodies)
    assert b"smoe_append_seconds" in sent
    assert b"POST /api/cases" in sent
    secrets = [
        str(dossier.id),
        identity,
        "Confidentiel",
        worker["family_name"],
        worker["given_names"],
        employer["name"],
    ]
    assert [secret for secret in secrets if secret.encode() in sent] == []


def test_the_figures_are_those_of_prometheus(
    database: Database, valkey_url: str, tmp_path: Path, collector: Collector
) -> None:
    with service_on(settings(database, valkey_url, tmp_path, collector)) as service:
        service.file()
        telemetry.conflict("version")
        text = service.get(None, "/metrics").text
    scraped = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    (appends,) = collector.metrics["smoe_append_seconds"].histogram.data_points
    assert appends.count == float(scraped["smoe_append_seconds_count"])
    assert appends.sum == pytest.approx(float(scraped["smoe_append_seconds_sum"]))
    assert sum(appends.bucket_counts) == appends.count
    assert len(appends.bucket_counts) == len(appends.explicit_bounds) + 1
    assert appends.bucket_counts[0] == float(scraped['smoe_append_seconds_bucket{le="0.0005"}'])
    assert not appends.HasField("min")
    assert collector.metrics["smoe_append_seconds"].unit == "s"
    facts = collector.metrics["smoe_facts_appended"].sum
    assert facts.is_monotonic
    assert facts.data_points[0].as_double == float(scraped["smoe_facts_appended_total"]) > 0
    conflicts = {
        point.attributes[0].value.string_value: point.as_double
        for point in collector.metrics["smoe_append_conflicts"].sum.data_points
    }
    assert conflicts["version"] == float(scraped['smoe_append_conflicts_total{kind="version"}']) > 0
    assert collector.metrics["smoe_database_up"].gauge.data_points[0].as_int == 1
    lag = collector.metrics["smoe_read_model_lag_events"].gauge.data_points
    assert {point.attributes[0].value.string_value for point in lag} >= {"cases", "history"}


def is_stale_after(readers: Readers, position: int) -> bool:
    """Whether read models have not come so far in a minute, which is long enough for any start."""
    return not asyncio.run(readers.watch.wait_for(position, timeout_seconds=60))


def test_the_worker_tells_its_batches(
    database: Database, valkey_url: str, tmp_path: Path, collector: Collector
) -> None:
    told_of = settings(database, valkey_url, tmp_path, collector)
    seed(told_of)
    environment = os.environ | {
        "DATABASE_URL": told_of.database_url,
        "SMOE_OWNER_DATABASE_URL": told_of.owner_database_url,
        "REDIS_URL": told_of.redis_url,
        "SMOE_DATA_DIR": str(tmp_path),
        "SMOE_SECRET_KEY": told_of.secret_key,
        "SMOE_RATE_LIMITS": "off",
        "SMOE_MASTER_KEY": base64.b64encode(told_of.master_key).decode(),
    }
    ledger = open_ledger(told_of)
    worker = subprocess.Popen([sys.executable, "-m", "cli", "worker"], cwd=ROOT, env=environment)
    try:
        with Readers(database.app_url) as readers:
            assert not is_stale_after(readers, ledger.last_position())
            # What is built at the start may be built by others; this is followed.
            stream = uuid4()
            write(ledger, stream, [a_filing(stream, "AT-1", date(2026, 3, 2))])
            assert not is_stale_after(readers, ledger.last_position())
        assert worker.poll() is None
    finally:
        worker.terminate()
        assert worker.wait(30) == 0
        ledger.close()
    # Its end sent everything.
    assert collector.spans("tell read models")
    assert {of["service.name"] for of in collector.resources} == {"smoe-worker"}
    assert "smoe_facts_appended" in collector.metrics


def test_a_collector_that_is_gone_stops_nothing(
    database: Database, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    nowhere = settings_on(database, valkey_url, tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    with service_on(nowhere) as service:
        assert service.file().version > 0


def test_without_a_collector_nothing_is_loaded() -> None:
    # Another library may look for OpenTelemetry by itself; what sends anything is ours to load.
    asked = (
        "import sys, api.app, cli.worker\n"
        "from ledger import telemetry\n"
        "assert telemetry.span('a') is telemetry.span('b', command='c')\n"
        "print([name for name in sys.modules if name.startswith(('ledger.otlp', 'opentelemetry.exporter'))])"
    )
    answer = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


def test_a_collector_that_cannot_be_spoken_to_is_refused_at_the_start(tmp_path: Path) -> None:
    environ = {
        "SMOE_DATA_DIR": str(tmp_path),
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_METRIC_EXPORT_INTERVAL": "soon",
    }
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(environ)
    assert [problem.split()[0] for problem in refused.value.problems] == [
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_METRIC_EXPORT_INTERVAL",
    ]
    assert Settings.from_environment(environ | {"OTEL_SDK_DISABLED": "true"}).otlp is False
