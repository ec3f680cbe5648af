from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.slack_groups import UserGroup
from bot.slack.group_directory import SlackGroupDirectory
from tests.plugins.database import create_database
from tests.plugins.delivery_harness import TEAM, run_delivery_harness
from tests.plugins.slack_users import ADA, GRACE

DEPLOYERS = "S0DEPLOYERS"
SCOPE = "usergroups:read"


async def _load(groups: SlackGroupDirectory, named: Collection[str] = (DEPLOYERS,)) -> dict[str, UserGroup]:
    return {one.id: one for one in await groups.load_groups(TEAM, frozenset(named))}


async def test_who_is_in_a_group_is_known_within_five_minutes_of_its_change(tmp_path: Path) -> None:
    async with run_delivery_harness(await create_database(tmp_path)) as harness:
        groups = SlackGroupDirectory(harness.clients, harness.store, clock=harness.clock)
        assert {name: one.members for name, one in (await _load(groups)).items()} == {DEPLOYERS: {ADA, GRACE}}
        await harness.control("usergroup", group=DEPLOYERS, users=[ADA])
        assert (await _load(groups))[DEPLOYERS].members == {ADA, GRACE}, "Slack is asked once in five minutes"
        harness.clock.advance(301)
        assert (await _load(groups))[DEPLOYERS].members == {ADA}
        assert len(await harness.list_calls("usergroups.list")) == 2


async def test_of_a_group_that_slack_no_longer_shows_the_last_members_stay_without_rights(tmp_path: Path) -> None:
    async with run_delivery_harness(await create_database(tmp_path)) as harness:
        groups = SlackGroupDirectory(harness.clients, harness.store, clock=harness.clock)
        await _load(groups)
        await harness.control("usergroup", group=DEPLOYERS, disabled=True)
        harness.clock.advance(301)
        gone = (await _load(groups))[DEPLOYERS]
        assert (gone.members, gone.is_trusted(harness.clock.now())) == ({ADA, GRACE}, False)
        await harness.control("usergroup", group=DEPLOYERS, disabled=False)
        harness.clock.advance(301)
        assert (await _load(groups))[DEPLOYERS].is_trusted(harness.clock.now())


async def test_a_slack_that_is_down_leaves_rights_as_they_are_for_an_hour(tmp_path: Path) -> None:
    async with run_delivery_harness(await create_database(tmp_path)) as harness:
        groups = SlackGroupDirectory(harness.clients, harness.store, clock=harness.clock)
        await _load(groups)
        await harness.inject_fault("usergroups.list", status=500, count=0)
        harness.clock.advance(301)
        assert (await _load(groups))[DEPLOYERS].is_trusted(harness.clock.now())
        harness.clock.advance(timedelta(hours=1).total_seconds())
        assert not (await _load(groups))[DEPLOYERS].is_trusted(harness.clock.now())


@pytest.mark.parametrize("declined", [(SCOPE,)])
async def test_without_its_scope_no_group_is_known(declined: Collection[str], tmp_path: Path) -> None:
    async with run_delivery_harness(await create_database(tmp_path), declined=declined) as harness:
        groups = SlackGroupDirectory(harness.clients, harness.store, clock=harness.clock)
        assert await _load(groups) == {}
