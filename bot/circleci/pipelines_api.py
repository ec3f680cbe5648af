from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.circleci.api_request import ApiResponse, ItemList
from bot.circleci.models import Config, NotTriggered, Pipeline, TriggeredPipeline, Workflow
from bot.circleci.models.run_models import RunEntity
from bot.circleci.v3_api import V3Api
from bot.domain import ProjectSlug
from bot.errors import NotFound, UsageError
from bot.language import _

Value = str | int | bool


FAILED_PAGES = 5
MOST_PROJECTS = 100
_CLOCKS_DIFFER = timedelta(days=1)
"""CircleCI's may be ahead of ours, and what it dates in our future is wanted too."""


class PipelinesApi(V3Api):
    async def find_failed_pipelines(
        self, projects: Mapping[str, ProjectSlug], *, since: datetime, branch: str | None = None
    ) -> list[Pipeline] | None:
        """What failed in these projects, by their ids, newest first: one question for all of them (API v3).

        A hundred pipelines at most. None where v3 says nothing, and for more than a hundred projects.
        """
        ids = [project_id for project_id in projects if project_id]
        if not 0 < len(ids) <= MOST_PROJECTS:
            return None
        until = self.clock.now() + _CLOCKS_DIFFER
        scope = {"project_ids": ids, "from": since.isoformat(), "to": until.isoformat()}
        body = {"scope": scope, "filter": _build_filter(branch)}
        ask = partial(self.find_v3, RunEntity, "runs", "search", body=body, pages=FAILED_PAGES)
        found = await self.ask_v3("runs", ask)
        if found is None:
            return None
        known = [run for run in found if run.references.project.id in projects]
        return sorted(
            (run.to_pipeline(str(projects[run.references.project.id])) for run in known),
            key=lambda pipeline: pipeline.created_at or since,
            reverse=True,
        )

    async def trigger_pipeline(
        self,
        slug: ProjectSlug,
        *,
        branch: str | None = None,
        tag: str | None = None,
        parameters: Mapping[str, Value] | None = None,
        definition_id: str | None = None,
        config: Mapping[str, str] | None = None,
    ) -> TriggeredPipeline | NotTriggered:
        """Start a pipeline; with neither branch nor tag, on the default branch.

        The config is read on the same ref unless `config` is another one: of its own repository, where that is not the
        code's, and empty for that repository's default branch.

        GitHub App projects (`circleci/…`), and any project given a definition, go by `pipeline/run`; the others by
        the classic route, the only one that a Server has. GitLab projects cannot be triggered by API at all.
        """
        if branch and tag:
            raise UsageError(_("A pipeline runs on a branch or on a tag, not on both."))
        ref = {"branch": branch} if branch else {"tag": tag} if tag else {}
        body: dict[str, Any] = {"parameters": dict(parameters)} if parameters else {}
        if slug.vcs == "circleci" or definition_id or config is not None:
            named = {"definition_id": definition_id, "config": ref if config is None else config, "checkout": ref}
            body |= {name: said for name, said in named.items() if said}
            return _parse_triggered(await self.send("project", slug, "pipeline", "run", body=body))
        return (await self.send("project", slug, "pipeline", body=ref | body)).parse(TriggeredPipeline)

    async def list_pipelines(
        self, slug: ProjectSlug, *, branch: str | None = None, mine: bool = False, pages: int = 20
    ) -> AsyncIterator[Pipeline]:
        """A project's pipelines, newest first. With `mine` only the person's own (then we filter by branch)."""
        path = ("project", slug, "pipeline", "mine") if mine else ("project", slug, "pipeline")
        query = {"branch": branch} if branch and not mine else None
        async for pipeline in self.iter_items(Pipeline, *path, query=query, pages=pages):
            if not (mine and branch) or pipeline.branch == branch:
                yield pipeline

    async def list_org_pipelines(
        self, org_slug: str, *, mine: bool = False, pages: int = 20
    ) -> AsyncIterator[Pipeline]:
        """Newest first, of the projects that the person follows (`gh/acme` or `circleci/<org-id>`)."""
        query = {"org-slug": org_slug} | ({"mine": "true"} if mine else {})
        async for pipeline in self.iter_items(Pipeline, "pipeline", query=query, pages=pages):
            yield pipeline

    async def fetch_pipeline(self, pipeline_id: str) -> Pipeline:
        return await self.fetch(Pipeline, "pipeline", pipeline_id)

    async def fetch_pipeline_by_number(self, slug: ProjectSlug, number: int) -> Pipeline:
        return await self.fetch(Pipeline, "project", slug, "pipeline", number)

    async def list_pipeline_workflows(self, pipeline_id: str) -> ItemList[Workflow]:
        """Every workflow, reruns included. Right after a trigger there are none yet, which CircleCI may call 404."""
        try:
            return await self.list_items(Workflow, "pipeline", pipeline_id, "workflow")
        except NotFound:
            return ItemList()

    async def fetch_pipeline_config(self, pipeline_id: str) -> Config:
        return await self.fetch(Config, "pipeline", pipeline_id, "config")

    async def fetch_pipeline_values(self, pipeline_id: str) -> dict[str, Any]:
        return await self.fetch(dict[str, Any], "pipeline", pipeline_id, "values")

    async def list_recent_branches(self, slug: ProjectSlug) -> list[str]:
        """Branches of the last pipelines (two pages), newest first, each once."""
        seen = {pipeline.branch: None async for pipeline in self.list_pipelines(slug, pages=2)}
        return [branch for branch in seen if branch]


def _build_filter(branch: str | None) -> str:
    """In the language of a search. A branch is written as JSON writes a string."""
    failed = 'pipeline.status == "failed"'
    return failed if branch is None else f"pipeline.git.branch == {json.dumps(branch)} and {failed}"


def _parse_triggered(answer: ApiResponse) -> TriggeredPipeline | NotTriggered:
    """`pipeline/run` says 201 with the pipeline, or 200 with a message alone: nothing was triggered."""
    if answer.status == 201 or "id" in answer.parse(dict[str, Any]):
        return answer.parse(TriggeredPipeline)
    return answer.parse(NotTriggered)
