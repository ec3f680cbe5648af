"""circlebot demo and circlebot sandbox: the only module that imports the sandbox."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from bot.errors import UsageError
from bot.operating.console import say
from bot.operating.demo_bot import BotProcess
from bot.operating.process import AddressInUse, CommandFailed, catch_stop_signals
from bot.slack.manifest import build_manifest
from bot.store.vault import generate_key
from sandbox import server
from sandbox.slack import AGENCY, AppSetup, Team
from sandbox.slack.manifest_file import BadManifest, read_manifest
from sandbox.virtual_clock import RealClock

_HOST = "127.0.0.1"
_UP_WITHIN_S = 30.0

_TRY = """\
  /circle tour                                           and go where it leads, or:
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
        async with serve_demo(port):
            drill = f"In another terminal, kill it and see what is lost:\n  circlebot drill --port {port}"
            say(f"circlebot is up: http://localhost:{port}\n\nIn #deploys, type:\n{_TRY}\n\n{drill}\n\nCtrl+C ends it.")
            await stop.wait()


@asynccontextmanager
async def serve_demo(port: int, *, prints: bool = True) -> AsyncIterator[None]:
    """It is up while inside. Raises AddressInUse."""
    async with AsyncExitStack() as stack:
        url, world = await stack.enter_async_context(_serve_sandbox(port, autopilot=True, teams=(AGENCY,)))
        bot = DemoBot(url, world, prints=prints)
        stack.push_async_callback(bot.stop)
        await bot.start()
        world.around_reset, world.breaks.bot = bot.restart_around, bot
        yield


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
    teams: Sequence[Team] = (),
) -> AsyncIterator[tuple[str, server.Sandbox]]:
    """The sandbox and its base URL, once it answers there. `theirs` is another app's manifest; without it, ours."""
    listening, here = _open_socket(port)
    url = public_url.rstrip("/") if public_url else here
    asked = theirs or build_manifest(url=events_url and events_url.removesuffix("/slack/events"))
    setup = AppSetup(manifest=asked, events_url=events_url, has_shared_channel=autopilot)
    app: Starlette = server.create_app(
        public_url=url, setup=setup, clock=RealClock(speed), autopilot=autopilot, teams=teams
    )
    async with server.serving(app, sockets=[listening]):
        yield url, app.state.sandbox


def _open_socket(port: int) -> tuple[socket.socket, str]:
    try:
        return server.bind_socket(_HOST, port)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise AddressInUse(f"port {port} cannot be used ({why}). Take another one: --port {port + 1}") from None


class DemoBot:
    """The bot of the demo, which the page may kill and start again. When the world is reset, it forgets everything."""

    def __init__(self, url: str, world: server.Sandbox, *, prints: bool = True) -> None:
        self._url, self._world, self._prints = url, world, prints
        self._workspaces = {each.team.id: (each.team.name, each.team.bot_token) for each in world.slack.workspaces}
        self._process = BotProcess(url, self._workspaces, prints=prints)

    @property
    def is_running(self) -> bool:
        return self._process.is_running

    async def start(self) -> None:
        """Start it, and return when Slack can reach it: a page that nobody answers is not up."""
        await self._process.start()
        async with asyncio.timeout(_UP_WITHIN_S):
            while not self._world.slack.sockets.is_ready:
                if not self.is_running:
                    raise CommandFailed("The bot of the demo has ended. What it printed says why.")
                await self._world.changes.wait_after(self._world.changes.seq, 1.0)

    @property
    def pid(self) -> int | None:
        return self._process.pid

    async def kill(self) -> None:
        await self._process.kill()

    async def copy_database(self) -> None:
        await self._process.copy_database()

    async def restore(self) -> None:
        await self._process.restore()

    async def stop(self) -> None:
        await self._process.stop()

    @asynccontextmanager
    async def restart_around(self) -> AsyncIterator[None]:
        """Stop it for the block, then start it with an empty database: what it knew of is gone."""
        await self.stop()
        try:
            yield
        finally:
            self._process = BotProcess(self._url, self._workspaces, prints=self._prints)
            await self.start()
