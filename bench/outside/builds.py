"""A CircleCI as far as polling sees it: pipelines of one workflow with two jobs, each as it stands at a moment. Pure.

Its answers have the fields and about the size of the real ones (1 KB a pipeline). A build that fails has a step with
an output and no test results.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]
Answer = tuple[int, Any]

_PER_PAGE = 20
_SHOWN = 10 * _PER_PAGE
"""What is older is history that nobody asks for."""

_JOBS = ("build", "test")


@dataclass(frozen=True, slots=True)
class Asked:
    """A GET: the `words` that its route names, its query, and when."""

    words: tuple[str, ...]
    query: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Build:
    number: int
    project: str
    began_at: datetime
    lasts_s: float
    passes: bool

    @property
    def id(self) -> str:
        return f"p-{self.project.replace('/', '.')}-{self.number}"

    @property
    def workflow_id(self) -> str:
        return f"w-{self.id}"

    @property
    def ends_at(self) -> datetime:
        return self.began_at + timedelta(seconds=self.lasts_s)

    def status(self, now: datetime) -> str:
        if now < self.ends_at:
            return "running"
        return "success" if self.passes else "failed"


class Builds:
    """Slugs of projects, and what is built there. `base_url` is where a step's output can be read."""

    def __init__(self, projects: Sequence[str], base_url: str = "") -> None:
        self._base_url = base_url
        self._of: dict[str, list[Build]] = {project: [] for project in projects}
        self._of_org: dict[str, list[Build]] = {}
        self._by_id: dict[str, Build] = {}
        self._routes: tuple[tuple[re.Pattern[str], Callable[[Asked], Answer]], ...] = tuple(
            (re.compile(pattern), answer)
            for pattern, answer in (
                (r"api/v2/me", _me),
                (r"api/v2/pipeline", self._listing),
                (r"api/v2/project/(.+)/pipeline", self._of_project),
                (r"api/v2/pipeline/(p-[^/]+)", self._pipeline),
                (r"api/v2/pipeline/(p-[^/]+)/workflow", self._workflows),
                (r"api/v2/workflow/w-(p-[^/]+)/job", self._jobs),
                (r"api/v2/project/[^/]+/[^/]+/[^/]+/job/(\d+)", _job_detail),
                (r"api/v2/project/[^/]+/[^/]+/[^/]+/(?:\d+/tests|envvar)", _nothing),
                (r"api/v1.1/project/[^/]+/[^/]+/[^/]+/\d+", self._steps),
                (r"api/v2/project/([^/]+/[^/]+/[^/]+)", _project),
            )
        )

    def push(self, project: str, now: datetime, lasts_s: float, *, passes: bool = True) -> Build:
        builds = self._of[project]
        build = Build(len(builds) + 1, project, now, lasts_s, passes)
        builds.append(build)
        self._of_org.setdefault(project.rpartition("/")[0], []).append(build)
        self._by_id[build.id] = build
        return build

    def answer(self, path: str, query: Mapping[str, str], now: datetime) -> Answer:
        """Status and JSON of a GET; `path` without the leading slash."""
        for pattern, answer in self._routes:
            if found := pattern.fullmatch(path):
                return answer(Asked(found.groups(), query, now))
        return 404, {"message": "Not found."}

    def _listing(self, asked: Asked) -> Answer:
        return _page(self._of_org.get(asked.query["org-slug"], ()), asked)

    def _of_project(self, asked: Asked) -> Answer:
        return _page(self._of[asked.words[0]], asked)

    def _pipeline(self, asked: Asked) -> Answer:
        return 200, _pipeline(self._by_id[asked.words[0]])

    def _workflows(self, asked: Asked) -> Answer:
        build = self._by_id[asked.words[0]]
        status = build.status(asked.now)
        workflow = {
            "id": build.workflow_id,
            "name": "build-and-test",
            "status": status,
            "created_at": _said(build.began_at),
            "stopped_at": None if status == "running" else _said(build.ends_at),
            "pipeline_id": build.id,
            "pipeline_number": build.number,
            "project_slug": build.project,
        }
        return _all([workflow])

    def _jobs(self, asked: Asked) -> Answer:
        build = self._by_id[asked.words[0]]
        return _all([_job(build, index, asked.now) for index in range(len(_JOBS))])

    def _steps(self, _asked: Asked) -> Answer:
        action = {"name": "make test", "index": 0, "step": 1, "status": "failed", "failed": True, "exit_code": 2}
        output = {"output_url": f"{self._base_url}/output", "has_output": True}
        return 200, {"steps": [{"name": "make test", "actions": [action | output]}]}


def _me(_asked: Asked) -> Answer:
    return 200, {"id": "ada", "login": "ada", "name": "Ada"}


def _nothing(_asked: Asked) -> Answer:
    return _all([])


def _job_detail(asked: Asked) -> Answer:
    return 200, {"number": int(asked.words[0]), "name": "test", "status": "failed", "parallelism": 1, "messages": []}


def _project(asked: Asked) -> Answer:
    slug = asked.words[0]
    return 200, {"id": slug, "slug": slug, "name": slug, "vcs_info": {"default_branch": "main"}}


def _page(builds: Sequence[Build], asked: Asked) -> Answer:
    """Newest first; the token of a page is how many came before it. What is still to come is not shown."""
    first = int(asked.query.get("page-token", 0))
    begun = [build for build in reversed(builds[-_SHOWN:]) if build.began_at <= asked.now]
    shown = [_pipeline(build) for build in begun[first : first + _PER_PAGE]]
    return 200, {"items": shown, "next_page_token": str(first + _PER_PAGE) if len(shown) == _PER_PAGE else None}


def _all(items: Iterable[Json]) -> Answer:
    return 200, {"items": list(items), "next_page_token": None}


def _pipeline(build: Build) -> Json:
    return {
        "id": build.id,
        "errors": [],
        "project_slug": build.project,
        "updated_at": _said(build.began_at),
        "number": build.number,
        "state": "created",
        "created_at": _said(build.began_at),
        "trigger": {
            "received_at": _said(build.began_at),
            "type": "webhook",
            "actor": {"login": "ada", "avatar_url": "https://avatars.example/u/1?v=4"},
        },
        "vcs": {
            "origin_repository_url": f"https://github.com/{build.project[3:]}",
            "target_repository_url": f"https://github.com/{build.project[3:]}",
            "revision": f"{build.number:040x}",
            "provider_name": "GitHub",
            "branch": "main",
            "commit": {"subject": f"Change number {build.number}", "body": "Because of a reason. " * 20},
        },
    }


def _job(build: Build, index: int, now: datetime) -> Json:
    """The first one ends halfway and passes, the second one decides."""
    first = index == 0
    ends_at = build.began_at + timedelta(seconds=build.lasts_s / 2) if first else build.ends_at
    ended = now >= ends_at
    return {
        "id": f"j-{build.id}-{index}",
        "name": _JOBS[index],
        "type": "build",
        "status": "running" if not ended else "success" if first or build.passes else "failed",
        "job_number": 2 * build.number + index,
        "started_at": _said(build.began_at),
        "stopped_at": _said(ends_at) if ended else None,
        "dependencies": [] if first else [f"j-{build.id}-0"],
        "project_slug": build.project,
    }


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
