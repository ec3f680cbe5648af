from __future__ import annotations

from bot.blocks.kit import Block
from bot.blocks.results_blocks import ResultsPage, render_list
from bot.circleci.explanation import FailureHistory
from bot.circleci.flaky_stats import FlakyStats
from bot.circleci.models import TestResult
from bot.circleci.previous_runs import PreviousRun
from tests.plugins.block_kit import Check
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY


def _test(name: str, result: str = "failure", **more: object) -> TestResult:
    known = {"name": name, "classname": "tests.Cart", "file": "tests/test_cart.py", "result": result}
    return TestResult.model_validate(known | {"message": "assert 90 == 81", "run_time": 0.25} | more)


RESULTS = [_test("test_still"), _test("test_new"), _test("test_ok", "success", message="", run_time=12.4)]
KNOWN = FailureHistory(
    PreviousRun(340, passed=False, failures={"test": frozenset({("tests.Cart", "test_still")})}),
    {("tests.Cart", "test_new"): FlakyStats(4, 3, 40), ("tests.Cart", "test_still"): FlakyStats(1)},
)


def _draw(
    results: list[TestResult], known: FailureHistory = KNOWN, *, all_: bool = False, page: int = 1
) -> list[Block]:
    url = "https://app.circleci.com/jobs/12"
    words = ("gh/acme/web", "job", "12")
    return render_list(ResultsPage("test (job 12) of #341", words, "test", url, results, known, all_, page))


def test_failed_tests_are_listed_the_new_first_with_their_reputation(golden: Check, valid_blocks: Check) -> None:
    blocks = _draw(RESULTS)
    valid_blocks(blocks)
    golden("test_results", blocks)
    assert "flaky: failed 3 of the last 40 runs" in get_text(blocks)
    assert "flaky: 1 flake in two weeks" in get_text(blocks)


def test_all_tests_are_listed_in_short(golden: Check, valid_blocks: Check) -> None:
    blocks = _draw(RESULTS, all_=True)
    valid_blocks(blocks)
    golden("test_results_all", blocks)


def test_many_nasty_results_come_in_pages_that_fit(valid_blocks: Check) -> None:
    many = [_test(f"{number} {NASTY}", file=NASTY, message=NASTY * 9) for number in range(95)]
    for page, labels in ((1, {"Next Page"}), (2, {"Previous Page", "Next Page"}), (10, {"Previous Page"})):
        blocks = _draw(many, FailureHistory(), page=page)
        valid_blocks(blocks)
        assert {label for label in ("Previous Page", "Next Page") if label in get_text(blocks)} == labels
    valid_blocks(_draw(many, FailureHistory(), all_=True))
