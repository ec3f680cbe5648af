from __future__ import annotations

from bot.untrusted.job_log import find_first_error, get_last_lines
from tests.plugins.each_case import each_case

# The end, and the reason


def test_the_tail_is_the_last_lines_that_say_something() -> None:
    assert get_last_lines("\n".join(str(n) for n in range(100)) + "\n\n  \n", 3) == ("97", "98", "99")
    assert get_last_lines("one\n\ntwo  ") == ("one", "", "two")
    assert get_last_lines(" \n ") == ()
    assert get_last_lines("") == ()


def test_a_line_that_never_ends_is_shortened() -> None:
    (line,) = get_last_lines("x" * 10_000)
    assert (len(line), line[-1]) == (500, "…")


@each_case(
    ("text", "line"),
    [
        ("collecting\nE       assert 1 == 2\nshort summary", "E       assert 1 == 2"),
        ("Traceback (most recent call last):\n  File x\nValueError: no such cart", "ValueError: no such cart"),
        ("compiling\nerror[E0308]: mismatched types\n", "error[E0308]: mismatched types"),
        ("main.c:3:1: error: expected ';'", "main.c:3:1: error: expected ';'"),
        ("npm ERR! code ELIFECYCLE", "npm ERR! code ELIFECYCLE"),
        ("fatal: not a git repository", "fatal: not a git repository"),
        ("panic: runtime error", "panic: runtime error"),
        ("--- FAIL: TestCart (0.00s)", "--- FAIL: TestCart (0.00s)"),
        ("bash: pytst: command not found", "bash: pytst: command not found"),
        ("ok\n  ✕ adds up (3 ms)", "✕ adds up (3 ms)"),
        ("0 errors, 0 failures\nerrors: 0\nall good", None),
        ("terrorists and mirrors", None),
        ("", None),
    ],
)
def test_the_first_line_that_reads_like_the_reason(text: str, line: str | None) -> None:
    assert find_first_error(text) == line


def test_the_reason_is_kept_short() -> None:
    assert len(find_first_error("ValueError: " + "x" * 5000) or "") == 300
