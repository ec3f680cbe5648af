"""A world whose time only a test moves: the real bot over Socket Mode, its loops run by hand.

await world.say("/circle trigger gh/acme/web --branch main")
await world.drain_tasks()                    what was asked is done
await world.advance(5)                       time passes, and what is due then is done
await world.run_until_idle()                 everything has ended, and is posted
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import composition
from bot.notify.deliver.sending import RateLimits
from bot.settings import Settings
from sandbox.virtual_clock import ManualClock
from tests.plugins.database import create_database
from tests.plugins.slack_users import Json, SlackUsers
from tests.plugins.world import build_connected_check, build_settings, run_sandbox

_AT_ONCE = RateLimits(post_gap_s=0.0, card_gap_s=0.0, board_gap_s=0.0, update_gap_s=0.0)
_LONG_S = 200.0
"""Longer than anything takes that ends by itself, and than the bot ever waits before it looks again."""


@dataclass(kw_only=True)
class SteppedWorld(SlackUsers):
    """People, and a bot that does nothing until it is told that its time has come."""

    clock: ManualClock
    settings: Settings
    app: composition.App
    running: contextlib.AsyncExitStack

    async def restart(self) -> None:
        """The bot ends, and another one begins with what it has written down."""
        await self.running.aclose()
        self.app, self.running = await _start_bot(self.settings, self.clock)
        await self.wait_until(build_connected_check(self), "the bot to be connected")

    async def drain_tasks(self) -> None:
        """Whatever was asked for is done."""
        await self.app.core.tasks.drain(30)

    async def change(self, line: str, *, as_: str, channel: str) -> None:
        """Type a line that changes something of the channel, until that is written down: the channel has the answer."""
        before = await self._find_newest_change(channel)
        await self.say(f"/circle {line}", as_=as_, channel=channel)

        async def is_written() -> bool | None:
            return await self._find_newest_change(channel) > before or None

        await self.wait_until(is_written, f"{line} to be done", as_=as_, channel=channel)

    async def _find_newest_change(self, channel: str) -> int:
        async with self.app.core.store.begin_read() as tx:
            return max((one.id for one in await tx.undoable_changes.list_open("T0SANDBOX", channel)), default=0)

    async def act_at_circleci(self, begin: Callable[[], Awaitable[object]]) -> None:
        """Until what a person began is done at CircleCI: a card may say it, and no answer."""
        before = await self._count_writes()
        await begin()

        async def is_asked() -> bool | None:
            return await self._count_writes() > before or None

        await self.wait_until(is_asked, "CircleCI to be asked")
        await self.drain_tasks()

    async def _count_writes(self) -> int:
        return len([call for call in await self.list_requests("") if call["method"] != "GET"])

    async def advance(self, seconds: float) -> None:
        await self.control("advance", seconds=seconds)
        await self.run_loops()

    async def run_loops(self) -> None:
        """What is due by now is read, and what there is to say is said."""
        turns = {loop.name: loop.tick for loop in self.app.loops}
        for reading in ("rule_coverage", "org_poller", "poller", "poller", "deploy_reader", "digests"):
            await turns[reading]()
            await self.drain_tasks()
        said_at = -1
        while said_at != (said_at := await self.fetch_sequence()):
            await self.app.delivery.tick()
            await self.app.delivery.drain(30)

    async def fetch_sequence(self) -> int:
        """Each call that anybody makes changes something."""
        return int((await self.http.get("/_control/wait", params={"timeout_s": 0})).json()["seq"])

    async def run_until_idle(self) -> None:
        """Twice: what is found at first may have to be looked at again."""
        await self.drain_tasks()
        for _ in range(2):
            await self.advance(_LONG_S)


async def _start_bot(settings: Settings, clock: ManualClock) -> tuple[composition.App, contextlib.AsyncExitStack]:
    app, running = composition.build_app(settings, clock=clock, limits=_AT_ONCE), contextlib.AsyncExitStack()
    await running.enter_async_context(app.running({"slack"}))
    return app, running


@contextlib.asynccontextmanager
async def run_stepped_world(folder: Path, described: Json | None = None) -> AsyncIterator[SteppedWorld]:
    """With the projects that are described, else the sandbox's own; both without a past."""
    clock = ManualClock()
    async with run_sandbox(clock=clock) as http:
        url = str(http.base_url).rstrip("/")
        answer = await (http.post("/_control/world", json=described) if described else _reset_without_past(http))
        assert answer.is_success, answer.text
        settings = build_settings(url, await create_database(folder), socket_mode=True, poll_interval_s=5.0)
        app, running = await _start_bot(settings, clock)
        world = SteppedWorld(url, http, within_s=10, clock=clock, settings=settings, app=app, running=running)
        try:
            await world.wait_until(build_connected_check(world), "the bot to be connected")
            yield world
        finally:
            await world.running.aclose()


async def _reset_without_past(http: Any) -> Any:
    return await http.post("/_control/reset", json={"seed": False})
