"""A workspace's policy, written for a test."""

from __future__ import annotations

from collections.abc import Sequence

from bot.rules.policy_line import ANY, Effect, PolicyLine, PolicyScope
from bot.rules.policy_version import PolicyVersion
from bot.store.store import Store
from tests.plugins.factories import NOW

TEAM = "T0SANDBOX"


def only(act: str, *users: str, channel: str = ANY) -> PolicyLine:
    """These people and nobody else."""
    return PolicyLine(Effect.ONLY, users, PolicyScope(act=act, channel=channel))


async def write_policy(store: Store, *lines: PolicyLine, workspace: str = TEAM) -> None:
    """The next version."""
    async with store.begin() as tx:
        newest: Sequence[PolicyVersion] = await tx.policy_versions.list_newest(workspace, 1)
        number = newest[0].number + 1 if newest else 1
        assert await tx.policy_versions.insert(PolicyVersion(workspace, number, lines, None, NOW))
