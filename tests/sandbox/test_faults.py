from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.faults import Faults, apply_fault
from sandbox.prompt_server import PromptServer
from sandbox.virtual_clock import ManualClock


class CountingEndpoint:
    """Something to call, that counts how often it was reached."""

    def __init__(self) -> None:
        self.reached = 0

    async def call(self) -> Response:
        self.reached += 1
        return PlainTextResponse("spoken")


async def test_without_a_fault_the_call_goes_through() -> None:
    telephone = CountingEndpoint()
    answer = await apply_fault(Faults(), "slack", "chat.postMessage", telephone.call)
    assert (answer.body, telephone.reached) == (b"spoken", 1)


async def test_a_fault_counts_down_and_then_lets_calls_through() -> None:
    faults, telephone = Faults(), CountingEndpoint()
    faults.add({"target": "slack", "match": "chat.post", "status": 429, "retry_after": 1, "count": 2})
    answers = [await apply_fault(faults, "slack", "chat.postMessage", telephone.call) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "1"
    assert json.loads(bytes(answers[0].body)) == {"ok": False, "error": "ratelimited"}
    assert telephone.reached == 1


async def test_a_fault_strikes_only_the_route_method_and_platform_it_names() -> None:
    faults = Faults()
    faults.add({"target": "circleci", "match": "/project/*/acme/web/pipeline", "method": "POST", "status": 503})
    assert faults.take("slack", "project/gh/acme/web/pipeline", "POST") is None
    assert faults.take("circleci", "project/gh/acme/web/pipeline", "GET") is None
    assert faults.take("circleci", "project/gh/acme/api/pipeline", "POST") is None
    struck = faults.take("circleci", "project/github/acme/web/pipeline/run", "POST")
    assert struck is not None
    assert struck.status == 503


@pytest.mark.parametrize("count", [0, -1])
async def test_a_fault_without_an_end_lasts_until_cleared(count: int) -> None:
    faults = Faults()
    faults.add({"target": "circleci", "match": "me", "status": 500, "count": count})
    assert [faults.take("circleci", "me") is not None for _ in range(4)] == [True] * 4
    faults.clear()
    assert faults.take("circleci", "me") is None


@pytest.mark.parametrize(
    ("spec", "status", "media_type", "body"),
    [
        ({"target": "circleci", "status": 429}, 429, "application/json", "{}"),
        ({"target": "circleci", "status": 502}, 502, "application/json", '{"message":"Bad Gateway"}'),
        ({"target": "circleci", "status": 520}, 520, "application/json", '{"message":"Status 520"}'),
        ({"target": "circleci", "status": 502, "body": "<h1>nginx</h1>"}, 502, "text/html", "<h1>nginx</h1>"),
        ({"target": "circleci", "body": '{"items": ['}, 200, "application/json", '{"items": ['),
        ({"target": "circleci", "status": 400, "error": "No"}, 400, "application/json", '{"message":"No"}'),
        ({"target": "slack", "error": "is_archived"}, 200, "application/json", '{"ok":false,"error":"is_archived"}'),
    ],
)
async def test_a_fault_answers_as_its_platform_would(
    spec: dict[str, object], status: int, media_type: str, body: str
) -> None:
    faults, telephone = Faults(), CountingEndpoint()
    faults.add(spec)
    answer = await apply_fault(faults, "slack" if spec["target"] == "slack" else "circleci", "any", telephone.call)
    assert (answer.status_code, answer.media_type, bytes(answer.body).decode()) == (status, media_type, body)
    assert telephone.reached == 0


async def test_a_delay_holds_back_the_answer_of_a_call_that_was_performed() -> None:
    clock, telephone = ManualClock(), CountingEndpoint()
    faults = Faults(clock)
    faults.add({"target": "slack", "match": "chat.postMessage", "delay_s": 5})
    answering = asyncio.ensure_future(apply_fault(faults, "slack", "chat.postMessage", telephone.call))
    await asyncio.sleep(0)
    assert (telephone.reached, answering.done()) == (1, False)
    clock.advance(5)
    assert (await answering).status_code == 200


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({"target": "jira"}, "target: Input should be 'slack' or 'circleci'"),
        ({"target": "slack", "colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"target": "slack", "status": 7}, "status: Input should be greater than or equal to 200"),
    ],
)
def test_a_senseless_fault_is_refused_with_a_sentence(spec: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Faults().add(spec)


def test_the_faults_in_force_can_be_read_with_what_is_left_of_them() -> None:
    faults = Faults()
    faults.add({"target": "slack", "match": "views.open", "status": 500, "count": 3})
    faults.take("slack", "views.open")
    assert faults.snapshot() == [{"target": "slack", "match": "views.open", "status": 500, "count": 2}]


class ServedEndpoint(CountingEndpoint):
    """The same behind a real server, because only a real connection can be cut."""

    def __init__(self) -> None:
        super().__init__()
        self.faults = Faults()
        self.app = Starlette(routes=[Route("/call", self.answer, methods=["GET", "POST"])])

    async def answer(self, request: Request) -> Response:
        return await apply_fault(self.faults, "slack", request.url.path, self.call)


@pytest.fixture(params=["h11", "httptools"])
async def served(request: pytest.FixtureRequest) -> AsyncIterator[tuple[ServedEndpoint, str]]:
    telephone = ServedEndpoint()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(telephone.app, http=request.param, log_level="warning", lifespan="off")
    async with PromptServer(config).serving([listener]):
        yield telephone, f"http://127.0.0.1:{listener.getsockname()[1]}"


async def test_accept_then_drop_performs_the_call_and_cuts_the_connection(served: tuple[ServedEndpoint, str]) -> None:
    telephone, url = served
    telephone.faults.add({"target": "slack", "match": "call", "accept_then_drop": True})
    async with httpx.AsyncClient() as client:
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await client.post(f"{url}/call", content=b"hello")
        assert telephone.reached == 1
        assert (await client.post(f"{url}/call")).text == "spoken"


async def test_in_process_a_dropped_connection_is_an_error_of_the_connection() -> None:
    telephone = ServedEndpoint()
    telephone.faults.add({"target": "slack", "match": "call", "accept_then_drop": True})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(telephone.app), base_url="http://sandbox") as client:
        with pytest.raises(ConnectionResetError):
            await client.get("/call")
    assert telephone.reached == 1
