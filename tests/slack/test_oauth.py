"""The installation flow against the sandbox's own OAuth pages, by a browser that is httpx.

The state cookie is `Secure`, so over plain HTTP the browser of these tests carries it by hand, as one on https would.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from bot.app import composition
from bot.app.composition import App
from bot.domain.people import Installation
from bot.slack.manifest import build_manifest
from bot.slack.oauth import build_authorize_url
from bot.slack.scopes import OPTIONAL_SCOPES, SCOPES
from sandbox import server
from sandbox.slack import AppSetup
from tests.plugins.app_server import get_ssl_context, open_socket, serve_app
from tests.plugins.block_reader import get_text
from tests.plugins.database import create_database
from tests.plugins.programs import get_free_port
from tests.plugins.world import build_settings

# slack_sdk passes the client's secret by a class that aiohttp means to drop in its version 4.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

COOKIE = "slack-app-oauth-state"


class MovedClock:
    """Real time, and what a test puts on top."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 9, tzinfo=UTC) + self.ahead


@dataclass
class Browser:
    """Somebody who installs circlebot: what they click, and the cookies they carry."""

    bot: str
    slack: str
    http: httpx.AsyncClient
    app: App
    clock: MovedClock
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, url: str) -> httpx.Response:
        carried = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self.http.get(url, headers={"cookie": carried} if carried else {})
        for header in answer.headers.get_list("set-cookie"):
            assert "secure" in header.lower()
            assert "httponly" in header.lower()
            name, _, value = header.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    async def begin(self) -> str:
        """To Slack's page, by our own."""
        answer = await self.get(f"{self.bot}/slack/install")
        assert answer.status_code == 302
        return answer.headers["location"]

    async def decide(self, page: str, decision: str = "allow", **more: str) -> str:
        """Press a button on Slack's page; answers where it leads."""
        assert (await self.get(page)).status_code == 200
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        answer = await self.http.post(page.split("?", maxsplit=1)[0], data={**asked, "decision": decision, **more})
        return str(answer.headers["location"])

    async def installed(self) -> Installation | None:
        async with self.app.core.store.begin_read() as tx:
            return await tx.installations.find("T0SANDBOX")


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Browser]:
    listening, sandbox_url = server.bind_socket()
    bot_listening = open_socket()
    bot_url = f"http://127.0.0.1:{bot_listening.getsockname()[1]}"
    database_url = await create_database(tmp_path)
    oauth: dict[str, Any] = {
        "slack_bot_token": None,
        "slack_client_id": "sandbox-client-id",
        "slack_client_secret": SecretStr("sandbox-client-secret"),
        "public_url": bot_url,
    }
    clock = MovedClock()
    sandbox = server.create_app(public_url=sandbox_url, setup=AppSetup(manifest=build_manifest(url=bot_url)))
    async with server.serving(sandbox, sockets=[listening]), httpx.AsyncClient(verify=get_ssl_context()) as http:
        app = composition.build_app(build_settings(sandbox_url, database_url, socket_mode=False, **oauth), clock=clock)
        async with app.running(frozenset({"slack"})), serve_app(app.build_web_app(), bot_listening):
            yield Browser(bot_url, sandbox_url, http, app, clock)


async def test_somebody_installs_circlebot(visitor: Browser) -> None:
    page = await visitor.begin()
    assert page.startswith(f"{visitor.slack}/slack/oauth/v2/authorize?")
    assert parse_qs(urlsplit(page).query)["scope"] == [",".join([*SCOPES, *OPTIONAL_SCOPES])]
    done = await visitor.get(await visitor.decide(page, **{"as": "U0GRACE"}))
    assert done.status_code == 200
    assert "circlebot is in" in done.text
    found = await visitor.installed()
    assert found is not None
    assert (found.bot_user, found.bot_id, found.installed_by) == ("U0CIRCLEBOT", "B0CIRCLEBOT", "U0GRACE")
    assert set(found.scopes) == {*SCOPES, *OPTIONAL_SCOPES}
    client = await visitor.app.core.clients.find("T0SANDBOX")
    assert client is not None
    assert (await client.auth_test())["team_id"] == "T0SANDBOX"


async def test_the_installer_gets_one_next_step(visitor: Browser) -> None:
    await visitor.get(await visitor.decide(await visitor.begin(), **{"as": "U0GRACE"}))
    seen = await visitor.http.get(f"{visitor.slack}/_page/messages", params={"as": "U0GRACE", "channel": "D0GRACE"})
    (greeting,) = seen.json()["messages"]
    assert "connect your own CircleCI account" in get_text(greeting)
    (button,) = greeting["blocks"][1]["elements"]
    assert (button["text"]["text"], button["value"]) == ("Connect CircleCI", "connect")


