from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot.clock import SystemClock
from bot.slack.bolt_app import SlackApp
from bot.slack.clients import SlackClients
from bot.slack.socket import SocketModeListener
from bot.store.store import Store
from bot.store.vault import Vault, generate_key


class Sudden(SocketModeClient):
    """Connects at once, and in the same moment everything is asked to end."""

    ending: asyncio.Task[None]

    async def issue_new_wss_url(self) -> str:
        return "ws://nowhere"

    async def connect(self) -> None:
        self.ending.cancel()


class Unreachable(SocketModeClient):
    """Cannot connect, and takes for ever to close."""

    all: ClassVar[list[Unreachable]] = []
    closing: ClassVar[asyncio.Event]

    async def issue_new_wss_url(self) -> str:
        self.all.append(self)
        raise OSError

    async def disconnect(self) -> None:
        self.closing.set()
        await asyncio.Event().wait()


@pytest.fixture
async def clients(tmp_path: Path) -> AsyncIterator[SlackClients]:
    store = Store(f"sqlite:///{tmp_path}/circlebot.db", Vault([generate_key()]))
    one = SlackClients(api_url="http://127.0.0.1:9/api/", token="xoxb-sandbox", store=store, clock=SystemClock())
    yield one
    await one.close()
    await store.close()


async def test_it_ends_though_a_connection_stands_in_the_moment_in_which_it_is_told_to(clients: SlackClients) -> None:
    app = SlackApp(name="circlebot", token="xoxb-sandbox", request_verification_enabled=False)
    socket = SocketModeListener(app=app, app_token="xapp-sandbox", clients=clients, client=Sudden)

    async def runs() -> None:
        async with socket.running():
            await asyncio.Event().wait()

    Sudden.ending = asyncio.create_task(runs())
    done, _ = await asyncio.wait({Sudden.ending}, timeout=10)
    assert done


async def test_who_is_told_to_end_while_a_connection_is_closed_leaves_no_session_open(clients: SlackClients) -> None:
    app = SlackApp(name="circlebot", token="xoxb-sandbox", request_verification_enabled=False)
    socket = SocketModeListener(app=app, app_token="xapp-sandbox", clients=clients, client=Unreachable)
    Unreachable.all, Unreachable.closing = [], asyncio.Event()
    async with socket.running():
        await Unreachable.closing.wait()
    assert Unreachable.all
    assert all(one.aiohttp_client_session.closed for one in Unreachable.all)
