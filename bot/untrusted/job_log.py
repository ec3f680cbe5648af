"""Logs of other people's programs in short: their end, and the line that reads like the reason."""

from __future__ import annotations

from collections.abc import Sequence

from bot.untrusted.patterns import compile_linear

LINE_LENGTH = 500
_SEARCHED = 2000


def get_last_lines(text: str, lines: int = 30) -> tuple[str, ...]:
    """The last lines that say something, each shortened to 500 characters; blank lines at the end do not count."""
    kept = text.rstrip().split("\n")[-lines:] if text.strip() else []
    return tuple(shorten_line(line.rstrip()) for line in kept)


def shorten_line(line: str, length: int = LINE_LENGTH) -> str:
    return line if len(line) <= length else line[: length - 1] + "…"


_TELLING = {
    "assertion": (
        r"^E\s{2,}\S|^FAILED \S+ - [Aa]ssert"  # pytest
        r"|^● \S|^\d+\) (?:Failure|Error):"  # jest, minitest
        r"|^Failure/Error:|^Failed asserting that\b|^\[FAIL[:.] "  # rspec, phpunit, forge
        r"|^[\w./@+-]*\.go:\d+: \S"  # go, which tells a column too where it compiles
        r"|^(?:[\w$]+[.:]+)*(?:Assert|ExpectationNotMet|ComparisonFailure)\w*(?: \[\w+\])?(?::|$)"  # Python, Java …
        r"|^thread '.*' panicked\b|^Error: expect\(|: error: -\[\w+\.\w+ \w+\] : "  # rust, playwright, xctest
        r"|^\[ERROR\]\s{2,}\S+:\d+\b"  # maven
    ),
    "style": (
        r"^\d+:\d+\s+error\s"  # eslint
        r"|^\S+:\d+:\d+: [A-Z]{1,4}\d{1,4}:? \S|^[A-Z]{1,4}\d{3,4} (?:\[\*\] )?\S"  # flake8, ruff
        r"|^\S+:\d+:\d+: [CEF]: \S"  # rubocop
        r"|^[Ww]ould reformat:? \S|^Diff in \S|^\[warn\] \S+\.\w+$"
    ),
    "compile": (
        r"^(?:vet: )?[\w./@+-]*\.go:\d+:\d+: \S|^e: \S|\bError \(\d+\): "  # go, kotlin, solidity
        r"|\berror(?:\[\w+\]| [A-Z]{1,5}\d+):\s|^\S+:\d+(?::\d+)?: (?:fatal )?[Ee]rror\b"  # rust, tsc, csc, gcc, swift
        r"|^❌\s+\S+:\d+:\d+: |^(?:\w+\.)*SyntaxError\b|^ld: |^\*\* \(CompileError\)|^Type error: "
        r"|^\[ERROR\] \S+:\[\d+,\d+\] "  # maven
    ),
    "dependency": (
        r"^ERR_PNPM_\w+\s|^➤ YN00(?:01|09|16|18|2[78]|3[05]|41|8[02]): "  # pnpm, yarn
        r"|^npm (?:ERR!|error) (?:\d{3} |E[A-Z]{3,} |notarget |network |`npm ci` can only |(?:Missing|Invalid): )"
        r"|\bNo matching distribution found\b|\bversion solving failed\b|\bNo solution found when resolving\b"
        r"|^> Could not (?:find|resolve) \S+:\S|^go: \S+@\S+: |\bCannot find module '"
        r"|\bModule(?:NotFoundError| not found): |^E: Unable to locate package |^Could not find gem "
    ),
    "missing": r": (?:command not found|No such file or directory)\b|: not found$|\bnot found: \w+$|\bMissing script: ",
    "": (
        r"^(?:[\w$]+[.:]+)*[A-Z]\w*(?:Error|Exception|Panic)(?::|$)"  # Python, JavaScript, Java, Ruby
        r"|(?:^|[^\w-])(?:ERROR|Error|error|fatal|panic):\s|^Error response from daemon|^An error occurred \("
        r"|^\*\* \([\w.]+\) |^A problem occurred \w|^Test timeout of \d|^FAILED \S+ - \S"
        r"|^> (?:Process|Lint found|There were failing) |: Permission denied\b"
        r"|\bno space left on device\b|^E: \S|^Cannot connect to the Docker daemon\b"
        "|^[❌\N{MULTIPLICATION SIGN}]\\s+\\S"
    ),
}
"""How the tools say what was wrong, by what that is. Elsewhere a line that mentions an error has to do."""

