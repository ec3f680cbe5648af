"""A rule as a value. Two rules that say the same are equal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.errors import Mistakes, UsageError
from bot.language import _
from bot.language.formats import join_or
from bot.line import OptionValue, join_commas
from bot.mrkdwn import as_code
from bot.rules.fields import FIELDS, Field, to_options
from bot.rules.kinds import ALL, DEFAULT_DEPLOY_KINDS, DEFAULT_KINDS, DEPLOY_KINDS

_LONGEST = 1500
"""Characters of a rule as typed: a button must be able to say it (Slack: 2,000)."""

Plain = dict[str, Any]
"""A rule as YAML and JSON show it: what differs from the defaults, by the names of FIELDS."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wanted; an attribute for each of FIELDS. Patterns are globs, sorted; none means any.

    Branch and tag are asked together: with only one of them named, only that is wanted. `remind` are spans of time (see
    bot/rules/durations.py), the shortest first. Who names an environment or a component and no kinds wants each kind of
    deploy.
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
    environment: tuple[str, ...] = ()
    not_environment: tuple[str, ...] = ()
    component: tuple[str, ...] = ()
    every: int = 0
    slower: float = 1.5
    remind: tuple[str, ...] = ()
    to: str = "message"
    at: tuple[str, ...] = ("09:00",)
    mention: tuple[str, ...] = ()
    default_branch: bool = False
    mine: bool = False

    def __post_init__(self) -> None:
        if self.only == DEFAULT_KINDS and (self.environment or self.not_environment or self.component):
            object.__setattr__(self, "only", DEFAULT_DEPLOY_KINDS)

    @property
    def is_of_deploys(self) -> bool:
        """Nothing but a deploy has an environment or a component."""
        return bool(self.environment or self.component)

    def check(self) -> None:
        """Raises UsageError where it asks for what it can never post: silence would look like success."""
        if self.is_of_deploys and (never := self.only - DEPLOY_KINDS - {ALL}):
            raise UsageError(
                _(
                    "Only a deploy has an environment or a component: this rule would never post {kinds}.",
                    kinds=join_or([as_code(kind, 50) for kind in sorted(never)]),
                ),
                _("Leave that out, or make two rules of it."),
            )

    @classmethod
    def parse(cls, texts: Mapping[str, Sequence[str]]) -> Rule:
        """The rule that these fields say, each by its texts. Raises UsageError, for all that is wrong at once."""
        mistakes = Mistakes()
        said = {
            field.attribute: mistakes.collect(partial(field.parse_texts, texts[field.name]), field.default)
            for field in FIELDS
            if field.name in texts
        }
        mistakes.check()
        rule = cls(**said)
        rule.check()
        if len(rule.as_typed()) > _LONGEST:
            raise UsageError(_("That is more than one rule can hold."), _("Make two rules of it."))
        return rule

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Rule:
        """The inverse of `plain`, for what was checked before it was written; unknown fields are left out."""
        known = [field for field in FIELDS if field.name in plain]
        return cls(**{field.attribute: type(field.default)(plain[field.name]) for field in known})

    def to_plain(self) -> Plain:
        return {field.name: _to_plain(field, self._get_value(field)) for field in self._list_set_fields()}

    def to_options(self) -> dict[str, OptionValue]:
        """As a line says it: the fields that are set, a flag by True."""
        return to_options(self.to_texts())

    def as_typed(self) -> str:
        """For people to read: `--branch release/* --only failed,recovered`."""
        options = self.to_texts().items()
        return " ".join(f"--{name} {join_commas(texts)}".rstrip() for name, texts in options)

    def to_texts(self) -> dict[str, tuple[str, ...]]:
        """The fields that are set, each as texts."""
        return {field.name: field.to_texts(self._get_value(field)) for field in self._list_set_fields()}

    def to_json(self) -> str:
        """Always the same text for the same rule."""
        return json.dumps(self.to_plain(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def _list_set_fields(self) -> list[Field]:
        return [field for field in FIELDS if self._get_value(field) != field.default]

    def _get_value(self, field: Field) -> Any:
        return getattr(self, field.attribute)


def _to_plain(field: Field, value: Any) -> Any:
    texts = field.to_texts(value)
    if not field.takes:
        return True
    return list(texts) if isinstance(value, tuple | frozenset) else value
