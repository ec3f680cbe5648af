from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store.store import Store

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
FAILED = {"test": frozenset({("tests.Cart", "test_total [ünïcode]"), ("", "bare")}), "lint": frozenset()}


async def test_what_failed_in_a_run_is_kept_once_and_read_back(store: Store) -> None:
    async with store.begin() as tx:
        await tx.failed_tests.insert("w1", FAILED, NOW)
        await tx.failed_tests.insert("w1", {}, NOW)
        assert await tx.failed_tests.find("w1") == FAILED
        assert await tx.failed_tests.find("w2") is None


async def test_what_was_kept_long_ago_is_forgotten(store: Store) -> None:
    async with store.begin() as tx:
        await tx.failed_tests.insert("old", FAILED, NOW)
        await tx.failed_tests.insert("new", FAILED, NOW + timedelta(days=2))
        assert await tx.failed_tests.prune(NOW + timedelta(days=1)) == 1
        assert await tx.failed_tests.find("old") is None
        assert await tx.failed_tests.find("new") == FAILED
