"""The parts of the house, each built by hand from what both paths share. composition.py puts them together."""

from __future__ import annotations

import os
import socket as sockets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.clock import Clock, SystemClock
from bot.dispatch.access import Admins
from bot.dispatch.admission import Admission
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.registry import Registry
from bot.failpoint import Failpoint
from bot.metrics import Metrics
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.idempotent_post import Attempts
from bot.notify.deliver.sending import Means, Tempo
from bot.notify.poll.explain import Explainer
from bot.notify.poll.org_poller import Organisations
from bot.notify.poll.poller import Poller
from bot.notify.poll.tokens import ServiceAccount, Tokens
from bot.notify.poll.visibility import Sight
from bot.notify.publish.digests import Digests
from bot.notify.publish.publisher import Publisher
from bot.notify.upkeep.offboarding import Departures
from bot.notify.upkeep.retention import Housekeeper
from bot.notify.upkeep.rule_coverage import Coverage
from bot.notify.upkeep.rule_health import Warden
from bot.notify.upkeep.webhook_health import Caretaker
from bot.notify.withholding import Discretion
from bot.settings import Settings
from bot.slack import listeners, oauth
from bot.slack.app_home import Home
from bot.slack.clients import LOCKED, Authorize, Clients
from bot.slack.conversation_kinds import Places
from bot.slack.deactivated_users import Leavers
from bot.slack.events import Events
from bot.slack.poster import SlackPoster
from bot.slack.responder import Screen
from bot.slack.socket import Socket
from bot.slack.user_kinds import People
from bot.slack.value_shortener import Shorten
from bot.store.engine.database_clock import DatabaseClock
from bot.store.store import Store
from bot.store.vault import Vault
from bot.workers.loop import Bell, Tasks


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
    reach: Callable[[str], None]
    tasks: Tasks = field(default_factory=Tasks)
    poll_bell: Bell = field(default_factory=Bell)
    post_bell: Bell = field(default_factory=Bell)
    digest_bell: Bell = field(default_factory=Bell)

    def nudge(self) -> None:
        self.poll_bell.ring()
        self.digest_bell.ring()
        self.post_bell.ring()


def build_core(settings: Settings, clock: Clock | None) -> Core:
    """Who shares a database tells its time; who is alone with one, that of the machine."""
    vault = Vault([key.get_secret_value() for key in settings.encryption_keys])
    store = Store(settings.database_url.get_secret_value(), vault)
    machine = SystemClock()
    clock = clock or (DatabaseClock(store, machine=machine) if store.is_shared else machine)
    token = revealed(settings.slack_bot_token)
    metrics = Metrics()
    return Core(
        settings=settings,
        clock=clock,
        vault=vault,
        store=store,
        circleci=CircleCIPool(
            settings.circleci_url, clock=clock, answered=metrics.circleci_answered, left_out=metrics.circleci_left_out
        ),
        clients=Clients(api_url=settings.slack_api_url, token=token, store=store, clock=clock),
        links=Links(settings.circleci_url),
        metrics=metrics,
        reach=Failpoint(settings.failpoint if settings.in_sandbox else None).reach,
    )


def build_admission(core: Core) -> Admission:
    return Admission(
        people=People(core.clients, clock=core.clock),
        external=core.settings.allow_external,
        guests=core.settings.allow_guests,
    )


def build_dispatcher(core: Core, registry: Registry, admission: Admission) -> Dispatcher:
    return Dispatcher(
        registry=registry,
        store=core.store,
        circleci=core.circleci,
        screen=Screen(core.clients, Shorten(core.store, core.clock)),
        places=Places(core.clients, clock=core.clock),
        admission=admission,
        clock=core.clock,
        links=core.links,
        admins=Admins(core.settings.admin_users, only=not core.settings.oauth),
        nudge=core.nudge,
        count=core.metrics.command_ran,
        public_url=core.settings.public_url,
    )


def build_events(core: Core, dispatcher: Dispatcher, home: Home, departures: Departures) -> Events:
    clients, store, clock = core.clients, core.store, core.clock
    return Events(dispatcher=dispatcher, home=home, departures=departures, clients=clients, store=store, clock=clock)


def build_bolt(core: Core, dispatcher: Dispatcher, events: Events) -> AsyncApp:
    """A Bolt app on our own authorize and client, so that nothing it finds in the environment counts.

    SlackDoor has verified what comes over HTTP before Bolt sees it; what comes by Socket Mode is not signed.
    """
    bolt = AsyncApp(
        name="circlebot",
        client=core.clients.anonymous(),
        authorize=Authorize(core.clients),  # type: ignore[arg-type]  # Bolt takes an AsyncAuthorize, and prefers it
        signing_secret="verified-by-slack-door",  # noqa: S106 - never used; without one Bolt reads the environment
        process_before_response=True,
        user_facing_authorize_error_message=LOCKED,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_function_token_enabled=False,
    )
    shorten = Shorten(core.store, core.clock)
    listeners.register(bolt, dispatcher=dispatcher, events=events, tasks=core.tasks, shorten=shorten)
    return bolt