_SAY_WHAT = {"assertion", "compile"}
"""Said by what failed itself: while tests run, others mutter of errors too."""

_KINDS = {kind: compile_linear(pattern) for kind, pattern in _TELLING.items()}
_SURE = compile_linear("|".join(_TELLING.values()))

_BEFORE = compile_linear(
    r"^\s*(?:#\d+ \d+\.\d+ +"  # docker
    r"|\[?\d{4}-\d\d-\d\d[T ][\d:.,]+Z?\]? +|\[\d\d:\d\d:\d\d\]: (?:▸ )?"
    r"|@?[\w./-]+[: ](?:test|build|lint|check|typecheck|compile)[\w:-]*: +"  # many packages at once
    r"|[│╷╵] *)"
)
"""What comes before a line that a tool printed, and is not part of it (a time, a level)."""

_NOT_SURE = compile_linear(
    r"^● (?:Console|Validation|Deprecation|Test suite failed to run)|^npm (?:ERR!|error) code\b"
    r"|^➤ YN\d+: [│└┌·] *[-+] "  # what yarn would change
    r"|\bfailed: \(Exit \d|\bdid not complete successfully: exit code"  # what only says that something failed inside
    r"|^#\d+ \[|^\++ "  # commands that are going to run
    r"|:\d+:? (?:warning|note|info)\b|\b\w*Warning: "
)

_ERROR = compile_linear(
    r"\b[A-Z][A-Za-z]*(?:Error|Exception|Panic)\b"
    r"|(?i:(?:^|[^\w-])(?:fatal|panic|npm err!|err!|npm error)(?:[:\s]|$))"
    r"|(?i:(?:^|[^\w-])error(?:\s*$|\s*[^\w\s=/]|\s+[^\s=/]))"
    r"|(?i:^(?:---\s)?FAIL(?:ED)?\b|\bFAILED\s*$)|^[✕✗✖]\s"
)
_NO_ERROR = compile_linear(
    r"(?i:\b(?:0|no|without)\s+(?:errors?|failures?|failed)\b|\berrors?:\s*0\b)|\[\d+:\d+/[\d.]+:ERROR:"
    r"|^(?:[✓✔√]|\[PASS\]) |\.\.\. ok$|\bPASSED\b"
)
"""A count of none, what Chrome mutters, and tests that passed."""


def find_first_error(text: str) -> str | None:
    """The line that reads like the reason of a failure. What ends in a colon is told with the line it announces."""
    lines = split_lines(text)
    number = find_error_number(lines)
    return None if number is None else _join_next_line(lines, number)


def split_lines(text: str) -> list[str]:
    """Its lines without what tools write before them; empty where a test that passed said something."""
    return _drop_passed_tests([strip_prefix(line).strip() for line in text.split("\n")])


def find_error_number(lines: Sequence[str]) -> int | None:
    """Which of such lines reads like the reason, the first of the surest.

    Surest is a check or a compiler that says what was wrong, then what else is sure to be one, then what may be.
    """
    sure = may_be = None
    for number, line in enumerate(lines):
        if _NO_ERROR.search(line):
            continue
        if _SURE.search(line) and not _NOT_SURE.search(line):
            if classify_error(_join_next_line(lines, number)) in _SAY_WHAT:
                return number
            sure = number if sure is None else sure
        elif may_be is None and _ERROR.search(line):
            may_be = number
    return may_be if sure is None else sure


def classify_error(line: str) -> str:
    """What such a line says was wrong: `assertion`, `style`, `compile`, `dependency`, `missing`, else ""."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(line)), "")


def strip_prefix(line: str) -> str:
    """The line as its tool printed it, indented, without a time or a level before it; its beginning if it is long."""
    return str(_BEFORE.sub("", line[:_SEARCHED], 1))


def _drop_passed_tests(lines: list[str]) -> list[str]:
    """Go's tests talk before it is known how they end; what was said by one that passed tells no reason."""
    passed = False
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].startswith(("--- ", "=== ")):
            passed = lines[number].startswith(("--- PASS", "--- SKIP"))
        elif passed:
            lines[number] = ""
    return lines


def _join_next_line(lines: Sequence[str], number: int) -> str:
    line = lines[number]
    following = next(filter(None, lines[number + 1 : number + 4]), "") if line.endswith(":") else ""
    return shorten_line(f"{line} {following}".strip(), 300)
