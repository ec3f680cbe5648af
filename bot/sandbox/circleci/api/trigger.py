"""The two ways to start a pipeline (CircleCI docs: trigger a pipeline): the classic one, and `pipeline/run`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from bot.sandbox.circleci import config, wire
from bot.sandbox.circleci.api.call import SLUG, Call, Routes, message, unexpected_body
from bot.sandbox.circleci.nouns import Pipeline
from bot.sandbox.circleci.projects import Definition, Project
from bot.sandbox.circleci.refusal import Refused
from bot.sandbox.circleci.stories import is_pull_request

CI_SKIP = "Ignoring pipeline due to CI skip in the commit"
_RUN_KEYS = {"definition_id", "config", "checkout", "parameters"}
_TAG = re.compile(r"v?\d+(\.\d+)*([-+.][\w.-]+)?")


@dataclass(frozen=True)
class Ref:
    """A branch or a tag, never both; with neither, the default branch."""

    branch: str | None
    tag: str | None


def classic(call: Call) -> Response:
    project = call.project()
    call.must_write()
    if project.has_opaque_slug:
        raise _bad_request("This project's pipelines are triggered by /project/{slug}/pipeline/run")
    pipeline = _start(call, project, _ref(project, call.body), project.definitions[0])
    return JSONResponse(wire.triggered(pipeline), HTTPStatus.CREATED)


def run(call: Call) -> Response:
    """201 with a pipeline, or 200 with a message when nothing was triggered, as on the branch `ci-skip`.

    For all integrations except GitLab (CircleCI's document: triggerPipelineRun).
    """
    if b"%2f" in call.request.scope["raw_path"].lower():
        raise Refused(HTTPStatus.NOT_FOUND, "Not found")
    project = call.project()
    call.must_write()
    if project.is_gitlab:
        raise Refused(HTTPStatus.NOT_FOUND, "Project not found")
    _check_run_body(call.body)
    definition = _definition(project, call.body.get("definition_id"))
    _ref(project, call.body.get("config", {}))
    ref = _ref(project, call.body.get("checkout") or call.body.get("config") or {})
    if ref.branch == "ci-skip":
        return message(CI_SKIP)
    return JSONResponse(wire.triggered(_start(call, project, ref, definition)), HTTPStatus.CREATED)


def _start(call: Call, project: Project, ref: Ref, definition: Definition) -> Pipeline:
    return call.world.start(
        project,
        actor=call.person,
        trigger_type="api",
        branch=ref.branch,
        tag=ref.tag,
        parameters=_parameters(project, ref, call.body.get("parameters")),
        definition=definition,
    )


def _ref(project: Project, wanted: dict[str, Any]) -> Ref:
    branch, tag = wanted.get("branch"), wanted.get("tag")
    if not all(isinstance(each, str | None) for each in (branch, tag)):
        raise unexpected_body()
    if branch and tag:
        raise _bad_request("Only one of branch and tag can be given")
    if tag:
        return Ref(None, _known_tag(tag))
    return Ref(_known_branch(project, branch or "main"), None)


def _known_branch(project: Project, branch: str) -> str:
    if branch not in project.heads and not is_pull_request(branch):
        raise _bad_request("Branch not found")
    return branch


def _known_tag(tag: str) -> str:
    if not _TAG.fullmatch(tag):
        raise _bad_request("Tag not found")
    return tag


def _parameters(project: Project, ref: Ref, given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise unexpected_body()
    complaint = config.complaint_about(given, config.declared_on(project.commit_on(ref.branch), project))
    if complaint:
        raise _bad_request(complaint)
    return given


def _check_run_body(body: dict[str, Any]) -> None:
    """This route takes no unknown keys, neither at the top nor in its refs."""
    refs = [body.get("config", {}), body.get("checkout", {})]
    if not set(body) <= _RUN_KEYS or not all(isinstance(ref, dict) and set(ref) <= {"branch", "tag"} for ref in refs):
        raise unexpected_body()


def _definition(project: Project, definition_id: Any) -> Definition:
    if definition_id is None and not project.has_opaque_slug:
        return project.definitions[0]
    if definition_id is None:
        raise _bad_request("A pipeline definition ID is required")
    for definition in project.definitions:
        if definition.id == definition_id:
            return definition
    raise Refused(HTTPStatus.NOT_FOUND, "Pipeline definition not found")


def _bad_request(text: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, text)


ROUTES: Routes = (
    ("POST", f"/project/{SLUG}/pipeline", classic),
    ("POST", f"/project/{SLUG}/pipeline/run", run),
)
