"""What a person says in words of their own, read by the table of phrases: no guessing, and nothing is done by it.

A sentence is read as it stands, then without the words of politeness, then with words that are one slip away from a
word of the table. What takes any word (a branch, a project) takes it as it was typed. All of it is bounded: a sentence
has few words, and each pattern is walked once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.dispatch.phrase_table import Pattern, PatternWord, Phrase, load_phrases, load_wording
from bot.line import Written, format_line, join_parts

_MOST_CHARACTERS, _MOST_WORDS = 160, 14
_EDGES = "?!.,;:…()[]\"'“”„‘’`*_~"  # noqa: RUF001 - what phones type
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'"})  # noqa: RUF001 - as above
_NAME = re.compile(r"[\w#][\w./#@:+-]*")
_OPTION = re.compile(r"(?:^|\s)(?:--|—)")
_NUMBER = re.compile(r"#?\d{1,9}")
_MOST_SLASHES = {"word": 1, "environment": 0}


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    """What was understood: a line to run, of which one that `acts` is only proposed; or an `answer` and no line."""

    line: Written | None
    acts: bool = False
    answer: str = ""


def read_sentence(text: str, known: frozenset[str]) -> ParsedSentence | None:
    """None for what is a command's own line, and for what nobody here understands. `known` are the commands' words."""
    typed = _split(text)
    if not typed:
        return None
    plain = _strip_politeness(typed, known)
    folded = [one.casefold() for one in plain]
    return (
        _find_phrase(typed, [one.casefold() for one in typed], known)
        or (typed != plain and _find_phrase(plain, folded, known))
        or _read_plain_command(typed, plain, known)
        or (len(plain) > 1 and _find_phrase(plain, [_correct(one, known) for one in folded], known))
        or None
    )


def is_sentence(words: Sequence[str], commands: Iterable[str]) -> bool:
    """Whether what nobody read was said to somebody: `what` is no misspelt command, and none is told `me the`."""
    wording, first, *rest = load_wording(), *(one.casefold() for one in words)
    if first in commands:
        return len(rest) > 1 and rest[0] in wording.no_command_takes and not rest[1].startswith("-")
    return first in wording.asking


def _split(text: str) -> list[str]:
    """Its words without the marks around them; none where it is too long, or holds what only commands hold."""
    if len(text) > _MOST_CHARACTERS or "=" in text or "://" in text or _OPTION.search(text):
        return []
    words = [one.strip(_EDGES) for one in text.translate(_APOSTROPHES).split()]
    spelt = [part for one in words if one for part in _spell_out(one)]
    return spelt if len(spelt) <= _MOST_WORDS else []


def _spell_out(word: str) -> Sequence[str]:
    """`what's` is `what is`."""
    bare = word.replace("'", "")
    return load_wording().short.get(bare.casefold(), (bare,))


def _strip_politeness(words: Sequence[str], commands: frozenset[str]) -> list[str]:
    """Without what says only how one asks; a command that begins it stays (`now`)."""
    wording = load_wording()
    first = words[:1] if words[0].casefold() in commands else []
    left = [*first, *(one for one in words[len(first) :] if one.casefold() not in wording.polite)] or list(words)
    while opening := next((one for one in wording.openings if _begins(left, one)), None):
        left = left[len(opening) :]
    return left


def _begins(words: Sequence[str], opening: Sequence[str]) -> bool:
    return len(words) > len(opening) and tuple(one.casefold() for one in words[: len(opening)]) == opening


def _read_plain_command(typed: Sequence[str], plain: Sequence[str], commands: frozenset[str]) -> ParsedSentence | None:
    """`please rerun 32` says `rerun 32`, with more words than its grammar takes."""
    if len(plain) == len(typed) or plain[0].casefold() not in commands:
        return None
    name = plain[0].casefold()
    return _build_reading(join_parts([name, *plain[1:]]), acts=name not in list_reading_commands())


@cache
def list_reading_commands() -> frozenset[str]:
    """Commands that only show something: those of the phrases that are answered at once."""
    return frozenset(one.means.split()[0] for one in load_phrases() if one.means and not one.acts)


def _build_reading(line: Written, *, acts: bool) -> ParsedSentence:
    return ParsedSentence(format_line("propose", line) if acts else line, acts)


def _find_phrase(typed: Sequence[str], folded: Sequence[str], commands: frozenset[str]) -> ParsedSentence | None:
    for phrase, pattern in _list_patterns(len(folded)):
        if (slots := _match(pattern, folded)) is not None:
            values = {name: typed[at] for name, at in slots.items()}
            if all(_is_value(name, value, commands) for name, value in values.items()):
                return _build_phrase_reading(phrase, values)
    return None


@cache
def _list_patterns(count: int) -> Sequence[tuple[Phrase, Pattern]]:
    """Those that can say so many words, in the order in which they are tried: most say more, or fewer."""
    every = ((row, one) for row in load_phrases() for one in row.patterns)
    return tuple((row, one) for row, one in every if sum(not place.optional for place in one) <= count <= len(one))


def _build_phrase_reading(phrase: Phrase, values: Mapping[str, str]) -> ParsedSentence:
    if not phrase.means:
        return ParsedSentence(None, answer=phrase.answer)
    return _build_reading(_fill(phrase.means, values), acts=phrase.acts)


def _is_value(slot: str, value: str, commands: frozenset[str]) -> bool:
    """A project written in full after `deploy` is a command's own line."""
    if slot in {"command", "number"}:
        return slot == "number" or value.casefold() in commands
    if _NUMBER.fullmatch(value) or value.count("/") > _MOST_SLASHES.get(slot, len(value)):
        return False
    return bool(_NAME.fullmatch(value)) and value.casefold() not in load_wording().no_names


