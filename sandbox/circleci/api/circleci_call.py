"""One authenticated API request: looks up what it names, or raises the error; and builds answers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.circleci.api_json import Json
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.entities import FakeJob, FakePipeline, FakeWorkflow
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.fake_projects import FakeProject, find_project
from sandbox.circleci.fake_users import FakeCircleciUser

PAGE_SIZE = 20
_TOKEN_MARK = b"\xfb\xef\xbe page"
"""Makes tokens with a `+` and a `=`, which break a client that does not encode them."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class CircleciCall:
    """`person` is the owner of the token; what they may not see is refused as if it did not exist, as CircleCI does."""

    world: FakeCircleci
    request: Request
    person: FakeCircleciUser
    body: Json

    def get_path_param(self, name: str) -> str:
        return str(self.request.path_params[name])

    def get_query_param(self, name: str) -> str | None:
        return self.request.query_params.get(name)

    def get_query_list(self, name: str) -> list[str]:
        """A parameter that may be repeated, or hold commas."""
        return [word for value in self.request.query_params.getlist(name) for word in value.split(",") if word]

    @property
    def root_url(self) -> str:
        """Where this CircleCI is mounted, as the caller reached it."""
        url = self.request.url
        return f"{url.scheme}://{url.netloc}{self.request.scope.get('root_path', '')}"

    def can_see(self, project: FakeProject) -> bool:
        return self.person.login in project.seen_by

    def list_visible_projects(self) -> list[FakeProject]:
        return [project for project in self.world.projects.values() if self.can_see(project)]

    def list_followed_projects(self) -> list[FakeProject]:
        return [project for project in self.list_visible_projects() if self.person.login not in project.unfollowed_by]

    def check_can_write(self, noun: str = "Project") -> None:
        if not self.person.may_write:
            raise ApiRule.READ_ONLY.to_error(noun=noun)

    def get_project(self) -> FakeProject:
        slug = self.get_path_param("vcs"), self.get_path_param("org"), self.get_path_param("project")
        return _require(find_project(self.list_visible_projects(), *slug), "Project")

    def get_project_by_id(self, project_id: str) -> FakeProject:
        return _require(next((each for each in self.list_visible_projects() if each.id == project_id), None), "Project")

    def get_pipeline(self) -> FakePipeline:
        pipeline = _require(self.world.archive.find_pipeline(self.get_path_param("id")), "Pipeline")
        return _require(pipeline if self.can_see(pipeline.project) else None, "Pipeline")

    def get_workflow(self) -> FakeWorkflow:
        workflow = _require(self.world.archive.find_workflow(self.get_path_param("id")), "Workflow")
        return _require(workflow if self.can_see(workflow.pipeline.project) else None, "Workflow")

    def get_job_by_number(self) -> tuple[FakeWorkflow, FakeJob]:
        number = int(self.get_path_param("number"))
        return _require(self.world.archive.find_job_by_number(self.get_project(), number), "Job")

    def get_job_by_id(self) -> tuple[FakeWorkflow, FakeJob]:
        workflow, job = _require(self.world.archive.find_job_by_id(self.get_path_param("id")), "Job")
        return _require((workflow, job) if self.can_see(job.project) else None, "Job")

    def paginate(self, items: Sequence[Item], shape: Callable[[Item], Json], size: int = PAGE_SIZE) -> Response:
        """One page of a list, from where the page token says."""
        start = _offset(self.get_query_param("page-token"))
        shown = [shape(item) for item in items[start : start + size]]
        end = start + size
        return JSONResponse({"items": shown, "next_page_token": _token(end) if end < len(items) else None})


def build_message_response(text: str, status: int = HTTPStatus.OK) -> Response:
    return JSONResponse({"message": text}, status)


def _require(item: Item | None, noun: str) -> Item:
    if item is None:
        raise ApiRule.HIDDEN.to_error(noun=noun)
    return item


def _token(offset: int) -> str:
    return base64.b64encode(b"%b %d" % (_TOKEN_MARK, offset)).decode()


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    mark, _, offset = _decode_token(token).rpartition(b" ")
    if mark != _TOKEN_MARK or not offset.isdigit():
        raise ApiRule.PAGE.to_error()
    return int(offset)


def _decode_token(token: str) -> bytes:
    try:
        return base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError):
        return b""


Handler = Callable[[CircleciCall], Response]
Routes = Sequence[tuple[str, str, Handler]]
"""Method, path below the version, handler. `SLUG` stands for the three segments of a project slug."""

SLUG = "{vcs}/{org}/{project}"


def build_json_response(value: Any) -> Response:
    """A JSON answer that is neither a page of a list nor a message."""
    return JSONResponse(value)
