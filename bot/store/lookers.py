"""Who is looking into a failure: people of a workspace, by the branch or tag that fails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, select

from bot.domain import ProjectSlug
from bot.messages import Looker
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.publishing import lookers

_OF_REF = (
    select(lookers)
    .where(bind_columns(lookers, "workspace", "project", "ref"), lookers.c.number <= bindparam("until"))
    .order_by(lookers.c.since_at, lookers.c.user)
)
_END = (
    delete(lookers)
    .where(bind_columns(lookers, "project", "ref"), lookers.c.number <= bindparam("until"))
    .returning(lookers.c.number)
)


def build_git_ref(branch: str | None, tag: str | None) -> str:
    """As git names it, so that a branch is never taken for a tag."""
    return f"refs/tags/{tag}" if tag else f"refs/heads/{branch or ''}"


class LookerRepository(Repository):
    async def upsert(self, looker: Looker) -> None:
        values = {
            "workspace": looker.workspace,
            "project": str(looker.project),
            "ref": looker.ref,
            "user": looker.user,
            "number": looker.number,
            "since_at": looker.since_at,
        }
        await self._upsert(lookers, values, ["workspace", "project", "ref", "user"])

    async def delete(self, looker: Looker) -> bool:
        """False when they were not looking."""
        row = and_(
            lookers.c.workspace == looker.workspace,
            lookers.c.project == str(looker.project),
            lookers.c.ref == looker.ref,
            lookers.c.user == looker.user,
        )
        return (await self._connection.execute(delete(lookers).where(row))).rowcount == 1

    async def list_for_pipeline(self, workspace: str, project: ProjectSlug, ref: str, *, number: int) -> list[Looker]:
        """Those who look into this pipeline of the branch, or into what failed before it; who began first, first."""
        these = {"workspace": workspace, "project": str(project), "ref": ref, "until": number}
        return [_build_looker(row) for row in await self._connection.execute(_OF_REF, these)]

    async def delete_for_recovery(self, project: ProjectSlug, ref: str, number: int) -> int | None:
        """This pipeline passed: nobody has to look any more. The first that somebody looked into; None if nobody."""
        ended = await self._connection.scalars(_END, {"project": str(project), "ref": ref, "until": number})
        return min(ended, default=None)

    async def prune(self, before: datetime) -> int:
        return (await self._connection.execute(delete(lookers).where(lookers.c.since_at < before))).rowcount


def _build_looker(row: Row[Any]) -> Looker:
    return Looker(row.workspace, row.user, ProjectSlug.parse(row.project), row.ref, row.number, row.since_at)
