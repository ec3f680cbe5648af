"""Every question that the client asks of API v3."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from bot.circleci.client import CircleCI
from bot.circleci.models import Collaboration, Job
from bot.domain import ProjectSlug
from tests.circleci.deploys_calls import PROJECT

WEB = ProjectSlug("gh", "acme", "web")
ID = "5034460f-c7c4-4c43-9457-de07e2029e7b"
JOB = Job(id=ID, job_number=7)

Call = Callable[[CircleCI], Awaitable[Any]]

CALLS: dict[str, tuple[str, Call]] = {
    "probe": ("GET /users", lambda it: it.check_v3()),
    "projects": ("GET /projects", lambda it: it.list_all_projects(Collaboration(id=ID, slug="gh/acme"))),
    "schedules": ("GET /triggers", lambda it: it.list_schedule_triggers(ID)),
    "failed runs": (
        "POST /runs/search",
        lambda it: it.find_failed_pipelines({ID: WEB}, since=it.clock.now() - timedelta(days=1), branch='a"b'),
    ),
    "condensed output": ("GET /jobs/{id}/stdout/condensed", lambda it: it.fetch_condensed_output(WEB, ID)),
    "tests": ("GET /jobs/{id}/tests", lambda it: it.list_test_keys(WEB, JOB)),
    "deployments": ("GET /deploy/deployments", lambda it: it.list_releases(PROJECT)),
    "memory": ("GET /jobs/{id}/resource-usage", lambda it: it.fetch_memory_use(ID)),
}
