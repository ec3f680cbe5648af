"""What is malformed is answered 400 with one line in the log that holds nothing of it; nothing that comes in is a 5xx.

Thousands of payloads of every kind, broken in every way, signed and not, go through the real doors, the real Bolt and
the real listeners; behind them stands somebody who only notes what came through.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import structlog

from bot.app import builders, permission_builders
from bot.app.core import Core, build_core
from bot.command import Choice, Request
from bot.commands import COMMANDS
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.form_errors import find_form_errors
from bot.dispatch.registry import Registry
from bot.notify.upkeep.offboarding import UninstallHandler
from bot.slack.app_home import AppHome
from bot.slack.bolt_app import SlackApp
from bot.slack.command_acks import Acks
from bot.slack.socket import SocketModeListener
from bot.web import routes
from bot.web.health_endpoint import HealthEndpoint
from bot.web.install_endpoint import InstallEndpoint
from bot.web.slack_endpoint import SlackEndpoint
from sandbox import server
from sandbox.slack.delivery.sockets import AppSockets
from tests.contracts import webhooks
from tests.plugins import payloads, world
from tests.plugins.database import create_database
from tests.plugins.payloads import ALL, EVENTS, MARK
from tests.web.conftest import NOW, StandingClock
from tests.web.test_circleci_endpoint import BODY as WEBHOOK
from tests.web.test_circleci_endpoint import Inbox
from tests.web.test_circleci_endpoint import signed as signed_by_circleci

SECRET = "sandbox-signing-secret"
LAST = "said last"


class RecordingDispatcher:
    """In the place of all that listeners hand over to: reads what a request holds, and does nothing."""

    def __init__(self) -> None:
        self.took: list[Request] = []
        self.took_last = asyncio.Event()

    async def dispatch(self, request: Request) -> None:
        json.dumps([request.workspace, request.user, request.line, request.key, request.channel, dict(request.fields)])
        assert request.line.encode() is not None
        self.took.append(request)
        if request.line == LAST:
            self.took_last.set()

    async def refuse_for_now(self, request: Request) -> None:
        await self.dispatch(request)

    async def load_language(self, workspace: str, user: str) -> None:
        json.dumps([workspace, user])

    def find_form_errors(self, request: Request) -> Mapping[str, str]:
        return find_form_errors(request, Registry(COMMANDS))

    async def suggest(self, request: Request, action: str, typed: str) -> Sequence[Choice]:
        await self.dispatch(request)
        return [Choice(f"{action}{typed}", "value")]

    async def workspace_left(self, workspace: str) -> None:
        assert isinstance(workspace, str)

    async def open(self, workspace: str, user: str) -> None:
        self.mark_due(workspace, user)

    async def redraw(self, workspace: str, user: str) -> None:
        self.mark_due(workspace, user)

    def mark_due(self, workspace: str, user: str) -> None:
        assert isinstance(workspace, str)
        assert isinstance(user, str)


def bolt_before(behind: RecordingDispatcher, core: Core) -> SlackApp:
    dispatcher = cast("Dispatcher", behind)
    home, uninstalls = cast("AppHome", behind), cast("UninstallHandler", behind)
    events = builders.build_event_handler(core, dispatcher, home, uninstalls, permission_builders.build_admission(core))
    return builders.build_bolt(core, dispatcher, events, acks=Acks())


class EndpointsHarness:
    """Both doors of the bot as it is built, with somebody behind them who notes."""

    def __init__(self, core: Core) -> None:
        self.behind, self.inbox = RecordingDispatcher(), Inbox()
        self.bolt = bolt_before(self.behind, core)
        slack = SlackEndpoint(bolt=self.bolt, signing_secret=SECRET, clock=core.clock)
        health = HealthEndpoint(checks={}, metrics=core.metrics, read=cast("Any", None))
        self._app = routes.build_app(
            slack=slack, install=InstallEndpoint(None), circleci=self.inbox.door, health=health
        )
        self._tasks = core.tasks

    @contextlib.asynccontextmanager
    async def reached(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as http:
            yield http
            await self._tasks.drain(10.0)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[EndpointsHarness]:
    settings = world.build_settings("http://127.0.0.1:1", await create_database(tmp_path), socket_mode=False)
    core = build_core(settings, StandingClock())
    yield EndpointsHarness(core)
    await core.tasks.drain(10.0)
    await core.clients.close()
    await core.circleci.close()
    await core.store.close()


@contextlib.contextmanager
def logged(caplog: pytest.LogCaptureFixture) -> Any:
    """Every line that is written meanwhile; traces are among them, if there are any."""
    caplog.set_level(logging.INFO)
    lines: list[str] = []
    with structlog.testing.capture_logs() as ours:
        yield lines
    lines += [repr(line) for line in ours]
    lines += [f"{one.getMessage()} {one.exc_info or ''}" for one in caplog.records]


def stamped(body: bytes, content_type: str) -> dict[str, str]:
    return payloads.build_signed_headers(body, content_type, secret=SECRET, stamp=int(NOW.timestamp()))


def innocent(lines: list[str]) -> None:
    found = [one for one in lines if MARK in one or "Traceback" in one or "Error" in one or "exc_info" in one]
    assert not found, "\n".join(found[:10])


@pytest.mark.parametrize("name", ALL)
async def test_what_slack_really_sends_comes_through(name: str, house: EndpointsHarness) -> None:
    body, kind = payloads.encode_payload(name, ALL[name])
    async with house.reached() as http:
        answer = await http.post("/slack/events", content=body, headers=stamped(body, kind))
    assert answer.status_code == 200, answer.text
    silent = {"closed form", "group", "home", "revoked", "another", "verification"}
    assert bool(house.behind.took) == (name not in silent)


async def test_no_signed_payload_however_broken_is_a_5xx(
    house: EndpointsHarness, caplog: pytest.LogCaptureFixture
) -> None:
    chance, answers = payloads.build_random(), []
    with logged(caplog) as lines:
        async with house.reached() as http:
            for name, payload in ALL.items():
                for number, broken in enumerate(itertools.islice(payloads.generate_mutations(payload, chance), 140)):
                    if name in EVENTS and isinstance(broken, dict) and "event_id" in broken:
                        broken["event_id"] = f"Ev{name}{number}" if number % 3 else broken["event_id"]
                    body, kind = payloads.encode_payload(name, broken)
                    answers.append(await http.post("/slack/events", content=body, headers=stamped(body, kind)))
            answers += [
                await http.post("/slack/events", content=body, headers=stamped(body, kind))
                for body in payloads.generate_garbage(chance)
                for kind in (payloads.FORM, "application/json", "")
            ]
    statuses = [one.status_code for one in answers]
    assert set(statuses) == {200, 400}
    assert len(statuses) > 2_000
    assert statuses.count(400) == sum("slack.malformed" in line for line in lines)
    innocent(lines)


async def test_what_is_not_signed_gets_no_further(house: EndpointsHarness, caplog: pytest.LogCaptureFixture) -> None:
    chance = payloads.build_random()
    with logged(caplog) as lines:
        async with house.reached() as http:
            for name, payload in ALL.items():
                body, kind = payloads.encode_payload(name, payload)
                odd = stamped(body, kind) | {chance.choice(["x-slack-signature", "x-slack-request-timestamp"]): "v0=é"}
                for headers in ({}, {"content-type": kind}, stamped(body + b" ", kind), encoded(odd)):
                    answer = await http.post("/slack/events", content=body, headers=headers)
                    assert answer.status_code == 401
            for body in payloads.generate_garbage(chance):
                assert (await http.post("/slack/events", content=body)).status_code == 401
    assert not house.behind.took
    innocent(lines)


def encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


async def test_no_webhook_however_broken_is_a_5xx(house: EndpointsHarness, caplog: pytest.LogCaptureFixture) -> None:
    chance, statuses = payloads.build_random(), []
    samples = [WEBHOOK, *map(webhooks.body, webhooks.KINDS)]
    bodies = [json.dumps(one).encode() for each in samples for one in broken(each, chance, 60)]
    with logged(caplog) as lines:
        async with house.reached() as http:
            for body in [*bodies, *payloads.generate_garbage(chance)]:
                for headers in (signed_by_circleci(body), signed_by_circleci(body, "another"), {}):
                    answer = await http.post("/circleci/webhook", content=body, headers=headers)
                    statuses.append(answer.status_code)
    assert set(statuses) == {200, 400, 401}
    innocent(lines)


def broken(sample: bytes, chance: random.Random, count: int) -> list[Any]:
    return list(itertools.islice(payloads.generate_mutations(json.loads(sample), chance), count))


async def test_a_command_may_say_payload(house: EndpointsHarness) -> None:
    """Bolt takes every form in which the word stands for one that has it."""
    body, kind = payloads.encode_payload("command", payloads.COMMAND | {"text": "trigger note=payload"})
    async with house.reached() as http:
        answer = await http.post("/slack/events", content=body, headers=stamped(body, kind))
    assert (answer.status_code, [one.line for one in house.behind.took]) == (200, ["trigger note=payload"])


async def test_by_socket_mode_it_is_acknowledged_and_the_connection_lives_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = payloads.build_random()
    with logged(caplog) as lines:
        async with a_socket(tmp_path) as (slack, behind, sockets):
            for name, payload in ALL.items():
                kind = "slash_commands" if name == "command" else "events_api" if name in EVENTS else "interactive"
                for broken in itertools.islice(payloads.generate_mutations(payload, chance), 8):
                    ack = await sockets.deliver(kind, broken, None)
                    assert ack.ok, (name, broken)
            for garbage in payloads.generate_garbage(chance):
                await say(sockets, garbage.decode(errors="replace"))
            # What was broken may still be on its way: only what nothing before it said tells that this came through.
            assert (await sockets.deliver("slash_commands", payloads.COMMAND | {"text": LAST}, None)).ok
            async with asyncio.timeout(10):
                await behind.took_last.wait()
            assert await slack.is_connected()
    assert any("slack.malformed" in line for line in lines)
    innocent(lines)


@contextlib.asynccontextmanager
async def a_socket(tmp_path: Path) -> AsyncIterator[tuple[SocketModeListener, RecordingDispatcher, AppSockets]]:
    """Our side and Slack's, of connections that stand."""
    listening, url = server.bind_socket()
    sandbox = server.create_app(public_url=url)
    core = build_core(world.build_settings(url, await create_database(tmp_path), socket_mode=True), None)
    behind = RecordingDispatcher()
    socket = builders.build_listener(core, bolt_before(behind, core)).socket
    assert socket
    async with contextlib.AsyncExitStack() as closing:
        await closing.enter_async_context(server.serving(sandbox, sockets=[listening]))
        for one in (core.clients, core.circleci, core.store):
            closing.push_async_callback(one.close)
        closing.push_async_callback(core.tasks.drain, 10.0)
        async with socket.running(), asyncio.timeout(60):
            while not await socket.is_connected():  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.01)
            yield socket, behind, sandbox.state.sandbox.slack.sockets


async def say(sockets: AppSockets, text: str) -> None:
    """As it is, on every connection."""
    for socket in sockets._open:
        await socket._websocket.send_text(text)
