"""What a job leaves behind: its steps, what they printed and its test results (artifacts: fake_artifacts.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sandbox.circleci.api_json import format_instant
from sandbox.circleci.entities import JOB_FAILURES, FakeJob
from sandbox.circleci.plans import FailingTest
from sandbox.circleci.stories import NAMED_TESTS

TESTS_PER_JOB = 40


@dataclass(frozen=True)
class FakeStep:
    """One step of a job on each of its parallel runs. `status` is v1.1's: success, failed, running, canceled, …"""

    name: str
    command: str | None
    status: str
    seconds: float = 1.0

    @property
    def has_failed(self) -> bool:
        return self.status in JOB_FAILURES


def list_steps(job: FakeJob) -> list[FakeStep]:
    """The steps so far: none before the job started, nothing after the step that failed."""
    if job.started_at is None or job.status == "unauthorized":
        return []
    status = _step_status(job)
    before = [FakeStep("Spin up environment", None, "success"), FakeStep("Checkout code", None, "success")]
    if job.with_ssh:
        before.append(FakeStep("Enable SSH", None, "success"))
    after = [FakeStep("Save results", None, "success")] if job.status == "success" else []
    return [*before, FakeStep(job.plan.step, job.plan.command, status, job.plan.duration_s), *after]


def _step_status(job: FakeJob) -> str:
    return job.status if job.has_ended else "running"


def build_output(job: FakeJob, step: FakeStep, index: int) -> list[dict[str, str]]:
    """What a step printed: parts of `{message, type: out|err, time}` (CircleCI docs: analyze pipelines)."""
    at = format_instant(job.started_at or job.created_at)
    on_node = replace(step, status=job.get_node_status(index, step.status))
    parts = _preparation(job, step) if step.command is None else _work(job, on_node, index)
    return [{"message": text, "time": at, "type": kind} for kind, text in parts]


def _preparation(job: FakeJob, step: FakeStep) -> list[tuple[str, str]]:
    """The step that opens SSH says how to connect, as CircleCI's own does (CircleCI docs: debug with SSH)."""
    if step.name == "Enable SSH":
        port = 64000 + (job.number or 0) % 1000
        hint = "You can now SSH into this box if your SSH user has access:"
        return [("out", f"{hint}\r\n    $ ssh -p {port} 3.91.0.17\r\n")]
    return [("out", f"{step.name}\r\ndone\r\n")]


def _work(job: FakeJob, step: FakeStep, index: int) -> list[tuple[str, str]]:
    start = ("out", f"#!/bin/bash -eo pipefail\r\n{step.command}\r\n")
    if job.status == "infrastructure_fail":
        return [start, ("err", "\x1b[31mThe machine that ran this job went away.\x1b[0m\r\n")]
    if not step.has_failed:
        return [start, ("out", _progress(job, index)), *_ending(step)]
    if job.plan.ending:
        return [start, ("out", _progress(job, index)), ("err", job.plan.ending + _exit(job))]
    return [start, ("out", _environment(job)), ("out", _progress(job, index)), ("err", _failure(job))]


def _ending(step: FakeStep) -> list[tuple[str, str]]:
    return [("out", "\x1b[32m\x1b[1mdone\x1b[0m\r\n")] if step.status == "success" else []


def _environment(job: FakeJob) -> str:
    """Things that must not reach a channel: some masked by CircleCI, some that it missed. They are made up."""
    held = (("DOCKERHUB_USERNAME", "acme-robot"),) if "docker-hub" in job.plan.contexts else ()
    pieces = (
        ("SENTRY_DSN", "https://sentry/9f31"),
        *held,
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIsandboxEXAMPLEKEY0123456789"),
        ("GITHUB_TOKEN", "ghp_" + "s4ndb0x" * 5),
    )
    leaked = "".join(f"{name}={value}\r\n" for name, value in pieces)
    return f"+ env\r\nDATABASE_PASSWORD=****\r\n{leaked}"


def _progress(job: FakeJob, index: int) -> str:
    if not job.plan.stores_tests:
        return "".join(f"\x1b[2m[{line}/12]\x1b[0m {job.plan.step.lower()} …\r\n" for line in range(1, 13))
    failing = {test.index for test in job.plan.failing_tests} if job.status == "failed" else set()
    mine = range(index, TESTS_PER_JOB, job.plan.parallelism)
    return "".join(_test_line(number, has_failed=number in failing) for number in mine)


def _test_line(number: int, *, has_failed: bool) -> str:
    result = "\x1b[31mFAILED\x1b[0m" if has_failed else "\x1b[32mPASSED\x1b[0m"
    return f"tests/test_shop.py::test_case_{number:02} {result} [{number * 100 // TESTS_PER_JOB:3}%]\r\n"


def _failure(job: FakeJob) -> str:
    tests = job.plan.failing_tests
    summary = "".join(f"\x1b[31mFAILED\x1b[0m {test.file}::{test.name} - {test.message}\r\n" for test in tests)
    count = f"{len(tests)} failed, {TESTS_PER_JOB - len(tests)} passed"
    return (
        f"\x1b[1m=========== short test summary info ===========\x1b[0m\r\n{summary}"
        f"\x1b[31m=========== {count} in {job.plan.duration_s:.2f}s ===========\x1b[0m\r\n"
        f"{_exit(job)}"
    )


def _exit(job: FakeJob) -> str:
    return f"\r\nExited with code exit status {job.plan.exit_code}\r\n" if job.status == "failed" else ""


def list_test_results(job: FakeJob) -> list[dict[str, Any]]:
    """The test results that the job stored; none before it ended, nor when it stores none."""
    if not job.plan.stores_tests or job.status not in {"success", "failed"}:
        return []
    failing = {test.index: test for test in job.plan.failing_tests} if job.status == "failed" else {}
    return [_failed_test(failing[n]) if n in failing else _passed_test(n) for n in range(TESTS_PER_JOB)]


def _passed_test(number: int) -> dict[str, Any]:
    named = NAMED_TESTS.get(number)
    return {
        "name": named.name if named else f"test_case_{number:02}",
        "classname": named.classname if named else "tests.test_shop.TestShop",
        "file": named.file if named else "tests/test_shop.py",
        "source": "pytest",
        "result": "success",
        "run_time": 0.01 * (number + 1),
        "message": "",
    }


def _failed_test(test: FailingTest) -> dict[str, Any]:
    return {
        "name": test.name,
        "classname": test.classname,
        "file": test.file,
        "source": "pytest",
        "result": "failure",
        "run_time": 0.25,
        "message": test.message,
    }
