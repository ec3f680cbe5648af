"""The store: transactions, and in each of them one attribute per noun.

async with store.begin() as tx:      # one write transaction: all of it, or nothing
    await tx.cards.want(...)
    await tx.outbox.add(...)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property

from sqlalchemy import text

from bot.store.accounts import Accounts
from bot.store.audit import Deeds
from bot.store.cards import Cards
from bot.store.channel_hours import ChannelHours
from bot.store.channels import Channels
from bot.store.digest_queue import KeptOutcomes
from bot.store.dm_preferences import People
from bot.store.engine.adapters import Connection
from bot.store.engine.engines import engines_for
from bot.store.engine.migrate import head, revision, revisions
from bot.store.failed_tests import FailedTests
from bot.store.idempotency_keys import Acts
from bot.store.installations import Installations
from bot.store.installed_webhooks import Hooks
from bot.store.leases import Leases
from bot.store.logins import Logins
from bot.store.long_values import LongValues
from bot.store.mentions import Mentions
from bot.store.mutes import Mutes
from bot.store.org_polls import Listings
from bot.store.outbox import Outbox
from bot.store.outcomes import Outcomes
from bot.store.pending_commands import Waitings
from bot.store.pipelines import Pipelines
from bot.store.policies import Policies
from bot.store.polled_projects import Watches
from bot.store.presets import Presets
from bot.store.processed_events import Seen
from bot.store.rate_limiter import Turns
from bot.store.reminders import Reminders
from bot.store.revisions import Revisions
from bot.store.rule_problems import Troubles
from bot.store.sealed_columns import Secrets
from bot.store.subscriptions import Subscriptions
from bot.store.threads import Threads
from bot.store.token_usage import Spending
from bot.store.uninstalls import Departures
from bot.store.vault import Vault

_NOW = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    "postgresql": "SELECT clock_timestamp()",
}


class Tx:
    """One transaction. Its nouns share the connection, so what they write stands or falls together.

    Each is made when it is first spoken of: there are many, and most transactions speak of two or three.
    """

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    installations = cached_property(lambda self: Installations(self._connection, self._vault))
    departures = cached_property(lambda self: Departures(self._connection))
    accounts = cached_property(lambda self: Accounts(self._connection, self._vault))
    logins = cached_property(lambda self: Logins(self._connection))
    people = cached_property(lambda self: People(self._connection))
    channels = cached_property(lambda self: Channels(self._connection))
    long_values = cached_property(lambda self: LongValues(self._connection, self._vault))
    waiting = cached_property(lambda self: Waitings(self._connection, self._vault))
    acts = cached_property(lambda self: Acts(self._connection))
    deeds = cached_property(lambda self: Deeds(self._connection))
    subscriptions = cached_property(lambda self: Subscriptions(self._connection))
    troubles = cached_property(lambda self: Troubles(self._connection))
    hours = cached_property(lambda self: ChannelHours(self._connection))
    mutes = cached_property(lambda self: Mutes(self._connection))
    watches = cached_property(lambda self: Watches(self._connection))
    spending = cached_property(lambda self: Spending(self._connection))
    listings = cached_property(lambda self: Listings(self._connection))
    hooks = cached_property(lambda self: Hooks(self._connection, self._vault))
    pipelines = cached_property(lambda self: Pipelines(self._connection))
    outcomes = cached_property(lambda self: Outcomes(self._connection))
    kept = cached_property(lambda self: KeptOutcomes(self._connection))
    failed_tests = cached_property(lambda self: FailedTests(self._connection))
    mentions = cached_property(lambda self: Mentions(self._connection))
    cards = cached_property(lambda self: Cards(self._connection))
    outbox = cached_property(lambda self: Outbox(self._connection))
    revisions = cached_property(lambda self: Revisions(self._connection))
    reminders = cached_property(lambda self: Reminders(self._connection))
    threads = cached_property(lambda self: Threads(self._connection))
    turns = cached_property(lambda self: Turns(self._connection))
    seen = cached_property(lambda self: Seen(self._connection))
    policies = cached_property(lambda self: Policies(self._connection))
    presets = cached_property(lambda self: Presets(self._connection))
    leases = cached_property(lambda self: Leases(self._connection))
    secrets = cached_property(lambda self: Secrets(self._connection, self._vault))


class Store:
    """The database behind everything. `url` as DATABASE_URL gives it; nothing is opened before the first use."""

    def __init__(self, url: str, vault: Vault) -> None:
        self._engines = engines_for(url)
        self._vault = vault

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A write transaction: committed at the end of the block, rolled back when it raises."""
        async with self._engines.writer.begin() as connection:
            yield Tx(connection, self._vault)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A transaction that only reads: it sees one moment, cannot write, and on SQLite waits for nobody."""
        async with self._engines.reader.begin() as connection:
            yield Tx(connection, self._vault)

    @property
    def is_shared(self) -> bool:
        """Whether other machines may work on it too."""
        return self._engines.writer.dialect.name != "sqlite"

    async def now(self) -> datetime:
        """What time it is for the database."""
        async with self._engines.reader.begin() as connection:
            moment: datetime = (await connection.execute(text(_NOW[connection.dialect.name]))).scalar_one()
        return datetime.fromisoformat(moment) if isinstance(moment, str) else moment

    async def at_head(self) -> bool:
        """Whether the database has every migration of this release; those of the next one do no harm."""
        async with self._engines.reader.begin() as connection:
            found = await revision(connection)
        return found is not None and (found == head() or found not in revisions())

    async def free_all(self) -> None:
        """Nobody holds anything any more; for whoever knows that it is the only worker alive."""
        async with self.begin() as tx:
            await tx.cards.free_all()
            await tx.outbox.free_all()
            await tx.watches.free_all()

    async def close(self) -> None:
        await self._engines.dispose()
