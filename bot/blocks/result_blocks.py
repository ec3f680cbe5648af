"""Test results, drawn: the newly failing first, each with its file, its duration, its message and its reputation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.blocks import reason_blocks
from bot.circleci.explanation import NEW, STILL, FailureHistory
from bot.circleci.flaky_stats import FlakyStats
from bot.circleci.job_failure import FailedJob
from bot.circleci.models import TestKey, TestResult
from bot.language import N_, _, formats, ngettext
from bot.language.formats import format_number
from bot.mrkdwn import as_code, as_quote, cut, escape, format_leftover, join_first

_FIXED_SHOWN = 8
_LOOKS = {NEW: ":new: ", STILL: ":repeat: ", None: "• "}
_ORDER = (NEW, None, STILL)
_MEANS = {NEW: N_("newly failing"), STILL: N_("still failing")}
_COUNTS: Mapping[str | None, Callable[[int], str]] = {
    NEW: lambda count: ngettext("{count} newly failing", "{count} newly failing", count),
    STILL: lambda count: ngettext("{count} still failing", "{count} still failing", count),
    None: lambda count: ngettext("{count} flaky", "{count} flaky", count),
}


def format_failed_tests(failed: FailedJob, known: FailureHistory, limit: int) -> str:
    """The failed tests of a job, the newly failing first, as one text; "" when it has none.

    What all of them are stands above them alone.
    """
    if not failed.tests:
        return ""
    differ = len({known.compare_with_previous(failed.job.name, test) for test in failed.tests}) > 1
    ordered = sort_newest_first(failed.tests, failed.job.name, known)
    head = format_summary(failed.tests, failed.job.name, known, total=failed.tests_failed)
    lines = [head, *(format_test(test, known, failed.job.name, differ=differ) for test in ordered[:limit])]
    rest = failed.tests_failed - min(limit, len(ordered))
    return "\n".join(filter(None, [*lines, format_leftover(rest)]))


def sort_newest_first(tests: Sequence[TestResult], job: str, known: FailureHistory) -> list[TestResult]:
    return sorted(tests, key=lambda test: _ORDER.index(known.compare_with_previous(job, test)))


def format_test_names(jobs: Sequence[FailedJob], known: FailureHistory, most: int = 2) -> str:
    """The failed tests of these jobs by name, the newly failing first: `a` (new), `b` (still failing), +3; or ""."""
    failed = [(known.compare_with_previous(each.job.name, test), test) for each in jobs for test in each.tests]
    failed.sort(key=lambda one: _ORDER.index(one[0]))
    named = [(as_code(test.name or "?", 80), since) for since, test in failed[:most]]
    return reason_blocks.format_tests(named, sum(each.tests_failed for each in jobs) - len(named))


def format_summary(failed: Sequence[TestResult], job: str, known: FailureHistory, *, total: int | None = None) -> str:
    """`*3 failed tests* — against #340: 1 newly failing, 2 still failing`. `total` counts those not listed too."""
    count = ngettext("*{count} failed test*", "*{count} failed tests*", len(failed) if total is None else total)
    since = [known.compare_with_previous(job, test) for test in failed]
    if known.before is None or not any(since):
        return count
    told = ", ".join(say(since.count(news)) for news, say in _COUNTS.items() if news in since)
    if known.is_rerun:
        against = _("against the run before: {counts}", counts=told)
    else:
        against = _("against #{number}: {counts}", number=known.before.pipeline_number, counts=told)
    return f"{count} — {against}"


def format_test(test: TestResult, known: FailureHistory, job: str, *, differ: bool = True) -> str:
    """A failed test in one line, and its message quoted under it; what is new where those beside it `differ`."""
    since = known.compare_with_previous(job, test)
    where = " ".join(filter(None, [escape(cut(_get_class_beside_file(test), 100)), _file(test)]))
    flaky = _format_flakiness(known.flaky_stats.get(test.key))
    message = f"\n{as_quote(' '.join(test.message.split()), 300)}" if test.message else ""
    means = f" · {_(_MEANS[since])}" if since and differ else ""
    name = cut(escape(test.name or "?"), 150)
    return f"{_LOOKS[since]}*{name}*{' — ' if where else ''}{where}{format_duration(test)}{means}{flaky}{message}"


def _get_class_beside_file(test: TestResult) -> str:
    """What of the class its file does not say already: `tests.test_cart.TestCart` in `tests/test_cart.py`."""
    module = test.file.rpartition(".")[0].strip("./").replace("/", ".")
    if not module or test.classname == test.file or f".{module}".endswith(f".{test.classname}"):
        return "" if module else test.classname
    return test.classname.removeprefix(f"{module}.")


def _file(test: TestResult) -> str:
    return as_code(test.file, 120) if test.file else ""


def format_duration(test: TestResult) -> str:
    """` · 0.25s`; nothing when it is not known."""
    if test.run_time is None:
        return ""
    return f" · {formats.format_duration(test.run_time, hundredths=test.run_time < 10)}"


def _format_flakiness(known: FlakyStats | None) -> str:
    return f" · :game_die: {_format_flakes(known)}" if known else ""


def _format_flakes(known: FlakyStats) -> str:
    if known.failed_runs:
        failed = format_number(known.failed_runs)
        return ngettext(
            "flaky: failed {failed} of the last {count} run",
            "flaky: failed {failed} of the last {count} runs",
            known.total_runs,
            failed=failed,
        )
    return ngettext("flaky: {count} flake in two weeks", "flaky: {count} flakes in two weeks", known.flaked)


def format_fixed(tests: Sequence[TestKey], known: FailureHistory) -> str:
    """`Fixed since #340: a, b`; "" when nothing was."""
    if not tests or known.before is None:
        return ""
    names = join_first([as_code(name, 100) for _suite, name in tests], _FIXED_SHOWN)
    if known.is_rerun:
        return ngettext(
            ":white_check_mark: *{count} test fixed* since the run before: {tests}",
            ":white_check_mark: *{count} tests fixed* since the run before: {tests}",
            len(tests),
            tests=names,
        )
    return ngettext(
        ":white_check_mark: *{count} test fixed* since #{number}: {tests}",
        ":white_check_mark: *{count} tests fixed* since #{number}: {tests}",
        len(tests),
        number=known.before.pipeline_number,
        tests=names,
    )
