"""What both paths share: settings, time, the store, the clients."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from secrets import token_hex

from pydantic import SecretStr

from bot.actions.audit_feed import AuditFeed
from bot.actions.known_heads import KnownHeads, build_known_heads
from bot.circleci.client import CircleCIPool
from bot.circleci.links import Links
from bot.clock import Clock, SystemClock
from bot.domain.arrivals import Arrivals
from bot.failpoint import Failpoint
from bot.metrics import Metrics
from bot.notify.deliver.steps import Observe, open_step_file
from bot.settings import Settings
from bot.slack.clients import SlackClients
from bot.slack.group_directory import SlackGroupDirectory
from bot.slack.token_rotation import OAuthApp
from bot.store.engine.database_clock import DatabaseClock
from bot.store.store import Store
from bot.store.vault import Vault
from bot.workers.loop import BackgroundTasks, Wakeup


@dataclass(frozen=True, kw_only=True)
class Core:
    """What both paths share.

    `holder` names this process in leases, among those of all machines. Containers may share the name of their machine,
    and each is process 1 in its own.
    """

    settings: Settings
    clock: Clock
    vault: Vault
    store: Store
    heads: KnownHeads
    circleci: CircleCIPool
    clients: SlackClients
    groups: SlackGroupDirectory
    links: Links
    metrics: Metrics
    hit_failpoint: Callable[[str], None]
    holder: str
    arrivals: Arrivals
    observe: Observe | None = None
    tasks: BackgroundTasks = field(default_factory=BackgroundTasks)
    poll_wakeup: Wakeup = field(default_factory=Wakeup)
    delivery_wakeup: Wakeup = field(default_factory=Wakeup)
    digest_wakeup: Wakeup = field(default_factory=Wakeup)
    replay_wakeup: Wakeup = field(default_factory=Wakeup)
    deploy_wakeup: Wakeup = field(default_factory=Wakeup)

    def record_ack(self, kind: str) -> AbstractContextManager[object]:
        """For the block in which a payload of Slack's is acknowledged."""
        self.arrivals.record_heard()
        return self.metrics.record_ack(kind)

    def wake_all(self) -> None:
        self.poll_wakeup.wake()
        self.digest_wakeup.wake()
        self.delivery_wakeup.wake()
        self.deploy_wakeup.wake()


def build_core(settings: Settings, clock: Clock | None) -> Core:
    """Processes that share a database use its clock; one that is alone uses the machine's."""
    holder = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
    vault = Vault([key.get_secret_value() for key in settings.encryption_keys])
    metrics, heads = Metrics(), build_known_heads(settings)
    store = Store(
        settings.database_url.get_secret_value(),
        vault,
        measure=metrics.record_transaction,
        outlet=AuditFeed(settings.audit_log, heads),
    )
    machine = SystemClock()
    clock = clock or (DatabaseClock(store, machine=machine) if store.is_shared else machine)
    token = reveal_secret(settings.slack_bot_token)
    clients = SlackClients(api_url=settings.slack_api_url, token=token, store=store, clock=clock)
    return Core(
        settings=settings,
        clock=clock,
        vault=vault,
        store=store,
        heads=heads,
        circleci=CircleCIPool(
            settings.circleci_url,
            clock=clock,
            answered=metrics.count_circleci_answer,
            left_out=metrics.count_left_out,
            takes_pasted_tokens=settings.allow_pasted_tokens,
            v3=settings.circleci_api_v3,
            fell_back=metrics.count_v3_fallback,
        ),
        clients=clients,
        groups=SlackGroupDirectory(clients, store, clock=clock),
        links=Links(settings.circleci_url),
        metrics=metrics,
        hit_failpoint=Failpoint(settings.failpoint if settings.in_sandbox else None).hit,
        observe=_build_observer(settings, holder),
        arrivals=Arrivals(clock.now),
        holder=holder,
    )


def _build_observer(settings: Settings, holder: str) -> Observe | None:
    path = settings.delivery_steps if settings.in_sandbox else None
    return open_step_file(path, holder) if path else None


def reveal_secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


def find_oauth_app(settings: Settings) -> OAuthApp | None:
    """None where SLACK_BOT_TOKEN's workspace is the only one."""
    secret = reveal_secret(settings.slack_client_secret)
    if not (settings.slack_client_id and secret and settings.public_url):
        return None
    return OAuthApp(client_id=settings.slack_client_id, client_secret=secret, public_url=settings.public_url)
