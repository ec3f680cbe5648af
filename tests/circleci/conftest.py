from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from bot.circleci.client import CircleCI, CircleCIPool
from tests.plugins.app_server import get_ssl_context


class StandingClock:
    """Says what it is told."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def naps() -> list[float]:
    """How long the client would have slept between tries, in seconds."""
    return []


@pytest.fixture
async def pool(clock: StandingClock, naps: list[float]) -> AsyncIterator[CircleCIPool]:
    async def nap(seconds: float) -> None:
        naps.append(seconds)

    transport = httpx.AsyncHTTPTransport(verify=get_ssl_context())
    pool = CircleCIPool("https://circleci.test", clock=clock, transport=transport, sleep=nap)
    yield pool
    await pool.close()


@pytest.fixture
def circleci(pool: CircleCIPool) -> CircleCI:
    return pool.bind("CCIPAT_ada")
