"""The output of one step as CircleCI stores it: a JSON array of `{message, type, time}`, possibly huge.

Only its end is kept while it streams by; the reason of a failure is there.
"""

from __future__ import annotations

import json
import re
from collections import deque

KEPT_CHARS = 200_000
KEPT_BYTES = 2_000_000
FILE_CHARS = 3_000_000
FILE_BYTES = 8_000_000
"""What is kept for a file is more than what is kept to be read in a message."""

_LONGEST_LINE = 10_000

# A string of JSON takes all that it has looked at, and what stands before it looks only at what no string begins with.
_MESSAGE = re.compile(r'"message"\s*+:\s*+("(?:[^"\\]++|\\.)*+")', re.DOTALL)
_NEWLINE = re.compile(r"(?<!\\)\\n")
_REST_OF_MESSAGE = re.compile(r'(?:[^"\\]++|\\.)*+"', re.DOTALL)


class StepOutput:
    """The last `most_bytes` of a stream (a chunk more or less), and whether something was let go."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self.cut = False

    def add(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._size += len(chunk)
        while self._size - len(self._chunks[0]) >= self._most_bytes:
            self._size -= len(self._chunks.popleft())
            self.cut = True

    @property
    def raw(self) -> bytes:
        """As CircleCI stores it."""
        return b"".join(self._chunks)


def parse_step_output(raw: bytes, *, cut: bool, most_chars: int = KEPT_CHARS) -> tuple[str, bool]:
    """What the step printed, its last `most_chars` characters at most, and whether there was more.

    A line whose beginning is gone is gone whole: half a secret is not known for one.
    """
    text = raw.decode("utf-8", "replace")
    printed = _parse_rest(text) if cut else _parse_whole(text)
    if len(printed) <= most_chars:
        return printed, cut
    kept = printed[-most_chars:]
    newline = kept.find("\n", 0, _LONGEST_LINE)
    return kept[newline + 1 :], True


def _parse_whole(raw: str) -> str:
    try:
        lines = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    if not isinstance(lines, list):
        return raw
    return "".join(str(line.get("message") or "") for line in lines if isinstance(line, dict))


def _parse_rest(raw: str) -> str:
    """The messages in the end of an array whose beginning is gone: the first newline of any stands inside one."""
    newline = _NEWLINE.search(raw)
    opening = _REST_OF_MESSAGE.match(raw, newline.end()) if newline else None
    quoted = ['"' + opening[0], *_MESSAGE.findall(raw, opening.end())] if opening else _MESSAGE.findall(raw)
    return "".join(_unquote(text) for text in quoted) or raw


def _unquote(text: str) -> str:
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        return ""
