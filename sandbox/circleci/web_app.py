"""The simulated web app: what clicked links lead to, and buttons with which somebody decides "on the web"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.circleci import html_pages
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.entities import Job, Workflow
from sandbox.circleci.fake_circleci import World
from sandbox.circleci.fake_errors import Refused
from sandbox.circleci.fake_projects import Project, find_project
from sandbox.circleci.fake_users import PEOPLE, Person
from sandbox.circleci.workflow_actions import Rerun

Page = Callable[[Request], Awaitable[Response]]
Found = TypeVar("Found")


def routes(world: World) -> list[BaseRoute]:
    """Everybody who opens a page is somebody who may see it: the web app's own sign-in is not simulated."""
    web = Web(world)
    slug = "/pipelines/{vcs}/{org}/{project}"
    workflow = "/pipelines/workflows/{id}"
    shown = {
        "/": web.projects,
        "/settings/user/tokens": web.tokens,
        workflow: web.workflow,
        slug: web.pipelines,
        slug + "/{number:int}": web.pipeline,
        slug + "/{number:int}/workflows/{id}": web.workflow,
        slug + "/{number:int}/workflows/{id}/jobs/{job:int}": web.job,
        slug + "/{number:int}/workflows/{id}/jobs/{job:int}/tests": web.job,
    }
    done = {
        workflow + "/cancel": web.cancel,
        workflow + "/rerun": web.rerun,
        workflow + "/rerun-failed": web.rerun_failed,
        workflow + "/approve/{job}": web.approve,
        workflow + "/decline/{job}": web.decline,
    }
    return [
        *(Route(path, _settled(world, page), methods=["GET"]) for path, page in shown.items()),
        *(Route(path, _settled(world, act), methods=["POST"]) for path, act in done.items()),
    ]


def _settled(world: World, page: Page) -> Page:
    async def answer(request: Request) -> Response:
        world.engine.settle()
        try:
            return await page(request)
        except Refused as refusal:
            body = html_pages.page(_root(request), refusal.message, "<p>Nothing was done.</p>")
            return HTMLResponse(body, refusal.status)

    return answer


class Web:
    def __init__(self, world: World) -> None:
        self._world = world

    async def projects(self, request: Request) -> Response:
        return HTMLResponse(html_pages.projects(_root(request), self._world.projects.values()))

    async def tokens(self, request: Request) -> Response:
        return HTMLResponse(html_pages.tokens(_root(request)))

    async def pipelines(self, request: Request) -> Response:
        project = self._project(request)
        newest = self._world.archive.pipelines(project, request.query_params.get("branch"))
        return HTMLResponse(html_pages.pipelines(_root(request), project, newest[:50]))

    async def pipeline(self, request: Request) -> Response:
        number = request.path_params["number"]
        pipeline = _found(self._world.archive.pipeline_by_number(self._project(request), number), "Pipeline")
        return HTMLResponse(html_pages.pipeline(_root(request), pipeline, pipeline.newest_first()))

    async def workflow(self, request: Request) -> Response:
        workflow = self._workflow(request)
        return HTMLResponse(html_pages.pipeline(_root(request), workflow.pipeline, [workflow]))

    async def job(self, request: Request) -> Response:
        number = request.path_params["job"]
        workflow, job = _found(self._world.archive.job_by_number(self._project(request), number), "Job")
        return HTMLResponse(html_pages.job(_root(request), workflow, job))

    async def cancel(self, request: Request) -> Response:
        self._world.acts.cancel(self._workflow(request), await _who(request))
        return self._back(request)

    async def rerun(self, request: Request) -> Response:
        self._world.acts.rerun(self._workflow(request), Rerun(), await _who(request))
        return self._back(request)

    async def rerun_failed(self, request: Request) -> Response:
        self._world.acts.rerun(self._workflow(request), Rerun(from_failed=True), await _who(request))
        return self._back(request)

    async def approve(self, request: Request) -> Response:
        workflow, hold = self._hold(request)
        self._world.acts.approve(workflow, str(hold.approval_request_id), await _who(request))
        return self._back(request)

    async def decline(self, request: Request) -> Response:
        workflow, hold = self._hold(request)
        self._world.acts.cancel_job(workflow, hold, await _who(request))
        return self._back(request)

    def _project(self, request: Request) -> Project:
        slug = (request.path_params[part] for part in ("vcs", "org", "project"))
        return _found(find_project(self._world.projects.values(), *slug), "Project")

    def _workflow(self, request: Request) -> Workflow:
        return _found(self._world.archive.workflow(request.path_params["id"]), "Workflow")

    def _hold(self, request: Request) -> tuple[Workflow, Job]:
        return _found(self._world.archive.job_by_id(request.path_params["job"]), "Job")

    def _back(self, request: Request) -> Response:
        """To the pipeline, where a rerun shows beside the run it repeats."""
        pipeline = self._workflow(request).pipeline
        path = f"{_root(request)}/pipelines/{pipeline.project.long_slug}/{pipeline.number}"
        return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


async def _who(request: Request) -> Person:
    """Whoever the form says is pressing; Grace when it says nothing."""
    form = parse_qs((await request.body()).decode())
    return PEOPLE.get(form.get("as", ["grace"])[0], PEOPLE["grace"])


def _found(found: Found | None, noun: str) -> Found:
    if found is None:
        raise Rule.HIDDEN.refusal(noun=noun)
    return found
