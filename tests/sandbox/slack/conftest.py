"""A sandbox on a real port, the real slack_sdk clients as the app, and a clock that only the test moves.

One server serves all tests of this folder, in one event loop; each test begins with the initial world.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import bind_socket, create_app, serving
from sandbox.slack import AppSetup
from sandbox.virtual_clock import ManualClock
from tests.sandbox.slack.workspace import MANIFEST, WITHIN_S, PageClient, SocketModeApp

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder share the server's event loop."""
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served() -> AsyncIterator[PageClient]:
    """The server that all tests of this folder share."""
    bound, url = bind_socket()
    clock = ManualClock()
    setup = AppSetup(manifest=MANIFEST, has_rate_limits=False, retry_delays_s=(0, 60, 300))
    app = create_app(public_url=url, setup=setup, slack_clock=clock)
    async with (
        serving(app, sockets=[bound]),
        httpx.AsyncClient(base_url=url, timeout=WITHIN_S) as http,
    ):
        web = AsyncWebClient(token="xoxb-sandbox", base_url=f"{url}/slack/api/")
        yield PageClient(url, app.state.sandbox, clock, http, web)


@pytest_asyncio.fixture(loop_scope="session")
async def workspace(served: PageClient) -> PageClient:
    """The initial world, with a manifest that asks for most things and no rate limits."""
    served.sandbox.faults.clear()
    served.set_up(MANIFEST)
    return served


@pytest_asyncio.fixture(loop_scope="session")
async def the_app(workspace: PageClient) -> AsyncIterator[SocketModeApp]:
    """A connected app that acks everything."""
    web = AsyncWebClient(base_url=f"{workspace.url}/slack/api/")
    app = SocketModeApp(SocketModeClient(app_token="xapp-sandbox", web_client=web))
    app.client.socket_mode_request_listeners.append(app.listen)
    sockets = workspace.sandbox.slack.sockets
    before = len(sockets)
    await app.client.connect()
    await workspace.until(lambda: len(sockets) == before + 1)
    yield app
    await app.client.close()
    await workspace.until(lambda: len(sockets) == before)