async def test_a_greeting_that_fails_spoils_nothing(visitor: Browser) -> None:
    back = await visitor.decide(await visitor.begin())
    fault = {"target": "slack", "match": "chat.postMessage", "error": "messages_tab_disabled", "count": 1}
    await visitor.http.post(f"{visitor.slack}/_control/faults", json=fault)
    assert (await visitor.get(back)).status_code == 200
    assert await visitor.installed() is not None


async def test_installing_again_replaces_the_token(visitor: Browser) -> None:
    await visitor.get(await visitor.decide(await visitor.begin()))
    first = await visitor.installed()
    await visitor.get(await visitor.decide(await visitor.begin()))
    second = await visitor.installed()
    assert first is not None
    assert second is not None
    assert first.token != second.token
    client = await visitor.app.core.clients.find("T0SANDBOX")
    assert client is not None
    assert client.token == second.token


async def test_somebody_who_does_not_allow_it_is_told_so(visitor: Browser) -> None:
    answer = await visitor.get(await visitor.decide(await visitor.begin(), "cancel"))
    assert "You did not allow it" in answer.text
    assert await visitor.installed() is None


async def test_a_link_works_once(visitor: Browser) -> None:
    back = await visitor.decide(await visitor.begin())
    cookies = dict(visitor.cookies)
    await visitor.get(back)
    visitor.cookies = cookies
    again = await visitor.get(back)
    assert again.status_code == 401
    assert "used before" in again.text


async def test_a_link_works_for_ten_minutes(visitor: Browser) -> None:
    back = await visitor.decide(await visitor.begin())
    visitor.clock.ahead = timedelta(minutes=10, seconds=1)
    late = await visitor.get(back)
    assert late.status_code == 401
    assert await visitor.installed() is None


async def test_another_browser_cannot_finish_what_this_one_began(visitor: Browser) -> None:
    back = await visitor.decide(await visitor.begin())
    visitor.cookies.clear()
    answer = await visitor.get(back)
    assert answer.status_code == 400
    assert "This browser did not begin" in answer.text
    assert await visitor.installed() is None


async def test_a_state_that_we_never_gave_is_refused(visitor: Browser) -> None:
    visitor.cookies[COOKIE] = "made-up"
    answer = await visitor.get(f"{visitor.bot}/slack/oauth_redirect?state=made-up&code=x")
    assert answer.status_code == 401


async def test_a_code_that_slack_refuses_is_in_no_log(visitor: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await visitor.begin()
    state = visitor.cookies[COOKIE]
    answer = await visitor.get(f"{visitor.bot}/slack/oauth_redirect?state={state}&code=code-of-somebody")
    assert answer.status_code == 401
    assert "Slack did not accept the code" in answer.text
    assert "invalid_code" in caplog.text
    assert "code-of-somebody" not in caplog.text


async def test_what_slack_says_on_the_page_is_escaped(visitor: Browser) -> None:
    answer = await visitor.get(f"{visitor.bot}/slack/oauth_redirect?error=%3Cscript%3E")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_slack_out_of_reach_ends_with_a_page(visitor: Browser) -> None:
    back = await visitor.decide(await visitor.begin())
    fault = {"target": "slack", "match": "oauth.v2.access", "accept_then_drop": True, "count": 5}
    await visitor.http.post(f"{visitor.slack}/_control/faults", json=fault)
    answer = await visitor.get(back)
    assert answer.status_code == 401
    assert "could not be reached" in answer.text


async def test_without_oauth_there_is_nothing_to_install(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{get_free_port()}"
    app = composition.build_app(build_settings(url, f"sqlite:///{tmp_path}/x.db", socket_mode=False))
    through = httpx.ASGITransport(app.build_web_app())
    async with app.running(frozenset()), httpx.AsyncClient(transport=through, base_url="http://bot") as http:
        answers = [await http.get(path) for path in ("/slack/install", "/slack/oauth_redirect")]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    ("api_url", "page"),
    [
        ("https://slack.com/api/", "https://slack.com/oauth/v2/authorize"),
        ("https://slack-gov.com/api/", "https://slack-gov.com/oauth/v2/authorize"),
        ("http://127.0.0.1:3000/slack/api/", "http://127.0.0.1:3000/slack/oauth/v2/authorize"),
    ],
)
def test_the_authorize_page_follows_the_api_url(api_url: str, page: str) -> None:
    assert build_authorize_url(api_url) == page
