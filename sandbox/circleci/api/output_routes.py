"""The steps of a job (API v1.1) and what they printed, at presigned addresses that want no token."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.circleci.api.circleci_call import SLUG, CircleciCall, Routes, build_json_response
from sandbox.circleci.api.gate import Endpoint, pass_gate
from sandbox.circleci.api_json import Json, format_instant_or_none
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.entities import JOB_FAILURES, FakeJob, FakeWorkflow
from sandbox.circleci.fake_circleci import FakeCircleci
from sandbox.circleci.job_results import FakeStep, build_output, list_steps

_EXPIRED = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"


def get_job_with_steps(call: CircleciCall) -> Response:
    """`steps[].actions[]`, one action for each parallel run of a step."""
    workflow, job = call.get_job_by_number()
    steps = list_steps(job)
    answer = {
        "build_num": job.number,
        "status": job.status,
        "branch": workflow.pipeline.branch,
        "vcs_revision": workflow.pipeline.commit.sha,
        "parallel": job.plan.parallelism,
        "start_time": format_instant_or_none(job.started_at),
        "stop_time": format_instant_or_none(job.stopped_at),
        "workflows": _workflows(workflow, job),
        "steps": [_step(call, job, number, step) for number, step in enumerate(steps)],
    }
    return build_json_response(answer)


def _workflows(workflow: FakeWorkflow, job: FakeJob) -> Json:
    """Under its plural name the one workflow that the job ran in (con/tinuous reads a job's name there)."""
    return {
        "job_name": job.name,
        "job_id": job.id,
        "workflow_id": workflow.id,
        "workspace_id": workflow.id,
        "workflow_name": workflow.name,
        "upstream_job_ids": job.dependencies,
        "upstream_concurrency_map": {},
    }


def _step(call: CircleciCall, job: FakeJob, number: int, step: FakeStep) -> Json:
    return {"name": step.name, "actions": [_action(call, job, number, step, i) for i in range(job.plan.parallelism)]}


def _action(call: CircleciCall, job: FakeJob, number: int, step: FakeStep, index: int) -> Json:
    key = call.world.presigned.sign_output(job, number, index, call.world.engine.now())
    status = job.get_node_status(index, step.status)
    is_running = status == "running"
    return {
        "name": step.name,
        "step": number,
        "index": index,
        "type": "test" if step.command else "infrastructure",
        "bash_command": step.command,
        "status": status,
        "failed": True if status in JOB_FAILURES else None,
        "exit_code": None if is_running or not step.command else _exit_code(job, status),
        "has_output": True,
        "output_url": f"{call.root_url}/output/{key}",
        "run_time_millis": None if is_running else round(step.seconds * 1000),
    }


def _exit_code(job: FakeJob, status: str) -> int | None:
    """A machine that went away, a time limit, or somebody's cancel, leaves no exit code."""
    return {"success": 0, "failed": job.plan.exit_code}.get(status)


def get_output_text(call: CircleciCall) -> Response:
    """`…/output/{step}/{index}?file=true`: the text alone, seen in use but not documented."""
    _, job = call.get_job_by_number()
    parts = _output(job, int(call.get_path_param("step")), int(call.get_path_param("index")))
    return PlainTextResponse("".join(part["message"] for part in parts))


def build_output_endpoint(world: FakeCircleci) -> Endpoint:
    """The endpoint of `output_url`: a JSON array of parts. The address alone gives access, until it expires."""

    async def answer(request: Request) -> Response:
        async def perform() -> Response:
            return _presigned_output(world, request.path_params["key"])

        return await pass_gate(world, request, perform)

    return answer


def _presigned_output(world: FakeCircleci, key: str) -> Response:
    output = world.presigned.find_output(key)
    if output is None or world.engine.now() > output.expires_at:
        return Response(_EXPIRED, HTTPStatus.FORBIDDEN, media_type="application/xml")
    return JSONResponse(_output(output.job, output.step, output.index))


def _output(job: FakeJob, number: int, index: int) -> list[dict[str, Any]]:
    steps = list_steps(job)
    if number >= len(steps) or index >= job.plan.parallelism:
        raise ApiRule.HIDDEN.to_error(noun="Output")
    return build_output(job, steps[number], index)


ROUTES: Routes = (
    ("GET", f"/project/{SLUG}/{{number:int}}", get_job_with_steps),
    ("GET", f"/project/{SLUG}/{{number:int}}/output/{{step:int}}/{{index:int}}", get_output_text),
)
