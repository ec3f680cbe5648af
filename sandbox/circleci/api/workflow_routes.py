"""One workflow, its jobs, and what people do to it: rerun, cancel, approve."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.circleci import api_json
from sandbox.circleci.api.api_call import Call, Routes, any_json, message
from sandbox.circleci.api_rules import Rule
from sandbox.circleci.workflow_actions import Rerun

JOBS_FORGOTTEN_AFTER = timedelta(days=30)
"""Old workflows lose their jobs and answer 404 for them; when, nobody documents."""


def workflow(call: Call) -> Response:
    return any_json(api_json.workflow(call.workflow()))


def jobs(call: Call) -> Response:
    workflow = call.workflow()
    if call.world.engine.now() - workflow.created_at > JOBS_FORGOTTEN_AFTER:
        raise Rule.FORGOTTEN.refusal()
    return call.page(workflow.jobs, api_json.workflow_job)


def rerun(call: Call) -> Response:
    workflow = call.workflow()
    call.must_write("Workflow")
    new = call.world.acts.rerun(workflow, _wish(call.body), call.person)
    return JSONResponse({"workflow_id": new.id}, HTTPStatus.ACCEPTED)


def _wish(body: dict[str, Any]) -> Rerun:
    """`from_failed` and `jobs` exclude each other; `enable_ssh` and `sparse_tree` need `jobs`."""
    from_failed, jobs, with_ssh = body.get("from_failed", False), body.get("jobs", []), body.get("enable_ssh", False)
    sparse = body.get("sparse_tree", False)
    if not isinstance(jobs, list) or not all(isinstance(flag, bool) for flag in (from_failed, with_ssh, sparse)):
        raise Rule.BODY.refusal()
    if from_failed and jobs:
        raise Rule.BOTH.refusal()
    if (with_ssh or sparse) and not jobs:
        raise Rule.SSH.refusal()
    return Rerun(from_failed, tuple(jobs), with_ssh)


def cancel(call: Call) -> Response:
    """Accepted now, done a moment later."""
    workflow = call.workflow()
    call.must_write("Workflow")
    call.world.acts.cancel(workflow, call.person)
    return message("Accepted.", HTTPStatus.ACCEPTED)


def approve(call: Call) -> Response:
    workflow = call.workflow()
    call.must_write("Workflow")
    call.world.acts.approve(workflow, call.path("approval_request_id"), call.person)
    return message("Accepted.", HTTPStatus.ACCEPTED)


ROUTES: Routes = (
    ("GET", "/workflow/{id}", workflow),
    ("GET", "/workflow/{id}/job", jobs),
    ("POST", "/workflow/{id}/rerun", rerun),
    ("POST", "/workflow/{id}/cancel", cancel),
    ("POST", "/workflow/{id}/approve/{approval_request_id}", approve),
)
