"""Why a job failed, in one line of a card: `test · Run tests · AssertionError: 3 != 4`, or the tests by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from operator import itemgetter

from bot.blocks.cause_blocks import format_sizes
from bot.circleci.explanation import NEW, STILL
from bot.circleci.failure_summary import FailureSummary
from bot.language import _, ngettext
from bot.language.formats import format_number
from bot.mrkdwn import as_code, as_link, cut, cut_middle, escape

_SINCE: Mapping[str | None, Callable[[str, int], str]] = {
    NEW: lambda tests, count: ngettext("{tests} (new)", "{tests} (all new)", count, tests=tests),
    STILL: lambda tests, count: ngettext("{tests} (still failing)", "{tests} (all still failing)", count, tests=tests),
}


def format_tests(named: Iterable[tuple[str, str | None]], more: int = 0) -> str:
    """`a`, `b` (all new), `c` (still failing), +2: names as mrkdwn, each with its news or None, which is said once."""
    told: list[str] = []
    for since, same in groupby(named, key=itemgetter(1)):
        names = [name for name, _since in same]
        tests = ", ".join(names)
        told.append(_SINCE[since](tests, len(names)) if since in _SINCE else tests)
    return ", ".join([*told, *([f"+{format_number(more)}"] if more > 0 else [])])


def format_failure(failure: FailureSummary, url: str | None, length: int) -> str:
    """As a quote. `length` is how much of a name is shown."""
    job = as_link(url, cut_middle(failure.job, length)) if url else as_code(cut_middle(failure.job, length))
    step = "" if failure.tests or not failure.step else cut_middle(escape(failure.step), length)
    return f"> {' · '.join(filter(None, [job, step, _format_reason(failure, length)]))}"


def _format_reason(failure: FailureSummary, length: int) -> str:
    if failure.memory:
        return _("ran out of memory: {used} of {limit}", **format_sizes(failure.memory))
    if not failure.tests:
        return as_code(cut(failure.line, 2 * length)) if failure.line else ""
    named = [(as_code(cut_middle(test.name, length)), test.since) for test in failure.tests]
    return format_tests(named, failure.tests_failed - len(named))
