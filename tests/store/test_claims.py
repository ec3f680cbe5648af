"""What cards, notices and their revisions share, whichever is claimed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database
from tests.plugins.sql_statements import count_statements, explain_plan

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
OF_FEW = re.compile(r"USING INDEX ix_\w+_(unshown|queued)|USING INTEGER PRIMARY KEY")
"""How a plan of SQLite names the indexes of what is unshown or queued, and a row that is known by its id."""


@pytest.mark.parametrize("noun", ["cards", "outbox", "revisions"])
async def test_a_claim_looks_at_nothing_that_is_settled(noun: str, tmp_path: Path) -> None:
    store = Store(await create_database(tmp_path), Vault([generate_key()]))
    async with store.begin() as tx:
        with count_statements() as seen:
            assert await getattr(tx, noun).claim(NOW, 12, "one", 10) == []
    await store.close()
    [claim] = seen.texts
    steps = explain_plan(tmp_path / "circlebot.db", claim)
    looks = [step for step in steps if re.match(r"(SCAN|SEARCH) (cards?|outbox|other)\b", step)]
    assert looks
    assert [step for step in looks if not OF_FEW.search(step)] == []
