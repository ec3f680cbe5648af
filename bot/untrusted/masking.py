"""Text of other people's programs, made fit to be read in a channel: whatever looks like a secret is `****`.

A second net under CircleCI's own (its `****` stays). It knows private keys, the forms of common tokens
(token_shapes.py), what is written beside a name like PASSWORD (named_secrets.py), what command lines are given
(command_lines.py), and what is told as the value of a variable that the project or a context holds (known_secrets.py).
What it must find and what it must leave, tests/untrusted/formats.toml says.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.untrusted.command_lines import mask_arguments
from bot.untrusted.known_secrets import mask_values
from bot.untrusted.named_secrets import mask_named
from bot.untrusted.patterns import compile_linear, replace_matches
from bot.untrusted.token_shapes import MASK, mask_tokens

_KEY = r"[A-Z0-9 ]*PRIVATE KEY[A-Z ]*-{4,5}"
_KEY_BLOCK = compile_linear(
    rf"(?s)-{{4,5}} ?BEGIN {_KEY}.*?(?:-{{4,5}} ?END {_KEY}|\z)"
    rf"|\A[A-Za-z0-9+/=\s]*-{{4,5}} ?END {_KEY}"
    r"|Private-Lines: \d+\s[A-Za-z0-9+/=\s]*(?:-MAC: \w+)?"
)


_BREAK = b"\x1f"
"""Stands for a while behind `\\n`, as JSON writes the end of a line: what comes after it is no part of the word."""


def mask_secrets(text: str, names: Collection[str] = ()) -> str:
    """The text with whatever looks like a secret replaced by `****`, and whatever is told as the value of `names`."""
    if not text:
        return text
    text = mask_values(text, names) if names else text
    told = replace_matches(_KEY_BLOCK, text.encode(errors="replace"), lambda _: MASK)
    if _BREAK in told:
        return _mask_all(told).decode()
    for escape in (b"\\n", b"\\r", b"\\t"):
        told = told.replace(escape, escape + _BREAK)
    return _mask_all(told).replace(_BREAK, b"").decode()


def _mask_all(told: bytes) -> bytes:
    return mask_named(mask_arguments(mask_tokens(told)))
