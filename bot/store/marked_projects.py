"""What admins said of projects: where nothing of them, or none of their output, may be shown."""

from __future__ import annotations

from sqlalchemy import and_, delete, select

from bot.circleci.explanation import Explanation
from bot.circleci.snapshot import Snapshot
from bot.conversation import Place
from bot.domain import ProjectScope, ProjectSlug
from bot.domain.project_marks import Mark, ProjectMark, ProjectMarks
from bot.store.engine.statements import Repository, bind_columns
from bot.store.tables.workspaces import project_marks

_OF_WORKSPACE = (
    select(project_marks)
    .where(bind_columns(project_marks, "workspace"))
    .order_by(project_marks.c.scope, project_marks.c.mark)
)


class ProjectMarkRepository(Repository):
    async def load(self, workspace: str) -> ProjectMarks:
        return ProjectMarks(await self.list_for_workspace(workspace))

    async def list_for_workspace(self, workspace: str) -> list[ProjectMark]:
        """A mark that only a later release knows is left out."""
        rows = await self._connection.execute(_OF_WORKSPACE, {"workspace": workspace})
        return [
            ProjectMark(row.workspace, ProjectScope.parse(row.scope), Mark(row.mark), row.made_by, row.made_at)
            for row in rows
            if row.mark in set(Mark)
        ]

    async def insert(self, one: ProjectMark) -> bool:
        """False when it was there."""
        values = {"workspace": one.workspace, "scope": str(one.scope), "mark": one.mark}
        return await self._insert_if_new(project_marks, {**values, "made_by": one.made_by, "made_at": one.made_at})

    async def delete(self, workspace: str, scope: ProjectScope, mark: Mark) -> bool:
        """False when it was not there."""
        same = and_(project_marks.c.workspace == workspace, project_marks.c.scope == str(scope))
        gone = await self._connection.execute(delete(project_marks).where(same, project_marks.c.mark == mark))
        return gone.rowcount == 1

    async def hide(self, why: Explanation, project: ProjectSlug, place: Place) -> Explanation:
        """What may be read there of why something failed."""
        if not (why.jobs or why.fixed):
            return why
        return why.drop_output() if (await self.load(place.workspace)).is_output_hidden(project, place.channel) else why

    async def hide_failures(self, snapshot: Snapshot, project: ProjectSlug, place: Place) -> Snapshot:
        """The pipeline as its card may show it there."""
        if not snapshot.failures:
            return snapshot
        hidden = (await self.load(place.workspace)).is_output_hidden(project, place.channel)
        return snapshot.model_copy(update={"failures": {}}) if hidden else snapshot
