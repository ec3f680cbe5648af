"""Why a job failed, in one line of a card: `test · Run tests · AssertionError: 3 != 4`, or the tests by name."""

from __future__ import annotations

from bot.circleci.failure_summary import FailureSummary, NamedTest
from bot.language import N_, _
from bot.mrkdwn import as_code, as_link, cut, cut_middle, escape

_SINCE = {"new": N_("{test} (new)"), "still": N_("{test} (still failing)")}


def format_failure(failure: FailureSummary, url: str | None, length: int) -> str:
    """As a quote. `length` is how much of a name is shown."""
    job = as_link(url, cut_middle(failure.job, length)) if url else as_code(cut_middle(failure.job, length))
    step = "" if failure.tests or not failure.step else cut_middle(escape(failure.step), length)
    return f"> {' · '.join(filter(None, [job, step, _format_reason(failure, length)]))}"


def _format_reason(failure: FailureSummary, length: int) -> str:
    if not failure.tests:
        return as_code(cut(failure.line, 2 * length)) if failure.line else ""
    more = failure.tests_failed - len(failure.tests)
    named = [_format_test(test, length) for test in failure.tests]
    return ", ".join([*named, *([f"+{more}"] if more > 0 else [])])


def _format_test(test: NamedTest, length: int) -> str:
    name = as_code(cut_middle(test.name, length))
    return _(_SINCE[test.since], test=name) if test.since in _SINCE else name
