"""`circlebot apply` says that other companies read a channel before it makes a rule there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.conversation import Place
from bot.errors import UsageError
from bot.operating.as_code.external_rules import check_meant, list_external
from bot.operating.as_code.plan import apply_documents
from bot.store.store import Store
from bot.store.vault import Vault, generate_key
from tests.plugins.database import create_database

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
FILE = """\
workspace: T0ACME
subscriptions:
  - {channel: C0OURS, project: gh/acme/web, made_by: U0ADA}
  - {channel: C0SHARED, project: gh/acme/web, made_by: U0ADA, only: [failed]}
"""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = Store(await create_database(tmp_path), Vault([generate_key()]))
    yield one
    await one.close()


async def _is_external(_workspace: str, channel: str) -> bool | None:
    return channel == "C0SHARED"


async def test_a_new_rule_where_others_read_is_said_and_needs_to_be_meant(store: Store) -> None:
    found = await list_external(store, FILE, _is_external)
    assert found == [Place("T0ACME", "C0SHARED")]
    with pytest.raises(UsageError, match=r"C0SHARED: people of other companies read .* --external"):
        check_meant(found, meant=False)
    assert check_meant(found, meant=True) == ["! subscription C0SHARED: people of other companies read this channel"]


async def test_a_rule_that_stands_is_not_asked_about_again(store: Store) -> None:
    await apply_documents(store, FILE, commands=[], installed=["T0ACME"], now=NOW)
    assert await list_external(store, FILE, _is_external) == []
    assert check_meant([], meant=False) == []
