"""A collector that speaks OTLP, and a bot in a process of its own: what the collector gets is one story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import __version__
from tests.plugins.app_server import open_socket, serve_app
from tests.plugins.database import create_database
from tests.plugins.process_harness import ProcessHarness, build_environment
from tests.plugins.world import build_connected_check, run_sandbox


@dataclass
class Collector:
    """What came by POST /v1/traces."""

    spans: list[Span] = field(default_factory=list)
    resource: dict[str, str] = field(default_factory=dict)

    async def receive(self, request: Request) -> Response:
        for told in ExportTraceServiceRequest.FromString(await request.body()).resource_spans:
            self.resource |= {one.key: one.value.string_value for one in told.resource.attributes}
            self.spans += [span for scope in told.scope_spans for span in scope.spans]
        return Response()

    def list_named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def find_parent(self, span: Span) -> Span | None:
        return next((one for one in self.spans if one.span_id == span.parent_span_id), None)

    def list_ancestors(self, span: Span) -> Iterator[str]:
        while (parent := self.find_parent(span)) is not None:
            yield parent.name
            span = parent


@asynccontextmanager
async def run_traced_bot(tmp_path: Path, collector: Collector) -> AsyncIterator[ProcessHarness]:
    """Its last spans are with the collector once this is left: it is asked to stop, not killed."""
    routes = [Route("/v1/traces", collector.receive, methods=["POST"])]
    async with serve_app(Starlette(routes=routes), open_socket()) as endpoint, run_sandbox() as http:
        sandbox = str(http.base_url).rstrip("/")
        environment = build_environment(sandbox, await create_database(tmp_path))
        people = ProcessHarness(sandbox, http, environment=environment, cwd=tmp_path, within_s=60)
        async with people.run_bot("run", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as process:
            await people.wait_until(build_connected_check(people), "the bot to be connected")
            await people.connect()
            yield people
            process.terminate()
            assert await process.wait() == 0


def read_attributes(span: Span) -> dict[str, str | int]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


@pytest.fixture
def collector() -> Collector:
    return Collector()


async def test_one_trace_leads_from_a_workflows_end_to_its_messages(tmp_path: Path, collector: Collector) -> None:
    async with run_traced_bot(tmp_path, collector) as people:
        await people.say("/circle subscribe acme/web")
        await people.reply()
        await people.push("broken")
        card = await people.card("failed")

        async def find_details() -> bool | None:
            return any(one.get("thread_ts") == card["ts"] != one["ts"] for one in await people.list_messages()) or None

        await people.wait_until(find_details, "the failure's thread")
    told = {one.trace_id for one in collector.list_named("slack message")}
    [outcome] = [one for one in collector.list_named("outcome") if one.trace_id in told]
    assert outcome.parent_span_id == b"", "a trace begins with what happened at CircleCI"
    assert read_attributes(outcome)["circlebot.found_by"] == "polling"
    of_trace = [one.name for one in collector.spans if one.trace_id == outcome.trace_id]
    assert {"deliver card", "deliver notice", "slack message", "circleci request"} <= set(of_trace)
    sent = [one for one in collector.list_named("slack message") if one.trace_id == outcome.trace_id]
    assert all(list(collector.list_ancestors(one))[-1] == "outcome" for one in sent)
    assert all(outcome.start_time_unix_nano <= one.start_time_unix_nano for one in sent)


async def test_a_request_is_a_trace_with_circlecis_answers_in_it(tmp_path: Path, collector: Collector) -> None:
    async with run_traced_bot(tmp_path, collector) as people:
        await people.say("/circle trigger acme/web --branch main")
        await people.card("success")
    asked = {str(read_attributes(one)["circlebot.command"]): one for one in collector.list_named("request")}
    trigger = asked["trigger"]
    assert len(str(read_attributes(trigger)["circlebot.request"])) == 8
    below = [one for one in collector.list_named("circleci request") if one.trace_id == trigger.trace_id]
    wrote = next(read_attributes(one) for one in below if read_attributes(one)["http.request.method"] == "POST")
    assert wrote["http.response.status_code"] == 201
    assert wrote["circleci.request"]
    assert collector.resource["service.name"] == "circlebot"
    assert collector.resource["service.version"] == __version__


async def test_no_trace_tells_who_asked_what_and_where(tmp_path: Path, collector: Collector) -> None:
    async with run_traced_bot(tmp_path, collector) as people:
        await people.say("/circle trigger acme/web --branch no-such-branch note=confidential")
        await people.reply()
        await people.say("/circle trigger acme/web --branch main")
        await people.card("success")
    told = defaultdict(set)
    for span in collector.spans:
        for name, value in read_attributes(span).items():
            told[name].add(str(value))
    everything = " ".join(value for values in told.values() for value in values)
    for secret in ("CCIPAT_", "xoxb-", "U0ADA", "C0DEPLOYS", "confidential", "acme"):
        assert secret not in everything, told
