"""What the client asks of insights, for the contract test: the document's path, and the call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from bot.circleci import models
from bot.circleci.client import CircleCI
from bot.circleci.insights_api import InsightsScope
from bot.domain import ProjectSlug

WEB = ProjectSlug("gh", "acme", "web")
APP = ProjectSlug("circleci", "43G3kM5RtfFE7v5sa4nWAU", "44n9pujWcTnVZ2b5S8Fnat")
SCOPE = InsightsScope(days=90, branch="release/1")

INSIGHTS: dict[str, tuple[str, Callable[[CircleCI], Awaitable[Any]]]] = {
    "measured workflows": ("/insights/{project-slug}/workflows", lambda it: it.list_workflow_metrics(WEB, SCOPE)),
    "measured on all branches": (
        "/insights/{project-slug}/workflows",
        lambda it: it.list_workflow_metrics(APP, InsightsScope(all_branches=True)),
    ),
    "measured jobs": (
        "/insights/{project-slug}/workflows/{workflow-name}/jobs",
        lambda it: it.list_job_metrics(WEB, "a b/c", SCOPE),
    ),
    "past runs": (
        "/insights/{project-slug}/workflows/{workflow-name}",
        lambda it: it.list_past_runs(WEB, "build", SCOPE, since=datetime(2026, 11, 1, tzinfo=UTC)),
    ),
    "workflow summary": (
        "/insights/{project-slug}/workflows/{workflow-name}/summary",
        lambda it: it.fetch_workflow_summary(WEB, "build", SCOPE),
    ),
    "project summary": ("/insights/pages/{project-slug}/summary", lambda it: it.fetch_project_summary(WEB, SCOPE)),
    "org summary": ("/insights/{org-slug}/summary", lambda it: it.fetch_org_summary("gh/acme", SCOPE)),
    "test metrics": (
        "/insights/{project-slug}/workflows/{workflow-name}/test-metrics",
        lambda it: it.fetch_test_metrics(WEB, "build", SCOPE),
    ),
    "measured branches": ("/insights/{project-slug}/branches", lambda it: it.list_insights_branches(WEB, "build")),
    "flaky tests": ("/insights/{project-slug}/flaky-tests", lambda it: it.list_flaky_tests(WEB)),
}

READ: dict[type[models.Model], tuple[str, str]] = {
    models.FlakyTest: ("GET", "/insights/{project-slug}/flaky-tests"),
    models.NamedMetrics: ("GET", "/insights/{project-slug}/workflows"),
    models.PastRun: ("GET", "/insights/{project-slug}/workflows/{workflow-name}"),
    models.WorkflowSummary: ("GET", "/insights/{project-slug}/workflows/{workflow-name}/summary"),
    models.ProjectSummary: ("GET", "/insights/pages/{project-slug}/summary"),
    models.OrgSummary: ("GET", "/insights/{org-slug}/summary"),
    models.TestMetrics: ("GET", "/insights/{project-slug}/workflows/{workflow-name}/test-metrics"),
}

WITHIN: dict[type[models.Model], tuple[str, tuple[str, ...]]] = {
    models.RunMetrics: ("/insights/{project-slug}/workflows", ("metrics",)),
    models.Durations: ("/insights/{project-slug}/workflows", ("metrics", "duration_metrics")),
    models.Totals: ("/insights/{org-slug}/summary", ("org_data", "metrics")),
    models.ProjectTotals: ("/insights/{org-slug}/summary", ("org_project_data",)),
    models.MeasuredTest: ("/insights/{project-slug}/workflows/{workflow-name}/test-metrics", ("slowest_tests",)),
}
"""Parts of answers, and the way to them."""
