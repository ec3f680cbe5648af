"""How a line is read: what people type after /circle, as they really write it, and what we wrote, exactly.

Typed, a `--` may have become a dash (macOS does that), Slack has escaped `&`, `<` and `>`, and turned links, @names and
#channels into references (Slack: "Escaping user, channel and group names"). A quote counts where it begins a word or
the value of `name=value`, straight or curly, and ends before the next space; elsewhere it is a letter like any other.
A word in quotes is data, never an option. A command's usage line is its grammar: see Command.usage. Only what takes
`WHOM` or `CHANNEL` keeps references; elsewhere they read as they were typed.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from itertools import takewhile

from bot.dispatch.references import as_typed, is_name, restore_entities
from bot.dispatch.undecorate import strip_marks, strip_sentence_end
from bot.errors import UnknownOption, UsageError
from bot.language import _
from bot.line import END, ParsedLine, parse_key
from bot.mrkdwn import as_code

_KEEPING = ("WHOM", "CHANNEL")
"""What a usage line calls the options and words that keep references."""
_OPTION = re.compile(r"--([a-z][a-z-]*)(?: ([A-Z][A-Z,]*))?")
_OPTIONAL = re.compile(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]")
_PAIR = re.compile(r"([^\s=<>/:]+)=(.*)", re.DOTALL)
_WRITTEN_PAIR = re.compile(r"([^\s=<>/:]*)=(.*)", re.DOTALL)

_CLOSES = {'"': '"', "'": "'", "“": '”“"', "„": '”“"', "”": '”"', "‘": "’'", "’": "’'"}  # noqa: RUF001 - what phones type
_TICK = re.compile(r"(?<=[^\s`])`(?=\s|$)")
_SPACE = re.compile(r"\s*")
_HEAD = re.compile(r"(?:--|[—–]{1,2})[A-Za-z][A-Za-z-]*=|[^\s=<>/:\"'“„”‘’]+=")  # noqa: RUF001 - what phones type
_RUN = re.compile(r"(?:<[^<>|\s]*(?:\|[^<>]*)?>|\S)*")
_DASHED = re.compile(r"(?:--|[—–]{1,2})(?=[A-Za-z])|--(?=.)", re.DOTALL)  # noqa: RUF001 - what macOS makes of --


@dataclass(frozen=True, slots=True)
class Word:
    """A word as Slack sent it. `head` is `name=` before a value, `value` all of it without `head` and quotes."""

    raw: str
    head: str
    value: str
    quoted: bool

    @property
    def text(self) -> str:
        """What was typed."""
        return as_typed(self.value if self.quoted and not self.head else self.raw)


def split_words(text: str) -> list[Word]:
    """The words of a typed line. Raises UsageError when a quote is left open."""
    return list(_iterate_words(text))


def _iterate_words(text: str) -> Iterator[Word]:
    at, ticking = _find_end(_SPACE, text, 0), True
    while at < len(text):
        if ticking and text.startswith("`", at):
            text, ticking = _strip_ticks(text, at)
        begin, head = at, _HEAD.match(text, at)
        at = head.end() if head else at
        closed = _find_closing_quote(text, at)
        value, at = (
            (text[at + 1 : closed], closed + 1) if closed else (text[at : (end := _find_end(_RUN, text, at))], end)
        )
        raw = text[begin:at] if head or closed else strip_marks(text[begin:at])
        yield Word(raw, head[0] if head else "", value if head or closed else raw, quoted=closed is not None)
        at = _find_end(_SPACE, text, at)


def _strip_ticks(text: str, at: int) -> tuple[str, bool]:
    """Without backticks around code, and whether there was a closing one."""
    closed = _TICK.search(text, at + 1)
    return (text[:at] + text[at + 1 : closed.start()] + text[closed.end() :], True) if closed else (text, False)


def _find_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _find_closing_quote(text: str, at: int) -> int | None:
    """Where the quote ends that opens here; None for no quote, and for quotes around parts of what holds no space."""
    opening = text[at : at + 1]
    if opening not in _CLOSES or not opening:
        return None
    found = re.compile(f"[{_CLOSES[opening]}](?=\\s|$)").search(text, at + 1)
    if found is None:
        raise UsageError(_("A quote was opened and never closed."), _("Close it, or leave quotes out."))
    within = text[at + 1 : found.start()]
    parts = set(_CLOSES[opening]) & set(within) and not re.search(r"\s", within)
    return None if parts else found.start()


def find_typed_options(words: Iterable[Word]) -> Iterator[str]:
    """The names of the flags among typed words."""
    for word in takewhile(lambda one: one.raw != END, words):
        if (not word.quoted or word.head) and (dashes := _DASHED.match(word.raw)):
            yield word.raw[dashes.end() :].partition("=")[0]


def find_written_options(words: Iterable[str]) -> Iterator[str]:
    """The same of a line that we wrote."""
    return (word.removeprefix(END) for word in takewhile(lambda one: one != END, words) if word.startswith(END))


def split_written(written: str) -> list[str]:
    """The parts of a line that we wrote, exactly. Raises UsageError for one that was cut off."""
    try:
        return shlex.split(written)
    except ValueError:
        raise UsageError(_("This button says more than fits into one."), _("Type the command instead.")) from None


@dataclass(slots=True)
class _LineBuilder:
    words: list[str] = field(default_factory=list)
    options: dict[str, list[str]] = field(default_factory=dict)
    pairs: dict[str, str] = field(default_factory=dict)
    exact: set[str] = field(default_factory=set)
    typed: set[str] = field(default_factory=set)

    def build(self) -> ParsedLine:
        options = {name: tuple(values) for name, values in self.options.items()}
        return ParsedLine(tuple(self.words), options, self.pairs, frozenset(self.exact - self.typed))


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a usage line allows: option names with what they take (""  for a flag), and whether `key=value` may come.

    `commands` says that it takes another command's words: that one's flags are words then (`help pipeline --config`).
    `people` says that it takes people as words. `elsewhere` says of options of its siblings where they belong.
    """

    options: Mapping[str, str]
    pairs: bool
    commands: bool = False
    people: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def parse_typed(self, words: Sequence[Word]) -> ParsedLine:
        """Sort typed words into positional words, options and pairs. Raises UsageError on what the usage lacks."""
        found, rest = _LineBuilder(), list(words)
        while rest:
            word = rest.pop(0)
            if word.raw == END:
                found.words += [one.text for one in rest]
                break
            if (not word.quoted or word.head) and (dashes := _DASHED.match(word.raw)):
                self._parse_typed_option(found, word, dashes.end(), rest)
            elif self.people and not word.quoted and is_name(word.raw):
                found.words.append(restore_entities(word.raw))
            elif self.pairs and (pair := self._parse_pair(word)):
                found.pairs[pair[0]] = pair[1]
            else:
                found.words.append(word.text if word.quoted else strip_sentence_end(word.text))
        return found.build()

    def _parse_pair(self, word: Word) -> tuple[str, str] | None:
        if word.head:
            return restore_entities(word.head[:-1]), as_typed(word.value)
        pair = _PAIR.fullmatch(word.text)
        return (pair[1], pair[2]) if pair else None

    def _parse_typed_option(self, found: _LineBuilder, word: Word, at: int, rest: list[Word]) -> None:
        name, equals, _ = (word.head or word.raw)[at:].partition("=")
        if self.commands and name not in self.options:
            found.words.append(f"{END}{name}")
            return
        values = found.options.setdefault(self._check_known(as_typed(name)), [])
        read = restore_entities if self.options[name] in _KEEPING else as_typed
        if equals:
            values.append(read(word.value if word.head else word.raw.partition("=")[2]))
            (found.typed if self.options[name] else found.exact).add(name)
        elif self.options[name]:
            values.append(self._take_value(name, rest, read))
            found.typed.add(name)

    def _take_value(self, name: str, rest: list[Word], read: Callable[[str], str]) -> str:
        if not rest:
            raise UsageError(_("`--{name}` needs a value.", name=name))
        word = rest.pop(0)
        return read(word.value if word.quoted and not word.head else word.raw)

    def parse_written(self, words: Sequence[str]) -> ParsedLine:
        """The same for what we wrote: nothing is taken for anything but what it was. Raises UsageError."""
        found, rest = _LineBuilder(), list(words)
        while rest:
            word = rest.pop(0)
            if word == END:
                found.words += _check_after_end(rest)
                break
            if word.startswith(END):
                self._parse_written_option(found, word[2:], rest)
            elif self.pairs and (pair := _WRITTEN_PAIR.fullmatch(word)):
                found.pairs[parse_key(pair[1])] = pair[2]
            else:
                found.words.append(word)
        return found.build()

    def _parse_written_option(self, found: _LineBuilder, word: str, rest: list[str]) -> None:
        """`--name=value` is exact; two words are of an older release, which joined several by commas."""
        name, equals, value = word.partition("=")
        values = found.options.setdefault(self._check_known(name), [])
        if equals:
            values.append(value)
            found.exact.add(name)
        elif self.options[name]:
            if not rest:
                raise UsageError(_("`--{name}` needs a value.", name=name))
            values.append(rest.pop(0))
            found.typed.add(name)

    def _check_known(self, name: str) -> str:
        if name in self.options:
            return name
        if name in self.elsewhere:
            raise UsageError(self.elsewhere[name])
        sentence = _format_unknown(as_code(f"--{name}", 50), find_nearest(name, [*self.options, *self.elsewhere]))
        raise UnknownOption(sentence, name=name, near=find_nearest(name, self.options))


def _check_after_end(words: list[str]) -> list[str]:
    """We never end options before nothing: that is a name, in a button of an older release."""
    if not words:
        raise UsageError(
            _("This button is from an older release, and I no longer understand it."), _("Type the command instead.")
        )
    return words


@cache
def strip_placeholders(text: str, usage: str) -> str:
    """Without what help shows as `[optional]`, where it was copied with the line and left as it is."""
    if any(quote in text for quote in _CLOSES):
        return text
    text = f" {text} "
    for optional in _OPTIONAL.findall(usage):
        text = text.replace(f" {optional} ", " ")
    return text


@cache
def parse_usage(usage: str) -> Grammar:
    options = dict(_OPTION.findall(usage))
    people = "WHOM" in _OPTION.sub("", usage)
    return Grammar(options, "key=value" in usage, commands="[command]" in usage, people=people)


def _format_unknown(option: str, near: str | None) -> str:
    if near is None:
        return _("There is no option {option} here.", option=option)
    return _("There is no option {option} here. Did you mean `--{near}`?", option=option, near=near)


def find_nearest(word: str, known: Iterable[str]) -> str | None:
    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)), None)
