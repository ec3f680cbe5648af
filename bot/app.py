"""The composition root: the only place that builds things and wires them together.

a person asks      slack (Socket Mode, or HTTP) -> listeners -> dispatcher -> commands -> circleci | store
CircleCI tells     poller | webhook -> publisher -> store -> delivery -> slack
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp

from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.clock import Clock, SystemClock
from bot.commands import COMMANDS
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.registry import Registry
from bot.notify.bell import Bell
from bot.notify.delivery import Delivery, Tempo
from bot.notify.loop import Loop
from bot.notify.poller import Poller
from bot.notify.publish import Publisher
from bot.notify.tokens import Tokens
from bot.notify.webhook import WebhookInbox
from bot.settings import Settings
from bot.slack import listeners
from bot.slack.events import Events
from bot.slack.home import Home
from bot.slack.installations import Authorize, Clients
from bot.slack.poster import SlackPoster
from bot.slack.screen import Screen
from bot.slack.socket import Socket
from bot.store.store import Store
from bot.store.vault import Vault
from bot.tasks import Tasks

_DRAIN_S = 8.0


@dataclass(frozen=True, kw_only=True)
class App:
    """Everything that was built; `running` brings it to life. `socket` is None in HTTP mode."""

    settings: Settings
    store: Store
    circleci: CircleCIPool
    clients: Clients
    registry: Registry
    dispatcher: Dispatcher
    bolt: AsyncApp
    socket: Socket | None
    webhooks: WebhookInbox
    poller: Loop
    deliverer: Loop
    delivery: Delivery
    tasks: Tasks

    @asynccontextmanager
    async def running(self, roles: AbstractSet[str]) -> AsyncIterator[None]:
        """Alive while inside: any of `slack` (Socket Mode, where it is set), `poller`, `delivery`.

        On the way out what is in flight is finished within seconds; what is not done stands in the store.
        """
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            if "slack" in roles and self.socket:
                await stack.enter_async_context(self.socket.running())
            for loop in (self.poller, self.deliverer):
                if loop.name in roles:
                    await stack.enter_async_context(_in_background(loop))
            yield

    async def _close(self) -> None:
        await self.tasks.drain(_DRAIN_S)
        await self.delivery.drain(_DRAIN_S)
        await self.clients.close()
        await self.circleci.close()
        await self.store.close()


@asynccontextmanager
async def _in_background(loop: Loop) -> AsyncIterator[None]:
    task = asyncio.create_task(loop.run(), name=loop.name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def build(settings: Settings, *, clock: Clock | None = None, tempo: Tempo | None = None) -> App:
    """Wire everything by hand. Nothing is opened yet; call inside the event loop that will run it."""
    clock = clock or SystemClock()
    holder = f"{socket.gethostname()}:{os.getpid()}"
    poll_bell, post_bell = Bell(), Bell()

    def nudge() -> None:
        poll_bell.ring()
        post_bell.ring()

    store = Store(settings.database_url, Vault([key.get_secret_value() for key in settings.encryption_keys]))
    links = Links(settings.circleci_url)
    pool = CircleCIPool(settings.circleci_url, clock=clock)
    clients = Clients(api_url=settings.slack_api_url, token=_secret(settings.slack_bot_token), store=store, clock=clock)
    registry, tasks = Registry(COMMANDS), Tasks()
    dispatcher = Dispatcher(
        registry=registry,
        store=store,
        circleci=pool,
        screen=Screen(clients),
        clock=clock,
        links=links,
        admins=settings.admin_users,
        nudge=nudge,
    )
    home = Home(clients=clients, store=store, clock=clock, links=links, circleci=pool, commands=COMMANDS)
    events = Events(dispatcher=dispatcher, home=home, clients=clients, store=store, clock=clock)
    bolt = _bolt(settings, clients)
    listeners.register(bolt, dispatcher=dispatcher, events=events, tasks=tasks)
    tokens = Tokens(pool=pool, service_token=_secret(settings.circleci_token), store=store, clock=clock, links=links)
    publisher = Publisher(store=store, links=links, clock=clock, nudge=post_bell.ring)
    poller = Poller(
        store=store,
        tokens=tokens,
        publisher=publisher,
        clock=clock,
        interval_s=settings.poll_interval_s,
        holder=holder,
    )
    delivery = Delivery(
        store=store,
        poster=SlackPoster(clients),
        links=links,
        clock=clock,
        holder=holder,
        nudge=post_bell.ring,
        tempo=tempo or Tempo(),
    )
    return App(
        settings=settings,
        store=store,
        circleci=pool,
        clients=clients,
        registry=registry,
        dispatcher=dispatcher,
        bolt=bolt,
        socket=_socket(settings, bolt, clients),
        webhooks=WebhookInbox(store=store, clock=clock, nudge=poll_bell.ring),
        poller=Loop("poller", turn=poller.turn, bell=poll_bell, clock=clock),
        deliverer=Loop("delivery", turn=delivery.turn, bell=post_bell, clock=clock),
        delivery=delivery,
        tasks=tasks,
    )


def _bolt(settings: Settings, clients: Clients) -> AsyncApp:
    """A Bolt app on our own authorize and client, so that nothing it finds in the environment counts."""
    return AsyncApp(
        name="circlebot",
        client=clients.anonymous(),
        authorize=Authorize(clients),  # type: ignore[arg-type]  # Bolt takes an AsyncAuthorize too, and prefers it
        signing_secret=_secret(settings.slack_signing_secret) or "",
        process_before_response=True,
        request_verification_enabled=not settings.socket_mode,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
    )


def _socket(settings: Settings, bolt: AsyncApp, clients: Clients) -> Socket | None:
    app_token = _secret(settings.slack_app_token)
    return Socket(app=bolt, app_token=app_token, clients=clients) if app_token else None


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
