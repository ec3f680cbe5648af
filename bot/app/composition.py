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

from starlette.applications import Starlette

from bot.app import builders, deploy_builders, permission_builders, replay_builders, upkeep_builders
from bot.app.core import Core, build_core, reveal_secret
from bot.app.listening import ListenerRecorder
from bot.clock import Clock
from bot.command import Command
from bot.commands import COMMANDS
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.registry import Registry
from bot.language.spoken import set_shared_language
from bot.notify.deliver.delivery import Delivery
from bot.notify.deliver.sending import RateLimits
from bot.notify.poll.request_accounting import TokenUsageRecorder
from bot.notify.poll.tokens import PollTokens
from bot.notify.poll.visibility import Visibility
from bot.notify.poll.webhook_inbox import WebhookInbox
from bot.notify.upkeep.audit_upkeep import AuditUpkeep, parse_retention
from bot.notify.upkeep.expiring_tokens import ExpiryReminders
from bot.notify.upkeep.offboarding import UninstallHandler
from bot.notify.withholding import WithholdingPolicy
from bot.settings import Settings
from bot.slack.app_home import AppHome
from bot.slack.bolt_app import SlackApp
from bot.slack.command_acks import Acks, CommandAcks
from bot.slack.deactivated_users import DeactivatedUsers
from bot.slack.home_notes import HomeNotes
from bot.slack.socket import SocketModeListener
from bot.store.engine.database_clock import DatabaseClock
from bot.web import routes
from bot.web.circleci_endpoint import CircleCIEndpoint
from bot.web.health_endpoint import HealthEndpoint
from bot.web.install_endpoint import InstallEndpoint
from bot.web.readiness import build_checks, load_readings
from bot.web.slack_endpoint import SlackEndpoint
from bot.workers.loop import Wakeup, WorkerLoop, run_in_background
from bot.workers.loop_lag import LoopLagMeter

ALL_ROLES = frozenset({"slack", "http", "poller", "delivery", "upkeep"})
_ROLE_OF = {
    **dict.fromkeys(("delivery", "digests"), "delivery"),
    **dict.fromkeys(("home", "listener"), "slack"),  # where people's presses arrive
    **dict.fromkeys(("poller", "replayer", "org_poller", "deploy_reader"), "poller"),
}
_DRAIN_S = 2.5
_SEND_S = 4.5
"""Time for the loops' ticks to end, then for what they began: platforms kill a process 10 s after SIGTERM."""


@dataclass(frozen=True, kw_only=True)
class App:
    """Everything that was built; `running` brings it to life."""

    core: Core
    registry: Registry
    dispatcher: Dispatcher
    bolt: SlackApp
    webhooks: WebhookInbox
    delivery: Delivery
    listener: ListenerRecorder
    loops: tuple[WorkerLoop, ...]

    @property
    def socket(self) -> SocketModeListener | None:
        """None in HTTP mode."""
        return self.listener.socket

    @asynccontextmanager
    async def running(self, roles: AbstractSet[str], *, drains: bool = True) -> AsyncIterator[None]:
        """Alive while inside: `slack` (Socket Mode, where it is set), and whose loops run here; HTTP is for `web`.

        On the way out what is in flight is finished within seconds, or without `drains` cut off; what is not done is
        in the store.
        """
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close, drains)
            if "slack" in roles:
                stack.push_async_callback(self.listener.end)
            if isinstance(self.core.clock, DatabaseClock):
                await self.core.clock.tick()
            if "slack" in roles and self.socket:
                await stack.enter_async_context(self.socket.running())
            loops = [*self.select_loops(roles), self._build_lag_loop()]
            await stack.enter_async_context(run_in_background(loops, _DRAIN_S * drains))
            yield

    def select_loops(self, roles: AbstractSet[str]) -> list[WorkerLoop]:
        """`clock` runs in every process; what no other role has is upkeep."""
        return [loop for loop in self.loops if loop.name == "clock" or _ROLE_OF.get(loop.name, "upkeep") in roles]

    def build_web_app(self, health: HealthEndpoint | None = None) -> Starlette:
        """The HTTP routes that Slack, CircleCI and browsers call."""
        core = self.core
        signing_secret = None if self.socket else reveal_secret(core.settings.slack_signing_secret)
        return routes.build_app(
            slack=SlackEndpoint(
                bolt=self.bolt,
                signing_secret=signing_secret,
                clock=core.clock,
                measure_ack=core.record_ack,
                record_refusal=core.arrivals.record_refusal,
            ),
            install=InstallEndpoint(builders.build_oauth_flow(core)),
            circleci=CircleCIEndpoint(
                secret=reveal_secret(core.settings.circleci_webhook_secret), receiver=self.webhooks
            ),
            health=health or self.build_health(),
        )

    def build_health(self, roles: AbstractSet[str] = ALL_ROLES) -> HealthEndpoint:
        """Readiness speaks of the roles that this process has."""
        core, socket = self.core, self.socket if "slack" in roles else None
        return HealthEndpoint(
            checks=build_checks(
                store=core.store, socket=socket, loops=[one for one in self.loops if one.name in roles]
            ),
            metrics=core.metrics,
            read=partial(load_readings, store=core.store, socket=socket, clock=core.clock, loops=self.loops),
            now_s=lambda: core.clock.now().timestamp(),
        )

    def _build_lag_loop(self) -> WorkerLoop:
        core = self.core
        meter = LoopLagMeter(core.metrics.record_event_loop_lag)
        return WorkerLoop("event_loop", tick=meter.tick, wakeup=Wakeup(), clock=core.clock)

    async def _close(self, drains: bool) -> None:
        core = self.core
        await asyncio.gather(core.tasks.drain(_DRAIN_S * drains), self.delivery.drain(_SEND_S * drains))
        await core.clients.close()
        await core.circleci.close()
        await core.store.close()


