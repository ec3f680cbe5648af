"""The two ways to start a pipeline (CircleCI docs: trigger a pipeline): the classic one, and `pipeline/run`."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.circleci import api_json, config_yaml
from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_message_response
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.entities import FakePipeline
from sandbox.circleci.fake_projects import FakeCommit, FakeDefinition, FakeProject, GitRepository
from sandbox.circleci.stories import match_pull_request

_RUN_KEYS = {"definition_id", "config", "checkout", "parameters"}


@dataclass(frozen=True)
class RequestedRef:
    """A branch or a tag, never both; with neither, the default branch."""

    branch: str | None
    tag: str | None


def trigger_classic(call: CircleciCall) -> Response:
    project = call.get_project()
    call.check_can_write()
    if project.has_opaque_slug:
        raise ApiRule.CLASSIC.to_error(slug="{slug}")
    definition, ref = project.definitions[0], _ref(project, call.body)
    pipeline = _start(call, project, definition, config_ref=ref, ref=ref)
    return JSONResponse(api_json.build_triggered(pipeline), HTTPStatus.CREATED)


def trigger_run(call: CircleciCall) -> Response:
    """201 with a pipeline, or 200 with a message when nothing was triggered, as on the branch `ci-skip`.

    For all integrations except GitLab (CircleCI's document: triggerPipelineRun).
    """
    if b"%2f" in call.request.scope["raw_path"].lower():
        raise ApiRule.ESCAPED.to_error()
    project = call.get_project()
    call.check_can_write()
    if project.is_gitlab:
        raise ApiRule.GITLAB.to_error()
    _check_run_body(call.body)
    definition = _definition(project, call.body.get("definition_id"))
    config_ref, ref = _both_refs(project, definition, call.body)
    if ref.branch == "ci-skip":
        return build_message_response(ApiRule.CI_SKIP.message)
    return JSONResponse(
        api_json.build_triggered(_start(call, project, definition, config_ref, ref)), HTTPStatus.CREATED
    )


def _start(
    call: CircleciCall, project: FakeProject, definition: FakeDefinition, config_ref: RequestedRef, ref: RequestedRef
) -> FakePipeline:
    return call.world.start_pipeline(
        project,
        actor=call.person,
        trigger_type="api",
        branch=ref.branch,
        tag=ref.tag,
        parameters=_parameters(
            definition, project.get_commit(config_ref.branch, config_ref.tag), call.body.get("parameters")
        ),
        definition=definition,
    )


def _both_refs(
    project: FakeProject, definition: FakeDefinition, body: dict[str, Any]
) -> tuple[RequestedRef, RequestedRef]:
    """The refs of the config and of the code: one ref for both in one repository, a ref each in two."""
    config, checkout = body.get("config") or {}, body.get("checkout") or {}
    if definition.config_repository is None:
        return _ref(project, config or checkout), _ref(project, checkout or config)
    kept = _ref(definition.config_repository, config, ApiRule.CONFIG_REF)
    return kept, _ref(project, checkout, ApiRule.CHECKOUT_REF)


def _ref(repository: GitRepository, requested: dict[str, Any], missing: ApiRule = ApiRule.BRANCH) -> RequestedRef:
    branch, tag = requested.get("branch"), requested.get("tag")
    if not all(isinstance(each, str | None) for each in (branch, tag)):
        raise ApiRule.BODY.to_error()
    if branch and tag:
        raise ApiRule.TWO_REFS.to_error()
    if tag and tag not in repository.tags:
        raise ApiRule.TAG.to_error()
    branch = branch or repository.default_branch
    if not tag and not repository.has_branch(branch):
        raise (ApiRule.PULL_REQUEST if match_pull_request(branch) else missing).to_error()
    return RequestedRef(None, tag) if tag else RequestedRef(branch, None)


def _parameters(definition: FakeDefinition, commit: FakeCommit, given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ApiRule.BODY.to_error()
    config_yaml.check_parameters(given, config_yaml.parse_parameters_at(commit, definition))
    return given


def _check_run_body(body: dict[str, Any]) -> None:
    """This route takes no unknown keys, neither at the top nor in its refs."""
    refs = [body.get("config", {}), body.get("checkout", {})]
    if not set(body) <= _RUN_KEYS or not all(isinstance(ref, dict) and set(ref) <= {"branch", "tag"} for ref in refs):
        raise ApiRule.BODY.to_error()


def _definition(project: FakeProject, definition_id: Any) -> FakeDefinition:
    if definition_id is None and not project.has_opaque_slug:
        return project.definitions[0]
    if definition_id is None:
        raise ApiRule.WHICH.to_error()
    for definition in project.definitions:
        if definition.id == definition_id:
            return definition
    raise ApiRule.DEFINITION.to_error()


ROUTES: Routes = (
    ("POST", f"/project/{SLUG}/pipeline", trigger_classic),
    ("POST", f"/project/{SLUG}/pipeline/run", trigger_run),
)
