"""circlebot demo and circlebot sandbox: the only module that imports the sandbox."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette

from bot.app import composition
from bot.errors import UsageError
from bot.operating.console import say
from bot.operating.process import AddressInUse, catch_stop_signals, serve_http
from bot.settings import Settings
from bot.slack.manifest import build_manifest
from bot.store.engine.migrate import upgrade
from bot.store.vault import generate_key
from sandbox import server
from sandbox.slack import AppSetup
from sandbox.slack.manifest_file import BadManifest, read_manifest
from sandbox.virtual_clock import RealClock

_HOST = "127.0.0.1"
_UP_WITHIN_S = 30.0

_TRY = """\
  /circle connect                                        and paste CCIPAT_ada into the form
  /circle trigger acme/web --branch main image-tag=4.8.2
  /circle trigger acme/web --branch broken            then press "Rerun from Failed"
  /circle subscribe acme/web                          and wait: CircleCI starts pipelines by itself"""

_JOIN = """\
SLACK_BOT_TOKEN=xoxb-sandbox
{way_in}
SLACK_API_URL={url}/slack/api/
CIRCLECI_URL={url}/circleci
ENCRYPTION_KEYS={key}
ADMIN_USERS=U0ADA"""

_JOIN_AS_ANOTHER = """\
SLACK_BOT_TOKEN=xoxb-sandbox
{way_in}
SLACK_API_URL={url}/slack/api/      (the base URL of its Web API client, if it reads no such setting)"""


async def run_demo(port: int) -> None:
    """A Slack-like workspace, a CircleCI, and the real bot between them. Raises AddressInUse."""
    with catch_stop_signals() as stop:
        async with AsyncExitStack() as stack:
            url, world = await stack.enter_async_context(_serve_sandbox(port, autopilot=True))
            bot = DemoBot(url, world)
            stack.push_async_callback(bot.stop)
            await bot.start()
            world.around_reset = bot.restart_around
            say(f"circlebot is up: http://localhost:{port}\n\nIn #deploys, type:\n{_TRY}\n\nCtrl+C ends it.")
            await stop.wait()


async def run_sandbox(
    port: int,
    *,
    speed: float,
    events_url: str | None,
    manifest_file: Path | None = None,
    public_url: str | None = None,
) -> None:
    """The two simulators and the page; you start a bot, or the app of this manifest, yourself.

    Raises AddressInUse, and UsageError for a file that is no manifest.
    """
    theirs = _read_manifest(manifest_file) if manifest_file else None
    with catch_stop_signals() as stop:
        async with _serve_sandbox(port, public_url, speed=speed, events_url=events_url, theirs=theirs) as (url, _world):
            way_in = "SLACK_SIGNING_SECRET=sandbox-signing-secret" if events_url else "SLACK_APP_TOKEN=xapp-sandbox"
            join = (_JOIN_AS_ANOTHER if theirs else _JOIN).format(url=url, way_in=way_in, key=generate_key())
            where = public_url or f"http://localhost:{port}"
            say(f"The sandbox is up: {where}\n\nStart a bot with:\n\n{join}\n\nCtrl+C ends it.")
            await stop.wait()


def _read_manifest(file: Path) -> Mapping[str, Any]:
    try:
        return read_manifest(file)
    except BadManifest as bad:
        raise UsageError(str(bad)) from None


@asynccontextmanager
async def _serve_sandbox(
    port: int,
    public_url: str | None = None,
    *,
    speed: float = 1.0,
    events_url: str | None = None,
    autopilot: bool = False,
    theirs: Mapping[str, Any] | None = None,
) -> AsyncIterator[tuple[str, server.Sandbox]]:
    """The sandbox and its base URL, once it answers there. `theirs` is another app's manifest; without it, ours."""
    listening, here = _open_socket(port)
    url = public_url.rstrip("/") if public_url else here
    asked = theirs or build_manifest(url=events_url and events_url.removesuffix("/slack/events"))
    setup = AppSetup(manifest=asked, events_url=events_url)
    app: Starlette = server.create_app(public_url=url, setup=setup, clock=RealClock(speed), autopilot=autopilot)
    async with server.serving(app, sockets=[listening]):
        yield url, app.state.sandbox


def _open_socket(port: int) -> tuple[socket.socket, str]:
    try:
        return server.bind_socket(_HOST, port)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise AddressInUse(f"port {port} cannot be used ({why}). Take another one: --port {port + 1}") from None


def build_settings(url: str, database_url: str) -> Settings:
    """A bot's settings for a sandbox; this machine's environment and .env do not count."""
    defaults = {name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()}
    ours: dict[str, Any] = {
        "slack_bot_token": "xoxb-sandbox",
        "slack_app_token": "xapp-sandbox",
        "slack_api_url": f"{url}/slack/api/",
        "circleci_url": f"{url}/circleci",
        "host": _HOST,
        "port": 0,
        "admin_port": 0,
        "database_url": database_url,
        "encryption_keys": (SecretStr(generate_key()),),
        "admin_users": frozenset({"U0ADA"}),
        "poll_interval_s": 1.0,
    }
    return Settings(_env_file=None, **(defaults | ours))


class DemoBot:
    """The bot of the demo. When the world is reset, it starts again with an empty database."""

    def __init__(self, url: str, world: server.Sandbox) -> None:
        self._url = url
        self._world = world
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start, and return when it is up. Raises what prevents that."""
        self._stop, up = asyncio.Event(), asyncio.Event()
        running = self._task = asyncio.create_task(self._run(up))
        waiting = asyncio.create_task(up.wait())
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if running.done():
            running.result()

    async def stop(self) -> None:
        self._stop.set()
        if self._task:
            await self._task

    @asynccontextmanager
    async def restart_around(self) -> AsyncIterator[None]:
        """Stop it for the block, then start it with an empty database: what it knew of is gone."""
        await self.stop()
        try:
            yield
        finally:
            await self.start()

    async def _run(self, up: asyncio.Event) -> None:
        """In one task from start to end: contexts must be left by the task that entered them."""
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="circlebot-demo-")))
            await _start_bot(stack, build_settings(self._url, f"sqlite:///{folder}/demo.db"))
            await _wait_connected(self._world)
            up.set()
            await self._stop.wait()


async def _start_bot(stack: AsyncExitStack, settings: Settings) -> None:
    await upgrade(settings.database_url.get_secret_value())
    app = composition.build_app(settings)
    await stack.enter_async_context(app.running(composition.ALL_ROLES))
    await stack.enter_async_context(serve_http(app.build_web_app(), host=_HOST, port=settings.port))


async def _wait_connected(world: server.Sandbox) -> None:
    """Wait until Slack can reach the bot: a page that nobody answers is not up."""
    async with asyncio.timeout(_UP_WITHIN_S):
        while not world.slack.sockets.is_ready:
            await world.changes.wait_after(world.changes.seq, 1.0)
