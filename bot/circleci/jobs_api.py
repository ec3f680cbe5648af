from __future__ import annotations

from bot.circleci.api_request import V11
from bot.circleci.models import Artifact, JobDetail, JobStep, Model, TestResult
from bot.circleci.models.model import Items
from bot.circleci.v3_api import V3Api
from bot.domain import ProjectSlug

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
        return await self.list_items(TestResult, "project", slug, number, "tests")

    async def list_artifacts(self, slug: ProjectSlug, number: int) -> list[Artifact]:
        self.record_output(slug)
        return await self.list_items(Artifact, "project", slug, number, "artifacts")

    async def list_job_steps(self, slug: ProjectSlug, number: int) -> tuple[JobStep, ...]:
        """The job's steps in order (API v1.1, which wants the long prefix `github/`)."""
        self.record_output(slug)
        path = ("project", _LONG.get(slug.vcs, slug.vcs), slug.org, slug.project, number)
        return (await self.fetch(Build, *path, api=V11)).steps