def build_home(core: Core, registry: Registry, admission: Admission) -> Home:
    return Home(
        admission=admission,
        clients=core.clients,
        store=core.store,
        clock=core.clock,
        links=core.links,
        circleci=core.circleci,
        commands=tuple(registry),
    )


def build_socket(core: Core, bolt: AsyncApp) -> Socket | None:
    app_token = revealed(core.settings.slack_app_token)
    return Socket(app=bolt, app_token=app_token, clients=core.clients) if app_token else None


def build_tokens(core: Core) -> Tokens:
    """Shared by all who poll: what is known of each token's budget is known once."""
    token = revealed(core.settings.circleci_token)
    return Tokens(
        pool=core.circleci,
        service=ServiceAccount(token, core.settings.served_workspaces) if token else None,
        store=core.store,
        clock=core.clock,
        links=core.links,
    )


def build_organisations(core: Core, tokens: Tokens) -> Organisations:
    return Organisations(
        store=core.store,
        tokens=tokens,
        clock=core.clock,
        interval_s=core.settings.poll_interval_s,
        holder=holder(),
        tasks=core.tasks,
        nudge=core.poll_bell.ring,
    )


def build_sight(core: Core, tokens: Tokens) -> Sight:
    """Shared by all who tell something: what is known of who sees what is known once."""
    return Sight(store=core.store, pool=core.circleci, tokens=tokens, clock=core.clock)


def build_poller(core: Core, tokens: Tokens, sight: Sight) -> Poller:
    return Poller(
        store=core.store,
        tokens=tokens,
        explainer=Explainer(store=core.store, tokens=tokens),
        sight=sight,
        publisher=_publisher(core),
        clock=core.clock,
        interval_s=core.settings.poll_interval_s,
        holder=holder(),
        tasks=core.tasks,
        ring=core.poll_bell.ring,
    )


def _publisher(core: Core) -> Publisher:
    return Publisher(store=core.store, links=core.links, clock=core.clock, nudge=core.post_bell.ring, reach=core.reach)


def build_coverage(core: Core, tokens: Tokens) -> Coverage:
    return Coverage(
        store=core.store,
        pool=core.circleci,
        tokens=tokens,
        clock=core.clock,
        interval_s=core.settings.poll_interval_s,
        holder=holder(),
        nudge=core.poll_bell.ring,
    )


def build_warden(core: Core, tokens: Tokens, people: Leavers) -> Warden:
    return Warden(
        store=core.store,
        pool=core.circleci,
        tokens=tokens,
        people=people,
        clock=core.clock,
        holder=holder(),
        nudge=core.post_bell.ring,
    )


def build_delivery(core: Core, discretion: Discretion, tempo: Tempo) -> Delivery:
    poster = SlackPoster(core.clients, Shorten(core.store, core.clock))
    means = Means(
        store=core.store,
        poster=poster,
        discretion=discretion,
        attempts=Attempts(poster=poster, clock=core.clock),
        links=core.links,
        clock=core.clock,
        tempo=tempo,
        summarise_after=timedelta(hours=core.settings.summarise_after_h),
        count=core.metrics.slack_answered,
        reach=core.reach,
    )
    return Delivery(means, holder=holder(), nudge=core.post_bell.ring)


def build_digests(core: Core, discretion: Discretion) -> Digests:
    ring, reach = core.post_bell.ring, core.reach
    return Digests(store=core.store, discretion=discretion, links=core.links, clock=core.clock, nudge=ring, reach=reach)


def build_caretaker(core: Core) -> Caretaker:
    return Caretaker(store=core.store, pool=core.circleci, clock=core.clock, holder=holder())


def build_housekeeper(core: Core) -> Housekeeper:
    return Housekeeper(store=core.store, clock=core.clock, holder=holder())


def holder() -> str:
    """Who holds a lease: this process, told from those of other machines."""
    return f"{sockets.gethostname()}:{os.getpid()}"


def build_oauth(core: Core) -> AsyncOAuthFlow | None:
    settings = core.settings
    secret = revealed(settings.slack_client_secret)
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
        guests=oauth.Guests(allowed=settings.allowed_workspaces, hosts=settings.admin_users),
    )


def revealed(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
