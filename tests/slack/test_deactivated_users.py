from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from bot.slack.deactivated_users import DeactivatedUsers
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import TEAM, run_delivery_harness
from tests.plugins.slack_users import ADA, GRACE


@pytest.mark.parametrize(("declined", "known"), [((), True), (("users:read",), False)])
async def test_whose_account_was_closed_has_left_where_slack_may_say_so(
    declined: Collection[str], known: bool, tmp_path: Path
) -> None:
    async with run_delivery_harness(await create_database(tmp_path), declined=declined) as harness:
        leavers = DeactivatedUsers(harness.clients, clock=harness.clock)
        assert not await leavers.has_left(TEAM, GRACE)
        await harness.control("leave", user=GRACE)
        assert not await leavers.has_left(TEAM, GRACE), "asked once an hour"
        harness.clock.advance(3700)
        assert await leavers.has_left(TEAM, GRACE) is known
        assert not await leavers.has_left(TEAM, ADA)
        assert not await leavers.has_left(TEAM, "U0NOBODY")


async def test_a_slack_that_is_down_lets_nobody_leave(tmp_path: Path) -> None:
    async with run_delivery_harness(await create_database(tmp_path)) as harness:
        await harness.control("leave", user=GRACE)
        await harness.inject_fault("users.info", status=500, count=0)
        assert not await DeactivatedUsers(harness.clients, clock=harness.clock).has_left(TEAM, GRACE)
