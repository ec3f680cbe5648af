"""A store as full as a large company would fill it."""

from __future__ import annotations

from bench.load import PEOPLE, WORKSPACE, person
from bot.clock import SystemClock
from bot.domain import Account
from bot.store.store import Store


async def fill(store: Store) -> None:
    """10,000 connected accounts in one workspace."""
    now = SystemClock().now()
    async with store.begin() as tx:
        for number in range(PEOPLE):
            await tx.accounts.save(
                Account(
                    workspace=WORKSPACE,
                    user=person(number),
                    circleci_id=f"person-{number}",
                    login=f"person-{number}",
                    name=f"Person {number}",
                    state="active",
                    connected_at=now,
                    token=f"CCIPAT_{number:040}",
                )
            )
