"""One workflow, its jobs, and what people do to it: rerun, cancel, approve."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.circleci import api_json
from sandbox.circleci.api.circleci_call import CircleciCall, Routes, build_json_response, build_message_response
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.workflow_actions import RerunSelection

JOBS_FORGOTTEN_AFTER = timedelta(days=30)
"""Old workflows lose their jobs and answer 404 for them; when, nobody documents."""


def get_workflow(call: CircleciCall) -> Response:
    return build_json_response(api_json.build_workflow(call.get_workflow()))


def list_jobs(call: CircleciCall) -> Response:
    workflow = call.get_workflow()
    if call.world.engine.now() - workflow.created_at > JOBS_FORGOTTEN_AFTER:
        raise ApiRule.FORGOTTEN.to_error()
    return call.paginate(workflow.jobs, api_json.build_workflow_job)


def rerun(call: CircleciCall) -> Response:
    workflow = call.get_workflow()
    call.check_can_write("Workflow")
    new = call.world.acts.rerun(workflow, _parse_rerun(call.body), call.person)
    return JSONResponse({"workflow_id": new.id}, HTTPStatus.ACCEPTED)


def _parse_rerun(body: dict[str, Any]) -> RerunSelection:
    """`from_failed` and `jobs` exclude each other; `enable_ssh` and `sparse_tree` need `jobs`."""
    from_failed, jobs, with_ssh = body.get("from_failed", False), body.get("jobs", []), body.get("enable_ssh", False)
    sparse = body.get("sparse_tree", False)
    if not isinstance(jobs, list) or not all(isinstance(flag, bool) for flag in (from_failed, with_ssh, sparse)):
        raise ApiRule.BODY.to_error()
    if from_failed and jobs:
        raise ApiRule.BOTH.to_error()
    if (with_ssh or sparse) and not jobs:
        raise ApiRule.SSH.to_error()
    return RerunSelection(from_failed, tuple(jobs), with_ssh)


def cancel(call: CircleciCall) -> Response:
    """Accepted now, done a moment later."""
    workflow = call.get_workflow()
    call.check_can_write("Workflow")
    call.world.acts.cancel(workflow, call.person)
    return build_message_response("Accepted.", HTTPStatus.ACCEPTED)


def approve(call: CircleciCall) -> Response:
    workflow = call.get_workflow()
    call.check_can_write("Workflow")
    call.world.acts.approve(workflow, call.get_path_param("approval_request_id"), call.person)
    return build_message_response("Accepted.", HTTPStatus.ACCEPTED)


ROUTES: Routes = (
    ("GET", "/workflow/{id}", get_workflow),
    ("GET", "/workflow/{id}/job", list_jobs),
    ("POST", "/workflow/{id}/rerun", rerun),
    ("POST", "/workflow/{id}/cancel", cancel),
    ("POST", "/workflow/{id}/approve/{approval_request_id}", approve),
)
