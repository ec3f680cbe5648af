from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.blocks import flaky_blocks
from bot.circleci.links import Links
from bot.circleci.models import FlakyTest, TestMetrics
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY, NOW, WEB, make_id


def a_test(name: str, times: int = 1, **more: Any) -> FlakyTest:
    known = {
        "test_name": name,
        "classname": "tests.Test",
        "file": "tests/test_it.py",
        "job_name": "test",
        "job_number": 12,
        "times_flaked": times,
        "time_wasted": 60 * times,
        "pipeline_number": 341,
        "workflow_id": make_id(1),
        "workflow_name": "build",
        "workflow_created_at": NOW,
    }
    return FlakyTest.model_validate(known | more)


def test_the_worst_come_first_each_once_as_it_flaked_last() -> None:
    older = a_test("often", 9, workflow_created_at=NOW - timedelta(days=2), job_number=1)
    found = flaky_blocks.rank_tests([a_test("rare"), older, a_test("often", 9), a_test("dear", 1, time_wasted=999)])
    assert [(test.test_name, test.job_number) for test in found] == [("often", 12), ("dear", 12), ("rare", 12)]


def test_a_page_of_flaky_tests(golden: Check, valid_blocks: Check) -> None:
    tests = [
        a_test("test_often", 9),
        a_test("test_somewhere", file="", workflow_id=None),
        a_test(NASTY, time_wasted=None),
    ]
    drawn = flaky_blocks.render_list("Flaky tests of `gh/acme/web`", tests, WEB, links=Links(), page=1)
    valid_blocks(drawn)
    golden("flaky", drawn)


def test_many_come_a_page_at_a_time_and_keep_their_rank() -> None:
    tests = [a_test(f"test_{number}") for number in range(flaky_blocks.PAGE + 1)]
    first = get_text(flaky_blocks.render_list("t", tests, WEB, links=Links(), page=1))
    last = get_text(flaky_blocks.render_list("t", tests, WEB, links=Links(), page=2))
    assert ("Next Page" in first, "Next Page" in last) == (True, False)
    assert f"{flaky_blocks.PAGE + 1}. *test_{flaky_blocks.PAGE}*" in last


def test_the_tests_of_a_workflow(golden: Check, valid_blocks: Check) -> None:
    test = {"classname": "C", "file": "t.py", "job_name": "test", "total_runs": 10, "p95_duration": 1.234}
    metrics = TestMetrics.model_validate(
        {
            "average_test_count": 40,
            "most_failed_tests": [{**test, "test_name": NASTY, "failed_runs": 4, "flaky": True}] * 12,
            "most_failed_tests_extra": 3,
            "slowest_tests": [{**test, "test_name": "slow", "failed_runs": 0}],
            "slowest_tests_extra": 0,
        }
    )
    drawn = flaky_blocks.render_workflow_tests("Tests of `build`", metrics)
    valid_blocks(drawn)
    golden("tests_of_workflow", drawn)
    assert "no tests stored" in get_text(flaky_blocks.render_workflow_tests("t", TestMetrics()))
