from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.circleci.circle import Circle


@pytest.fixture
async def circle() -> AsyncIterator[Circle]:
    circle = Circle()
    async with circle.http:
        yield circle
