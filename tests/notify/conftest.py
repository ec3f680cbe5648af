"""Desks: delivery in front of a simulated Slack, with and without the scopes that let it look back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.slack.manifest import OPTIONAL_SCOPES
from tests.plugins.database import migrated
from tests.plugins.delivery_harness import Desk, a_desk


@pytest.fixture
async def database_url(tmp_path: Path) -> str:
    return await migrated(tmp_path)


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with a_desk(database_url) as one:
        yield one


@pytest.fixture
async def blind_desk(database_url: str) -> AsyncIterator[Desk]:
    """Whoever installed it declined to let it read the channels."""
    async with a_desk(database_url, declined=OPTIONAL_SCOPES) as one:
        yield one
