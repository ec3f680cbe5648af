"""Flaky tests, the worst first; and the tests of a workflow that fail most and take longest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import kit, status_blocks
from bot.blocks.measure import format_count, format_percent, format_seconds
from bot.blocks.pager import build_pager
from bot.circleci.links import Links
from bot.circleci.models import FlakyTest, MeasuredTest, TestMetrics
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.line import format_line
from bot.mrkdwn import as_bold, as_code, as_link, cut, escape, format_leftover

PAGE = 10
_FORGOTTEN = N_(
    "A test is flaky when it passed and failed on the same commit, and no longer after two weeks without that."
)


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
    wasted = sum(test.time_wasted or 0.0 for test in tests)
    told = (
        _("{count} flaky, {seconds} wasted", count=f"{len(tests):,}", seconds=format_seconds(wasted))
        if tests
        else _("none is flaky")
    )
    return [
        kit.section(f":repeat: {as_bold(title)}: {told}"),
        *rows,
        *build_pager(page, format_line("flaky", str(project)), more=start + PAGE < len(tests)),
        kit.context(_FORGOTTEN),
    ]


def _format_flaky(rank: int, test: FlakyTest, project: ProjectSlug, *, links: Links) -> str:
    times = "once" if test.times_flaked == 1 else _("{times_flaked} times", times_flaked=f"{test.times_flaked:,}")
    wasted = _(" · {seconds} wasted", seconds=format_seconds(test.time_wasted)) if test.time_wasted else ""
    where = _(
        "{job_name} of {workflow_name}",
        job_name=as_code(test.job_name, 80),
        workflow_name=as_code(test.workflow_name, 80),
    )
    name = f"{rank}. *{cut(escape(test.test_name), 200)}*{_format_location(test)}"
    return _(
        "{name}\n{times} in {where}{wasted}{last_run}",
        name=name,
        times=times,
        where=where,
        wasted=wasted,
        last_run=_format_last_run(test, project, links),
    )


def _format_location(test: FlakyTest | MeasuredTest) -> str:
    """Where it is written."""
    place = test.file or test.classname
    return f" {as_code(place, 150)}" if place else ""


def _format_last_run(test: FlakyTest, project: ProjectSlug, links: Links) -> str:
    when = f" {status_blocks.format_ago(test.workflow_created_at)}" if test.workflow_created_at else ""
    if not (test.pipeline_number and test.workflow_id and test.job_number):
        return _(" · last{when}", when=when) if when else ""
    url = links.job_url(project, test.pipeline_number, test.workflow_id, job_number=test.job_number)
    return f" · {as_link(url, 'last run')}{when}"


def render_workflow_tests(title: str, metrics: TestMetrics) -> list[kit.Block]:
    """The tests of a workflow's ten latest runs."""
    failing = [test for test in metrics.most_failed_tests if test.failed_runs]
    told = (
        _("about {count} tests a run", count=format_count(metrics.average_test_count))
        if metrics.average_test_count
        else _("no tests stored")
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
        rest = format_leftover(max(len(told) - PAGE, 0) + (left_out or 0), _(" like the last."))
        yield kit.section("\n".join(filter(None, [f"*{heading}*", *lines, rest])))


def _format_failing(test: MeasuredTest) -> str:
    share = format_percent(test.failed_runs / test.total_runs) if test.total_runs else ""
    return _(
        "{name} — failed {failed_runs} of {total_runs} ({share})",
        name=_name(test),
        failed_runs=f"{test.failed_runs:,}",
        total_runs=f"{test.total_runs:,}",
        share=share,
    )


def _format_slow(test: MeasuredTest) -> str:
    return f"{_name(test)} — p95 {test.p95_duration or 0.0:.1f}s"


def _name(test: MeasuredTest) -> str:
    flaky = " :repeat: flaky" if test.flaky else ""
    return _(
        "*{test_name}*{location} in {job_name}{flaky}",
        test_name=cut(escape(test.test_name), 100),
        location=_format_location(test),
        job_name=as_code(test.job_name, 60),
        flaky=flaky,
    )
