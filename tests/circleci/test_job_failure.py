from __future__ import annotations

from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from bot.blocks.cause_blocks import format_what
from bot.circleci.client import CircleCI
from bot.circleci.job_failure import FailedJob, diagnose_job
from bot.circleci.models import Job
from bot.domain import ProjectSlug

V2 = "https://circleci.test/api/v2/project/gh/acme/web"
STEPS = "https://circleci.test/api/v1.1/project/github/acme/web/7"
OUTPUT = "https://store.test/out?sig=presigned"
WEB = ProjectSlug("gh", "acme", "web")
JOB = Job(id="j-1", name="test", status="failed", job_number=7)


def action(name: str = "Run tests", **more: Any) -> dict[str, Any]:
    return {"name": name, "status": "failed", "failed": True, "exit_code": 1, "output_url": OUTPUT} | more


class FakeFailedJob:
    """What CircleCI tells of job 7: each detail can be replaced by a status that hides it."""

    def __init__(self, httpx_mock: HTTPXMock) -> None:
        self.mock = httpx_mock

    def tells(
        self,
        *,
        steps: list[dict[str, Any]] | int = 404,
        output: str | int | None = None,
        tests: list[dict[str, Any]] | int = 404,
        messages: list[str] | int = 404,
        variables: list[str] | int = 403,
    ) -> None:
        self._add(STEPS, steps, lambda actions: {"steps": [{"name": "x", "actions": actions}]})
        self._add(f"{V2}/7/tests", tests, lambda items: {"items": items})
        self._add(f"{V2}/job/7", messages, lambda texts: {"messages": [{"message": text} for text in texts]})
        self._add(f"{V2}/envvar", variables, lambda names: {"items": [{"name": name} for name in names]})
        if output is not None:
            self._add(OUTPUT, output, lambda text: [{"message": text}])

    def _add(self, url: str, told: Any, body: Any) -> None:
        if isinstance(told, int):
            self.mock.add_response(url=url, status_code=told)
        else:
            self.mock.add_response(url=url, json=body(told))


@pytest.fixture
def harness(httpx_mock: HTTPXMock) -> FakeFailedJob:
    return FakeFailedJob(httpx_mock)


async def test_a_failed_job_tells_step_exit_code_tests_and_log(circleci: CircleCI, harness: FakeFailedJob) -> None:
    log = "collecting\r\n\x1b[31mE   AssertionError: 90 != 81\x1b[0m\r\nusing DB_PASSWORD=hunter2\r\n1 failed\r\n"
    tests = [
        {"name": "test_total", "file": "tests/test_cart.py", "result": "failure", "message": "\x1b[1mE assert\x1b[0m"},
        {"name": "test_ok", "result": "success"},
    ]
    harness.tells(
        steps=[action("Checkout", status="success", failed=None, exit_code=0), action(), action("Upload")],
        output=log,
        tests=tests,
        messages=["Your job used too much memory"],
    )
    found = await diagnose_job(circleci, WEB, JOB)
    assert (found.step, found.exit_code, found.tests_failed) == ("Run tests", 1, 1)
    assert found.telling == ("collecting", "E   AssertionError: 90 != 81", "using DB_PASSWORD=****", "1 failed")
    assert found.first_error == "E   AssertionError: 90 != 81"
    assert [(test.name, test.file, test.message) for test in found.tests] == [
        ("test_total", "tests/test_cart.py", "E assert")
    ]
    assert found.messages == ("Your job used too much memory",)


@pytest.mark.parametrize("status", [401, 403, 404, 302])
async def test_details_that_cannot_be_had_stay_empty(circleci: CircleCI, harness: FakeFailedJob, status: int) -> None:
    harness.tells(steps=status, tests=status, messages=status)
    assert await diagnose_job(circleci, WEB, JOB) == FailedJob(JOB)


async def test_a_failed_test_tells_what_was_wrong_where_the_log_does_not(
    circleci: CircleCI, harness: FakeFailedJob
) -> None:
    tests = [{"name": "t", "result": "failure", "message": "AssertionError: 90 != 81\n at cart"}]
    harness.tells(steps=[action()], output="done\n", tests=tests)
    found = await diagnose_job(circleci, WEB, JOB)
    assert found.first_error is None
    assert found.cause
    assert found.cause.verdict
    assert not found.cause.verdict.rerun


async def test_an_output_that_expired_leaves_the_step_known(circleci: CircleCI, harness: FakeFailedJob) -> None:
    harness.tells(steps=[action()], output=403)
    found = await diagnose_job(circleci, WEB, JOB)
    assert (found.step, found.exit_code, found.telling, found.first_error) == ("Run tests", 1, (), None)


async def test_a_step_without_output_is_not_asked_for_it(circleci: CircleCI, harness: FakeFailedJob) -> None:
    harness.tells(steps=[action(output_url=None, has_output=False)])
    assert (await diagnose_job(circleci, WEB, JOB)).step == "Run tests"


