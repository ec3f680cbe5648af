"""The test results of one job, a page at a time: the failed ones, or all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import kit, result_blocks
from bot.blocks.pager import pager
from bot.circleci.explanation import Known
from bot.circleci.models import TestResult
from bot.command import line
from bot.mrkdwn import code, cut, escape, link

PAGE = 10
PAGE_OF_ALL = 40
_LOOKS = {"success": ":white_check_mark:", "skipped": ":heavy_minus_sign:"}


@dataclass(frozen=True, slots=True)
class Listing:
    """`called` is plain text that says which job, and `words` name it in a line of ours.

    `results` are all that the job stored; `all` asks for the passed ones too.
    """

    called: str
    words: Sequence[str]
    job: str
    url: str
    results: Sequence[TestResult]
    known: Known
    all: bool
    page: int


def title(listing: Listing) -> str:
    failed = sum(test.failed for test in listing.results)
    return f"{failed} of {len(listing.results)} tests failed in {cut(escape(listing.called), 150)}"


def listing(listing: Listing) -> list[kit.Block]:
    """One page."""
    tests = _wanted(listing)
    size = PAGE_OF_ALL if listing.all else PAGE
    shown = tests[(listing.page - 1) * size : listing.page * size]
    again = line("tests", *listing.words, all=listing.all)
    return [
        kit.section(_head(listing)),
        *(kit.section(text) for text in (_short(shown) if listing.all else _long(shown, listing))),
        *pager(listing.page, again, more=listing.page * size < len(tests)),
        kit.actions(list(_buttons(listing))),
    ]


def _wanted(listing: Listing) -> list[TestResult]:
    """Failures first; of all tests then the slowest."""
    if listing.all:
        return sorted(listing.results, key=lambda test: (not test.failed, -(test.run_time or 0)))
    failed = [test for test in listing.results if test.failed]
    return result_blocks.newest_first(failed, listing.job, listing.known)


def _head(listing: Listing) -> str:
    counts = Counter("failed" if test.failed else test.result for test in listing.results)
    told = ", ".join(f"{count} {'passed' if word == 'success' else escape(word)}" for word, count in counts.items())
    where = link(listing.url, listing.called)
    failed = [test for test in listing.results if test.failed]
    if not failed:
        return f":white_check_mark: No test of *{where}* failed ({told})."
    return f":x: *{where}*: {result_blocks.summary(failed, listing.job, listing.known)} ({told})"


def _long(shown: Sequence[TestResult], listing: Listing) -> Iterator[str]:
    for test in shown:
        yield result_blocks.one(test, listing.known, listing.job)


def _short(shown: Sequence[TestResult]) -> Iterator[str]:
    lines = [_line(test) for test in shown]
    yield from ("\n".join(lines[start : start + 10]) for start in range(0, len(lines), 10))


def _line(test: TestResult) -> str:
    emoji = ":x:" if test.failed else _LOOKS.get(test.result, ":grey_question:")
    where = f" — {code(test.file, 80)}" if test.file else ""
    return f"{emoji} {cut(escape(test.name or '?'), 120)}{where}{result_blocks.took(test)}"


def _buttons(listing: Listing) -> Iterator[kit.Pressable]:
    of = listing.words
    if listing.all:
        yield kit.button("Only the failed", line("tests", *of))
    else:
        yield kit.button(f"All {len(listing.results)} tests", line("tests", *of, all=True))
    yield kit.button("Logs", line("logs", *of))
    yield kit.button("Job", line("job", *of))
    yield kit.link_button("Open tests", f"{listing.url}/tests")
