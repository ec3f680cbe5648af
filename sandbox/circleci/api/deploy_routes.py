"""Deploys in API v2: components, environments, versions, releases, settings, and the rollback of a project.

What releases and settings look like in v2 was not seen: they have the members that v3 has, flat.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import JSONResponse, Response

from sandbox.circleci.api.circleci_call import CircleciCall, Routes, build_json_response
from sandbox.circleci.api_json import Json, format_instant, format_instant_or_none
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.fake_deploys import FakeComponent, FakeDeployment, FakeEnvironment

_ROLLBACK = {"component_name", "environment_name", "current_version", "target_version"}
_OPTIONAL = {"namespace", "parameters", "reason"}


def list_components(call: CircleciCall) -> Response:
    org_id, size = _scope(call)
    project_id = call.get_query_param("project-id")
    found = [
        one
        for one in _visible_components(call)
        if one.project.org.id == org_id and project_id in {None, one.project.id}
    ]
    return call.paginate(found, _component, size)


def list_environments(call: CircleciCall) -> Response:
    org_id, size = _scope(call)
    return call.paginate([one for one in _visible_environments(call) if one.org.id == org_id], _environment, size)


def _scope(call: CircleciCall) -> tuple[str, int]:
    org_id, size = call.get_query_param("org-id"), call.get_query_param("page-size") or ""
    if not org_id or not size.isdigit() or not int(size):
        raise ApiRule.PAGE_SIZE.to_error()
    if all(project.org.id != org_id for project in call.list_visible_projects()):
        raise ApiRule.HIDDEN.to_error(noun="Organization")
    return org_id, int(size)


def get_component(call: CircleciCall) -> Response:
    return build_json_response(_component(_get_component(call)))


def get_environment(call: CircleciCall) -> Response:
    wanted = call.get_path_param("id")
    found = next((one for one in _visible_environments(call) if one.id == wanted), None)
    if found is None:
        raise ApiRule.HIDDEN.to_error(noun="Environment")
    return build_json_response(_environment(found))


def list_versions(call: CircleciCall) -> Response:
    """What ran there, the newest deployed first; each version of a place once."""
    component, environment_id = _get_component(call), call.get_query_param("environment-id")
    newest: dict[tuple[str, str, str], FakeDeployment] = {}
    for one in call.world.deploys.list_of(component.project):
        if one.component is component and one.status in {"SUCCESS", "VALIDATING"}:
            newest.setdefault((one.environment.id, one.mark.namespace, one.version), one)
    shown = [one for one in newest.values() if environment_id in {None, one.environment.id}]
    shown.sort(key=lambda one: one.ended_at or one.created_at, reverse=True)
    return call.paginate(shown, lambda one: _version(call, one))


def list_releases(call: CircleciCall) -> Response:
    project = call.get_project_by_id(call.get_path_param("id"))
    return call.paginate(call.world.deploys.list_of(project), _release)


def get_settings(call: CircleciCall) -> Response:
    project = call.get_project_by_id(call.get_path_param("id"))
    chosen = {f"{kind}_pipeline_definition_id": each.id for kind, each in project.designated.items()}
    return build_json_response({"project_id": project.id, **chosen})


def roll_back(call: CircleciCall) -> Response:
    """By names, with what runs there as the precondition."""
    project, body = call.get_project_by_id(call.get_path_param("id")), call.body
    call.check_can_write()
    if not _ROLLBACK <= set(body) <= _ROLLBACK | _OPTIONAL or not all(isinstance(body[key], str) for key in _ROLLBACK):
        raise ApiRule.BODY.to_error()
    component = call.world.deploys.components.get((project.id, body["component_name"]))
    environment = call.world.deploys.environments.get((project.org.id, body["environment_name"]))
    place = (component.id, environment.id, body.get("namespace", "default")) if component and environment else None
    live = call.world.deploys.find_live(place) if place else None
    if live is None:
        raise ApiRule.NOT_DEPLOYED.to_error()
    pipeline = call.world.rollbacks.start(live, body["current_version"], body["target_version"], call.person)
    return JSONResponse({"id": pipeline.id, "rollback_type": "PIPELINE"}, HTTPStatus.ACCEPTED)


def _visible_components(call: CircleciCall) -> list[FakeComponent]:
    return [one for one in call.world.deploys.components.values() if call.can_see(one.project)]


def _visible_environments(call: CircleciCall) -> list[FakeEnvironment]:
    orgs = {project.org.id for project in call.list_visible_projects()}
    return [one for one in call.world.deploys.environments.values() if one.org.id in orgs]


def _get_component(call: CircleciCall) -> FakeComponent:
    wanted = call.get_path_param("id")
    found = next((one for one in _visible_components(call) if one.id == wanted), None)
    if found is None:
        raise ApiRule.HIDDEN.to_error(noun="Component")
    return found


def _component(one: FakeComponent) -> Json:
    at = format_instant(one.created_at)
    return {
        "id": one.id,
        "name": one.name,
        "project_id": one.project.id,
        "labels": [],
        "release_count": 0,
        "created_at": at,
        "updated_at": at,
    }


def _environment(one: FakeEnvironment) -> Json:
    at = format_instant(one.created_at)
    return {"id": one.id, "name": one.name, "description": "", "labels": [], "created_at": at, "updated_at": at}


def _version(call: CircleciCall, one: FakeDeployment) -> Json:
    shown = {
        "name": one.version,
        "environment_id": one.environment.id,
        "namespace": one.mark.namespace,
        "is_live": call.world.deploys.find_live(one.place) is one,
        "pipeline_id": one.workflow.pipeline.id,
        "workflow_id": one.workflow.id,
        "job_id": one.job.id,
        "job_number": one.job.number,
        "last_deployed_at": format_instant(one.ended_at or one.created_at),
    }
    return {key: value for key, value in shown.items() if value is not None}


def _release(one: FakeDeployment) -> Json:
    return {
        "id": one.id,
        "status": one.status,
        "is_rollback": one.mark.is_rollback,
        "failure_reason": one.failure_reason or None,
        "target_version": one.version,
        "component_id": one.component.id,
        "environment_id": one.environment.id,
        "namespace": one.mark.namespace,
        "pipeline_id": one.workflow.pipeline.id,
        "workflow_id": one.workflow.id,
        "job_number": one.job.number,
        "created_at": format_instant(one.created_at),
        "ended_at": format_instant_or_none(one.ended_at),
    }


ROUTES: Routes = (
    ("GET", "/deploy/components", list_components),
    ("GET", "/deploy/components/{id}", get_component),
    ("GET", "/deploy/components/{id}/versions", list_versions),
    ("GET", "/deploy/environments", list_environments),
    ("GET", "/deploy/environments/{id}", get_environment),
    ("GET", "/deploy/projects/{id}/settings", get_settings),
    ("GET", "/deploy/projects/{id}/releases", list_releases),
    ("POST", "/projects/{id}/rollback", roll_back),
)
