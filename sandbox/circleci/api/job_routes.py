"""One job by its number, its tests, and how it is cancelled by number or by id (artifacts: artifact_routes.py)."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci import api_json, payloads
from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response, build_message_response
from sandbox.circleci.entities import FakeJob, FakeWorkflow
from sandbox.circleci.job_results import list_test_results


def get_job(call: CircleciCall) -> Response:
    workflow, job = call.get_job_by_number()
    web_url = f"{payloads.build_workflow_url(call.root_url, workflow)}/jobs/{job.number}"
    return build_json_response(api_json.build_job_details(workflow, job, web_url))


def cancel_by_number(call: CircleciCall) -> Response:
    workflow, job = call.get_job_by_number()
    return _cancel(call, workflow, job)


def cancel_by_id(call: CircleciCall) -> Response:
    """The only way for a hold, which has no number; it declines the approval."""
    workflow, job = call.get_job_by_id()
    return _cancel(call, workflow, job)


def _cancel(call: CircleciCall, workflow: FakeWorkflow, job: FakeJob) -> Response:
    call.check_can_write("Job")
    call.world.acts.cancel_job(workflow, job, call.person)
    return build_message_response("Job canceled successfully.")


def list_tests(call: CircleciCall) -> Response:
    _, job = call.get_job_by_number()
    return call.paginate(list_test_results(job), lambda test: test)


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}/job/{{number:int}}", get_job),
    ("POST", f"/project/{SLUG}/job/{{number:int}}/cancel", cancel_by_number),
    ("POST", "/jobs/{id}/cancel", cancel_by_id),
    ("GET", f"/project/{SLUG}/{{number:int}}/tests", list_tests),
)
