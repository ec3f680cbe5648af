"""A world whose time only a test moves: the real bot over Socket Mode, the turns of its loops taken by hand.

await world.say("/circle trigger gh/acme/web --branch main")
await world.answered()                       what was asked is done
await world.pass_by(5)                       time passes, and whatever is due then is done
await world.settle()                         all that ends by itself has ended, and was told
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import composition
from bot.notify.deliver.sending import Tempo
from bot.settings import Settings
from sandbox.virtual_clock import ManualClock
from tests.plugins.database import migrated
from tests.plugins.slack_users import Json, People
from tests.plugins.world import a_sandbox, is_connected, settings_for

_AT_ONCE = Tempo(post_gap_s=0.0, card_gap_s=0.0, update_gap_s=0.0)
_LONG_S = 200.0
"""Longer than anything takes that ends by itself, and than the bot ever waits before it looks again."""


@dataclass(kw_only=True)
class Steered(People):
    """People, and a bot that does nothing until it is told that its time has come."""

    clock: ManualClock
    settings: Settings
    app: composition.App
    running: contextlib.AsyncExitStack

    async def restart(self) -> None:
        """The bot ends, and another one begins with what it has written down."""
        await self.running.aclose()
        self.app, self.running = await _begun(self.settings, self.clock)
        await self.until(is_connected(self), "the bot to be connected")

    async def answered(self) -> None:
        """Whatever was asked for is done."""
        await self.app.core.tasks.drain(30)

    async def pass_by(self, seconds: float) -> None:
        await self.control("advance", seconds=seconds)
        await self.works()

    async def works(self) -> None:
        """What is due by now is read, and what there is to say is said."""
        turns = {loop.name: loop.turn for loop in self.app.loops}
        for reading in ("coverage", "organisations", "poller", "poller", "digests"):
            await turns[reading]()
            await self.answered()
        said_at = -1
        while said_at != (said_at := await self.changed_at()):
            await self.app.delivery.turn()
            await self.app.delivery.drain(30)

    async def changed_at(self) -> int:
        """Each call that anybody makes changes something."""
        return int((await self.http.get("/_control/wait", params={"timeout_s": 0})).json()["seq"])

    async def settle(self) -> None:
        """Twice: what is found at first may have to be looked at again."""
        await self.answered()
        for _ in range(2):
            await self.pass_by(_LONG_S)


async def _begun(settings: Settings, clock: ManualClock) -> tuple[composition.App, contextlib.AsyncExitStack]:
    app, running = composition.build(settings, clock=clock, tempo=_AT_ONCE), contextlib.AsyncExitStack()
    await running.enter_async_context(app.running({"slack"}))
    return app, running


@contextlib.asynccontextmanager
async def steered(folder: Path, described: Json | None = None) -> AsyncIterator[Steered]:
    """With the projects that are described, else the sandbox's own; both without a past."""
    clock = ManualClock()
    async with a_sandbox(clock=clock) as http:
        url = str(http.base_url).rstrip("/")
        answer = await (http.post("/_control/world", json=described) if described else _without_past(http))
        assert answer.is_success, answer.text
        settings = settings_for(url, await migrated(folder), socket_mode=True, poll_interval_s=5.0)
        app, running = await _begun(settings, clock)
        world = Steered(url, http, within_s=10, clock=clock, settings=settings, app=app, running=running)
        try:
            await world.until(is_connected(world), "the bot to be connected")
            yield world
        finally:
            await world.running.aclose()


async def _without_past(http: Any) -> Any:
    return await http.post("/_control/reset", json={"seed": False})