def build_app(
    settings: Settings,
    *,
    commands: Sequence[Command[Any]] = COMMANDS,
    clock: Clock | None = None,
    limits: RateLimits | None = None,
    core: Core | None = None,
) -> App:
    """Wire everything by hand, on this `core` if there is one. Call it inside the event loop that will run it."""
    set_shared_language(settings.language)
    core = core or build_core(settings, clock)
    registry = Registry(commands)
    admission = permission_builders.build_admission(core)
    notes, acks = HomeNotes(core.clock), Acks(commands=CommandAcks(registry.is_at_once, core.clients.find))
    dispatcher = builders.build_dispatcher(core, registry, admission, notes=notes, acks=acks)
    people = DeactivatedUsers(core.clients, clock=core.clock)
    uninstalls = upkeep_builders.build_uninstalls(core, people)
    home = builders.build_home(core, registry, admission, notes)
    events = builders.build_event_handler(core, dispatcher, home, uninstalls, admission)
    bolt = builders.build_bolt(core, dispatcher, events, acks=acks)
    tokens = builders.build_tokens(core)
    visibility = builders.build_visibility(core, tokens)
    withholding = WithholdingPolicy(visibility, clock=core.clock)
    listener = builders.build_listener(core, bolt)
    delivery = builders.build_delivery(core, withholding, limits or RateLimits.from_speed(settings.slack_pace))
    return App(
        core=core,
        registry=registry,
        dispatcher=dispatcher,
        bolt=bolt,
        webhooks=WebhookInbox(store=core.store, clock=core.clock, wake=core.poll_wakeup.wake),
        delivery=delivery,
        listener=listener,
        loops=(
            *_build_work_loops(core, tokens, visibility, withholding, delivery),
            *_build_upkeep_loops(core, tokens, people, uninstalls, dispatcher),
            *_build_slack_loops(core, home, listener),
        ),
    )


def _build_slack_loops(core: Core, home: AppHome, listener: ListenerRecorder) -> Iterator[WorkerLoop]:
    """Where people's presses arrive."""
    yield WorkerLoop("home", tick=home.tick, wakeup=home.wakeup, clock=core.clock)
    yield WorkerLoop("listener", tick=listener.tick, wakeup=Wakeup(), clock=core.clock)


def _build_work_loops(
    core: Core, tokens: PollTokens, visibility: Visibility, withholding: WithholdingPolicy, delivery: Delivery
) -> Iterator[WorkerLoop]:
    """All of them; `select_loops` takes those that run in this process."""
    loop = partial(WorkerLoop, clock=core.clock)
    if isinstance(core.clock, DatabaseClock):
        yield loop("clock", tick=core.clock.tick, wakeup=Wakeup())
    yield loop("poller", tick=builders.build_poller(core, tokens, visibility).tick, wakeup=core.poll_wakeup)
    yield loop("replayer", tick=replay_builders.build_replayer(core, tokens).tick, wakeup=core.replay_wakeup)
    deploys = deploy_builders.build_deploy_reader(core, tokens, visibility)
    yield loop("deploy_reader", tick=deploys.tick, wakeup=core.deploy_wakeup)
    yield loop("org_poller", tick=builders.build_org_poller(core, tokens).tick, wakeup=Wakeup())
    yield loop("delivery", tick=delivery.tick, wakeup=core.delivery_wakeup)
    yield loop("digests", tick=builders.build_digests(core, withholding).tick, wakeup=core.digest_wakeup)


def _build_upkeep_loops(
    core: Core,
    tokens: PollTokens,
    people: DeactivatedUsers,
    uninstalls: UninstallHandler,
    dispatcher: Dispatcher,
) -> Iterator[WorkerLoop]:
    """Those that only run when it is time: nothing wakes them."""
    kept = parse_retention(core.settings.retention_audit)
    audit = AuditUpkeep(store=core.store, clock=core.clock, holder=core.holder, kept=kept, heads=core.heads)
    recorder = TokenUsageRecorder(store=core.store, tokens=tokens, clock=core.clock)
    reminders = ExpiryReminders(store=core.store, clock=core.clock, holder=core.holder, wake=core.delivery_wakeup.wake)
    ticks = {
        "rule_coverage": builders.build_rule_coverage(core, tokens).tick,
        "rule_health": builders.build_rule_health(core, tokens, people).tick,
        "webhook_health": builders.build_webhook_health(core).tick,
        "offboarding": uninstalls.tick,
        "freeze_turns": builders.build_freeze_turns(core).tick,
        "start_expiry": builders.build_start_expiry(core, dispatcher).tick,
        "undo_expiry": builders.build_undo_expiry(core).tick,
        "token_rotation": builders.build_token_rotation(core).tick,
        "expiring_tokens": reminders.tick,
        "shared_channels": upkeep_builders.build_shared_channels(core).tick,
        "audit": audit.tick,
        "retention": builders.build_retention(core).tick,
        "token_usage": recorder.tick,
    }
    for name, tick in ticks.items():
        yield WorkerLoop(name, tick=tick, wakeup=Wakeup(), clock=core.clock)
