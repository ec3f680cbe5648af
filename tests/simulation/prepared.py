"""What every run begins with, written once: people's tokens, and what channels want of the project."""

from __future__ import annotations

import asyncio
import tempfile
from functools import cache
from pathlib import Path
from random import Random

from bot.domain import ProjectScope
from bot.domain.people import Account, AccountState
from bot.rules.subscription import Subscription
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.simulation.channels import RULES
from tests.simulation.circleci_api import PEOPLE, WEB, find_user_id
from tests.simulation.faults import Points
from tests.simulation.simulated_database import OpenDatabase, SimulatedDatabase
from tests.simulation.simulated_slack import TEAM
from tests.simulation.virtual_loop import STARTED_AT, VirtualLoop

VAULT = Vault([generate_key()])


@cache
def prepare_database(channels: tuple[str, ...]) -> OpenDatabase:
    """Where these want something."""
    kept = OpenDatabase(_load_migrated())
    loop = VirtualLoop(Random(0))
    database = SimulatedDatabase(loop, Random(0), kept, reach=Points(loop).reach, complain=_refuse, meet=_refuse)
    loop.run_until_complete(_prepare(Store("sqlite:///simulated.db", VAULT, engines=database.connect()), channels))
    loop.end()
    database.end(is_kept=True)
    return kept


@cache
def _load_migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(create_database(Path(folder)))
        return (Path(folder) / "circlebot.db").read_bytes()


async def _prepare(store: Store, channels: tuple[str, ...]) -> None:
    async with store.begin() as tx:
        for user, login in PEOPLE.items():
            known = (find_user_id(login), login, login.title())
            account = Account(TEAM, user, *known, AccountState.ACTIVE, STARTED_AT, f"CCIPAT_{login}")
            await tx.accounts.upsert(account)
        for channel in channels:
            scope, rule = ProjectScope.parse(str(WEB)), RULES[channel]
            await tx.subscriptions.insert(Subscription(0, TEAM, channel, scope, rule, "U0ADA", STARTED_AT))
        await tx.polled_projects.upsert(WEB, STARTED_AT)


def _refuse(what: str) -> None:
    raise AssertionError(what)
