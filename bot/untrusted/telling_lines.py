"""The few lines of a log that tell why a job failed: around the first that says so, without what passed or moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bot.untrusted.job_log import find_error_number, shorten_line, split_lines, strip_prefix
from bot.untrusted.patterns import compile_linear

MOST_LINES = 12
_LINE_LENGTH = 200
_BEFORE = 4
"""How many lines before the telling one are shown where many come after it."""

_SCANNED = 400
"""How far from the telling line others are looked for."""

_PASSED = (
    r"\bPASSED(?:\s+\[\s*\d+%\])?\s*(?:\(.*\))?$|^(?:[✓✔√] |\[PASS\]|PASS(?:\s|$))|\.\.\. (?:ok|ignored)$"
    r"|^ok\s|^--- (?:PASS|SKIP)|^=== (?:RUN|PAUSE|CONT|NAME)|^\[ +(?:OK|RUN) +\]|^\[[-=]{8,}\]"
    r"|^[\w./:-]*\s*[.sxX]+(?:\s+\[\s*\d+%\])?$|^[= ]*\d+ pass(?:ed|ing)\b(?:, \d+ (?:skipped|warnings?|xfailed))*"
    r"(?: in | \(|$)|^test result: ok|^\[INFO\](?:\s|$)|^INFO: |\b(?:passed \([\d.]+ seconds\)|started)\.$"
)
_MOVED = (
    r"\d{1,3}%\s?(?:\||\(\d+/\d+\)|[\[█▓▒░━╸#=])|[█▓▒░━╸╺⣿⠿]{3,}|\[[=#>. -]{6,}\]|={3,}>"
    r"|^(?:\S+:? )?(?:Download(?:ing|ed| complete)|Pull(?:ing| complete)|Extracting|Waiting|Already exists)\b"
    r"|^(?:remote: )?(?:Receiving|Compressing|Counting|Resolving|Enumerating) \w+|^Progress \(\d+\)"
    r"|^(?:Compiling|Fresh|Checking|Locking|Adding|Updating) \S+ v\d|^[\d\s.:%kKMGBbs/-]{12,}$"
    r"|^#\d+ (?:CACHED|DONE|sha256:|extracting|transferring|resolve|\.\.\.)|^npm (?:WARN|warn) deprecated"
    r"|^> Task :\S+(?: (?:UP-TO-DATE|FROM-CACHE|NO-SOURCE|SKIPPED))?$"
    r"|^go: downloading |^Requirement already satisfied|^Collecting \S+|^Using cached "
)
_FRAME = (
    r"^[=\-_*~+#─━═ ]{3,}$|^\+ env$|^[A-Z_]+=\*{4}$"
    r"|^=+ (?:test session starts|FAILURES|ERRORS) =+$|^collect(?:ing|ed) |^platform \w+ -- "
    r"|^(?:rootdir|plugins|cachedir|configfile|testpaths): "
)
_TIME = compile_linear(
    r"^\s*\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ]|[A-Z][a-z]{2} [ \d]\d )?"
    r"\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?:? "
)
_NOISE = compile_linear(f"{_PASSED}|{_MOVED}|{_FRAME}")
"""Lines that tell nobody why: tests that passed, progress, and what frames a report."""


def find_telling_lines(text: str, most: int = MOST_LINES) -> tuple[str, ...]:
    """At most so many lines: those around the one that reads like the reason, else the last ones.

    It takes time linear in the text. Indentation stays, times before the lines go.
    """
    written, lines = text.split("\n"), split_lines(text)
    number = find_error_number(lines)
    if number is None:
        return _show(written, reversed([*islice(_list_telling(lines, range(len(lines) - 1, -1, -1)), most)]))
    after = [*islice(_list_telling(lines, range(number + 1, len(lines))), most - 1)]
    room = max(_BEFORE, most - 1 - len(after))
    before = [*islice(_list_telling(lines, range(number - 1, -1, -1)), room)][::-1]
    return _show(written, [*before, number, *after][:most])


def _list_telling(lines: Sequence[str], numbers: range) -> Iterator[int]:
    """Those of these lines that say something, each once where it is repeated."""
    last = ""
    for number in numbers[:_SCANNED]:
        line = lines[number]
        if line and line != last and not _NOISE.search(line):
            yield number
            last = line


def _show(written: Sequence[str], numbers: Iterable[int]) -> tuple[str, ...]:
    shown = (str(_TIME.sub("", strip_prefix(written[number]), 1)).rstrip() for number in numbers)
    return tuple(shorten_line(line, _LINE_LENGTH) for line in shown)
