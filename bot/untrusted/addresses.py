"""Addresses in a message that anybody may have written, people or apps: its text, its blocks, its attachments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from bot.untrusted.patterns import compile_linear

MOST = 20
_PARTS, _CHARACTERS = 2_000, 40_000
"""Of a message, at most. Slack takes 50 blocks, and 40,000 characters of text."""

_ADDRESS = compile_linear(r"https?://[^\s<>|\"'`]+")
_CLOSING = ".,;:!?)]}*_~"
"""What stands after an address in a sentence."""


def find_addresses(message: Mapping[str, Any]) -> tuple[str, ...]:
    """The first of them, each once, in the order in which they stand there."""
    told = [message.get(part) for part in ("text", "blocks", "attachments")]
    text = "\n".join(_take(_iterate_texts(told), _CHARACTERS))
    found = (address[0].rstrip(_CLOSING).replace("&amp;", "&") for address in _ADDRESS.finditer(text))
    return tuple(islice(dict.fromkeys(found), MOST))


def _iterate_texts(told: Any) -> Iterator[str]:
    """Without recursion: a stranger says how deep it is."""
    left = [told]
    for _ in range(_PARTS):
        if not left:
            return
        part = left.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping):
            left += list(part.values())[::-1]
        elif isinstance(part, list):
            left += part[:_PARTS][::-1]


def _take(texts: Iterator[str], room: int) -> Iterator[str]:
    for text in texts:
        if room <= 0:
            return
        yield text[:room]
        room -= len(text)
