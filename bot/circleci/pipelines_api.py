from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from bot.circleci.api_request import Answer, Listed, Wire
from bot.circleci.models import Config, Created, NotTriggered, Pipeline, Workflow
from bot.domain import ProjectSlug
from bot.errors import NotFound, UsageError

Value = str | int | bool


class Pipelines(Wire):
    async def trigger(
        self,
        slug: ProjectSlug,
        *,
        branch: str | None = None,
        tag: str | None = None,
        parameters: Mapping[str, Value] | None = None,
        definition_id: str | None = None,
        config: Mapping[str, str] | None = None,
    ) -> Created | NotTriggered:
        """Start a pipeline; with neither branch nor tag, on the default branch.

        The config is read on the same ref unless `config` is another one: of its own repository, where that is not the
        code's, and empty for that repository's default branch.

        GitHub App projects (`circleci/…`), and any project given a definition, go by `pipeline/run`; the others by
        the classic route, the only one that a Server has. GitLab projects cannot be triggered by API at all.
        """
        if branch and tag:
            raise UsageError("A pipeline runs on a branch or on a tag, not on both.")
        ref = {"branch": branch} if branch else {"tag": tag} if tag else {}
        body: dict[str, Any] = {"parameters": dict(parameters)} if parameters else {}
        if slug.vcs == "circleci" or definition_id or config is not None:
            named = {"definition_id": definition_id, "config": ref if config is None else config, "checkout": ref}
            body |= {name: said for name, said in named.items() if said}
            return _started(await self.act("project", slug, "pipeline", "run", body=body))
        return (await self.act("project", slug, "pipeline", body=ref | body)).read(Created)

    async def pipelines(
        self, slug: ProjectSlug, *, branch: str | None = None, mine: bool = False, pages: int = 20
    ) -> AsyncIterator[Pipeline]:
        """A project's pipelines, newest first. With `mine` only the person's own (then we filter by branch)."""
        path = ("project", slug, "pipeline", "mine") if mine else ("project", slug, "pipeline")
        query = {"branch": branch} if branch and not mine else None
        async for pipeline in self.page(Pipeline, *path, query=query, pages=pages):
            if not (mine and branch) or pipeline.branch == branch:
                yield pipeline

    async def org_pipelines(self, org_slug: str, *, mine: bool = False, pages: int = 20) -> AsyncIterator[Pipeline]:
        """Newest first, of the projects that the person follows (`gh/acme` or `circleci/<org-id>`)."""
        query = {"org-slug": org_slug} | ({"mine": "true"} if mine else {})
        async for pipeline in self.page(Pipeline, "pipeline", query=query, pages=pages):
            yield pipeline

    async def pipeline(self, pipeline_id: str) -> Pipeline:
        return await self.get(Pipeline, "pipeline", pipeline_id)

    async def pipeline_by_number(self, slug: ProjectSlug, number: int) -> Pipeline:
        return await self.get(Pipeline, "project", slug, "pipeline", number)

    async def pipeline_workflows(self, pipeline_id: str) -> Listed[Workflow]:
        """Every workflow, reruns included. Right after a trigger there are none yet, which CircleCI may call 404."""
        try:
            return await self.listed(Workflow, "pipeline", pipeline_id, "workflow")
        except NotFound:
            return Listed()

    async def pipeline_config(self, pipeline_id: str) -> Config:
        return await self.get(Config, "pipeline", pipeline_id, "config")

    async def pipeline_values(self, pipeline_id: str) -> dict[str, Any]:
        return await self.get(dict[str, Any], "pipeline", pipeline_id, "values")

    async def recent_branches(self, slug: ProjectSlug) -> list[str]:
        """Branches of the last pipelines (two pages), newest first, each once."""
        seen = {pipeline.branch: None async for pipeline in self.pipelines(slug, pages=2)}
        return [branch for branch in seen if branch]


def _started(answer: Answer) -> Created | NotTriggered:
    """`pipeline/run` says 201 with the pipeline, or 200 with a message alone: nothing was triggered."""
    if answer.status == 201 or "id" in answer.read(dict[str, Any]):
        return answer.read(Created)
    return answer.read(NotTriggered)
