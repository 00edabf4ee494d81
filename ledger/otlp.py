"""Sends spans and figures by OTLP over HTTP; loaded only where the environment names a collector (extra `otel`)."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric as Family
from prometheus_client.samples import Sample

from ledger import telemetry

SCOPE: Final = "smoe"
EXPORT_MILLISECONDS: Final = 60_000
"""Between two exports of figures, unless `OTEL_METRIC_EXPORT_INTERVAL` says otherwise."""
CLOSE_SECONDS: Final = 2.0
"""How long the end of a process waits for a collector that does not answer."""

Registries = Callable[[], Iterable[CollectorRegistry]]


class Otlp:
    """The spans and figures of one process on their way to a collector, until closed.

    Where to, how often and what is sampled comes from the variables that OpenTelemetry defines.
    """

    def __init__(self, service: str, code_version: str, registries: Registries) -> None:
        told = {"service.version": code_version}
        if not os.environ.get("OTEL_SERVICE_NAME"):
            told["service.name"] = service
        self._resource = Resource.create(told)
        self._registries = registries
        self._began = time.time_ns()
        self._provider = TracerProvider(resource=self._resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer(SCOPE, code_version)
        self._parents = TraceContextTextMapPropagator()
        self._figures = OTLPMetricExporter()
        self._stop = threading.Event()
        self._sending = threading.Thread(target=self._send_figures, name="otlp-figures", daemon=True)
        self._sending.start()
        telemetry.trace_with(self.span)

    @contextmanager
    def span(self, name: str, attributes: Mapping[str, Any]) -> Iterator[Span]:
        """A span within the current one; of an error only its type is told: its text may hold what was handled."""
        told = {f"smoe.{key}": value for key, value in attributes.items()}
        with self._open(name, attributes=told) as span:
            yield span

    @contextmanager
    def request(self, method: str, route: str, headers: Mapping[str, str]) -> Iterator[Span]:
        """The span of a request, within that of whoever sent it."""
        attributes = {"http.request.method": method, "http.route": route}
        parent = self._parents.extract(headers)
        with self._open(f"{method} {route}", attributes=attributes, kind=SpanKind.SERVER, context=parent) as span:
            yield span

    @contextmanager
    def _open(self, name: str, **options: Any) -> Iterator[Span]:
        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False, **options
        ) as span:
            try:
                yield span
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                raise

    def close(self) -> None:
        """Send what is left, and end."""
        telemetry.trace_with(None)
        self._stop.set()
        self._sending.join(CLOSE_SECONDS)
        self._provider.shutdown()
        self._figures.shutdown()

    def _send_figures(self) -> None:
        pause = int(os.environ.get("OTEL_METRIC_EXPORT_INTERVAL") or EXPORT_MILLISECONDS) / 1000
        while not self._stop.wait(pause):
            self._figures.export(self._data())
        self._figures.export(self._data())

    def _data(self) -> MetricsData:
        families = [family for registry in self._registries() for family in registry.collect()]
        now = time.time_ns()
        metrics = [metric for family in families if (metric := told(family, self._began, now)) is not None]
        scope = ScopeMetrics(scope=InstrumentationScope(SCOPE), metrics=metrics, schema_url="")
        return MetricsData([ResourceMetrics(resource=self._resource, scope_metrics=[scope], schema_url="")])


def told(family: Family, began: int, now: int) -> Metric | None:
    """A figure of Prometheus as OTLP tells it; None when it has no values, or is of a kind that smoe does not use."""
    unit = "s" if family.name.endswith("_seconds") else ""
    data: Sum | Gauge | Histogram
    if family.type == "counter":
        points = [_number(sample, began, now) for sample in family.samples if sample.name.endswith("_total")]
        data = Sum(points, AggregationTemporality.CUMULATIVE, is_monotonic=True)
    elif family.type == "gauge":
        data = Gauge([_number(sample, began, now) for sample in family.samples])
    elif family.type == "histogram":
        data = Histogram(list(_histograms(family.samples, began, now)), AggregationTemporality.CUMULATIVE)
    else:
        return None
    return Metric(family.name, family.documentation, unit, data) if data.data_points else None


def _number(sample: Sample, began: int, now: int) -> NumberDataPoint:
    return NumberDataPoint(sample.labels, began, now, sample.value)


def _histograms(samples: Iterable[Sample], began: int, now: int) -> Iterator[HistogramDataPoint]:
    """One point for each set of labels; Prometheus counts what is below a bound, OTLP what is between two."""
    found: dict[tuple[tuple[str, str], ...], tuple[list[tuple[float, int]], list[float]]] = {}
    for sample in samples:
        labels = tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
        buckets, sums = found.setdefault(labels, ([], []))
        if sample.name.endswith("_bucket"):
            buckets.append((float(sample.labels["le"]), int(sample.value)))
        elif sample.name.endswith("_sum"):
            sums.append(sample.value)
    for labels, (buckets, sums) in found.items():
        buckets.sort()
        below = [count for _, count in buckets]
        yield HistogramDataPoint(
            attributes=dict(labels),
            start_time_unix_nano=began,
            time_unix_nano=now,
            count=below[-1],
            sum=sums[0],
            bucket_counts=[count - before for count, before in zip(below, [0, *below], strict=False)],
            explicit_bounds=[bound for bound, _ in buckets[:-1]],
            # Not known, and left out: the fields are optional where they are sent.
            min=None,  # type: ignore[arg-type]
            max=None,  # type: ignore[arg-type]
        )
