"""Traces by OpenTelemetry: one from a workflow's end to its messages in Slack, one for each request of a person.

Nothing is recorded until `export_traces`; its packages come with the extra `tracing`. As with the log, whoever records
need not be given anything. A span names no person and no channel and quotes no error: what they say is in the log,
which masks secrets.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar

from bot import __version__

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Tracer

T = TypeVar("T")
Attributes = Mapping[str, str | int]

_NANOSECONDS = 1_000_000_000

_tracer: Tracer | None = None


def can_trace() -> bool:
    """Whether the extra is installed."""
    return find_spec("opentelemetry") is not None and find_spec("opentelemetry.exporter") is not None


@contextmanager
def export_traces(endpoint: str) -> Iterator[None]:
    """Spans that end inside go to this collector by OTLP over HTTP (`/v1/traces` is added), a few seconds later.

    What else OTEL_… says (headers, sampler, resource attributes) is read by the SDK itself.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource, get_aggregated_resources  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - an extra

    global _tracer  # noqa: PLW0603 - one for the process, as its log is
    ours = Resource({"service.name": "circlebot", "service.version": __version__})
    provider = TracerProvider(resource=get_aggregated_resources([OTELResourceDetector()], ours), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=2000))
    _tracer = provider.get_tracer("circlebot", __version__)
    try:
        yield
    finally:
        _tracer = None
        provider.shutdown()


@contextmanager
def record_span(
    name: str, attributes: Attributes | None = None, *, parent: str | None = None, since: datetime | None = None
) -> Iterator[None]:
    """A span around the block, below the one that is open, or below `parent` (a W3C traceparent).

    It began at `since`, if that is given (or now, where another's clock is ahead). An error inside is told by its type
    alone.
    """
    if _tracer is None:
        yield
        return
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415 - an extra

    with _tracer.start_as_current_span(
        name,
        _read_traceparent(parent),
        attributes=attributes,
        start_time=min(int(since.timestamp() * _NANOSECONDS), time.time_ns()) if since else None,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def add_attributes(attributes: Attributes) -> None:
    """To the span that is open."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span  # noqa: PLC0415 - an extra

        get_current_span().set_attributes(attributes)


async def run_in_span(name: str, work: Callable[[], Awaitable[T]], *, parent: str | None) -> T:
    with record_span(name, parent=parent):
        return await work()


def get_traceparent() -> str | None:
    """The open span, as W3C's traceparent: kept with what another process goes on with."""
    if _tracer is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415 - an extra

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def _read_traceparent(traceparent: str | None) -> Context | None:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415 - an extra

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent}) if traceparent else None
