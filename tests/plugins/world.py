"""The world: a sandbox and the real bot between its two halves, over real protocols, in the test's own event loop.

await world.say("/circle help")             as Ada, in #deploys
reply = await world.reply()                  the newest message that only she sees
await world.press(reply, "Connect CircleCI")
form = await world.form()                    the modal on top
await world.submit(form, token="CCIPAT_ada")
card = await world.card("success")           waits until a card says so
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.app import composition
from bot.domain.people import Account, AccountState
from bot.notify.deliver.sending import RateLimits
from bot.settings import Settings
from bot.slack.manifest import build_manifest
from bot.store.vault import generate_key
from sandbox import server
from sandbox.circleci import fake_users
from sandbox.slack import AppSetup
from sandbox.virtual_clock import MovableClock, RealClock
from tests.plugins import call_contract
from tests.plugins.app_server import get_ssl_context, open_socket, serve_app
from tests.plugins.database import create_database
from tests.plugins.direct_client import DirectClient
from tests.plugins.slack_users import ADA, DEPLOYS, EVE, GENERAL, GRACE, GUS, PRIVATE, TOKENS, WEB, Json, SlackUsers

__all__ = ["ADA", "DEPLOYS", "EVE", "GENERAL", "GRACE", "GUS", "PRIVATE", "TOKENS", "WEB", "Json", "World"]

ALL = ("slack", "poller", "delivery")
TEAM = "T0SANDBOX"
_EITHER_WAY = ("slack", "web", "journeys")


@dataclass(kw_only=True)
class World(SlackUsers):
    """People, and the real bot as `app`."""

    app: composition.App
    settings: Settings

    async def connect(self, as_: str = ADA, channel: str = DEPLOYS) -> None:
        """As if this person had done it: by the store, which costs a tenth of their command and form."""
        del channel
        store, token = self.app.core.store, TOKENS[as_]
        owner = fake_users.TOKENS[token]
        async with store.begin() as tx:
            now = self.app.core.clock.now()
            who = (TEAM, as_, owner.id, owner.login, owner.name)
            await tx.accounts.upsert(Account(*who, AccountState.ACTIVE, now, token, last_used_at=now))
            await tx.logins.upsert_verified(TEAM, as_, owner.login, now=now)

    async def connect_by_form(self, as_: str = ADA) -> None:
        """As a person does it."""
        await super().connect(as_)


class _GivenSettings(Settings):
    """No environment and no file is looked at, which costs more than all else of them."""

    @classmethod
    def settings_customise_sources(cls, *_: Any, init_settings: Any, **_others: Any) -> tuple[Any, ...]:
        return (init_settings,)


def build_settings(sandbox_url: str, database_url: str, *, socket_mode: bool, **more: Any) -> Settings:
    """A bot's settings for a sandbox; the machine's own environment does not count."""
    values: Json = {
        "slack_bot_token": "xoxb-sandbox",
        "slack_app_token": "xapp-sandbox" if socket_mode else None,
        "slack_signing_secret": None if socket_mode else "sandbox-signing-secret",
        "slack_api_url": f"{sandbox_url}/slack/api/",
        "circleci_url": f"{sandbox_url}/circleci",
        "database_url": database_url,
        "encryption_keys": (generate_key(),),
        "admin_users": frozenset({ADA}),
        "poll_interval_s": 0.3,
    }
    return _GivenSettings(**(values | more))


@contextlib.asynccontextmanager
async def run_sandbox(
    *,
    speed: float = 20.0,
    clock: MovableClock | None = None,
    events_url: str | None = None,
    declined: Collection[str] = (),
    pace: bool = False,
) -> AsyncIterator[httpx.AsyncClient]:
    """A fresh sandbox, and a client whose base_url it is. Scopes of `declined` were not granted at installation.

    CircleCI's time is that of the `clock`, else it passes at this `speed`.
    """
    listening, url = server.bind_socket()
    asked = build_manifest(url=None)
    scopes = asked["oauth_config"]["scopes"]
    asked["oauth_config"]["scopes"] = {
        kind: [scope for scope in listed if scope not in declined] for kind, listed in scopes.items()
    }
    setup = AppSetup(manifest=asked, events_url=events_url, has_rate_limits=pace)
    sandbox = server.create_app(public_url=url, setup=setup, clock=clock or RealClock(speed))
    # The bot comes over the network. What the test itself asks needs no socket, which would cost most of its time.
    async with (
        server.serving(sandbox, sockets=[listening]),
        DirectClient(sandbox, url, timeout=30, verify=get_ssl_context()) as http,
    ):
        yield http


@contextlib.asynccontextmanager
async def run_world(
    tmp_path: Path, *, socket_mode: bool, speed: float = 20.0, roles: Collection[str] = ALL, **more: Any
) -> AsyncIterator[World]:
    """A fresh sandbox, a fresh database and the bot in these roles; everything ends with the block."""
    bot_listening = open_socket()
    events_url = None if socket_mode else f"http://127.0.0.1:{bot_listening.getsockname()[1]}/slack/events"
    database_url = await create_database(tmp_path)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(bot_listening)
        http = await stack.enter_async_context(run_sandbox(speed=speed, events_url=events_url))
        url = str(http.base_url).rstrip("/")
        reached = {} if socket_mode else {"public_url": f"http://127.0.0.1:{bot_listening.getsockname()[1]}"}
        settings = build_settings(url, database_url, socket_mode=socket_mode, **(reached | more))
        app = composition.build_app(
            settings, limits=RateLimits(post_gap_s=0.0, card_gap_s=0.05, board_gap_s=0.05, update_gap_s=0.0)
        )
        await stack.enter_async_context(app.running(frozenset(roles), drains=False))
        if not socket_mode:
            await stack.enter_async_context(serve_app(app.build_web_app(), bot_listening))
        world = World(url, http, app=app, settings=settings)
        await world.wait_until(build_connected_check(world), "the bot to be connected")
        yield world
        assert not (found := call_contract.find_violations(await world.fetch_state("slack.calls"))), "\n".join(found)


def build_connected_check(world: SlackUsers) -> Callable[[], Awaitable[bool | None]]:
    async def look() -> bool | None:
        return (await world.http.get("/_page/boot", params={"as": ADA})).json()["connected"] or None

    return look


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Where it matters how Slack reaches us, a test of `world` runs both ways; what a command does is the same.

    A file may have a `world` of its own.
    """
    if "world" in metafunc.fixturenames and not hasattr(metafunc.module, "world"):
        either = metafunc.definition.path.parent.name in _EITHER_WAY
        metafunc.parametrize("world", ["socket", "http"] if either else ["socket"], indirect=True)


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The world in Socket Mode; in `_EITHER_WAY` also over signed HTTP."""
    async with asyncio.timeout(240), run_world(tmp_path, socket_mode=request.param == "socket") as one:
        yield one


@pytest.fixture
async def each_connected_world(world: World) -> World:
    """`world`, in which Ada has connected her CircleCI account, as a person does it."""
    await world.connect_by_form()
    return world


@pytest.fixture
async def connected_world(socket_world: World) -> World:
    """`socket_world`, in which Ada has connected her CircleCI account: what most tests begin with."""
    await socket_world.connect()
    return socket_world


@pytest.fixture
async def socket_world(tmp_path: Path) -> AsyncIterator[World]:
    """The world in Socket Mode only, for tests in which the transport says nothing."""
    async with asyncio.timeout(240), run_world(tmp_path, socket_mode=True) as one:
        yield one
