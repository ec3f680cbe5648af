"""A rule as a value. Two rules that say the same are equal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import UsageError
from bot.line import Said, joined
from bot.rules.fields import FIELDS, Field
from bot.rules.kinds import DEFAULT_KINDS

_LONGEST = 1500
"""Characters of a rule as typed: a button must be able to say it (Slack: 2,000)."""

Plain = dict[str, Any]
"""A rule as YAML and JSON show it: what differs from the defaults, by the names of FIELDS."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wanted; an attribute for each of FIELDS. Patterns are globs, sorted; none means any.

    Branch and tag are asked together: with only one of them named, only that is heard. `remind` are spans of time (see
    bot/rules/durations.py), the shortest first.
    """

    only: frozenset[str] = DEFAULT_KINDS
    branch: tuple[str, ...] = ()
    not_branch: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    not_tag: tuple[str, ...] = ()
    workflow: tuple[str, ...] = ()
    not_workflow: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    not_actor: tuple[str, ...] = ()
    trigger: tuple[str, ...] = ()
    not_trigger: tuple[str, ...] = ()
    every: int = 0
    slower: float = 1.5
    remind: tuple[str, ...] = ()
    to: str = "message"
    at: tuple[str, ...] = ("09:00",)
    mention: tuple[str, ...] = ()
    default_branch: bool = False
    mine: bool = False

    @classmethod
    def of(cls, said: Mapping[str, Sequence[str]]) -> Rule:
        """The rule that these fields say, each by its texts. Raises UsageError."""
        rule = cls(**{field.attribute: field.value(said[field.name]) for field in FIELDS if field.name in said})
        if len(rule.as_typed()) > _LONGEST:
            raise UsageError("That is more than one rule can hold.", "Make two of it.")
        return rule

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Rule:
        """The inverse of `plain`, for what was checked before it was written; unknown fields are left out."""
        known = [field for field in FIELDS if field.name in plain]
        return cls(**{field.attribute: type(field.default)(plain[field.name]) for field in known})

    def plain(self) -> Plain:
        return {field.name: _plain(field, self._of(field)) for field in self._set()}

    def options(self) -> dict[str, Said]:
        """As a line says it: the fields that are set, a flag by True."""
        return {field.name: field.said(self._of(field)) if field.takes else True for field in self._set()}

    def as_typed(self) -> str:
        """For people to read: `--branch release/* --only failed,recovered`."""
        said = self.said().items()
        return " ".join(f"--{name} {joined(texts)}".rstrip() for name, texts in said)

    def said(self) -> dict[str, tuple[str, ...]]:
        """The fields that are set, each as texts."""
        return {field.name: field.said(self._of(field)) for field in self._set()}

    def json(self) -> str:
        """Always the same text for the same rule."""
        return json.dumps(self.plain(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def _set(self) -> list[Field]:
        return [field for field in FIELDS if self._of(field) != field.default]

    def _of(self, field: Field) -> Any:
        return getattr(self, field.attribute)


def _plain(field: Field, value: Any) -> Any:
    texts = field.said(value)
    if not field.takes:
        return True
    return list(texts) if isinstance(value, tuple | frozenset) else value
