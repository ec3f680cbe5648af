"""Who may run what, as `circlebot apply` sets it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sqlalchemy import delete, insert, select

from bot.store.rows import Noun, given
from bot.store.tables import policies

_ALL = select(policies).order_by(policies.c.id)
_OF_WORKSPACE = _ALL.where(given(policies, "workspace"))


@dataclass(frozen=True, slots=True)
class Policy:
    """In this channel (`*` = all) only these users may run commands that match this glob."""

    workspace: str
    command: str
    channel: str
    users: tuple[str, ...]


class Policies(Noun):
    async def of(self, workspace: str) -> list[Policy]:
        rows = await self._connection.execute(_OF_WORKSPACE, {"workspace": workspace})
        return [
            Policy(row.workspace, row.command, row.channel, tuple(filter(None, row.users.split(",")))) for row in rows
        ]

    async def named_for(self, command: str) -> list[tuple[str, str]]:
        """Workspace and user of everybody whom a policy lets run this command somewhere, each once."""
        rows = await self._connection.execute(_ALL)
        fitting = [row for row in rows if fnmatchcase(command, row.command)]
        named = ((row.workspace, user) for row in fitting for user in row.users.split(",") if user)
        return list(dict.fromkeys(named))

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
