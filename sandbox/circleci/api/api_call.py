"""One request to the API by somebody we know: what it names, found or refused, and how it is answered."""

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
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.entities import Job, Pipeline, Workflow
from sandbox.circleci.fake_circleci import World
from sandbox.circleci.fake_projects import Project, find_project
from sandbox.circleci.fake_users import Person

PAGE_SIZE = 20
_TOKEN_MARK = b"\xfb\xef\xbe page"
"""Makes tokens with a `+` and a `=`, which break a client that does not encode them."""

Found = TypeVar("Found")


@dataclass(frozen=True)
class Call:
    """`person` is the owner of the token; what they may not see is refused as if it did not exist, as CircleCI does."""

    world: World
    request: Request
    person: Person
    body: Json

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def query(self, name: str) -> str | None:
        return self.request.query_params.get(name)

    def listed(self, name: str) -> list[str]:
        """A parameter that may be repeated, or hold commas."""
        return [word for value in self.request.query_params.getlist(name) for word in value.split(",") if word]

    @property
    def root_url(self) -> str:
        """Where this CircleCI is mounted, as the caller reached it."""
        url = self.request.url
        return f"{url.scheme}://{url.netloc}{self.request.scope.get('root_path', '')}"

    def may_see(self, project: Project) -> bool:
        return self.person.login in project.seen_by

    def visible_projects(self) -> list[Project]:
        return [project for project in self.world.projects.values() if self.may_see(project)]

    def followed_projects(self) -> list[Project]:
        return [project for project in self.visible_projects() if self.person.login not in project.unfollowed_by]

    def must_write(self, noun: str = "Project") -> None:
        if not self.person.may_write:
            raise Rule.READ_ONLY.refusal(noun=noun)

    def project(self) -> Project:
        slug = self.path("vcs"), self.path("org"), self.path("project")
        return _found(find_project(self.visible_projects(), *slug), "Project")

    def project_by_id(self, project_id: str) -> Project:
        return _found(next((each for each in self.visible_projects() if each.id == project_id), None), "Project")

    def pipeline(self) -> Pipeline:
        pipeline = _found(self.world.archive.pipeline(self.path("id")), "Pipeline")
        return _found(pipeline if self.may_see(pipeline.project) else None, "Pipeline")

    def workflow(self) -> Workflow:
        workflow = _found(self.world.archive.workflow(self.path("id")), "Workflow")
        return _found(workflow if self.may_see(workflow.pipeline.project) else None, "Workflow")

    def job_by_number(self) -> tuple[Workflow, Job]:
        number = int(self.path("number"))
        return _found(self.world.archive.job_by_number(self.project(), number), "Job")

    def job_by_id(self) -> tuple[Workflow, Job]:
        workflow, job = _found(self.world.archive.job_by_id(self.path("id")), "Job")
        return _found((workflow, job) if self.may_see(job.project) else None, "Job")

    def page(self, items: Sequence[Found], shape: Callable[[Found], Json]) -> Response:
        """One page of a list, from where the page token says."""
        start = _offset(self.query("page-token"))
        shown = [shape(item) for item in items[start : start + PAGE_SIZE]]
        end = start + PAGE_SIZE
        return JSONResponse({"items": shown, "next_page_token": _token(end) if end < len(items) else None})


def message(text: str, status: int = HTTPStatus.OK) -> Response:
    return JSONResponse({"message": text}, status)


def _found(found: Found | None, noun: str) -> Found:
    if found is None:
        raise Rule.HIDDEN.refusal(noun=noun)
    return found


def _token(offset: int) -> str:
    return base64.b64encode(b"%b %d" % (_TOKEN_MARK, offset)).decode()


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    mark, _, offset = _decoded(token).rpartition(b" ")
    if mark != _TOKEN_MARK or not offset.isdigit():
        raise Rule.PAGE.refusal()
    return int(offset)


def _decoded(token: str) -> bytes:
    try:
        return base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError):
        return b""


Handler = Callable[[Call], Response]
Routes = Sequence[tuple[str, str, Handler]]
"""Method, path below the version, handler. `SLUG` stands for the three segments of a project slug."""

SLUG = "{vcs}/{org}/{project}"


def any_json(value: Any) -> Response:
    """An answer that is neither a page nor a message."""
    return JSONResponse(value)
