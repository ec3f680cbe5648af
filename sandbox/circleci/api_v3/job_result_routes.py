"""What a job printed, tested and used, by API v3: text, JSON Lines and samples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from starlette.responses import PlainTextResponse, Response

from sandbox.circleci.api_json import Json
from sandbox.circleci.api_rules import ApiRule
from sandbox.circleci.api_v3.v3_call import V3Call, V3Routes, build_entity, build_one
from sandbox.circleci.entities import JOB_FAILURES, FakeJob
from sandbox.circleci.job_results import build_output, list_steps, list_test_results

CONDENSED_LINES = 12
"""How many lines the real one chooses, and how, is not published."""
MEMORY_BYTES = 4 * 1024**3
"""Of `medium`, on which every job here runs (CircleCI docs: resource class overview)."""
MOST_SAMPLES = 600

_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TESTED = ("classname", "name", "result", "run_time", "message")
"""A test has no file here (circleci-cli: apiclient/tests.go)."""


def _get_condensed(call: V3Call) -> Response:
    return PlainTextResponse("\n".join(_condense(call.get_job())))


def _condense(job: FakeJob) -> Iterator[str]:
    """The last lines of each step that failed, on the first node where it did."""
    for step in list_steps(job):
        if step.has_failed:
            index = next(iter(job.plan.failing_nodes), 0)
            printed = "".join(part["message"] for part in build_output(job, step, index))
            yield from _CODES.sub("", printed).replace("\r\n", "\n").rstrip().split("\n")[-CONDENSED_LINES:]


def _list_tests(call: V3Call) -> Response:
    lines = (json.dumps({name: test[name] for name in _TESTED}) for test in list_test_results(call.get_job()))
    return Response("".join(f"{line}\n" for line in lines), media_type="application/x-ndjson")


def _get_usage(call: V3Call) -> Response:
    job = call.get_job()
    if job.started_at is None or job.is_hold:
        raise ApiRule.HIDDEN.to_error(noun="Resource usage")
    machine = {"name": "medium", "cpu_count": 2, "memory_limit_bytes": MEMORY_BYTES}
    nodes = [_build_usage(job, index) for index in range(job.plan.parallelism)]
    return build_one(build_entity(job.id, {"resource_class": machine, "parallel_executions": nodes}))


def _build_usage(job: FakeJob, index: int) -> Json:
    """A sample a second; what runs out of memory has all of it in the last ones."""
    count = min(MOST_SAMPLES, max(3, round(job.plan.duration_s)))
    is_full = job.plan.runs_out_of_memory and job.get_node_status(index, job.status) in JOB_FAILURES
    peak = MEMORY_BYTES if is_full else MEMORY_BYTES * 2 // 5
    return {
        "execution": index,
        "interval_ms": 1000,
        "cpu_cores": [1.5] * count,
        "memory_bytes": [peak * min(number, count - 1) // (count - 1) for number in range(1, count + 1)],
        "network_rx_bytes": 52_428_800,
        "network_tx_bytes": 1_048_576,
    }


ROUTES: V3Routes = (
    ("GET", "/jobs/{id}/stdout/condensed", _get_condensed),
    ("GET", "/jobs/{id}/tests", _list_tests),
    ("GET", "/jobs/{id}/resource-usage", _get_usage),
)
