"""What is approved is compared with what was asked: where CircleCI does not tell, nothing is asked or approved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from bot.actions import waiting_starts
from bot.errors import Unavailable
from bot.rules.start_request import StartTarget

MAIN = StartTarget("gh/acme/web", "main")


def _answer(error: Exception | None) -> Any:
    async def list_pipelines(*_args: Any, **_more: Any) -> AsyncIterator[None]:
        for one in filter(None, [error]):
            raise one
            yield

    return SimpleNamespace(circleci=SimpleNamespace(list_pipelines=list_pipelines))


async def test_a_branch_without_pipelines_is_told_from_one_that_nobody_could_read() -> None:
    assert await waiting_starts.fetch_newest(_answer(None), MAIN) is None
    with pytest.raises(Unavailable):
        await waiting_starts.fetch_newest(_answer(Unavailable("CircleCI does not answer.")), MAIN)
