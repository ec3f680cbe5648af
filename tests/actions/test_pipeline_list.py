from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.actions.pipeline_list import take_page
from bot.circleci.models import Pipeline
from tests.plugins.factories import make_pipeline


@pytest.mark.parametrize(
    ("page", "numbers", "more"), [(1, [0, 1, 2], True), (2, [3, 4, 5], True), (3, [6], False), (4, [], False)]
)
async def test_a_page_is_cut_out_and_knows_whether_more_follow(page: int, numbers: list[int], *, more: bool) -> None:
    shown, has_more = await take_page(_seven([]), page, 3)
    assert [pipeline.number for pipeline in shown] == numbers
    assert has_more is more


async def test_no_more_is_asked_for_than_the_page_needs() -> None:
    asked: list[int] = []
    await take_page(_seven(asked), 1, 3)
    assert asked == [0, 1, 2, 3]


async def _seven(asked: list[int]) -> AsyncIterator[Pipeline]:
    for number in range(7):
        asked.append(number)
        yield make_pipeline(number)
