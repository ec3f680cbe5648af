from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from bot.circleci.api_request import ApiResponse, BaseApi, ItemList
from bot.circleci.models import Config, NotTriggered, Pipeline, TriggeredPipeline, Workflow
from bot.domain import ProjectSlug
from bot.errors import NotFound, UsageError
from bot.language import _

Value = str | int | bool


class PipelinesApi(BaseApi):
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


def _parse_triggered(answer: ApiResponse) -> TriggeredPipeline | NotTriggered:
    """`pipeline/run` says 201 with the pipeline, or 200 with a message alone: nothing was triggered."""
    if answer.status == 201 or "id" in answer.parse(dict[str, Any]):
        return answer.parse(TriggeredPipeline)
    return answer.parse(NotTriggered)
