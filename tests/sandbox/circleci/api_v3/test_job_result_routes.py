from __future__ import annotations

import json
from typing import Any

from tests.sandbox.circleci.circle import SimulatorClient


async def _find_job(circle: SimulatorClient, branch: str, name: str, after_s: float = 60) -> dict[str, Any]:
    pipeline_id = await circle.trigger(branch)
    circle.after(after_s)
    return (await circle.jobs((await circle.workflow(pipeline_id))["id"]))[name]


async def test_the_condensed_output_is_the_end_of_what_failed_without_colours(circle: SimulatorClient) -> None:
    job = await _find_job(circle, "broken", "test")
    answer = await circle.ask_v3(f"/jobs/{job['id']}/stdout/condensed")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.split("\n")
    assert len(lines) <= 12
    assert lines[-1] == "Exited with code exit status 1"
    assert "\x1b" not in answer.text


async def test_what_passed_has_nothing_to_say(circle: SimulatorClient) -> None:
    job = await _find_job(circle, "main", "test")
    assert (await circle.ask_v3(f"/jobs/{job['id']}/stdout/condensed")).text == ""


async def test_tests_are_lines_of_json_without_a_file(circle: SimulatorClient) -> None:
    job = await _find_job(circle, "broken", "test")
    answer = await circle.ask_v3(f"/jobs/{job['id']}/tests")
    tests = [json.loads(line) for line in answer.text.splitlines()]
    assert len(tests) == 40
    assert {test["result"] for test in tests} == {"success", "failure"}
    assert set(tests[0]) == {"classname", "name", "result", "run_time", "message"}


async def test_what_ran_out_of_memory_had_all_of_it_at_the_end(circle: SimulatorClient) -> None:
    for branch, name, is_full in (("oom", "bundle", True), ("broken", "test", False)):
        job = await _find_job(circle, branch, name)
        used = (await circle.ask_v3(f"/jobs/{job['id']}/resource-usage")).json()["data"]["attributes"]
        limit = used["resource_class"]["memory_limit_bytes"]
        assert (used["parallel_executions"][0]["memory_bytes"][-1] == limit) is is_full


async def test_what_never_ran_on_a_machine_and_what_is_hidden_is_404(circle: SimulatorClient) -> None:
    hold = await _find_job(circle, "release", "approve-staging")
    assert (await circle.ask_v3(f"/jobs/{hold['id']}/resource-usage")).status_code == 404
    assert (await circle.ask_v3("/jobs/nothing/tests")).status_code == 404
