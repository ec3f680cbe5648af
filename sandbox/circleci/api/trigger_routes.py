"""The two ways to start a pipeline (CircleCI docs: trigger a pipeline): the classic one, and `pipeline/run`."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.circleci import api_json, config_yaml
from sandbox.circleci.api.api_call import SLUG, Call, Routes, message
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.entities import Pipeline
from sandbox.circleci.fake_projects import Commit, Definition, Project, Repository
from sandbox.circleci.stories import is_pull_request

_RUN_KEYS = {"definition_id", "config", "checkout", "parameters"}


@dataclass(frozen=True)
class Ref:
    """A branch or a tag, never both; with neither, the default branch."""

    branch: str | None
    tag: str | None


def classic(call: Call) -> Response:
    project = call.project()
    call.must_write()
    if project.has_opaque_slug:
        raise Rule.CLASSIC.refusal(slug="{slug}")
    definition, ref = project.definitions[0], _ref(project, call.body)
    pipeline = _start(call, project, definition, config_ref=ref, ref=ref)
    return JSONResponse(api_json.triggered(pipeline), HTTPStatus.CREATED)


def run(call: Call) -> Response:
    """201 with a pipeline, or 200 with a message when nothing was triggered, as on the branch `ci-skip`.

    For all integrations except GitLab (CircleCI's document: triggerPipelineRun).
    """
    if b"%2f" in call.request.scope["raw_path"].lower():
        raise Rule.ESCAPED.refusal()
    project = call.project()
    call.must_write()
    if project.is_gitlab:
        raise Rule.GITLAB.refusal()
    _check_run_body(call.body)
    definition = _definition(project, call.body.get("definition_id"))
    config_ref, ref = _both_refs(project, definition, call.body)
    if ref.branch == "ci-skip":
        return message(Rule.CI_SKIP.words)
    return JSONResponse(api_json.triggered(_start(call, project, definition, config_ref, ref)), HTTPStatus.CREATED)


def _start(call: Call, project: Project, definition: Definition, config_ref: Ref, ref: Ref) -> Pipeline:
    return call.world.start(
        project,
        actor=call.person,
        trigger_type="api",
        branch=ref.branch,
        tag=ref.tag,
        parameters=_parameters(
            definition, project.commit_on(config_ref.branch, config_ref.tag), call.body.get("parameters")
        ),
        definition=definition,
    )


def _both_refs(project: Project, definition: Definition, body: dict[str, Any]) -> tuple[Ref, Ref]:
    """Of the config and of the code: in one repository each stands for the other, in two each has its own."""
    config, checkout = body.get("config") or {}, body.get("checkout") or {}
    if definition.config_repository is None:
        return _ref(project, config or checkout), _ref(project, checkout or config)
    kept = _ref(definition.config_repository, config, Rule.CONFIG_REF)
    return kept, _ref(project, checkout, Rule.CHECKOUT_REF)


def _ref(repository: Repository, wanted: dict[str, Any], missing: Rule = Rule.BRANCH) -> Ref:
    branch, tag = wanted.get("branch"), wanted.get("tag")
    if not all(isinstance(each, str | None) for each in (branch, tag)):
        raise Rule.BODY.refusal()
    if branch and tag:
        raise Rule.TWO_REFS.refusal()
    if tag and tag not in repository.tags:
        raise Rule.TAG.refusal()
    branch = branch or repository.default_branch
    if not tag and not repository.has_branch(branch):
        raise (Rule.PULL_REQUEST if is_pull_request(branch) else missing).refusal()
    return Ref(None, tag) if tag else Ref(branch, None)


def _parameters(definition: Definition, commit: Commit, given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise Rule.BODY.refusal()
    config_yaml.check(given, config_yaml.declared_on(commit, definition))
    return given


def _check_run_body(body: dict[str, Any]) -> None:
    """This route takes no unknown keys, neither at the top nor in its refs."""
    refs = [body.get("config", {}), body.get("checkout", {})]
    if not set(body) <= _RUN_KEYS or not all(isinstance(ref, dict) and set(ref) <= {"branch", "tag"} for ref in refs):
        raise Rule.BODY.refusal()


def _definition(project: Project, definition_id: Any) -> Definition:
    if definition_id is None and not project.has_opaque_slug:
        return project.definitions[0]
    if definition_id is None:
        raise Rule.WHICH.refusal()
    for definition in project.definitions:
        if definition.id == definition_id:
            return definition
    raise Rule.DEFINITION.refusal()


ROUTES: Routes = (
    ("POST", f"/project/{SLUG}/pipeline", classic),
    ("POST", f"/project/{SLUG}/pipeline/run", run),
)
