"""What was asked of the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.actions import targets
from bot.command import ParsedLine
from bot.errors import UsageError
from bot.language import _
from bot.line import Written, extend_line
from bot.mrkdwn import as_code

_OF_BUTTONS = frozenset({"version", "sure", "page"})


@dataclass(frozen=True, slots=True)
class PolicyArgs:
    """`words` are those after the verb. `seen` is the version that the person looks at; `sure`: they looked again."""

    verb: str
    words: tuple[str, ...] = ()
    said: ParsedLine = field(default_factory=ParsedLine)
    seen: int | None = None
    sure: bool = False
    page: int = 1

    @classmethod
    def parse(cls, verb: str, words: Sequence[str], line: ParsedLine) -> PolicyArgs:
        version = line.get_value("version")
        seen = None if version is None else parse_number(version)
        return cls(verb, tuple(words), line, seen, line.has_flag("sure"), targets.parse_page(line))

    def to_line(self, *, seen: int, sure: bool) -> Written:
        """The same, about this version."""
        options = {name: values for name, values in self.said.options.items() if name not in _OF_BUTTONS}
        said = ParsedLine((self.verb, *self.words), options, self.said.pairs, self.said.exact)
        return extend_line(said.to_written("policy"), version=str(seen), sure=sure)

    @property
    def number(self) -> int | None:
        """The only word, where that is a number."""
        return parse_number(self.words[0]) if len(self.words) == 1 else None


def parse_number(text: str) -> int:
    """Raises UsageError."""
    number = text.removeprefix("#")
    if not (number.isascii() and number.isdecimal()) or len(number) > 9:
        raise UsageError(_("{word} is not a number.", word=as_code(text, 20)))
    return int(number)
