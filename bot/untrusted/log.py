"""Logs of other people's programs in short: their end, and the line that reads like the reason."""

from __future__ import annotations

from bot.untrusted.patterns import compile_linear

LINE_LENGTH = 500
_SEARCHED = 2000


def tail(text: str, lines: int = 30) -> tuple[str, ...]:
    """The last lines that say something, each shortened to 500 characters; blank lines at the end do not count."""
    kept = text.rstrip().split("\n")[-lines:] if text.strip() else []
    return tuple(shortened(line.rstrip()) for line in kept)


def shortened(line: str, length: int = LINE_LENGTH) -> str:
    return line if len(line) <= length else line[: length - 1] + "…"


_SURE = compile_linear(
    r"^E\s{2,}\S"  # pytest
    r"|^\s*● \S"  # jest
    r"|^\s*\w[\w/.-]*\.go:\d+(?::\d+)?: \S"  # go, building and testing
    r"|^\s*Failure/Error:"  # rspec
    r"|^\[ERROR\]\s{2,}\S"  # maven
    r"|^\s*\d+:\d+\s+error\s"  # eslint
    r"|^\s*(?:[\w$]+\.)*[A-Z]\w*(?:Error|Exception|Panic)(?::|\s*$)"  # Python, JavaScript, Java, Ruby
    r"|\berror(?:\[\w+\]| TS\d+)?:\s|^\S+:\d+: error\b"  # compilers
    r"|(?:^|[^\w-])(?:ERROR|Error|fatal|panic):\s|^thread '.*' panicked\b|^Error response from daemon"
    r"|^npm (?:ERR!|error) \S"
    r"|: (?:command not found|No such file or directory|Permission denied)"
)
"""How the tools that people use say what was wrong. Elsewhere a line that mentions an error has to do."""

_NOT_SURE = compile_linear(r"^\s*● Console|^npm (?:ERR!|error) code\b")

_ERROR = compile_linear(
    r"\b[A-Z][A-Za-z]*(?:Error|Exception|Panic)\b"
    r"|(?i:(?:^|[^\w-])(?:fatal|panic|npm err!|err!|npm error)(?:[:\s]|$))"
    r"|(?i:(?:^|[^\w-])error(?:\s*$|\s*[^\w\s=/]|\s+[^\s=/]))"
    r"|(?i:^\s*(?:---\s)?FAIL(?:ED)?\b|\bFAILED\s*$)|^\s*[✕✗✖]\s"
)
_NO_ERROR = compile_linear(r"\b(?:0|no|without)\s+(?:errors?|failures?|failed)\b|\berrors?:\s*0\b", ignore_case=True)


def first_error(text: str) -> str | None:
    """The first line that reads like the reason of a failure: one that is sure to be, else one that may be."""
    may_be = None
    for line in (whole[:_SEARCHED] for whole in text.split("\n")):
        if _NO_ERROR.search(line):
            continue
        if _SURE.search(line) and not _NOT_SURE.search(line):
            return shortened(line.strip(), 300)
        may_be = may_be or (line if _ERROR.search(line) else None)
    return shortened(may_be.strip(), 300) if may_be else None
