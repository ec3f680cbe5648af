"""The store: transactions, and in each of them one attribute per noun.

async with store.begin() as tx:      # one write transaction: all of it, or nothing
    await tx.cards.want(...)
    await tx.outbox.add(...)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import text

from bot.store.accounts import Accounts
from bot.store.acts import Acts
from bot.store.cards import Cards
from bot.store.channels import Channels
from bot.store.connection import Connection
from bot.store.deeds import Deeds
from bot.store.failed_tests import FailedTests
from bot.store.hooks import Hooks
from bot.store.hours import ChannelHours
from bot.store.installations import Installations
from bot.store.kept import KeptOutcomes
from bot.store.leases import Leases
from bot.store.listings import Listings
from bot.store.logins import Logins
from bot.store.mentions import Mentions
from bot.store.migrate import head, revision, revisions
from bot.store.mutes import Mutes
from bot.store.outbox import Outbox
from bot.store.outcomes import Outcomes
from bot.store.people import People
from bot.store.pipelines import Pipelines
from bot.store.policies import Policies
from bot.store.presets import Presets
from bot.store.reminders import Reminders
from bot.store.revisions import Revisions
from bot.store.secrets import Secrets
from bot.store.seen import Seen
from bot.store.session import engines_for
from bot.store.subscriptions import Subscriptions
from bot.store.troubles import Troubles
from bot.store.turns import Turns
from bot.store.vault import Vault
from bot.store.waiting import Waitings
from bot.store.watches import Watches

_NOW = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    "postgresql": "SELECT clock_timestamp()",
}


class Tx:
    """One transaction. Its nouns share the connection, so what they write stands or falls together."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self.installations = Installations(connection, vault)
        self.accounts = Accounts(connection, vault)
        self.logins = Logins(connection)
        self.people = People(connection)
        self.channels = Channels(connection)
        self.waiting = Waitings(connection, vault)
        self.acts = Acts(connection)
        self.deeds = Deeds(connection)
        self.subscriptions = Subscriptions(connection)
        self.troubles = Troubles(connection)
        self.hours = ChannelHours(connection)
        self.mutes = Mutes(connection)
        self.watches = Watches(connection)
        self.listings = Listings(connection)
        self.hooks = Hooks(connection, vault)
        self.pipelines = Pipelines(connection)
        self.outcomes = Outcomes(connection)
        self.kept = KeptOutcomes(connection)
        self.failed_tests = FailedTests(connection)
        self.mentions = Mentions(connection)
        self.cards = Cards(connection)
        self.outbox = Outbox(connection)
        self.revisions = Revisions(connection)
        self.reminders = Reminders(connection)
        self.turns = Turns(connection)
        self.seen = Seen(connection)
        self.policies = Policies(connection)
        self.presets = Presets(connection)
        self.leases = Leases(connection)
        self.secrets = Secrets(connection, vault)


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
