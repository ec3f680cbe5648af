"""Several workspaces around one bot that they installed over OAuth: an organisation's two, and one that is its own.

async with run_workspaces(tmp_path) as around:
    await around.install(ORG)
    await around.lab.say("/circle help", channel=TRIALS)
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from pydantic import SecretStr

from bot.app import composition
from bot.app.composition import App
from bot.domain.people import Installation
from bot.notify.deliver.sending import RateLimits
from bot.slack.manifest import build_manifest
from sandbox import server
from sandbox.slack import AGENCY, LAB, SANDBOX, AppSetup, Organisation
from sandbox.virtual_clock import RealClock
from tests.plugins.app_server import get_ssl_context, open_socket, serve_app
from tests.plugins.database import create_database
from tests.plugins.slack_users import SlackUsers
from tests.plugins.world import ALL, build_settings

ORG, HOME_TEAM, LAB_TEAM, AWAY_TEAM = "E0SANDBOX", SANDBOX.id, LAB.id, AGENCY.id
TRIALS, ACME, LIN = "C0TRIALS", "C0ACME", "U0LIN"
ADMINS = frozenset({f"{HOME_TEAM}/U0ADA", f"{LAB_TEAM}/U0ADA", f"{AWAY_TEAM}/{LIN}"})


@dataclass
class MovedClock:
    """Real time, and what a test puts on top; the sandbox's Slack goes along."""

    slack: RealClock
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)
        self.slack.advance(seconds)


@dataclass(kw_only=True)
class Neighbours:
    """`home` and `lab` are of the organisation, `agency` is not. The bot may be anywhere."""

    bot_url: str
    home: SlackUsers
    lab: SlackUsers
    agency: SlackUsers
    clock: MovedClock
    cookies: dict[str, str] = field(default_factory=dict)

    async def install(self, where: str, as_: str = "U0ADA") -> httpx.Response:
        """In a browser, from our page over Slack's to our last one. `where` is a workspace or the organisation."""
        begun = await self._get(f"{self.bot_url}/slack/install")
        page, _, query = begun.headers["location"].partition("?")
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        chosen = {**asked, "decision": "allow", "team": where, "as": as_}
        decided = await self.home.http.post(urlsplit(page).path, data=chosen)
        return await self._get(decided.headers["location"])

    async def _get(self, url: str) -> httpx.Response:
        """The cookie is `Secure`: over plain HTTP it is carried by hand, as a browser on https would."""
        carried = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self.home.http.get(url, headers={"cookie": carried} if carried else {})
        for header in answer.headers.get_list("set-cookie"):
            name, _, value = header.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer


@dataclass(kw_only=True)
class Workspaces(Neighbours):
    """Around the real bot, `app`."""

    app: App

    async def find(self, workspace: str) -> Installation | None:
        async with self.app.core.store.begin_read() as tx:
            return await tx.installations.find(workspace)


@contextlib.asynccontextmanager
async def run_neighbours(bot_url: str, *, rotation: bool = False) -> AsyncIterator[Neighbours]:
    """The sandbox, for a bot that is at that address. Nothing is installed yet."""
    listening, url = server.bind_socket()
    manifest = build_manifest(url=bot_url, rotates_tokens=rotation)
    organisation = Organisation(ORG, "Sandbox Inc", (HOME_TEAM, LAB_TEAM))
    setup = AppSetup(
        manifest=manifest, events_url=f"{bot_url}/slack/events", has_rate_limits=False, organisation=organisation
    )
    slack_clock = RealClock()
    sandbox = server.create_app(
        public_url=url, setup=setup, teams=(LAB, AGENCY), clock=RealClock(20.0), slack_clock=slack_clock
    )
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(server.serving(sandbox, sockets=[listening]))
        people = []
        for base in (url, url + LAB.path, url + AGENCY.path):
            client = httpx.AsyncClient(base_url=base, timeout=30, verify=get_ssl_context())
            people.append(SlackUsers(base, await stack.enter_async_context(client)))
        home, lab, agency = people
        async with asyncio.timeout(600):
            yield Neighbours(bot_url=bot_url, home=home, lab=lab, agency=agency, clock=MovedClock(slack_clock))


@contextlib.asynccontextmanager
async def run_workspaces(
    tmp_path: Path, *, rotation: bool = False, roles: Collection[str] = ALL, **more: Any
) -> AsyncIterator[Workspaces]:
    """Around a bot in this process, by HTTP all the same."""
    bot_listening = open_socket()
    bot_url = f"http://127.0.0.1:{bot_listening.getsockname()[1]}"
    oauth = {
        "slack_bot_token": None,
        "slack_client_id": "sandbox-client-id",
        "slack_client_secret": SecretStr("sandbox-client-secret"),
        "public_url": bot_url,
        "admin_users": ADMINS,
    }
    limits = RateLimits(post_gap_s=0.0, card_gap_s=0.05, board_gap_s=0.05, update_gap_s=0.0)
    async with contextlib.AsyncExitStack() as stack:
        near = await stack.enter_async_context(run_neighbours(bot_url, rotation=rotation))
        database_url = await create_database(tmp_path)
        settings = build_settings(near.home.url, database_url, socket_mode=False, **(oauth | more))
        app = composition.build_app(settings, clock=near.clock, limits=limits)
        await stack.enter_async_context(app.running(frozenset(roles)))
        await stack.enter_async_context(serve_app(app.build_web_app(), bot_listening))
        yield Workspaces(**vars(near), app=app)
