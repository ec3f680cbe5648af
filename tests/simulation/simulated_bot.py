"""One simulated process: the bot as `bot/app` builds it, on a simulated database and platforms.

Its Core is its own: store, clock, CircleCI's transport, Slack's clients and the failpoints are the seams that a
simulation needs, and all of them are in there. What was missing was a way to hand one to `build_app`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from bot.actions.known_heads import KnownHeads
from bot.app.composition import ALL_ROLES, App, build_app
from bot.app.core import Core
from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.clock import Clock
from bot.domain.arrivals import Arrivals
from bot.metrics import Metrics
from bot.notify.deliver.steps import Step
from bot.operating.demo_bot import build_settings
from bot.settings import Settings
from bot.slack.group_directory import SlackGroupDirectory
from bot.store.engine.database_clock import DatabaseClock
from bot.store.vault import Vault
from tests.simulation.channels import DIGEST
from tests.simulation.safeguards import Ablation
from tests.simulation.simulated_circleci import SimulatedCircleCI
from tests.simulation.simulated_database import SimulatedDatabase
from tests.simulation.simulated_slack import SimulatedSlack
from tests.simulation.slack_clients import TOKEN, SimulatedClients
from tests.simulation.virtual_loop import Process, VirtualLoop

_LOOPS = frozenset({"clock", "poller", "delivery"})
"""Those of bot/app that delivery is about, beside `digests`, where a channel wants some; the others look after what
changes in days."""

_IDLE_S = (2.0, 8.0)
"""How long a loop sleeps at least: a slow machine's, so that a simulated minute costs little."""

_URL = "https://circleci.com"
SETTINGS: Settings = build_settings("https://example.com", "sqlite:///simulated.db").model_copy(
    update={
        "slack_bot_token": SecretStr(TOKEN),
        "slack_app_token": None,
        "slack_api_url": "https://slack.com/api/",
        "circleci_url": _URL,
        "poll_interval_s": 8.0,
    }
)
_METRICS = Metrics()


@dataclass(frozen=True)
class Surroundings:
    """What all processes share."""

    loop: VirtualLoop
    chance: Random
    database: SimulatedDatabase
    slack: SimulatedSlack
    circleci: SimulatedCircleCI
    vault: Vault
    ablation: Ablation
    settings: Settings
    channels: tuple[str, ...]
    met: Counter[str]
    skews_s: list[float]
    """How wrong each process's machine tells the time now."""
    steps: list[Step] = field(default_factory=list)
    lost: list[tuple[float, float]] = field(default_factory=list)
    """From when to when the database forgot, since a backup was put back."""
    doubtful: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Channels and keys of what was being sent when that backup was made: it does not know how that ended."""

    def is_lost(self, at_s: float) -> bool:
        return any(since_s <= at_s <= until_s for since_s, until_s in self.lost)


class SkewedClock:
    """That of a process's machine, as wrong as it is just then."""

    def __init__(self, around: Surroundings, number: int) -> None:
        self._around = around
        self._number = number

    def now(self) -> datetime:
        return self._around.loop.now() + timedelta(seconds=self._around.skews_s[self._number])


@dataclass
class SimulatedBot:
    """One run of a process; the next one of the same number is another bot. `app` is None until it is up."""

    around: Surroundings
    process: Process
    app: App | None = None
    is_up: bool = False
    is_over: bool = False

    @property
    def listens(self) -> bool:
        """Whether Slack reaches it."""
        return self.is_up and not self.process.has_ended

    async def run(self) -> None:
        """Until it is told to stop, and has ended in order. As a supervisor starts it again without a database."""
        while True:
            try:
                async with self.build().running(ALL_ROLES):
                    self.is_up = True
                    await self.process.stopping.wait()
            except (SQLAlchemyError, TimeoutError):
                await asyncio.sleep(2)
            else:
                self.is_over = True
                return

    def build(self) -> App:
        weak = self.around.ablation
        app = build_app(self.around.settings, commands=weak.commands, limits=weak.limits, core=self.build_core())
        app = weak.weaken_app(app)
        names = _LOOPS | {"digests"} if DIGEST in self.around.channels else _LOOPS
        loops = tuple(loop for loop in app.loops if loop.name in names)
        for loop in loops:
            loop.tick = partial(_tick_slowly, loop.tick, self.around.chance)
        self.app = replace(app, loops=loops)
        return self.app

    def build_core(self) -> Core:
        around = self.around
        store = around.ablation.build_store(around.vault, around.database.connect())
        machine = SkewedClock(around, self.process.number)
        shared = DatabaseClock(store, machine=machine, counter=around.loop.time)
        clock: Clock = machine if around.ablation.trusts_machine_clock else shared
        clients = SimulatedClients(around.slack, store=store, clock=clock)
        return Core(
            settings=around.settings,
            clock=clock,
            vault=around.vault,
            store=store,
            heads=KnownHeads(None),
            circleci=CircleCIPool(_URL, clock=clock, transport=around.circleci),
            clients=clients,
            groups=SlackGroupDirectory(clients, store, clock=clock),
            links=Links(_URL),
            metrics=_METRICS,
            hit_failpoint=_pass,
            observe=around.steps.append,
            holder=self.process.name,
            arrivals=Arrivals(clock.now),
        )


async def _tick_slowly(tick: Callable[[], Awaitable[float]], chance: Random) -> float:
    return max(await tick(), chance.uniform(*_IDLE_S))


def _pass(_step: str) -> None:
    pass
