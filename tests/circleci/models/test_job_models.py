from __future__ import annotations

import pytest

from bot.circleci.models import FlakyTest, Job, JobDetail, StepAction, TestResult
from tests.plugins.each_case import each_case


@pytest.mark.parametrize(
    ("kind", "status", "held"),
    [
        ("approval", "on_hold", True),
        ("approval", "blocked", False),
        ("approval", "success", False),
        ("build", "on_hold", False),
    ],
)
def test_only_an_approval_on_hold_is_held(kind: str, status: str, *, held: bool) -> None:
    assert Job(id="1", type=kind, status=status).is_held is held


@each_case("status", ["failed", "infrastructure_fail", "timedout", "terminated-unknown", "unauthorized"])
def test_a_job_fails_in_many_words(status: str) -> None:
    job = Job(id="1", status=status)
    assert job.has_failed
    assert job.has_ended


@each_case("status", ["running", "queued", "not_running", "blocked", "on_hold", "brand_new"])
def test_a_job_under_way_has_neither_failed_nor_ended(status: str) -> None:
    job = Job(id="1", status=status)
    assert not job.has_failed
    assert not job.has_ended


def test_a_job_needs_no_more_than_an_id() -> None:
    job = Job.model_validate({"id": "1", "started_at": None, "dependencies": None, "job_number": None})
    assert (job.type, job.job_number, job.dependencies, job.duration_s) == ("build", None, (), None)


def test_a_job_detail_counts_milliseconds() -> None:
    assert JobDetail.model_validate({"duration": 1500}).duration_s == 1.5
    assert JobDetail.model_validate({"duration": None, "messages": None}).duration_s is None


@pytest.mark.parametrize(
    ("result", "failed"), [("failure", True), ("error", True), ("success", False), ("skipped", False)]
)
def test_a_test_result_failed_or_not(result: str, *, failed: bool) -> None:
    assert TestResult(result=result).has_failed is failed


def test_flaky_tests_are_read_in_both_spellings() -> None:
    kebab = FlakyTest.model_validate(
        {"test-name": "t", "times-flaked": 3, "workflow-created-at": "2026-11-23T09:00:00Z"}
    )
    snake = FlakyTest.model_validate(
        {"test_name": "t", "times_flaked": 3, "workflow_created_at": "2026-11-23T09:00:00Z"}
    )
    assert kebab == snake
    assert kebab.times_flaked == 3


def test_a_presigned_address_does_not_show() -> None:
    assert "sig=presigned" not in repr(StepAction(name="x", output_url="https://store.test/?sig=presigned"))
