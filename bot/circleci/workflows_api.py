from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.circleci.api_request import BaseApi, ItemList
from bot.circleci.models import Job, Model, Workflow
from bot.errors import NotFound, UsageError
from bot.language import _


class RerunResponse(Model):
    workflow_id: str


class WorkflowsApi(BaseApi):
    async def fetch_workflow(self, workflow_id: str) -> Workflow:
        return await self.fetch(Workflow, "workflow", workflow_id)

    async def list_workflow_jobs(self, workflow_id: str) -> ItemList[Job] | None:
        """None when CircleCI no longer keeps details of this (old) workflow."""
        try:
            return await self.list_items(Job, "workflow", workflow_id, "job")
        except NotFound:
            return None

    async def rerun_workflow(
        self, workflow_id: str, *, from_failed: bool = False, jobs: Sequence[str] | None = None, ssh: bool = False
    ) -> str:
        """Rerun a workflow: whole, from failed, or the jobs with these ids (with SSH if asked).

        Answers the id of the NEW workflow. Raises UsageError for choices that exclude each other.
        """
        if from_failed and jobs:
            raise UsageError(_("Rerun from failed, or rerun chosen jobs: not both."))
        if ssh and not jobs:
            raise UsageError(_("A rerun with SSH needs to know which jobs."))
        body: dict[str, Any] = {"from_failed": True} if from_failed else {}
        body |= {"jobs": list(jobs)} if jobs else {}
        body |= {"enable_ssh": True} if ssh else {}
        return (await self.send("workflow", workflow_id, "rerun", body=body)).parse(RerunResponse).workflow_id

    async def cancel_workflow(self, workflow_id: str) -> None:
        """Ask for it; the workflow may go on for some seconds, and may even end in success."""
        await self.send("workflow", workflow_id, "cancel")

    async def approve_job(self, workflow_id: str, approval_request_id: str) -> None:
        await self.send("workflow", workflow_id, "approve", approval_request_id)
