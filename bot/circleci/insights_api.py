"""Insights: what became of past runs, 90 days back at most (CircleCI docs: API v2, Insights)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.circleci.api_request import BaseApi
from bot.circleci.models import (
    FlakyTest,
    Model,
    NamedMetrics,
    OrgSummary,
    PastRun,
    ProjectSummary,
    TestMetrics,
    WorkflowSummary,
)
from bot.circleci.models.model import Items
from bot.domain import ProjectSlug
from bot.errors import NotFound

_MOST_PAGES = 40
"""Of single runs; with twenty a page these are the newest 800."""


class FlakyTests(Model):
    flaky_tests: Items[FlakyTest] = ()


class Branches(Model):
    branches: Items[str] = ()


PageProgress = Callable[[int, int], Awaitable[None]]
"""Hears after each page how many pages and how many runs were read."""


@dataclass(frozen=True, slots=True)
class InsightsScope:
    """Which runs are meant: of one branch, of all, or (neither said) of the default branch, `days` back."""

    days: int = 30
    branch: str | None = None
    all_branches: bool = False

    @property
    def branch_query(self) -> dict[str, str]:
        if self.all_branches:
            return {"all-branches": "true"}
        return {"branch": self.branch} if self.branch else {}

    @property
    def window_query(self) -> dict[str, str]:
        """As a reporting window; CircleCI has those of 7, 30, 60 and 90 days."""
        return {"reporting-window": f"last-{self.days}-days"}


@dataclass(frozen=True, slots=True)
class PastRuns:
    """Runs, newest first. `cut` says that there were more than we read."""

    runs: tuple[PastRun, ...]
    cut: bool = False


class InsightsApi(BaseApi):
    async def list_flaky_tests(self, slug: ProjectSlug) -> list[FlakyTest]:
        """Tests that passed and failed on one commit, on whatever branch."""
        return list((await self.fetch(FlakyTests, "insights", slug, "flaky-tests")).flaky_tests)

    async def list_workflow_metrics(self, slug: ProjectSlug, scope: InsightsScope) -> list[NamedMetrics]:
        """Metrics of every workflow that ran. They are renewed daily, and may miss the last 24 hours."""
        path = ("insights", slug, "workflows")
        return await self.list_items(NamedMetrics, *path, query=scope.branch_query | scope.window_query)

    async def list_job_metrics(self, slug: ProjectSlug, workflow: str, scope: InsightsScope) -> list[NamedMetrics]:
        """Metrics of every job of a workflow; renewed daily too."""
        path = ("insights", slug, "workflows", workflow, "jobs")
        return await self.list_items(NamedMetrics, *path, query=scope.branch_query | scope.window_query)

    async def list_past_runs(
        self,
        slug: ProjectSlug,
        workflow: str,
        scope: InsightsScope,
        *,
        since: datetime,
        so_far: PageProgress | None = None,
    ) -> PastRuns:
        """Single runs of a workflow, newest first, as many as we dare to page through."""
        query = scope.branch_query | {"start-date": f"{since:%Y-%m-%dT%H:%M:%SZ}"}
        path = ("insights", slug, "workflows", workflow)
        runs: list[PastRun] = []
        read, cut = 0, False
        async for page in self.iter_pages(PastRun, *path, query=query, pages=_MOST_PAGES):
            runs += page.items
            read, cut = read + 1, bool(page.next_page_token)
            if so_far:
                await so_far(read, len(runs))
        return PastRuns(tuple(runs), cut)

    async def fetch_workflow_summary(
        self, slug: ProjectSlug, workflow: str, scope: InsightsScope
    ) -> WorkflowSummary | None:
        """A workflow's trends; None where CircleCI has none (yet)."""
        try:
            answer = await self.request("insights", slug, "workflows", workflow, "summary", query=scope.branch_query)
        except NotFound:
            return None
        return answer.parse(WorkflowSummary)

    async def fetch_project_summary(self, slug: ProjectSlug, scope: InsightsScope) -> ProjectSummary | None:
        """A project over all its branches, with trends; None where CircleCI has none (an older Server)."""
        try:
            answer = await self.request("insights", "pages", slug, "summary", query=scope.window_query)
        except NotFound:
            return None
        return answer.parse(ProjectSummary)

    async def fetch_org_summary(self, org_slug: str, scope: InsightsScope) -> OrgSummary:
        """An organisation (`gh/acme` or `circleci/<org-id>`) with each of its projects."""
        return (await self.request("insights", *org_slug.split("/"), "summary", query=scope.window_query)).parse(
            OrgSummary
        )

    async def fetch_test_metrics(self, slug: ProjectSlug, workflow: str, scope: InsightsScope) -> TestMetrics:
        """Tests of the ten latest runs of a workflow."""
        path = ("insights", slug, "workflows", workflow, "test-metrics")
        return (await self.request(*path, query=scope.branch_query)).parse(TestMetrics)

    async def list_insights_branches(self, slug: ProjectSlug, workflow: str | None = None) -> list[str]:
        """Branches that insights know of, 5,000 at most."""
        query = {"workflow-name": workflow} if workflow else {}
        return list((await self.request("insights", slug, "branches", query=query)).parse(Branches).branches)
