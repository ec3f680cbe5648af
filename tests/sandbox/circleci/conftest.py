from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.circleci.circle import SimulatorClient


@pytest.fixture
async def circle() -> AsyncIterator[SimulatorClient]:
    circle = SimulatorClient()
    async with circle.http:
        yield circle
