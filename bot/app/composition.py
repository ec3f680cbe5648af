"""The composition root: the only place that builds things and wires them together.

a person asks      slack (Socket Mode, or HTTP) -> listeners -> dispatcher -> commands -> circleci | store
CircleCI tells     poller | webhook -> publisher -> store -> delivery -> slack
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette

from bot.app import builders
from bot.app.builders import Core
from bot.clock import Clock
from bot.command import Command
from bot.commands import COMMANDS
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.registry import Registry
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.sending import Tempo
from bot.notify.poll.request_accounting import Bookkeeper
from bot.notify.poll.tokens import Tokens
from bot.notify.poll.visibility import Sight
from bot.notify.poll.webhook_inbox import WebhookInbox
from bot.notify.upkeep.offboarding import Departures
from bot.notify.withholding import Discretion
from bot.settings import Settings
from bot.slack.deactivated_users import Leavers
from bot.slack.socket import Socket
from bot.store.engine.database_clock import DatabaseClock
from bot.web import routes
from bot.web.circleci_endpoint import CircleCIDoor
from bot.web.health_endpoint import Health
from bot.web.install_endpoint import InstallDoor
from bot.web.readiness import checks, readings
from bot.web.slack_endpoint import SlackDoor
from bot.workers.loop import Bell, Loop, in_background

ALL_ROLES = frozenset({"slack", "http", "poller", "delivery"})
_DRAIN_S = 2.5
_SEND_S = 4.5
"""For the loops' turns, and then for what they began: platforms kill who has not ended 10 s after SIGTERM."""


@dataclass(frozen=True, kw_only=True)
class App:
    """Everything that was built; `running` brings it to life. `socket` is None in HTTP mode."""

    core: Core
    registry: Registry
    dispatcher: Dispatcher
    bolt: AsyncApp
    socket: Socket | None
    webhooks: WebhookInbox
    delivery: Delivery
    loops: tuple[Loop, ...]

    @asynccontextmanager
    async def running(self, roles: AbstractSet[str]) -> AsyncIterator[None]:
        """Alive while inside: `slack` (Socket Mode, where it is set), `poller` and `delivery`; HTTP is for `web`.

        On the way out what is in flight is finished within seconds; what is not done stands in the store.
        """
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            if isinstance(self.core.clock, DatabaseClock):
                await self.core.clock.turn()
            if "slack" in roles and self.socket:
                await stack.enter_async_context(self.socket.running())
            await stack.enter_async_context(in_background(self.loops_of(roles), _DRAIN_S))
            yield

    def loops_of(self, roles: AbstractSet[str]) -> list[Loop]:
        """Digests go with delivery, and whatever else there is with the poller.

        Every process keeps its clock right.
        """
        role_of = {"delivery": "delivery", "digests": "delivery"}
        return [loop for loop in self.loops if loop.name == "clock" or role_of.get(loop.name, "poller") in roles]

    def web(self, health: Health | None = None) -> Starlette:
        """The HTTP routes for the world."""
        core = self.core
        signing_secret = None if self.socket else builders.revealed(core.settings.slack_signing_secret)
        return routes.create(
            slack=SlackDoor(bolt=self.bolt, signing_secret=signing_secret, clock=core.clock),
            install=InstallDoor(builders.build_oauth(core)),
            circleci=CircleCIDoor(secret=builders.revealed(core.settings.circleci_webhook_secret), desk=self.webhooks),
            health=health or self.health(),
        )

    def health(self, roles: AbstractSet[str] = ALL_ROLES) -> Health:
        """Readiness speaks of the roles that this process has."""
        core, socket = self.core, self.socket if "slack" in roles else None
        return Health(
            checks=checks(store=core.store, socket=socket, loops=[one for one in self.loops if one.name in roles]),
            metrics=core.metrics,
            read=partial(readings, store=core.store, socket=socket, clock=core.clock),
        )

    async def _close(self) -> None:
        core = self.core
        await asyncio.gather(core.tasks.drain(_DRAIN_S), self.delivery.drain(_SEND_S))
        await core.clients.close()
        await core.circleci.close()
        await core.store.close()


def build(
    settings: Settings,
    *,
    commands: Sequence[Command[Any]] = COMMANDS,
    clock: Clock | None = None,
    tempo: Tempo | None = None,
) -> App:
    """Wire everything by hand. Nothing is opened yet; call inside the event loop that will run it."""
    core = builders.build_core(settings, clock)
    registry = Registry(commands)
    admission = builders.build_admission(core)
    dispatcher = builders.build_dispatcher(core, registry, admission)
    people = Leavers(core.clients, clock=core.clock)
    departures = Departures(
        store=core.store, pool=core.circleci, people=people, clock=core.clock, holder=builders.holder()
    )
    home = builders.build_home(core, registry, admission)
    bolt = builders.build_bolt(core, dispatcher, builders.build_events(core, dispatcher, home, departures))
    tokens = builders.build_tokens(core)
    sight = builders.build_sight(core, tokens)
    discretion = Discretion(sight, clock=core.clock)
    delivery = builders.build_delivery(core, discretion, tempo or Tempo.at(settings.slack_pace))
    return App(
        core=core,
        registry=registry,
        dispatcher=dispatcher,
        bolt=bolt,
        socket=builders.build_socket(core, bolt),
        webhooks=WebhookInbox(store=core.store, clock=core.clock, nudge=core.poll_bell.ring),
        delivery=delivery,
        loops=(*_loops(core, tokens, sight, discretion, delivery), *_upkeep(core, tokens, people, departures)),
    )


def _loops(core: Core, tokens: Tokens, sight: Sight, discretion: Discretion, delivery: Delivery) -> Iterator[Loop]:
    """Whatever a bell wakes, or the time; all of them, whichever run in this process."""
    loop = partial(Loop, clock=core.clock)
    if isinstance(core.clock, DatabaseClock):
        yield loop("clock", turn=core.clock.turn, bell=Bell())
    yield loop("poller", turn=builders.build_poller(core, tokens, sight).turn, bell=core.poll_bell)
    yield loop("coverage", turn=builders.build_coverage(core, tokens).turn, bell=Bell())
    yield loop("organisations", turn=builders.build_organisations(core, tokens).turn, bell=Bell())
    yield loop("delivery", turn=delivery.turn, bell=core.post_bell)
    yield loop("digests", turn=builders.build_digests(core, discretion).turn, bell=core.digest_bell)


def _upkeep(core: Core, tokens: Tokens, people: Leavers, departures: Departures) -> Iterator[Loop]:
    """What looks after rules and webhooks, and forgets."""
    loop = partial(Loop, clock=core.clock)
    yield loop("caretaker", turn=builders.build_caretaker(core).turn, bell=Bell())
    yield loop("bookkeeper", turn=Bookkeeper(store=core.store, tokens=tokens, clock=core.clock).turn, bell=Bell())
    yield loop("warden", turn=builders.build_warden(core, tokens, people).turn, bell=Bell())
    yield loop("housekeeper", turn=builders.build_housekeeper(core).turn, bell=Bell())
    yield loop("departures", turn=departures.turn, bell=Bell())
