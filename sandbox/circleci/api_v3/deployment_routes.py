"""Deployments in API v3: each attempt, the newest first."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci.api_json import Json, format_instant, format_instant_or_none
from sandbox.circleci.api_v3.v3_call import V3Call, V3Routes
from sandbox.circleci.fake_deploys import FakeDeployment


def _list_deployments(call: V3Call) -> Response:
    org_id, project_id = call.require_filter("org_id"), call.get_filter("project_id")
    found = [
        one
        for project in call.list_visible_projects()
        if project.org.id == org_id and project_id in {None, project.id}
        for one in call.world.deploys.list_of(project)
    ]
    return call.list_page(sorted(found, key=lambda one: one.created_at, reverse=True), _build_deployment)


def _build_deployment(one: FakeDeployment) -> Json:
    attributes = {
        "type": "deployment",
        "status": one.status.lower(),
        "target_version": {"name": one.version},
        "is_rollback": one.mark.is_rollback,
        "failure_reason": one.failure_reason or None,
        "created_at": format_instant(one.created_at),
        "ended_at": format_instant_or_none(one.ended_at),
    }
    references = {
        "deploy_component": {"id": one.component.id, "attributes": {"name": one.component.name}},
        "deploy_environment": {"id": one.environment.id},
        "pipeline": {"id": one.workflow.pipeline.id},
        "workflow": {"id": one.workflow.id},
    }
    return {"id": one.id, "attributes": attributes, "references": references}


ROUTES: V3Routes = (("GET", "/deploy/deployments", _list_deployments),)
