"""The composition root: the only place that builds things and wires them together.

a person asks      slack (Socket Mode, or HTTP) -> listeners -> dispatcher -> commands -> circleci | store
CircleCI tells     poller | webhook -> publisher -> store -> delivery -> slack
"""

from __future__ import annotations

import asyncio
import os
import socket as sockets
from collections.abc import AsyncIterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from starlette.applications import Starlette

from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.clock import Clock, SystemClock
from bot.commands import COMMANDS
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.registry import Registry
from bot.metrics import Metrics
from bot.notify.bell import Bell
from bot.notify.delivery import Delivery, Tempo
from bot.notify.housekeeper import Housekeeper
from bot.notify.loop import Loop
from bot.notify.poller import Poller
from bot.notify.publish import Publisher
from bot.notify.tokens import Tokens
from bot.notify.webhook import WebhookInbox
from bot.settings import Settings
from bot.slack import listeners, oauth
from bot.slack.events import Events
from bot.slack.home import Home
from bot.slack.installations import Authorize, Clients
from bot.slack.poster import SlackPoster
from bot.slack.screen import Screen
from bot.slack.socket import Socket
from bot.store.store import Store
from bot.store.vault import Vault
from bot.tasks import Tasks
from bot.web import routes
from bot.web.checks import checks, readings
from bot.web.circleci import CircleCIDoor
from bot.web.health import Health
from bot.web.install import InstallDoor
from bot.web.slack import SlackDoor

ALL_ROLES = frozenset({"slack", "http", "poller", "delivery"})
_DRAIN_S = 2.5
"""For the loops' turns, and again for what they began: platforms kill who has not ended 10 s after SIGTERM."""


@dataclass(frozen=True, kw_only=True)
class Core:
    """What both paths share."""

    settings: Settings
    clock: Clock
    vault: Vault
    store: Store
    circleci: CircleCIPool
    clients: Clients
    links: Links
    metrics: Metrics
    tasks: Tasks = field(default_factory=Tasks)
    poll_bell: Bell = field(default_factory=Bell)
    post_bell: Bell = field(default_factory=Bell)

    def nudge(self) -> None:
        self.poll_bell.ring()
        self.post_bell.ring()


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
            if "slack" in roles and self.socket:
                await stack.enter_async_context(self.socket.running())
            await stack.enter_async_context(_in_background(self.loops_of(roles)))
            yield

    def loops_of(self, roles: AbstractSet[str]) -> list[Loop]:
        """The housekeeper goes with the poller."""
        named = roles | {"housekeeper"} if "poller" in roles else roles
        return [loop for loop in self.loops if loop.name in named]

    def web(self, roles: AbstractSet[str] = ALL_ROLES) -> Starlette:
        """The HTTP routes; readiness speaks of the roles that this process has."""
        core = self.core
        signing_secret = None if self.socket else _secret(core.settings.slack_signing_secret)
        socket = self.socket if "slack" in roles else None
        return routes.create(
            slack=SlackDoor(bolt=self.bolt, signing_secret=signing_secret, clock=core.clock),
            install=InstallDoor(_oauth(core)),
            circleci=CircleCIDoor(secret=_secret(core.settings.circleci_webhook_secret), on_webhook=self.webhooks.take),
            health=Health(
                checks=checks(store=core.store, socket=socket, loops=[one for one in self.loops if one.name in roles]),
                metrics=core.metrics,
                read=partial(readings, store=core.store, socket=socket, clock=core.clock),
            ),
        )

    async def _close(self) -> None:
        core = self.core
        await asyncio.gather(core.tasks.drain(_DRAIN_S), self.delivery.drain(_DRAIN_S))
        await core.clients.close()
        await core.circleci.close()
        await core.store.close()


@asynccontextmanager
async def _in_background(loops: Sequence[Loop]) -> AsyncIterator[None]:
    """The loops run while inside; on the way out their turns are finished, or cancelled when that takes too long."""
    turning = Tasks()
    for loop in loops:
        turning.start(loop.run())
    try:
        yield
    finally:
        for loop in loops:
            loop.stop()
        await turning.drain(_DRAIN_S)


