r"""Patterns over untrusted text: RE2 matches in time linear in the text, whatever the pattern and whatever the text.

The price is that there is no lookaround and no backreference (github.com/google/re2/wiki/Syntax). `$` is the text's end
and `\A`, `\z` likewise; with `(?m)` `^` and `$` match at lines. A verbose pattern is written as several strings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import re2  # type: ignore[import-untyped]  # ships no types

MOST_MEMORY = 32 << 20
"""Bytes that one pattern's automaton may take. Over it RE2 searches by slower, still linear means."""


def compile_linear(pattern: str, *, ignore_case: bool = False) -> Any:
    """A compiled pattern with `re`'s methods (search, match, fullmatch, finditer, split, sub). Raises re2.error."""
    options = re2.Options()
    options.max_mem = MOST_MEMORY
    options.case_sensitive = not ignore_case
    options.log_errors = False
    return _LenientPattern._make(pattern, tuple(getattr(options, name) for name in re2.Options.NAMES))


class _LenientPattern(re2._Regexp):  # type: ignore[misc]  # noqa: SLF001 - the class has no other name
    """Half a character (a lone surrogate, as JSON can tell it) is read as `?`, where RE2 would raise."""

    def _match(self, anchor: Any, text: Any, pos: int | None = None, endpos: int | None = None) -> Any:
        whole = text.encode("utf-8", "replace").decode() if isinstance(text, str) else text
        return super()._match(anchor, whole, pos, endpos)


def replace_matches(pattern: Any, told: bytes, by: Callable[[Any], bytes]) -> bytes:
    """The UTF-8 with what `by` says in the place of every match. On bytes RE2 counts no characters, and is quicker."""
    replaced: bytes = pattern.sub(by, told)
    return replaced
