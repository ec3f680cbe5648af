"""Builds what tells again what was lost, for the worker and for `circlebot outbox replay`."""

from __future__ import annotations

from bot.app.core import Core
from bot.notify.poll.explain import Explainer
from bot.notify.poll.replayer import Replayer, ReplayReader
from bot.notify.poll.tokens import PollTokens
from bot.notify.publish.replaying import ReplayPublisher


def build_reader(core: Core, tokens: PollTokens) -> ReplayReader:
    explainer = Explainer(store=core.store, tokens=tokens)
    return ReplayReader(store=core.store, tokens=tokens, explainer=explainer, clock=core.clock)


def build_publisher(core: Core) -> ReplayPublisher:
    return ReplayPublisher(
        store=core.store,
        links=core.links,
        clock=core.clock,
        wake=core.delivery_wakeup.wake,
        hit_failpoint=core.hit_failpoint,
    )


def build_replayer(core: Core, tokens: PollTokens) -> Replayer:
    return Replayer(
        store=core.store,
        reader=build_reader(core, tokens),
        publisher=build_publisher(core),
        clock=core.clock,
        holder=core.holder,
        tasks=core.tasks,
        wake=core.replay_wakeup.wake,
    )
