"""Flaky tests, the worst first; and the tests of a workflow that fail most and take longest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import kit, status_blocks
from bot.blocks.measure import format_percent, format_seconds
from bot.blocks.pager import build_pager
from bot.circleci.links import Links
from bot.circleci.models import FlakyTest, MeasuredTest, TestMetrics
from bot.domain import ProjectSlug
from bot.language import _, ngettext
from bot.language.formats import format_number
from bot.line import format_line
from bot.mrkdwn import as_bold, as_code, as_link, cut, escape, format_leftover

PAGE = 10


def rank_tests(tests: Sequence[FlakyTest]) -> list[FlakyTest]:
    """Each test of a job once, as it flaked last; those first that flaked most, then those that wasted most."""
    newest: dict[tuple[str, ...], FlakyTest] = {}
    for test in tests:
        key = (test.file, test.classname, test.test_name, test.job_name, test.workflow_name)
        known = newest.get(key)
        if known is None or _get_last_flaked_at(test) > _get_last_flaked_at(known):
            newest[key] = test
    return sorted(newest.values(), key=lambda test: (-test.times_flaked, -(test.time_wasted or 0.0), test.test_name))


def _get_last_flaked_at(test: FlakyTest) -> float:
    return test.workflow_created_at.timestamp() if test.workflow_created_at else 0.0


def render_list(
    title: str, tests: Sequence[FlakyTest], project: ProjectSlug, *, links: Links, page: int
) -> list[kit.Block]:
    """One page of `tests`, which are ranked."""
    start = (page - 1) * PAGE
    shown = tests[start : start + PAGE]
    rows = [kit.section(_format_flaky(start + at + 1, test, project, links=links)) for at, test in enumerate(shown)]
    none = _("no test is flaky")
    wasted = format_seconds(sum(test.time_wasted or 0.0 for test in tests))
    told = ngettext("{count} test, {duration} wasted", "{count} tests, {duration} wasted", len(tests), duration=wasted)
    return [
        kit.section(f":repeat: {as_bold(title)}: {told if tests else none}"),
        *rows,
        *build_pager(page, format_line("flaky", str(project)), more=start + PAGE < len(tests)),
        kit.context(
            _(
                "A test is flaky when it passed and failed on the same commit, and no longer after two weeks without "
                "that."
            )
        ),
    ]


def _format_flaky(rank: int, test: FlakyTest, project: ProjectSlug, *, links: Links) -> str:
    times = ngettext(
        "once in {job} of {workflow}",
        "{count} times in {job} of {workflow}",
        test.times_flaked,
        job=as_code(test.job_name, 80),
        workflow=as_code(test.workflow_name, 80),
    )
    wasted = _("{duration} wasted", duration=format_seconds(test.time_wasted)) if test.time_wasted else ""
    facts = " · ".join(filter(None, [times, wasted, _format_last_run(test, project, links)]))
    return f"{rank}. *{cut(escape(test.test_name), 200)}*{_format_location(test)}\n{facts}"


def _format_location(test: FlakyTest | MeasuredTest) -> str:
    """Where it is written."""
    place = test.file or test.classname
    return f" {as_code(place, 150)}" if place else ""


def _format_last_run(test: FlakyTest, project: ProjectSlug, links: Links) -> str:
    ago = status_blocks.format_ago(test.workflow_created_at) if test.workflow_created_at else ""
    if not (test.pipeline_number and test.workflow_id and test.job_number):
        return _("last {ago}", ago=ago) if ago else ""
    url = links.job_url(project, test.pipeline_number, test.workflow_id, job_number=test.job_number)
    link = as_link(url, _("last run"))
    return f"{link} {ago}" if ago else link


def render_workflow_tests(title: str, metrics: TestMetrics) -> list[kit.Block]:
    """The tests of a workflow's ten latest runs."""
    failing = [test for test in metrics.most_failed_tests if test.failed_runs]
    average = round(metrics.average_test_count or 0)
    told = (
        ngettext("about {count} test a run", "about {count} tests a run", average) if average else _("no tests stored")
    )
    return [
        kit.section(f":test_tube: {as_bold(title)}: {told}"),
        *_build_top_list(
            _("Failed most"), [_format_failing(test) for test in failing], metrics.most_failed_tests_extra
        ),
        *_build_top_list(
            _("Slowest"), [_format_slow(test) for test in metrics.slowest_tests], metrics.slowest_tests_extra
        ),
        kit.context(_("Of the ten latest runs, as far as their jobs stored test results (`store_test_results`).")),
    ]


def _build_top_list(heading: str, told: Sequence[str], left_out: int | None) -> Iterator[kit.Block]:
    lines = [f"{at}. {one}" for at, one in enumerate(told[:PAGE], start=1)]
    if lines:
        rest = format_leftover(max(len(told) - PAGE, 0) + (left_out or 0))
        yield kit.section("\n".join(filter(None, [f"*{heading}*", *lines, rest])))


def _format_failing(test: MeasuredTest) -> str:
    told = _(
        "failed {failed} of {runs} ({share})",
        failed=format_number(test.failed_runs),
        runs=format_number(test.total_runs),
        share=format_percent(test.failed_runs / test.total_runs if test.total_runs else None),
    )
    return f"{_name(test)} — {told}"


def _format_slow(test: MeasuredTest) -> str:
    took = _("p95 {seconds}s", seconds=format_number(test.p95_duration or 0.0, 1))
    return f"{_name(test)} — {took}"


def _name(test: MeasuredTest) -> str:
    name = f"*{cut(escape(test.test_name), 100)}*{_format_location(test)}"
    told = _("{test} in {job}", test=name, job=as_code(test.job_name, 60))
    flaky = _(":repeat: flaky") if test.flaky else ""
    return f"{told} {flaky}".rstrip()