async def test_the_failing_container_is_the_one_that_counts(circleci: CircleCI, harness: FakeFailedJob) -> None:
    green = action(index=0, status="success", failed=False, output_url="https://store.test/other")
    harness.tells(steps=[green, action(index=1)], output="from the second\n")
    assert (await diagnose_job(circleci, WEB, JOB)).telling == ("from the second",)


async def test_a_step_that_ran_into_its_time_limit_counts_as_failed(circleci: CircleCI, harness: FakeFailedJob) -> None:
    harness.tells(steps=[action("Soak", status="timedout", failed=None, exit_code=None)], output="waiting\n")
    found = await diagnose_job(circleci, WEB, JOB)
    assert (found.step, found.exit_code, found.telling) == ("Soak", None, ("waiting",))


async def test_of_very_many_failed_tests_the_first_are_kept_and_all_are_counted(
    circleci: CircleCI, harness: FakeFailedJob
) -> None:
    harness.tells(tests=[{"name": f"t{n}", "result": "failure", "message": "x" * 9000} for n in range(237)])
    found = await diagnose_job(circleci, WEB, JOB)
    assert (len(found.tests), found.tests_failed) == (200, 237)
    assert len(found.tests[0].message) == 2000


async def test_a_log_without_a_reason_tells_its_last_twelve_lines(circleci: CircleCI, harness: FakeFailedJob) -> None:
    harness.tells(steps=[action()], output="".join(f"line {n}\n" for n in range(500)))
    assert (await diagnose_job(circleci, WEB, JOB)).telling == tuple(f"line {n}" for n in range(488, 500))


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("infrastructure_fail", "infrastructure failed"),
        ("timedout", "time limit"),
        ("terminated-unknown", "does not know how it ended"),
    ],
)
async def test_what_a_status_means_is_said(circleci: CircleCI, harness: FakeFailedJob, status: str, says: str) -> None:
    harness.tells(messages=["Details\nfollow", "Details\nfollow", " "])
    found = await diagnose_job(circleci, WEB, JOB.model_copy(update={"status": status}))
    assert found.cause
    assert says in format_what(found.cause)
    assert found.messages == ("Details\nfollow",)


@pytest.mark.parametrize(
    "job",
    [
        Job(id="j-2", name="deploy", status="unauthorized"),
        Job(id="j-2", name="deploy", status="failed"),
        Job(id="j-2", name="deploy", status="canceled", job_number=9),
    ],
)
async def test_a_job_that_never_ran_is_not_asked_about(circleci: CircleCI, httpx_mock: HTTPXMock, job: Job) -> None:
    found = await diagnose_job(circleci, WEB, job)
    assert httpx_mock.get_requests() == []
    assert (found.job, found.telling) == (job, ())
    assert (found.cause is not None and "context" in format_what(found.cause)) is (job.status == "unauthorized")


async def test_an_unauthorized_job_is_asked_only_for_its_contexts(circleci: CircleCI, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{V2}/job/7", json={"contexts": [{"name": "production"}, {"name": ""}]})
    found = await diagnose_job(circleci, WEB, JOB.model_copy(update={"status": "unauthorized"}))
    assert found.cause
    assert "Its contexts: `production`." in format_what(found.cause)
    assert "reruns it" in found.cause.todo


async def test_the_nodes_that_failed_are_known_from_either_api(circleci: CircleCI, harness: FakeFailedJob) -> None:
    green = action(index=0, status="success", failed=None, exit_code=0)
    harness.tells(steps=[green, action(index=3, output_url=None)])
    found = await diagnose_job(circleci, WEB, JOB)
    assert (found.nodes, found.parallelism) == ((3,), 2)


async def test_values_of_known_variables_are_masked_in_log_and_tests(
    circleci: CircleCI, harness: FakeFailedJob
) -> None:
    harness.tells(
        steps=[action()],
        output="ACCOUNT=acct-17\nerror: no acct-17\n",
        tests=[{"name": "t", "result": "failure", "message": "ACCOUNT: acct-17"}],
        messages=["ACCOUNT=acct-17"],
        variables=["ACCOUNT"],
    )
    found = await diagnose_job(circleci, WEB, JOB)
    assert "acct-17" not in repr(found)
    assert found.first_error == "error: no ****"


async def test_secrets_are_masked_in_every_detail(circleci: CircleCI, harness: FakeFailedJob) -> None:
    secret = "ghp_" + "a1B2" * 9
    harness.tells(
        steps=[action(f"curl -H {secret}")],
        output=f"error: {secret}\n",
        tests=[{"name": f"t[{secret}]", "result": "failure", "message": secret}],
        messages=[f"bad {secret}"],
    )
    found = await diagnose_job(circleci, WEB, JOB)
    assert found.tests_failed == 1
    assert secret not in repr(found)
    assert "presigned" not in repr(found)
