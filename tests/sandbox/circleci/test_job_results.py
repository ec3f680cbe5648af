from __future__ import annotations

import re

from sandbox.circleci import job_results
from sandbox.circleci.entities import FakeJob
from sandbox.circleci.job_results import build_output, list_steps
from tests.sandbox.circleci.circle import SimulatorClient


def _job(circle: SimulatorClient, branch: str, name: str) -> FakeJob:
    run = circle.world.archive.list_pipelines(circle.world.projects["gh/acme/web"], branch=branch)[0].workflows[0]
    return next(job for job in run.jobs if job.name == name)


def test_two_of_forty_tests_failed_on_broken(circle: SimulatorClient) -> None:
    tests = job_results.list_test_results(_job(circle, "broken", "test"))
    failed = [test for test in tests if test["result"] == "failure"]
    assert len(tests) == 40
    assert [(test["file"], test["classname"]) for test in failed] == [
        ("tests/test_cart.py", "tests.test_cart.TestCart"),
        ("tests/test_checkout.py", "tests.test_checkout.TestCheckout"),
    ]
    assert all(test["message"] for test in failed)


def test_a_job_that_passed_has_no_failed_test_and_a_lint_job_has_none_at_all(circle: SimulatorClient) -> None:
    assert {test["result"] for test in job_results.list_test_results(_job(circle, "main", "test"))} == {"success"}
    assert job_results.list_test_results(_job(circle, "main", "lint")) == []


def test_the_log_of_a_failed_step_has_colours_secrets_and_a_clear_end(circle: SimulatorClient) -> None:
    job = _job(circle, "broken", "test")
    step = list_steps(job)[-1]
    parts = build_output(job, step, 0)
    log = "".join(part["message"] for part in parts)
    assert (step.name, step.has_failed) == ("Run tests", True)
    assert "\x1b[31mFAILED\x1b[0m tests/test_cart.py::test_total_includes_the_discount" in log
    assert "AWS_SECRET_ACCESS_KEY=" in log
    assert re.search(r"ghp_\w{30,}", log)
    assert "DATABASE_PASSWORD=****" in log
    assert log.endswith("Exited with code exit status 1\r\n")
    assert {part["type"] for part in parts} == {"out", "err"}
    assert len(log.splitlines()) > 30


def test_nothing_comes_after_the_step_that_failed(circle: SimulatorClient) -> None:
    assert [step.status for step in list_steps(_job(circle, "broken", "test"))] == ["success", "success", "failed"]
    assert [step.name for step in list_steps(_job(circle, "main", "test"))][-1] == "Save results"


def test_a_job_that_never_started_left_nothing(circle: SimulatorClient) -> None:
    assert list_steps(_job(circle, "broken", "build")) == []