def build(settings: Settings, *, clock: Clock | None = None, tempo: Tempo | None = None) -> App:
    """Wire everything by hand. Nothing is opened yet; call inside the event loop that will run it."""
    core = _core(settings, clock or SystemClock())
    registry = Registry(COMMANDS)
    dispatcher = _dispatcher(core, registry)
    bolt = _bolt(core, dispatcher)
    delivery = _delivery(core, tempo or Tempo())
    return App(
        core=core,
        registry=registry,
        dispatcher=dispatcher,
        bolt=bolt,
        socket=_socket(core, bolt),
        webhooks=WebhookInbox(store=core.store, clock=core.clock, nudge=core.poll_bell.ring),
        delivery=delivery,
        loops=(
            Loop("poller", turn=_poller(core).turn, bell=core.poll_bell, clock=core.clock),
            Loop("delivery", turn=delivery.turn, bell=core.post_bell, clock=core.clock),
            Loop("housekeeper", turn=_housekeeper(core).turn, bell=Bell(), clock=core.clock),
        ),
    )


def _core(settings: Settings, clock: Clock) -> Core:
    vault = Vault([key.get_secret_value() for key in settings.encryption_keys])
    store = Store(settings.database_url, vault)
    token = _secret(settings.slack_bot_token)
    metrics = Metrics()
    return Core(
        settings=settings,
        clock=clock,
        vault=vault,
        store=store,
        circleci=CircleCIPool(settings.circleci_url, clock=clock, answered=metrics.circleci_answered),
        clients=Clients(api_url=settings.slack_api_url, token=token, store=store, clock=clock),
        links=Links(settings.circleci_url),
        metrics=metrics,
    )


def _dispatcher(core: Core, registry: Registry) -> Dispatcher:
    return Dispatcher(
        registry=registry,
        store=core.store,
        circleci=core.circleci,
        screen=Screen(core.clients),
        clock=core.clock,
        links=core.links,
        admins=core.settings.admin_users,
        nudge=core.nudge,
        count=core.metrics.command_ran,
    )


def _bolt(core: Core, dispatcher: Dispatcher) -> AsyncApp:
    """A Bolt app on our own authorize and client, so that nothing it finds in the environment counts.

    SlackDoor has verified what comes over HTTP before Bolt sees it; what comes by Socket Mode is not signed.
    """
    bolt = AsyncApp(
        name="circlebot",
        client=core.clients.anonymous(),
        authorize=Authorize(core.clients),  # type: ignore[arg-type]  # Bolt takes an AsyncAuthorize, and prefers it
        signing_secret="verified-by-slack-door",  # noqa: S106 - never used; without one Bolt reads the environment
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
    )
    events = Events(dispatcher=dispatcher, home=_home(core), clients=core.clients, store=core.store, clock=core.clock)
    listeners.register(bolt, dispatcher=dispatcher, events=events, tasks=core.tasks)
    return bolt


def _home(core: Core) -> Home:
    return Home(
        clients=core.clients,
        store=core.store,
        clock=core.clock,
        links=core.links,
        circleci=core.circleci,
        commands=COMMANDS,
    )


def _socket(core: Core, bolt: AsyncApp) -> Socket | None:
    app_token = _secret(core.settings.slack_app_token)
    return Socket(app=bolt, app_token=app_token, clients=core.clients) if app_token else None


def _poller(core: Core) -> Poller:
    tokens = Tokens(
        pool=core.circleci,
        service_token=_secret(core.settings.circleci_token),
        store=core.store,
        clock=core.clock,
        links=core.links,
    )
    return Poller(
        store=core.store,
        tokens=tokens,
        publisher=Publisher(store=core.store, links=core.links, clock=core.clock, nudge=core.post_bell.ring),
        clock=core.clock,
        interval_s=core.settings.poll_interval_s,
        holder=_holder(),
        tasks=core.tasks,
    )


def _delivery(core: Core, tempo: Tempo) -> Delivery:
    return Delivery(
        store=core.store,
        poster=SlackPoster(core.clients),
        links=core.links,
        clock=core.clock,
        holder=_holder(),
        nudge=core.post_bell.ring,
        tempo=tempo,
        count=core.metrics.slack_answered,
    )


def _housekeeper(core: Core) -> Housekeeper:
    return Housekeeper(store=core.store, clock=core.clock, holder=_holder())


def _holder() -> str:
    """Who holds a lease: this process, told from those of other machines."""
    return f"{sockets.gethostname()}:{os.getpid()}"


def _oauth(core: Core) -> AsyncOAuthFlow | None:
    settings = core.settings
    secret = _secret(settings.slack_client_secret)
    if not (settings.slack_client_id and secret and settings.public_url):
        return None
    return oauth.flow(
        client_id=settings.slack_client_id,
        client_secret=secret,
        public_url=settings.public_url,
        clients=core.clients,
        store=core.store,
        vault=core.vault,
        clock=core.clock,
    )


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
