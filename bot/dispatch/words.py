"""The typed grammar: what people write after /circle, as they really write it.

Quotes may be curly, `--` may have become a dash (macOS does that), ampersands may be escaped by Slack, which also turns
links, @names and #channels into references (Slack: "Escaping user, channel and group names"). A command's usage line
is its grammar: see Command.usage. Only what takes `WHOM` keeps references; elsewhere they read as they were typed.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from bot.command import Line
from bot.errors import UsageError
from bot.mrkdwn import code

_STRAIGHT = str.maketrans("“”„‘’\u00a0", '"""\'\' ')  # noqa: RUF001 - what phones and macOS type
_WHOM = "WHOM"
_DASHES = "—–"  # noqa: RUF001 - what macOS makes of --
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_OPTION = re.compile(r"--([a-z][a-z-]*)(?: ([A-Z][A-Z,]*))?")
_REFERENCE = re.compile(r"<(?P<what>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>")
_PAIR = re.compile(r"([^\s=<>/:]+)=(.*)", re.DOTALL)


def split(text: str) -> list[str]:
    """Words of a line, quotes removed: the inverse of bot.command.line. Raises UsageError when a quote is left open."""
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    lexer = shlex.shlex(text.translate(_STRAIGHT), posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        return [_long_dash(word) for word in lexer]
    except ValueError:
        raise UsageError("A quote was opened and never closed.", "Close it, or leave quotes out.") from None


def as_typed(word: str) -> str:
    """With references as they were typed: `<https://x.dev>`, `<http://x.dev|x.dev>`, `<@U1|ada>`, `<#C1|web>`."""
    return _REFERENCE.sub(_typed, word)


def _typed(reference: re.Match[str]) -> str:
    what, label = reference["what"], reference["label"] or ""
    if what.startswith("#"):
        return f"#{label}" if label else reference[0]
    if what.startswith(("@", "!subteam^")):
        return f"@{label.removeprefix('@')}" if label else reference[0]
    if not what.startswith(("http://", "https://", "mailto:")):
        return reference[0]
    return label if label and what.endswith(label) else what


def _long_dash(word: str) -> str:
    return "--" + word.lstrip(_DASHES) if word[:1] in _DASHES and word.strip(_DASHES) else word


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a usage line allows: option names with what they take (""  for a flag), and whether `key=value` may come."""

    options: Mapping[str, str]
    pairs: bool

    def read(self, words: Sequence[str]) -> Line:
        """Sort words into positional words, options and pairs. Raises UsageError on what the usage does not name."""
        found: dict[str, list[str]] = {}
        plain: list[str] = []
        pairs: dict[str, str] = {}
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word.startswith("--") and len(word) > 2:
                name, values = self._option(word[2:], rest)
                found.setdefault(name, []).extend(values)
            elif self.pairs and (pair := _PAIR.fullmatch(as_typed(word))):
                pairs[pair[1]] = pair[2]
            else:
                plain.append(as_typed(word))
        return Line(tuple(plain), {name: tuple(values) for name, values in found.items()}, pairs)

    def _option(self, text: str, rest: list[str]) -> tuple[str, list[str]]:
        name, equals, value = text.partition("=")
        if name not in self.options:
            raise UsageError(
                f"There is no option {code('--' + name, 50)} here.{did_you_mean(name, self.options, '--')}"
            )
        read = str if self.options[name] == _WHOM else as_typed
        if not self.options[name]:
            return name, [value] if equals else []
        if equals:
            return name, [read(value)]
        if not rest:
            raise UsageError(f"`--{name}` needs a value.")
        return name, [read(rest.pop(0))]


@cache
def grammar(usage: str) -> Grammar:
    return Grammar(dict(_OPTION.findall(usage)), "key=value" in usage)


def did_you_mean(word: str, known: Iterable[str], prefix: str = "") -> str:
    """A sentence with the nearest known word, or nothing."""
    near = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f" Did you mean `{prefix}{near[0]}`?" if near else ""
