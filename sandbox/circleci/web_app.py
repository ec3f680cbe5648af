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
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.entities import FakeJob, FakeWorkflow
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.fake_errors import FakeCircleciError
from sandbox.circleci.fake_projects import FakeProject, find_project
from sandbox.circleci.fake_users import PEOPLE, FakeCircleciUser
from sandbox.circleci.workflow_actions import RerunSelection

PageEndpoint = Callable[[Request], Awaitable[Response]]
Item = TypeVar("Item")


def build_routes(world: FakeCircleci) -> list[BaseRoute]:
    """Routes of the web app. Its sign-in is not simulated: every visitor may see every page."""
    web = WebPages(world)
    slug = "/pipelines/{vcs}/{org}/{project}"
    workflow = "/pipelines/workflows/{id}"
    shown = {
        "/": web.show_projects,
        "/settings/user/tokens": web.show_tokens,
        workflow: web.show_workflow,
        slug: web.show_pipelines,
        slug + "/{number:int}": web.show_pipeline,
        slug + "/{number:int}/workflows/{id}": web.show_workflow,
        slug + "/{number:int}/workflows/{id}/jobs/{job:int}": web.show_job,
        slug + "/{number:int}/workflows/{id}/jobs/{job:int}/tests": web.show_job,
    }
    done = {
        workflow + "/cancel": web.cancel,
        workflow + "/rerun": web.rerun,
        workflow + "/rerun-failed": web.rerun_failed,
        workflow + "/approve/{job}": web.approve,
        workflow + "/decline/{job}": web.decline,
    }
    return [
        *(Route(path, _wrap_endpoint(world, page), methods=["GET"]) for path, page in shown.items()),
        *(Route(path, _wrap_endpoint(world, act), methods=["POST"]) for path, act in done.items()),
    ]


def _wrap_endpoint(world: FakeCircleci, page: PageEndpoint) -> PageEndpoint:
    async def answer(request: Request) -> Response:
        world.engine.run_due()
        try:
            return await page(request)
        except FakeCircleciError as refusal:
            body = html_pages.render_page(_root(request), refusal.message, "<p>Nothing was done.</p>")
            return HTMLResponse(body, refusal.status)

    return answer


class WebPages:
    def __init__(self, world: FakeCircleci) -> None:
        self._world = world

    async def show_projects(self, request: Request) -> Response:
        return HTMLResponse(html_pages.render_projects(_root(request), self._world.projects.values()))

    async def show_tokens(self, request: Request) -> Response:
        return HTMLResponse(html_pages.render_tokens(_root(request)))

    async def show_pipelines(self, request: Request) -> Response:
        project = self._project(request)
        newest = self._world.archive.list_pipelines(project, request.query_params.get("branch"))
        return HTMLResponse(html_pages.render_pipelines(_root(request), project, newest[:50]))

    async def show_pipeline(self, request: Request) -> Response:
        number = request.path_params["number"]
        pipeline = _require(self._world.archive.find_pipeline_by_number(self._project(request), number), "Pipeline")
        return HTMLResponse(html_pages.render_pipeline(_root(request), pipeline, pipeline.list_newest_first()))

    async def show_workflow(self, request: Request) -> Response:
        workflow = self._workflow(request)
        return HTMLResponse(html_pages.render_pipeline(_root(request), workflow.pipeline, [workflow]))

    async def show_job(self, request: Request) -> Response:
        number = request.path_params["job"]
        workflow, job = _require(self._world.archive.find_job_by_number(self._project(request), number), "Job")
        return HTMLResponse(html_pages.render_job(_root(request), workflow, job))

    async def cancel(self, request: Request) -> Response:
        self._world.acts.cancel(self._workflow(request), await _parse_person(request))
        return self._back(request)

    async def rerun(self, request: Request) -> Response:
        self._world.acts.rerun(self._workflow(request), RerunSelection(), await _parse_person(request))
        return self._back(request)

    async def rerun_failed(self, request: Request) -> Response:
        self._world.acts.rerun(self._workflow(request), RerunSelection(from_failed=True), await _parse_person(request))
        return self._back(request)

    async def approve(self, request: Request) -> Response:
        workflow, hold = self._hold(request)
        self._world.acts.approve(workflow, str(hold.approval_request_id), await _parse_person(request))
        return self._back(request)

    async def decline(self, request: Request) -> Response:
        workflow, hold = self._hold(request)
        self._world.acts.cancel_job(workflow, hold, await _parse_person(request))
        return self._back(request)

    def _project(self, request: Request) -> FakeProject:
        slug = (request.path_params[part] for part in ("vcs", "org", "project"))
        return _require(find_project(self._world.projects.values(), *slug), "Project")

    def _workflow(self, request: Request) -> FakeWorkflow:
        return _require(self._world.archive.find_workflow(request.path_params["id"]), "Workflow")

    def _hold(self, request: Request) -> tuple[FakeWorkflow, FakeJob]:
        return _require(self._world.archive.find_job_by_id(request.path_params["job"]), "Job")

    def _back(self, request: Request) -> Response:
        """To the pipeline, where a rerun shows beside the run it repeats."""
        pipeline = self._workflow(request).pipeline
        path = f"{_root(request)}/pipelines/{pipeline.project.long_slug}/{pipeline.number}"
        return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


async def _parse_person(request: Request) -> FakeCircleciUser:
    """The person that the form names as presser; Grace when it names nobody."""
    form = parse_qs((await request.body()).decode())
    return PEOPLE.get(form.get("as", ["grace"])[0], PEOPLE["grace"])


def _require(item: Item | None, noun: str) -> Item:
    if item is None:
        raise ApiRule.HIDDEN.to_error(noun=noun)
    return item
