from __future__ import annotations

import json
from functools import partial

from bot.circleci.api_request import V3, V11
from bot.circleci.memory_use import MemoryUse
from bot.circleci.models import Artifact, Job, JobDetail, JobStep, Model, TestResult
from bot.circleci.models.model import Items
from bot.circleci.models.v3_models import JobUsage
from bot.circleci.v3_api import V3Api
from bot.domain import ProjectSlug
from bot.errors import NotFound
from bot.untrusted.step_output import StepOutput

CONDENSED_BYTES = 200_000
"""Of a condensed output; the real one is some lines."""
_LONG = {"gh": "github", "bb": "bitbucket"}


class Build(Model):
    """A job as API v1.1 tells it; only there are its steps public."""

    steps: Items[JobStep] = ()


class JobsApi(V3Api):
    async def fetch_job(self, slug: ProjectSlug, number: int) -> JobDetail:
        return await self.fetch(JobDetail, "project", slug, "job", number)

    async def cancel_job(self, slug: ProjectSlug, number: int) -> None:
        await self.send("project", slug, "job", number, "cancel")

    async def cancel_job_by_id(self, job_id: str) -> None:
        """The only way to cancel a job without a number, and the only way to decline an approval."""
        await self.send("jobs", job_id, "cancel")

    async def list_tests(self, slug: ProjectSlug, number: int) -> list[TestResult]:
        """What the job stored; nothing when it stored none, or more than 250 MB."""
        self.record_output(slug)
        return await self._list_pages_of_tests(slug, number)

    async def list_test_keys(self, slug: ProjectSlug, job: Job) -> list[TestResult]:
        """The same to be compared with another run: by v3 in one answer, which names no files."""
        self.record_output(slug)
        by_v3 = await self.ask_v3("tests", partial(self.list_v3_lines, TestResult, "jobs", job.id, "tests"))
        return await self._list_pages_of_tests(slug, job.job_number or 0) if by_v3 is None else by_v3

    async def _list_pages_of_tests(self, slug: ProjectSlug, number: int) -> list[TestResult]:
        return await self.list_items(TestResult, "project", slug, number, "tests")

    async def fetch_condensed_output(self, slug: ProjectSlug, job_id: str) -> StepOutput | None:
        """The lines that tell why the job failed, as CircleCI chooses them; None where v3 says nothing."""
        self.record_output(slug)
        return await self.ask_v3("output", partial(self._fetch_condensed, job_id))

    async def _fetch_condensed(self, job_id: str) -> StepOutput | None:
        """It is text; JSON is something else."""
        answer = await self.request("jobs", job_id, "stdout", "condensed", api=V3)
        if answer.media_type.startswith("application/json"):
            raise answer.build_unreadable_error()
        return _keep_text(answer.content) if answer.content.strip() else None

    async def fetch_memory_use(self, job_id: str) -> MemoryUse | None:
        """What a job used of its machine's memory at its end; only v3 tells."""
        return await self.ask_v3("usage", partial(self._fetch_memory_use, job_id))

    async def _fetch_memory_use(self, job_id: str) -> MemoryUse | None:
        """None for a job that never had a machine."""
        try:
            return (await self.fetch_v3(JobUsage, "jobs", job_id, "resource-usage")).memory
        except NotFound:
            return None

    async def list_artifacts(self, slug: ProjectSlug, number: int) -> list[Artifact]:
        self.record_output(slug)
        return await self.list_items(Artifact, "project", slug, number, "artifacts")

    async def list_job_steps(self, slug: ProjectSlug, number: int) -> tuple[JobStep, ...]:
        """The job's steps in order (API v1.1, which wants the long prefix `github/`)."""
        self.record_output(slug)
        path = ("project", _LONG.get(slug.vcs, slug.vcs), slug.org, slug.project, number)
        return (await self.fetch(Build, *path, api=V11)).steps


def _keep_text(content: bytes) -> StepOutput:
    """Its end, in the form in which a step's output is kept, so that the same readers clean and mask it."""
    text = content[-CONDENSED_BYTES:].decode("utf-8", "replace")
    kept = StepOutput()
    kept.add(json.dumps([{"message": text}]).encode())
    kept.cut = len(content) > CONDENSED_BYTES
    return kept
