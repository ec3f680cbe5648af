"""Texts that make a pattern work hard, made from the pattern itself: each of its parts repeated, after all before it.

`python -m tests.plugins.redos_attacks [PATTERN ...]` tries them on these patterns, else on all of the project, and is
killed by the kernel as soon as one text takes longer than a linear pattern ever would.
The last line it says is what it tried.
"""

from __future__ import annotations

import importlib
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from itertools import combinations, islice
from pathlib import Path
from re import _constants as ops  # type: ignore[attr-defined]  # how patterns are parsed has no other name
from re import _parser as parser  # type: ignore[attr-defined]  # the same
from typing import Any

import bot
from bot.untrusted.patterns import compile_linear

ROOT = Path(bot.__file__).parent
LENGTH = 120_000
"""Characters: a linear pattern needs a few milliseconds for them, a quadratic one seconds."""
MATCHES = 5_000
"""Of the matches in a text so many are looked for: what costs little each is no matter here."""
LIMIT_S = 0.5
FEW, MANY = 8, 80
"""Texts for a pattern of RE2, which is linear in any one search, and for one of `re`."""
LINEAR = type(compile_linear("x"))
ENDS = ("", "\x00", "\n!")

_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
_OF_RE2 = (("\\z", "\\Z"), ("\\A", ""), ("\\x{9b}", "\\x9b"), ("\\x{9c}", "\\x9c"), ("\\x{9d}", "\\x9d"))

Found = tuple[str, Any, frozenset[str]]
"""The name of a pattern, the pattern, and what is asked of it: fullmatch, match, or to search."""


