"""Desks: delivery in front of a simulated Slack, with and without the scopes that let it look back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.slack.scopes import OPTIONAL_SCOPES
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import DeliveryHarness, run_delivery_harness


@pytest.fixture
async def database_url(tmp_path: Path) -> str:
    return await create_database(tmp_path)


@pytest.fixture
async def harness(database_url: str) -> AsyncIterator[DeliveryHarness]:
    async with run_delivery_harness(database_url) as one:
        yield one


@pytest.fixture
async def blind_desk(database_url: str) -> AsyncIterator[DeliveryHarness]:
    """Whoever installed it declined to let it read the channels."""
    async with run_delivery_harness(database_url, declined=OPTIONAL_SCOPES) as one:
        yield one
