"""A bot token that does not open any more (its key is lost, its row was copied) is an answer and never a 500.

Whatever Slack sends is answered 200 and people are told, what is to be said there waits, others notice nothing, whoever
installs us again is in at once, and doctor says what is wrong.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.app import composition
from bot.domain.people import Installation
from bot.messages import Message
from bot.notify.send_results import PostRequest, RetryAfter, Undeliverable
from bot.operating.doctor_command import examine
from bot.operating.findings import format_line
from bot.settings import Settings
from bot.slack.poster import SlackPoster
from bot.slack.value_shortener import ValueShortener
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins import payloads
from tests.plugins.app_server import open_socket, serve_app
from tests.plugins.database import create_database
from tests.plugins.payloads import ALL
from tests.plugins.world import build_settings
from tests.web.conftest import NOW, StandingClock

SECRET = "sandbox-signing-secret"
ACME = Installation("T0SANDBOX", "Acme", "U0BOT", "B0", ("commands",), "U0ADA", NOW, "xoxb-acme")


@dataclass
class WorkspacesHarness:
    """The bot for many workspaces, and what it says to response URLs."""

    settings: Settings
    app: composition.App
    http: httpx.AsyncClient
    response_url: str
    said: list[str] = field(default_factory=list)

    async def send(self, name: str, like: dict[str, Any] | None = None) -> httpx.Response:
        payload = dict(like or ALL[name])
        if "response_url" in payload:
            payload["response_url"] = self.response_url
        body, kind = payloads.encode_payload(name, payload)
        signed = payloads.build_signed_headers(body, kind, secret=SECRET, stamp=int(NOW.timestamp()))
        return await self.http.post("/slack/events", content=body, headers=signed)


async def install(settings: Settings, installation: Installation, key: str | None = None) -> None:
    keys = [key] if key else [one.get_secret_value() for one in settings.encryption_keys]
    store = Store(settings.database_url.get_secret_value(), Vault(keys))
    async with store.begin() as tx:
        await tx.installations.upsert(installation)
    await store.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WorkspacesHarness]:
    oauth: dict[str, Any] = {
        "slack_bot_token": None,
        "slack_client_id": "1.2",
        "slack_client_secret": SecretStr("a-client-secret"),
        "public_url": "https://bot.test",
    }
    settings = build_settings("http://127.0.0.1:1", await create_database(tmp_path), socket_mode=False, **oauth)
    await install(settings, ACME, generate_key())
    said: list[str] = []

    async def hear(request: Request) -> Response:
        said.append((await request.body()).decode())
        return Response("ok")

    listening = open_socket()
    app = composition.build_app(settings, clock=StandingClock())
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serve_app(Starlette(routes=[Route("/r", hear, methods=["POST"])]), listening))
        await stack.enter_async_context(app.running(frozenset()))
        transport = httpx.ASGITransport(app.build_web_app(), raise_app_exceptions=False)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://bot"))
        yield WorkspacesHarness(settings, app, http, f"http://127.0.0.1:{listening.getsockname()[1]}/r", said)


async def test_whatever_slack_sends_is_answered_and_people_are_told(house: WorkspacesHarness) -> None:
    for name in ALL:
        answer = await house.send(name)
        assert answer.status_code == 200, (name, answer.text)
    with_url = [name for name in ALL if "response_url" in ALL[name]]
    assert len(house.said) == len(with_url) > 0
    assert all("my key to what Slack gave me is lost" in said for said in house.said)


async def test_a_workspace_whose_tokens_were_revoked_is_told_in_a_sentence_and_the_log_too(
    house: WorkspacesHarness,
) -> None:
    """Bolt's own error is left out of the log (tests/test_logging_setup.py)."""
    await install(house.settings, ACME)
    revoked = {**ALL["revoked"], "event_id": "Ev1", "event": {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}}
    await house.send("revoked", revoked)
    await house.app.core.tasks.drain(5)
    with capture_logs() as logged:
        assert (await house.send("command")).status_code == 200
    assert "I am no longer installed here" in house.said[-1]
    assert [line["event"] for line in logged if line["log_level"] != "debug"] == ["workspace.unknown"]


async def test_who_may_install_is_in_again_at_once(house: WorkspacesHarness) -> None:
    assert (await house.http.get("/slack/install")).status_code == 302
    await house.send("command")
    assert await house.app.core.clients.find("T0SANDBOX") is None
    await install(house.settings, ACME)
    house.app.core.clients.forget("T0SANDBOX")
    assert await house.app.core.clients.find("T0SANDBOX") is not None


async def test_what_is_to_be_said_there_waits_and_is_not_given_up(house: WorkspacesHarness) -> None:
    core = house.app.core
    poster = SlackPoster(core.clients, ValueShortener(core.store, core.clock), core.clock)
    said = Message("It failed")
    post = PostRequest(workspace="T0SANDBOX", channel="C1", message=said, key="k", attempt="a", unfinished_since=None)
    assert isinstance(await poster.post(post), RetryAfter)
    assert isinstance(await poster.update("T0SANDBOX", "C1", "1.2", said), RetryAfter)
    since = NOW - timedelta(hours=1)
    assert isinstance(await poster.find(post, since), RetryAfter)
    assert await poster.post(replace(post, workspace="T9NOBODY")) == Undeliverable("not_installed")


async def test_another_workspace_notices_nothing(house: WorkspacesHarness) -> None:
    await install(house.settings, Installation("T2", "Beta", "U0BOT", "B0", (), "U1", NOW, "xoxb-beta"))
    client = await house.app.core.clients.find("T2")
    assert client is not None
    assert client.token == "xoxb-beta"
    async with house.app.core.store.begin_read() as tx:
        assert [one.token for one in await tx.installations.list_all()] == ["", "xoxb-beta"]


async def test_doctor_says_what_is_wrong_and_looks_at_the_rest(house: WorkspacesHarness) -> None:
    found = [format_line(finding) for finding in await examine(house.settings)]
    told = "FAIL keys — Stored secrets that ENCRYPTION_KEYS does not open: "
    assert any(line.startswith(told) for line in found), found
