"""One job by its number, its tests, and how it is cancelled by number or by id (artifacts: artifact_routes.py)."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.circleci import api_json, payloads
from sandbox.circleci.api.api_call import SLUG, Call, Routes, any_json, message
from sandbox.circleci.entities import Job, Workflow
from sandbox.circleci.job_results import tests_of


def job(call: Call) -> Response:
    workflow, job = call.job_by_number()
    web_url = f"{payloads.workflow_url(call.root_url, workflow)}/jobs/{job.number}"
    return any_json(api_json.job_details(workflow, job, web_url))


def cancel_by_number(call: Call) -> Response:
    workflow, job = call.job_by_number()
    return _cancel(call, workflow, job)


def cancel_by_id(call: Call) -> Response:
    """The only way for a hold, which has no number; it declines the approval."""
    workflow, job = call.job_by_id()
    return _cancel(call, workflow, job)


def _cancel(call: Call, workflow: Workflow, job: Job) -> Response:
    call.must_write("Job")
    call.world.acts.cancel_job(workflow, job, call.person)
    return message("Job canceled successfully.")


def tests(call: Call) -> Response:
    _, job = call.job_by_number()
    return call.page(tests_of(job), lambda test: test)


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}/job/{{number:int}}", job),
    ("POST", f"/project/{SLUG}/job/{{number:int}}/cancel", cancel_by_number),
    ("POST", "/jobs/{id}/cancel", cancel_by_id),
    ("GET", f"/project/{SLUG}/{{number:int}}/tests", tests),
)
