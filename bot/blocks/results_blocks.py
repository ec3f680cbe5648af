"""The test results of one job, a page at a time: the failed ones, or all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit, result_blocks
from bot.blocks.pager import build_pager
from bot.blocks.status_counts import list_counts
from bot.circleci.explanation import FailureHistory
from bot.circleci.models import TestResult
from bot.command import format_line
from bot.language import _, ngettext
from bot.language.formats import format_number
from bot.mrkdwn import as_code, as_link, cut, escape

PAGE = 10
PAGE_OF_ALL = 40
_LOOKS = {"success": ":white_check_mark:", "skipped": ":heavy_minus_sign:"}


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """`called` is plain text that says which job, and `job_words` name it in a line of ours.

    `results` are all that the job stored; with `include_passed` the passed ones are shown too.
    """

    called: str
    job_words: Sequence[str]
    job: str
    url: str
    results: Sequence[TestResult]
    known: FailureHistory
    include_passed: bool
    page: int


def format_title(listing: ResultsPage) -> str:
    failed = sum(test.has_failed for test in listing.results)
    return ngettext(
        "{failed} of {count} test failed in {job}",
        "{failed} of {count} tests failed in {job}",
        len(listing.results),
        failed=format_number(failed),
        job=cut(escape(listing.called), 150),
    )


def render_list(listing: ResultsPage) -> list[kit.Block]:
    """One page."""
    tests = _select_tests(listing)
    size = PAGE_OF_ALL if listing.include_passed else PAGE
    shown = tests[(listing.page - 1) * size : listing.page * size]
    again = format_line("tests", *listing.job_words, all=listing.include_passed)
    return [
        kit.section(_head(listing)),
        *(
            kit.section(text)
            for text in (_format_short(shown) if listing.include_passed else _format_long(shown, listing))
        ),
        *build_pager(listing.page, again, more=listing.page * size < len(tests)),
        kit.actions(list(_buttons(listing))),
    ]


def _select_tests(listing: ResultsPage) -> list[TestResult]:
    """Failures first; of all tests then the slowest."""
    if listing.include_passed:
        return sorted(listing.results, key=lambda test: (not test.has_failed, -(test.run_time or 0)))
    failed = [test for test in listing.results if test.has_failed]
    return result_blocks.sort_newest_first(failed, listing.job, listing.known)


def _head(listing: ResultsPage) -> str:
    told = ", ".join(list_counts("failed" if test.has_failed else test.result for test in listing.results))
    where = as_link(listing.url, listing.called)
    failed = [test for test in listing.results if test.has_failed]
    if not failed:
        return _(":white_check_mark: No test of *{job}* failed ({counts}).", job=where, counts=told)
    return f":x: *{where}*: {result_blocks.format_summary(failed, listing.job, listing.known)} ({told})"


def _format_long(shown: Sequence[TestResult], listing: ResultsPage) -> Iterator[str]:
    for test in shown:
        yield result_blocks.format_test(test, listing.known, listing.job)


def _format_short(shown: Sequence[TestResult]) -> Iterator[str]:
    lines = [_line(test) for test in shown]
    yield from ("\n".join(lines[start : start + 10]) for start in range(0, len(lines), 10))


def _line(test: TestResult) -> str:
    emoji = ":x:" if test.has_failed else _LOOKS.get(test.result, ":grey_question:")
    where = f" — {as_code(test.file, 80)}" if test.file else ""
    return f"{emoji} {cut(escape(test.name or '?'), 120)}{where}{result_blocks.format_duration(test)}"


def _buttons(listing: ResultsPage) -> Iterator[kit.Pressable]:
    of = listing.job_words
    if listing.include_passed:
        yield kit.button(_("Show Only Failed"), format_line("tests", *of))
    else:
        label = ngettext("Show the Only Test", "Show All {count} Tests", len(listing.results))
        yield kit.button(label, format_line("tests", *of, all=True))
    yield kit.button(_("Show Log"), format_line("logs", *of))
    yield kit.button(_("Show Job"), format_line("job", *of))
    yield kit.link_button(_("Open Tests"), f"{listing.url}/tests")
