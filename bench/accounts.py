"""A store as full as a large company would fill it."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.load import PEOPLE, WORKSPACE, person
from bot.domain.people import Account, AccountState
from bot.store.store import Store

_CONNECTED_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def account(number: int) -> Account:
    return Account(
        workspace=WORKSPACE,
        user=person(number),
        circleci_id=f"person-{number}",
        login=f"person-{number}",
        name=f"Person {number}",
        state=AccountState.ACTIVE,
        connected_at=_CONNECTED_AT,
        token=f"CCIPAT_{number:040}",
    )


async def fill(store: Store) -> None:
    """10,000 connected accounts in one workspace."""
    async with store.begin() as tx:
        for number in range(PEOPLE):
            await tx.accounts.upsert(account(number))
