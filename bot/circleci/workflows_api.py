from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.circleci.api_request import Listed, Wire
from bot.circleci.models import Job, Model, Workflow
from bot.errors import NotFound, UsageError


class Rerun(Model):
    workflow_id: str


class Workflows(Wire):
    async def workflow(self, workflow_id: str) -> Workflow:
        return await self.get(Workflow, "workflow", workflow_id)

    async def workflow_jobs(self, workflow_id: str) -> Listed[Job] | None:
        """None when CircleCI keeps no details of this (old) workflow any more."""
        try:
            return await self.listed(Job, "workflow", workflow_id, "job")
        except NotFound:
            return None

    async def rerun(
        self, workflow_id: str, *, from_failed: bool = False, jobs: Sequence[str] | None = None, ssh: bool = False
    ) -> str:
        """Rerun a workflow: whole, from failed, or the jobs with these ids (with SSH if asked).

        Answers the id of the NEW workflow. Raises UsageError for choices that exclude each other.
        """
        if from_failed and jobs:
            raise UsageError("Rerun from failed, or rerun chosen jobs: not both.")
        if ssh and not jobs:
            raise UsageError("A rerun with SSH needs to know which jobs.")
        body: dict[str, Any] = {"from_failed": True} if from_failed else {}
        body |= {"jobs": list(jobs)} if jobs else {}
        body |= {"enable_ssh": True} if ssh else {}
        return (await self.act("workflow", workflow_id, "rerun", body=body)).read(Rerun).workflow_id

    async def cancel_workflow(self, workflow_id: str) -> None:
        """Ask for it; the workflow may go on for some seconds, and may even end in success."""
        await self.act("workflow", workflow_id, "cancel")

    async def approve(self, workflow_id: str, approval_request_id: str) -> None:
        await self.act("workflow", workflow_id, "approve", approval_request_id)
