"""What cannot be read keeps nothing else from being read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain import ProjectSlug
from bot.store.pipelines import FollowedPipeline
from tests.plugins.poller_harness import PollerHarness, run_poller_harness

WEB = "gh/acme/web"


async def _followed(lookout: PollerHarness, number: int) -> FollowedPipeline:
    async with lookout.store.begin_read() as tx:
        return next(one for one in await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1000) if one.number == number)


async def _hidden(lookout: PollerHarness, number: int) -> None:
    """CircleCI answers 404 about this pipeline from now on."""
    one = await _followed(lookout, number)
    await lookout.control("faults", target="circleci", match=f"pipeline/{one.id}", status=404, count=10_000)


@pytest.mark.parametrize("missing", [1, 4])
async def test_pipelines_that_are_missing_keep_no_other_from_being_read(missing: int, tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path) as lookout:
        await lookout.connect("ada")
        await lookout.subscribe(WEB)
        await lookout.advance(0.2)
        running = await lookout.push(WEB, "slow")
        slow = [await lookout.push(WEB, "slow") for _ in range(missing)]
        await lookout.advance(1.2)
        for number in slow:
            await _hidden(lookout, number)
        await lookout.advance(2)
        ending = await lookout.push(WEB)
        await lookout.advance(3)
        assert (await _followed(lookout, ending)).finished_at
        assert (await _followed(lookout, running)).next_look_at >= lookout.sandbox.now()


async def test_where_the_first_few_are_missing_no_more_is_spent_on_the_rest(tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path) as lookout:
        await lookout.connect("ada")
        await lookout.subscribe(WEB)
        await lookout.advance(0.2)
        slow = [await lookout.push(WEB, "slow") for _ in range(6)]
        await lookout.advance(1.2)
        for number in slow:
            await _hidden(lookout, number)
        before = await lookout.count_calls()
        await lookout.run_due()
        await lookout.sandbox.advance(20)
        await lookout.run_due()
        asked = [call["path"] for call in (await lookout.sandbox.calls())[before:]]
        ids = [(await _followed(lookout, number)).id for number in slow]
        assert 0 < sum(any(one in path for one in ids) for path in asked) <= 2 * 3 * 2
