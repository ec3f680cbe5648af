"""A workspace's policy that wants several people, and a pipeline that waits for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.rules.policy_plain import from_plain
from bot.rules.policy_version import PolicyVersion
from tests.plugins.slack_users import ADA, Json, SlackUsers
from tests.plugins.world import World

TEAM = "T0SANDBOX"


async def require(world: World, *lines: dict[str, Any]) -> None:
    """This is the policy from now on; a line without an effect asks everybody for what it says."""
    plain = [
        one if {"allow", "only", "deny", "require"} & one.keys() else {"require": "everybody", **one} for one in lines
    ]
    read = tuple(from_plain({"do": "approve", **one}) for one in plain)
    async with world.app.core.store.begin() as tx:
        number = await tx.policy_versions.count(TEAM) + 1
        assert await tx.policy_versions.insert(PolicyVersion(TEAM, number, read, None, datetime.now(UTC), ""))


async def release(world: World) -> Json:
    """Ada starts what waits at two holds, and follows it here: its card."""
    await world.say("/circle trigger gh/acme/web --branch release")
    return await world.card("approve-production")


async def list_approvals(world: World) -> list[Json]:
    """How CircleCI was asked to approve something."""
    return await world.list_requests("/approve/")


async def decline(world: SlackUsers, where: Json, label: str = "Decline…", *, as_: str = ADA, why: str = "") -> None:
    """Press the button, and hand in the form that asks why."""
    await world.press(where, label, as_=as_)
    await world.submit(await world.form("Why not?", as_=as_), as_=as_, reason=why)
