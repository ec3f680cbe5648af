"""What cannot be read keeps nothing else from being read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain import ProjectSlug
from bot.errors import BotError, NotConnected, RateLimited, TargetError, Unauthorized, Unavailable
from bot.notify.poll.poll_schedule import name_failure
from bot.store.pipelines import FollowedPipeline
from tests.plugins.poller_harness import PollerHarness, run_poller_harness

WEB = "gh/acme/web"


async def _followed(harness: PollerHarness, number: int) -> FollowedPipeline:
    async with harness.store.begin_read() as tx:
        return next(one for one in await tx.pipelines.list_newest(ProjectSlug.parse(WEB), 1000) if one.number == number)


async def _hidden(harness: PollerHarness, number: int) -> None:
    """CircleCI answers 404 about this pipeline from now on."""
    one = await _followed(harness, number)
    await harness.control("faults", target="circleci", match=f"pipeline/{one.id}", status=404, count=10_000)


@pytest.mark.parametrize("missing", [1, 4])
async def test_pipelines_that_are_missing_keep_no_other_from_being_read(missing: int, tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path) as harness:
        await harness.connect("ada")
        await harness.subscribe(WEB)
        await harness.advance(0.2)
        running = await harness.push(WEB, "slow")
        slow = [await harness.push(WEB, "slow") for _ in range(missing)]
        await harness.advance(1.2)
        for number in slow:
            await _hidden(harness, number)
        await harness.advance(2)
        ending = await harness.push(WEB)
        await harness.advance(3)
        assert (await _followed(harness, ending)).finished_at
        assert (await _followed(harness, running)).next_look_at >= harness.sandbox.now()


async def test_where_the_first_few_are_missing_no_more_is_spent_on_the_rest(tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path) as harness:
        await harness.connect("ada")
        await harness.subscribe(WEB)
        await harness.advance(0.2)
        slow = [await harness.push(WEB, "slow") for _ in range(6)]
        await harness.advance(1.2)
        for number in slow:
            await _hidden(harness, number)
        before = await harness.count_calls()
        await harness.run_due()
        await harness.sandbox.advance(20)
        await harness.run_due()
        asked = [call["path"] for call in (await harness.sandbox.calls())[before:]]
        ids = [(await _followed(harness, number)).id for number in slow]
        assert 0 < sum(any(one in path for one in ids) for path in asked) <= 2 * 3 * 2


async def test_each_look_is_counted_by_what_it_found(tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path) as harness:
        await harness.connect("ada")
        await harness.subscribe(WEB)
        await harness.advance(0.2)
        assert set(harness.polls) == {"unchanged"}
        await harness.push(WEB)
        await harness.advance(3)
        assert set(harness.polls) == {"unchanged", "changed"}
        await harness.control("faults", target="circleci", match="", status=404, count=10_000)
        await harness.advance(2)
        assert harness.polls[-1] == "refused"


async def test_listings_of_an_organisation_are_counted_too(tmp_path: Path) -> None:
    async with run_poller_harness(tmp_path) as harness:
        await harness.connect("ada")
        await harness.subscribe(WEB, "gh/acme/api")
        await harness.advance(3)
        await harness.push(WEB)
        await harness.advance(3)
        assert set(harness.org_polls) == {"unchanged", "changed"}


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (RateLimited("wait", retry_after_s=3), "limited"),
        (NotConnected("nobody"), "refused"),
        (TargetError("hidden"), "refused"),
        (Unauthorized("revoked"), "refused"),
        (Unavailable("down"), "failed"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_look_that_failed_is_counted_by_who_can_mend_it(error: BotError, name: str) -> None:
    assert name_failure(error) == name
