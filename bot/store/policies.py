"""Who may run what, as `circlebot apply` sets it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, delete, insert, select

from bot.domain.people import Person
from bot.rules.policy import Policy, PolicyAction, get_users_allowed_anywhere
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import policies

_ALL = select(policies).order_by(policies.c.id)
_WORKSPACES = select(policies.c.workspace).distinct().order_by(policies.c.workspace)
_OF_WORKSPACE = _ALL.where(bind_columns(policies, "workspace"))


class PolicyRepository(Repository):
    async def list_for_workspace(self, workspace: str) -> list[Policy]:
        rows = await self._connection.execute(_OF_WORKSPACE, {"workspace": workspace})
        return [_build_policy(row) for row in rows]

    async def list_workspaces(self) -> list[str]:
        """Those that have a policy."""
        return list((await self._connection.execute(_WORKSPACES)).scalars())

    async def list_allowed_people(self, command: str) -> list[Person]:
        """Workspace and user of everybody whom a policy lets run this command somewhere, each once."""
        lines = [_build_policy(row) for row in await self._connection.execute(_ALL)]
        workspaces = dict.fromkeys(one.workspace for one in lines)
        return [
            Person(workspace, user)
            for workspace in workspaces
            for user in sorted(
                get_users_allowed_anywhere([one for one in lines if one.workspace == workspace], PolicyAction(command))
            )
        ]

    async def replace_all(self, workspace: str, new: Iterable[Policy]) -> None:
        await self._connection.execute(delete(policies).where(policies.c.workspace == workspace))
        for policy in new:
            await self._connection.execute(
                insert(policies).values(
                    workspace=workspace,
                    command=policy.command,
                    channel=policy.channel,
                    users=",".join(policy.users),
                )
            )


def _build_policy(row: Row[Any]) -> Policy:
    return Policy(row.workspace, row.command, row.channel, tuple(filter(None, row.users.split(","))))
