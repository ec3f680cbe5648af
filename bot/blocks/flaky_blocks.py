"""Flaky tests, the worst first; and the tests of a workflow that fail most and take longest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import kit, status_blocks
from bot.blocks.measure import count, percent, seconds
from bot.blocks.pager import pager
from bot.circleci.links import Links
from bot.circleci.models import FlakyTest, MeasuredTest, TestMetrics
from bot.domain import ProjectSlug
from bot.line import line
from bot.mrkdwn import bold, code, cut, escape, link

PAGE = 10
_FORGOTTEN = "A test is flaky when it passed and failed on the same commit, and no longer after two weeks without that."


def ranked(tests: Sequence[FlakyTest]) -> list[FlakyTest]:
    """Each test of a job once, as it flaked last; those first that flaked most, then those that wasted most."""
    newest: dict[tuple[str, ...], FlakyTest] = {}
    for test in tests:
        key = (test.file, test.classname, test.test_name, test.job_name, test.workflow_name)
        known = newest.get(key)
        if known is None or _age(test) > _age(known):
            newest[key] = test
    return sorted(newest.values(), key=lambda test: (-test.times_flaked, -(test.time_wasted or 0.0), test.test_name))


def _age(test: FlakyTest) -> float:
    return test.workflow_created_at.timestamp() if test.workflow_created_at else 0.0


def listed(title: str, tests: Sequence[FlakyTest], project: ProjectSlug, *, links: Links, page: int) -> list[kit.Block]:
    """One page of `ranked` tests."""
    start = (page - 1) * PAGE
    shown = tests[start : start + PAGE]
    rows = [kit.section(_flaky(start + at + 1, test, project, links)) for at, test in enumerate(shown)]
    wasted = sum(test.time_wasted or 0.0 for test in tests)
    told = f"{len(tests):,} flaky, {seconds(wasted)} wasted" if tests else "none is flaky"
    return [
        kit.section(f":repeat: {bold(title)}: {told}"),
        *rows,
        *pager(page, line("flaky", str(project)), more=start + PAGE < len(tests)),
        kit.context(_FORGOTTEN),
    ]


def _flaky(rank: int, test: FlakyTest, project: ProjectSlug, links: Links) -> str:
    times = "once" if test.times_flaked == 1 else f"{test.times_flaked:,} times"
    wasted = f" · {seconds(test.time_wasted)} wasted" if test.time_wasted else ""
    where = f"{code(test.job_name, 80)} of {code(test.workflow_name, 80)}"
    name = f"{rank}. *{cut(escape(test.test_name), 200)}*{_home(test)}"
    return f"{name}\n{times} in {where}{wasted}{_last(test, project, links)}"


def _home(test: FlakyTest | MeasuredTest) -> str:
    """Where it is written."""
    place = test.file or test.classname
    return f" {code(place, 150)}" if place else ""


def _last(test: FlakyTest, project: ProjectSlug, links: Links) -> str:
    when = f" {status_blocks.ago(test.workflow_created_at)}" if test.workflow_created_at else ""
    if not (test.pipeline_number and test.workflow_id and test.job_number):
        return f" · last{when}" if when else ""
    url = links.job(project, test.pipeline_number, test.workflow_id, test.job_number)
    return f" · {link(url, 'the last one')}{when}"


def of_workflow(title: str, metrics: TestMetrics) -> list[kit.Block]:
    """The tests of a workflow's ten latest runs."""
    failing = [test for test in metrics.most_failed_tests if test.failed_runs]
    told = f"about {count(metrics.average_test_count)} tests a run" if metrics.average_test_count else "no tests stored"
    return [
        kit.section(f":test_tube: {bold(title)}: {told}"),
        *_list("Failed most", [_failed(test) for test in failing], metrics.most_failed_tests_extra),
        *_list("Slowest", [_slow(test) for test in metrics.slowest_tests], metrics.slowest_tests_extra),
        kit.context("Of the ten latest runs, as far as their jobs stored test results (`store_test_results`)."),
    ]


def _list(heading: str, told: Sequence[str], left_out: int | None) -> Iterator[kit.Block]:
    more = max(len(told) - PAGE, 0) + (left_out or 0)
    rest = [f"… and {more:,} more like the last."] if more else []
    lines = [f"{at}. {one}" for at, one in enumerate(told[:PAGE], start=1)]
    if lines:
        yield kit.section("\n".join([f"*{heading}*", *lines, *rest]))


def _failed(test: MeasuredTest) -> str:
    share = percent(test.failed_runs / test.total_runs) if test.total_runs else ""
    return f"{_name(test)} — failed {test.failed_runs:,} of {test.total_runs:,} ({share})"


def _slow(test: MeasuredTest) -> str:
    return f"{_name(test)} — 95 of 100 within {test.p95_duration or 0.0:.1f}s"


def _name(test: MeasuredTest) -> str:
    flaky = " :repeat: flaky" if test.flaky else ""
    return f"*{cut(escape(test.test_name), 100)}*{_home(test)} in {code(test.job_name, 60)}{flaky}"
