"""CircleCI's webhooks: of each workflow that ends, late, twice, in any order, or not at all, to any process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from bot.circleci.webhook_payload import parse_webhook
from tests.simulation.builds import ENDED, Build, Run
from tests.simulation.circleci_api import WEB
from tests.simulation.simulated_bot import SimulatedBot, Surroundings
from tests.simulation.virtual_loop import STARTED_AT

_LOOKS_EVERY_S = 1.0
_LATEST_S = (0.1, 2.0, 20.0)


@dataclass
class Webhooks:
    around: Surroundings
    bots: list[SimulatedBot]
    tell: Callable[[str], None]
    chance: Random
    told: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """As long as the run lasts."""
        while True:
            for build in self.around.circleci.state.builds:
                for run in build.runs:
                    if run.id not in self.told and run.find_status(self.around.loop.time()) in ENDED:
                        self.told.add(run.id)
                        self._announce(build, run)
            await asyncio.sleep(_LOOKS_EVERY_S)

    def _announce(self, build: Build, run: Run) -> None:
        body = _build_body(build, run)
        for _ in range(self.chance.choice((0, 1, 1, 2))):
            late_s = self.chance.choice(_LATEST_S) * self.chance.random()
            self.around.loop.call_later(late_s, self._send, body)

    def _send(self, body: bytes) -> None:
        """Whoever is away when it comes never hears of it."""
        bot = self.chance.choice(self.bots)
        if bot.listens:
            self.around.met["webhook"] += 1
            self.around.loop.start(bot.process, _take(bot, body))


async def _take(bot: SimulatedBot, body: bytes) -> None:
    event = parse_webhook(body)
    assert event is not None
    assert bot.app is not None
    try:
        await bot.app.webhooks.handle(event)
    except (SQLAlchemyError, TimeoutError):
        return  # answered 500


def _build_body(build: Build, run: Run) -> bytes:
    happened = STARTED_AT + timedelta(seconds=run.course[-1][0])
    return json.dumps(
        {
            "id": f"webhook-{run.id}",
            "type": "workflow-completed",
            "happened_at": happened.isoformat(),
            "project": {"slug": str(WEB)},
            "pipeline": {"id": build.id, "number": build.number},
            "workflow": {"id": run.id},
        }
    ).encode()