def collect_patterns() -> Iterator[Found]:
    """All that stand in modules of the project, but for the sandbox, an outsider. One that others import is one."""
    sources = {path: path.read_text() for path in sorted(ROOT.rglob("*.py")) if "sandbox" not in path.parts}
    everywhere = "\n".join(sources.values())
    seen: set[tuple[int, frozenset[str]]] = set()
    for path, source in sources.items():
        name = ".".join(("bot", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        for held, value in () if path.stem == "__main__" else vars(importlib.import_module(name)).items():
            for pattern in _iter_patterns(value):
                asked = _get_used_methods(source if held.startswith("_") else everywhere, held)
                if (id(pattern), asked) not in seen:
                    seen.add((id(pattern), asked))
                    yield f"{name}.{held}", pattern, asked


def _iter_patterns(value: object) -> Iterator[Any]:
    if isinstance(value, re.Pattern | LINEAR):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _iter_patterns(each)
    elif isinstance(value, dict):
        yield from _iter_patterns(tuple(value.values()))
    elif is_dataclass(value) and type(value).__module__.startswith("bot."):
        yield from _iter_patterns(tuple(getattr(value, field.name) for field in fields(value)))


def _get_used_methods(source: str, name: str) -> frozenset[str]:
    """All, where the pattern is handed on before it is used."""
    used = re.findall(rf"\b{name}\b(?:\.(\w+)\()?(?! = )", source)
    return frozenset(_ASKS.get(method, SEARCH) for method in used) or frozenset({SEARCH})


SEARCH = "search"
_ASKS = {"fullmatch": "fullmatch", "match": "match"}


def build_attacks(pattern: Any) -> Iterator[str]:
    """Each text once; where they are very many, evenly taken from all."""
    parsed = list(parser.parse(_to_re_syntax(pattern.pattern), getattr(pattern, "flags", 0) & ~re.UNICODE))
    pumps = (pump for candidates in _CANDIDATES for pump in _AttackBuilder(candidates).build(parsed, ""))
    found = list(dict.fromkeys((*pump, end) for pump in pumps if pump[1] for end in ENDS))
    most = MANY if isinstance(pattern, re.Pattern) else FEW
    for before, unit, end in found[:: -(-len(found) // most) or 1]:
        yield before + unit * (LENGTH // len(unit)) + end


def _to_re_syntax(pattern: str | bytes) -> str:
    text = pattern.decode() if isinstance(pattern, bytes) else pattern
    for theirs, ours in _OF_RE2:
        text = text.replace(theirs, ours)
    return text


_ANYTHING = [chr(code) for code in range(0x3000)]
_CANDIDATES = (["a", "A", "0", *_ANYTHING], [" ", "-", '"', *_ANYTHING])
"""What stands for a class of characters: a letter, or what ends words, as far as it fits."""


class _AttackBuilder:
    def __init__(self, candidates: list[str]) -> None:
        self._candidates = candidates

    def build(self, tokens: list[Any], before: str) -> Iterator[tuple[str, str]]:
        """What stands before, and what is repeated after it: every stretch between two repetitions, and in groups."""
        places = [place for place, (op, _) in enumerate(tokens) if op in _REPEATS]
        edges = sorted({0, len(tokens), *places, *(place + 1 for place in places)})
        for begin, end in combinations(edges, 2):
            yield before + self._build_example(tokens[:begin]), self._build_example(tokens[begin:end])
        for place, (op, value) in enumerate(tokens):
            for inner in _get_groups(op, value):
                yield from self.build(list(inner), before + self._build_example(tokens[:place]))

    def _build_example(self, tokens: Iterable[Any]) -> str:
        """A short text that fits, with each repetition taken once at least."""
        return "".join(self._build_part(op, value) for op, value in tokens)

    def _build_part(self, op: Any, value: Any) -> str:
        if op in _REPEATS:
            return self._build_example(value[2]) * max(value[0], 1)
        if op is ops.LITERAL:
            return chr(value)
        if op in {ops.NOT_LITERAL, ops.IN, ops.ANY}:
            return self._get_member(value if op is ops.IN else [(op, value)])
        return next((self._build_example(inner) for inner in _get_groups(op, value)), "")

    def _get_member(self, members: list[Any]) -> str:
        fits = re.compile(_format_class(members), re.DOTALL)
        return next(character for character in self._candidates if fits.fullmatch(character))


def _get_groups(op: Any, value: Any) -> Iterable[Any]:
    if op in _REPEATS:
        return [value[2]]
    if op is ops.SUBPATTERN:
        return [value[3]]
    if op is ops.BRANCH:
        return value[1]
    return [value] if op is ops.ATOMIC_GROUP else []


def _format_class(members: list[Any]) -> str:
    """The class, written down again."""
    names = {
        ops.CATEGORY_DIGIT: r"\d",
        ops.CATEGORY_NOT_DIGIT: r"\D",
        ops.CATEGORY_SPACE: r"\s",
        ops.CATEGORY_NOT_SPACE: r"\S",
        ops.CATEGORY_WORD: r"\w",
        ops.CATEGORY_NOT_WORD: r"\W",
    }
    written = ""
    for op, value in members:
        if op is ops.ANY:
            return "."
        if op in {ops.NEGATE, ops.NOT_LITERAL}:
            written += "^" if op is ops.NEGATE else f"^{re.escape(chr(value))}"
        elif op is ops.LITERAL:
            written += re.escape(chr(value))
        elif op is ops.RANGE:
            written += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        else:
            written += names[value]
    return f"[{written}]"


def run_limited(what: str, work: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    """Say what is done, and do it: the kernel ends this process when it takes longer than `limit_s` of its time."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    work()
    signal.setitimer(signal.ITIMER_PROF, 0)


def _try(pattern: Any, asked: frozenset[str], text: str) -> None:
    told = text if isinstance(pattern, re.Pattern) else text.encode()
    for each in asked - {SEARCH}:
        getattr(pattern, each)(told)
    for _ in islice(pattern.finditer(told) if SEARCH in asked else (), MATCHES):
        pass


def main(given: list[str]) -> None:
    of_given = [(text, re.compile(text, re.DOTALL), frozenset({SEARCH})) for text in given]
    for name, pattern, asked in of_given or collect_patterns():
        for text in build_attacks(pattern):
            run_limited(f"{name}: {text[:60]!r}…{text[-8:]!r}", partial(_try, pattern, asked, text))


if __name__ == "__main__":
    main(sys.argv[1:])
