"""Text of strangers, fit to be shown: cut first, then cleaned, then masked, and apart where that is much work.

Cleaning comes before masking, since a colour in the middle hides a secret; cutting before both, so that what anybody
wrote costs no more than what is shown of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bot.untrusted import reader_process
from bot.untrusted.job_log import find_first_error, get_last_lines, shorten_line
from bot.untrusted.masking import mask_secrets
from bot.untrusted.step_output import FILE_CHARS, StepOutput, parse_step_output
from bot.untrusted.telling_lines import find_telling_lines
from bot.untrusted.terminal import clean_terminal_text

TOO_LARGE = "(too large to read)"

_LONGEST_WORD = 1_000
_A_TEXT = 300
"""Bytes of a long text that take about as long as a short text."""


@dataclass(frozen=True, slots=True)
class LogExcerpt:
    """The last lines that a step printed, the one of all that reads most like the reason, and the `telling` lines."""

    lines: tuple[str, ...] = ()
    first_error: str | None = None
    telling: tuple[str, ...] = ()


async def sanitize_excerpt(printed: StepOutput, names: Collection[str] = (), lines: int = 30) -> LogExcerpt:
    """Of what a step printed. `names` are those of variables whose values are masked. Raises reading.TooLarge."""
    asked = {"cut": printed.cut, "names": sorted(names), "lines": lines}
    found, _ = await reader_process.run_reader(read_excerpt, asked, printed.raw)
    return LogExcerpt(tuple(found["lines"]), found["first_error"], tuple(found["telling"]))


def read_excerpt(asked: Any, raw: bytes) -> tuple[Any, bytes]:
    """A reader (reader_process.py)."""
    printed, _ = parse_step_output(raw, cut=asked["cut"])
    text = mask_secrets(clean_terminal_text(printed), asked["names"])
    lines, first_error = get_last_lines(text, asked["lines"]), find_first_error(text)
    return {"lines": lines, "first_error": first_error, "telling": find_telling_lines(text)}, b""


async def sanitize_output(printed: StepOutput, names: Collection[str]) -> tuple[bytes, bool]:
    """All that a step printed as UTF-8 for a file, and whether there was more. Raises reading.TooLarge."""
    cut, text = await reader_process.run_reader(read_output, {"cut": printed.cut, "names": sorted(names)}, printed.raw)
    return text, cut


def read_output(asked: Any, raw: bytes) -> tuple[Any, bytes]:
    """A reader (reader_process.py)."""
    printed, cut = parse_step_output(raw, cut=asked["cut"], most_chars=FILE_CHARS)
    return cut, mask_secrets(clean_terminal_text(printed), asked["names"]).encode("utf-8", "replace")


async def sanitize_file(text: str) -> bytes:
    """A text that somebody wrote (a config) as UTF-8 for a file. Raises reading.TooLarge."""
    return (await reader_process.run_reader(read_file, None, text.encode("utf-8", "replace")))[1]


def read_file(_asked: Any, raw: bytes) -> tuple[Any, bytes]:
    """A reader (reader_process.py)."""
    return None, mask_secrets(clean_terminal_text(raw.decode())).encode("utf-8", "replace")


async def sanitize_texts(written: Sequence[tuple[str, int]], names: Collection[str] = ()) -> list[str]:
    """Each text with how many characters are shown of it. One that takes too long is said to be too large."""
    cut = json.dumps([_cut_text(text, most) for text, most in written]).encode()
    asked = {"names": sorted(names), "most": [most for _, most in written]}
    at_once = reader_process.AT_ONCE - len(written) * (_A_TEXT + len(names))
    try:
        found, _ = await reader_process.run_reader(read_texts, asked, cut, at_once=at_once)
    except reader_process.TooLarge:
        return [TOO_LARGE] * len(written)
    return list(found)


def read_texts(asked: Any, cut: bytes) -> tuple[Any, bytes]:
    """A reader (reader_process.py)."""
    shown = (mask_secrets(clean_terminal_text(text), asked["names"]) for text in json.loads(cut))
    return [shorten_line(text, most) for text, most in zip(shown, asked["most"], strict=True)], b""


def _cut_text(text: str, most: int) -> str:
    """Enough for `most` characters when codes for colours are gone, without half a word, which may be half a secret."""
    if len(text) <= 2 * most:
        return text
    kept = text[: 2 * most]
    end = max(kept.rfind(" "), kept.rfind("\n"))
    return kept[:end] if end > len(kept) - _LONGEST_WORD else kept
