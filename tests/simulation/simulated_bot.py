"""One simulated process: the real poller, publisher, digests and delivery, on a simulated database and platforms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.clock import Clock
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.sending import RateLimits
from bot.notify.poll.explain import Explainer
from bot.notify.poll.poller import Poller
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.publish.digests import DigestPublisher
from bot.notify.publish.publisher import Publisher
from bot.notify.withholding import WithholdingPolicy
from bot.store.engine.database_clock import DatabaseClock
from bot.store.vault import Vault
from bot.workers.loop import BackgroundTasks, Wakeup, WorkerLoop
from tests.simulation.safeguards import Ablation
from tests.simulation.simulated_circleci import SimulatedCircleCI
from tests.simulation.simulated_database import SimulatedDatabase
from tests.simulation.simulated_slack import SimulatedSlack, SlackConnection
from tests.simulation.virtual_loop import Process, VirtualLoop

_POLLED_EVERY_S = 5.0
_IDLE_S = (1.5, 6.0)
"""How long a loop sleeps at least: a slow machine's, so that a simulated minute costs little."""


@dataclass(frozen=True)
class Surroundings:
    """What all processes share, and the machine's clock is wrong by `skew_s`."""

    loop: VirtualLoop
    chance: Random
    database: SimulatedDatabase
    slack: SimulatedSlack
    circleci: SimulatedCircleCI
    vault: Vault
    ablation: Ablation


class SkewedClock:
    def __init__(self, loop: VirtualLoop, skew_s: float) -> None:
        self._loop = loop
        self._skew = timedelta(seconds=skew_s)

    def now(self) -> datetime:
        return self._loop.now() + self._skew


async def run_bot(around: Surroundings, process: Process, skew_s: float) -> None:
    """Until it is killed."""
    weak = around.ablation
    store = weak.weaken(weak.store("sqlite:///simulated.db", around.vault, engines=around.database.connect()))
    machine = SkewedClock(around.loop, skew_s)
    database_clock = DatabaseClock(store, machine=machine, counter=around.loop.time)
    clock: Clock = machine if weak.trusts_machine_clock else database_clock
    tasks, poll, deliver, digest = BackgroundTasks(), Wakeup(), Wakeup(), Wakeup()
    links = Links("https://circleci.com")
    pool = CircleCIPool("https://circleci.com", clock=clock, transport=around.circleci)
    tokens = PollTokens(pool=pool, service=None, store=store, clock=clock, links=links)
    visibility = Visibility(store=store, pool=pool, tokens=tokens, clock=clock)
    withholding = WithholdingPolicy(visibility, clock=clock)
    publisher = Publisher(store=store, links=links, clock=clock, wake=deliver.wake, hit_failpoint=_pass)
    poller = Poller(
        store=store,
        tokens=tokens,
        publisher=publisher,
        explainer=Explainer(store=store, tokens=tokens),
        visibility=visibility,
        clock=clock,
        interval_s=_POLLED_EVERY_S,
        holder=process.name,
        tasks=tasks,
        chance=around.chance.random,
        wake=poll.wake,
    )
    digests = DigestPublisher(
        store=store, withholding=withholding, links=links, clock=clock, wake=deliver.wake, hit_failpoint=_pass
    )
    poster = SlackConnection(around.slack)
    context = weak.context(
        store=store,
        poster=poster,
        withholding=withholding,
        duplicates=weak.duplicates(poster=poster, clock=clock, is_catching_up=store.is_catching_up),
        links=links,
        clock=clock,
        limits=RateLimits(),
        summarise_after=timedelta(hours=24),
        count=_pass,
        record_post=lambda *_: None,
        hit_failpoint=_pass,
    )
    delivery = Delivery(context, holder=process.name, wake=deliver.wake)
    await _tick_until_it_answers(database_clock)
    ticks = {
        "clock": (database_clock.tick, Wakeup()),
        "poller": (poller.tick, poll),
        "digests": (digests.tick, digest),
        "delivery": (delivery.tick, deliver),
    }
    await asyncio.gather(
        *(
            WorkerLoop(name, tick=partial(_tick_slowly, tick, around.chance), wakeup=wakeup, clock=clock).run()
            for name, (tick, wakeup) in ticks.items()
        )
    )


async def _tick_until_it_answers(clock: DatabaseClock) -> None:
    """As a supervisor starts a process again that could not reach its database."""
    while True:
        try:
            await clock.tick()
        except SQLAlchemyError:
            await asyncio.sleep(2)
        else:
            return


async def _tick_slowly(tick: Callable[[], object], chance: Random) -> float:
    return max(await tick(), chance.uniform(*_IDLE_S))


def _pass(_step: str) -> None:
    pass
