"""Only workspaces that the operator named install circlebot; the operator hears of each; the pages run nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.app import composition
from bot.clock import SystemClock
from bot.slack.manifest import build_manifest
from bot.slack.pages import render_page
from sandbox import server
from sandbox.slack import AppSetup
from tests.plugins.app_server import get_ssl_context, open_socket, serve_app
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.world import build_settings
from tests.slack.test_oauth import Browser

# slack_sdk passes the client's secret by a class that aiohttp means to drop in its version 4.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

Opened = Callable[..., AbstractAsyncContextManager[Browser]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A browser in front of a bot that many workspaces may install, with these settings."""

    @asynccontextmanager
    async def _opened(**more: Any) -> AsyncIterator[Browser]:
        listening, sandbox_url = server.bind_socket()
        bot_listening = open_socket()
        bot_url = f"http://127.0.0.1:{bot_listening.getsockname()[1]}"
        sandbox = server.create_app(public_url=sandbox_url, setup=AppSetup(manifest=build_manifest(url=bot_url)))
        oauth: dict[str, Any] = {
            "slack_bot_token": None,
            "slack_client_id": "sandbox-client-id",
            "slack_client_secret": SecretStr("sandbox-client-secret"),
            "public_url": bot_url,
        }
        settings = build_settings(sandbox_url, await create_database(tmp_path), socket_mode=False, **(oauth | more))
        app = composition.build_app(settings, clock=SystemClock())
        async with (
            server.serving(sandbox, sockets=[listening]),
            httpx.AsyncClient(verify=get_ssl_context()) as http,
            app.running(frozenset({"delivery"})),
            serve_app(app.build_web_app(), bot_listening),
        ):
            yield Browser(bot_url, sandbox_url, http, app, SystemClock())  # type: ignore[arg-type] # no time passes

    return _opened


async def test_another_workspace_is_refused_with_a_page_and_nothing_is_kept(opened: Opened) -> None:
    async with opened(allowed_workspaces=frozenset({"T0OTHER"})) as browser:
        with structlog.testing.capture_logs() as lines:
            answer = await browser.get(await browser.decide(await browser.begin()))
        assert answer.status_code == 403
        assert "has not allowed your workspace" in answer.text
        assert await browser.installed() is None
        async with browser.app.core.store.begin_read() as tx:
            assert (await tx.backlog.load(datetime.now(UTC))).notices == 0
    assert {"event": "oauth.refused", "reason": "uninvited", "workspace": "T0SANDBOX", "log_level": "info"} in lines


async def test_a_named_workspace_installs_and_the_operator_hears_of_it(opened: Opened) -> None:
    named = {"allowed_workspaces": frozenset({"T0SANDBOX"}), "admin_users": frozenset({"T0SANDBOX/U0ADA", "T0X/U0EVE"})}
    async with opened(**named) as browser:
        with structlog.testing.capture_logs() as lines:
            await browser.get(await browser.decide(await browser.begin(), **{"as": "U0GRACE"}))
        assert await browser.installed() is not None
        assert "installed into the workspace `Sandbox` (`T0SANDBOX`) by `U0GRACE`" in await heard(browser)
    assert any(line["event"] == "workspace.joined" and line["by"] == "U0GRACE" for line in lines)


async def heard(browser: Browser) -> str:
    """What Ada was told by direct message, once she was."""
    while True:
        seen = await browser.http.get(f"{browser.slack}/_page/messages", params={"as": "U0ADA", "channel": "D0ADA"})
        if messages := seen.json()["messages"]:
            return get_text(messages[-1])
        await browser.http.get(f"{browser.slack}/_control/wait", params={"timeout_s": 1})


async def test_every_answer_forbids_what_a_page_of_ours_never_does(opened: Opened) -> None:
    async with opened() as browser:
        back = await browser.decide(await browser.begin(), "cancel")
        paths = ["/slack/install", "/slack/oauth_redirect", "/healthz", "/readyz", "/nothing"]
        answers = [await browser.get(back), *[await browser.get(browser.bot + path) for path in paths]]
    assert "style-src 'sha256-" in answers[0].headers["content-security-policy"]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


class Tags(HTMLParser):
    """What a browser finds in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.said.append(data)


HOSTILE = st.text(st.sampled_from("<>&\"'/= ;#xscriptonload\n\x00é"), max_size=40) | st.text(max_size=20)


@given(title=HOSTILE, text=HOSTILE, address=HOSTILE)
def test_whatever_somebody_is_called_it_stays_text(title: str, text: str, address: str) -> None:
    found = Tags(render_page(title, text, link=(f"slack://{address}", text)))
    assert found.tags == ["html", "meta", "title", "style", "h1", "p", "p", "a"]
    assert [name for name, _ in found.attributes] == ["lang", "charset", "href"]