def _fill(means: str, values: Mapping[str, str]) -> Written:
    parts = means.split()
    for name, value in values.items():
        parts = [part.replace(f"{{{name}}}", value.lstrip("#") if name == "number" else value) for part in parts]
    return join_parts(parts)


def _match(pattern: Pattern, words: Sequence[str]) -> Mapping[str, int] | None:
    """Where its slots are, if it says all these words: every place of the pattern is tried once at every word."""
    reached: dict[int, dict[str, int]] = {0: {}}
    for place in pattern:
        further = dict(reached) if place.optional else {}
        for at, slots in reached.items():
            if at < len(words) and _fits(place, words[at]):
                further.setdefault(at + 1, {**slots, place.slot: at} if place.slot else slots)
        reached = further
    return reached.get(len(words))


def _fits(place: PatternWord, word: str) -> bool:
    if place.slot == "number":
        return bool(_NUMBER.fullmatch(word))
    return bool(place.slot) or word in place.words


@cache
def _list_vocabulary() -> Mapping[int, tuple[str, ...]]:
    """The words of all patterns by their length."""
    words = sorted({word for row in load_phrases() for one in row.patterns for place in one for word in place.words})
    return {size: tuple(one for one in words if len(one) == size) for size in {len(one) for one in words}}


_SHORTEST = 4
"""Shorter words differ by one letter and mean something else."""


def _correct(word: str, commands: frozenset[str]) -> str:
    """The word of the table that is one slip away; what is short, or known, stays."""
    vocabulary = _list_vocabulary()
    if len(word) < _SHORTEST or word in vocabulary.get(len(word), ()) or word in commands:
        return word
    near = (one for size in (len(word), len(word) - 1, len(word) + 1) for one in vocabulary.get(size, ()))
    return next((one for one in near if len(one) >= _SHORTEST and _is_one_slip(word, one)), word)


def _is_one_slip(word: str, other: str) -> bool:
    """A letter too many, too few or another one; or two that changed places."""
    begin = next((at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), None)
    if begin is None:
        return abs(len(word) - len(other)) == 1
    rest, of_other = word[begin:], other[begin:]
    swapped = rest[:2] == of_other[1::-1] and rest[2:] == of_other[2:]
    return swapped or rest[1:] == of_other[1:] or rest[1:] == of_other or rest == of_other[1:]
