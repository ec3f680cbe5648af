from __future__ import annotations

from datetime import UTC, datetime

from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


async def test_a_person_is_greeted_once_in_each_workspace(store: Store) -> None:
    async with store.begin() as tx:
        greeted = [await tx.greetings.insert(workspace, "UADA", NOW) for workspace in ("T1", "T1", "T2")]
    assert greeted == [True, False, True]
