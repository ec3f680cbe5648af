"""HTTP mode, judged by the real Bolt and the real signature verifier."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest_asyncio
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.server import bind_socket, create_app, serving
from sandbox.slack import AppSetup
from tests.plugins.app_server import serve_app as serving_app
from tests.sandbox.slack.workspace import ADA, DEPLOYS, MANIFEST, WITHIN_S

Json = dict[str, Any]


@dataclass
class HttpApp:
    """A Bolt app behind Starlette; `status` other than 200 answers in Bolt's place."""

    slack_url: str
    http: httpx.AsyncClient
    sandbox: Any
    headers: list[dict[str, str]] = field(default_factory=list)
    heard: list[Json] = field(default_factory=list)
    status: int = 200
    no_retry: bool = False

    def bolt(self) -> AsyncSlackRequestHandler:
        web = AsyncWebClient(token="xoxb-sandbox", base_url=f"{self.slack_url}/slack/api/")
        app = AsyncApp(name="http", signing_secret="sandbox-signing-secret", client=web, process_before_response=True)

        @app.command("/circle")
        async def command(ack: Any, command: Json) -> None:
            self.heard.append(command)
            await ack(f"You said {command['text']}")

        @app.event("app_mention")
        async def mention(body: Json) -> None:
            self.heard.append(body)

        @app.action("go")
        async def action(ack: Any, body: Json) -> None:
            self.heard.append(body)
            await ack()

        return AsyncSlackRequestHandler(app)

    def served(self) -> Starlette:
        handler = self.bolt()

        async def events(request: Request) -> Response:
            self.headers.append(dict(request.headers))
            if self.status == 307:
                return RedirectResponse("/slack/events")
            if self.status != 200:
                return Response(status_code=self.status, headers={"X-Slack-No-Retry": "1"} if self.no_retry else {})
            return await handler.handle(request)

        return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])

    async def say(self, text: str) -> None:
        answer = await self.http.post("/_page/say", json={"as": ADA, "channel": DEPLOYS, "text": text})
        assert answer.is_success, answer.text

    async def acks(self, count: int) -> list[Json]:
        """The records of deliveries, once there are so many."""
        while True:
            state = (await self.http.get("/_control/state")).json()
            if len(state["slack"]["acks"]) >= count:
                found: list[Json] = state["slack"]["acks"]
                return found
            await self.http.get("/_control/wait", params={"since": state["seq"], "timeout_s": 1})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def both() -> AsyncIterator[HttpApp]:
    """A sandbox and a Bolt app that know each other by HTTP alone."""
    sandbox_socket, url = bind_socket()
    app_socket, app_url = bind_socket()
    setup = AppSetup(manifest=MANIFEST, events_url=f"{app_url}/slack/events", retry_delays_s=(0, 0, 0))
    sandbox = create_app(public_url=url, setup=setup)
    async with httpx.AsyncClient(base_url=url, timeout=WITHIN_S) as http, serving(sandbox, sockets=[sandbox_socket]):
        app = HttpApp(url, http, sandbox.state.sandbox)
        async with serving_app(app.served(), app_socket):
            yield app


@pytest_asyncio.fixture(loop_scope="session")
async def app(both: HttpApp) -> HttpApp:
    both.sandbox.slack.reset()
    both.headers.clear()
    both.heard.clear()
    both.status, both.no_retry = 200, False
    return both


async def test_bolt_accepts_the_signature_of_a_command_and_its_answer_is_shown(app: HttpApp) -> None:
    await app.say("/circle help")
    [record] = await app.acks(1)
    assert (record["outcome"], record["body"]) == ("acked", "You said help")
    shown = (await app.http.get("/_page/messages", params={"as": ADA, "channel": DEPLOYS})).json()["messages"]
    assert [(each["text"], each["ephemeral"]) for each in shown] == [("You said help", True)]
    assert app.heard[0]["trigger_id"]
    assert app.headers[0]["content-type"] == "application/x-www-form-urlencoded"


async def test_bolt_accepts_the_signature_of_an_event(app: HttpApp) -> None:
    await app.say("hello @circlebot")
    [record] = await app.acks(1)
    assert (record["outcome"], app.heard[0]["event"]["text"]) == ("acked", "hello <@U0CIRCLEBOT>")
    assert "x-slack-retry-num" not in app.headers[0]


async def test_bolt_accepts_the_signature_of_a_click(app: HttpApp) -> None:
    web = AsyncWebClient(token="xoxb-sandbox", base_url=f"{app.slack_url}/slack/api/")
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go", "value": "1"}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    ts = (await web.chat_postMessage(channel=DEPLOYS, text="go?", blocks=blocks))["ts"]
    body = {"as": ADA, "channel": DEPLOYS, "ts": ts, "block_id": "b", "action_id": "go"}
    assert (await app.http.post("/_page/press", json=body)).json() == {}
    assert (await app.acks(1))[0]["outcome"] == "acked"
    assert app.heard[0]["actions"][0]["value"] == "1"


async def test_an_event_that_meets_an_error_comes_again_with_retry_headers(app: HttpApp) -> None:
    app.status = 500
    await app.say("hello @circlebot")
    assert [each["reason"] for each in await app.acks(4)] == ["http_error"] * 4
    retries = [(each.get("x-slack-retry-num"), each.get("x-slack-retry-reason")) for each in app.headers]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]


async def test_an_app_can_decline_redeliveries(app: HttpApp) -> None:
    app.status, app.no_retry = 500, True
    await app.say("hello @circlebot")
    await app.acks(1)
    app.status = 200
    await app.say("/circle help")
    assert [each["kind"] for each in await app.acks(2)] == ["events_api", "slash_commands"]


async def test_endless_redirects_are_a_failure_of_their_own(app: HttpApp) -> None:
    app.status = 307
    await app.say("/circle help")
    [record] = await app.acks(1)
    assert (record["outcome"], record["reason"]) == ("failed", "too_many_redirects")


async def test_an_app_that_is_not_there_is_unreachable() -> None:
    sandbox_socket, url = bind_socket()
    nobody, nobody_url = bind_socket()
    nobody.close()
    sandbox = create_app(public_url=url, setup=AppSetup(events_url=nobody_url, retry_delays_s=()))
    async with serving(sandbox, sockets=[sandbox_socket]), httpx.AsyncClient(base_url=url, timeout=WITHIN_S) as http:
        lonely = HttpApp(url, http, sandbox.state.sandbox)
        await lonely.say("/circle help")
        [record] = await lonely.acks(1)
        assert (record["outcome"], record["reason"]) == ("unreachable", "connection_failed")
