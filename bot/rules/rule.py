"""A rule as a value. Two rules that say the same are equal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from bot.errors import Mistakes, UsageError
from bot.language import _
from bot.language.formats import join_or
from bot.line import OptionValue, join_commas
from bot.mrkdwn import as_code
from bot.rules.fields import BY_NAME, FIELDS, Field, to_options
from bot.rules.kinds import ALL, DEFAULT_DEPLOY_KINDS, DEFAULT_KINDS, DEPLOY_KINDS

_LONGEST = 1500
"""Characters of a rule as typed: a button must be able to say it (Slack: 2,000)."""

_OF_RUNS = ("every", "slower", "remind")
"""Fields that mean workflows and their holds."""

Plain = dict[str, Any]
"""A rule as YAML and JSON show it: what differs from the defaults, by the names of FIELDS."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wanted; an attribute for each of FIELDS. Patterns are globs, sorted; none means any.

    Branch and tag are asked together: with only one of them named, only that is wanted. `remind` are spans of time (see
    bot/rules/durations.py), the shortest first. What a rule wants that says no kinds, `build` decides.
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
                    kinds=_join_words(never),
                ),
                _("Leave that out, or make two rules of it."),
            )
        if left_out := self._find_left_out():
            raise UsageError(
                _(
                    "This rule leaves out every environment that it asks for: it would never post {kinds}.",
                    kinds=left_out,
                ),
                _("Leave out other environments, or none."),
            )
        if (self.is_of_deploys or self.only <= DEPLOY_KINDS) and (idle := [one for one in _OF_RUNS if self._sets(one)]):
            raise UsageError(
                _("A rule for deploys alone never uses {options}.", options=_join_words(f"--{one}" for one in idle)),
                _("Leave that out, or say by `--only` what else it is to post."),
            )

    def _find_left_out(self) -> str:
        """The kinds of deploys that it asks for, and none can be in an environment that it does not leave out."""
        wider = self.not_environment
        asked = self.environment or ("*",)
        if ALL in self.only or not all(any(_is_within(glob, one) for one in wider) for glob in asked):
            return ""
        return _join_words(self.only & DEPLOY_KINDS)

    @classmethod
    def build(cls, said: Mapping[str, Any]) -> Rule:
        """The rule that these attributes say. Whether its kinds were said decides what it wants, not which they are.

        Who names environments or components and no kinds wants each kind of deploy. With `all` these are spelled out:
        to a process of a release that knows no environments, `all` would mean everything everywhere.
        """
        of_deploys = bool(said.get("environment") or said.get("component"))
        unsaid = "only" not in said and (of_deploys or said.get("not_environment"))
        if unsaid or (of_deploys and ALL in said["only"]):
            return cls(**{**said, "only": DEFAULT_DEPLOY_KINDS})
        return cls(**said)

    @classmethod
    def parse_fields(cls, texts: Mapping[str, Sequence[str]]) -> Rule:
        """What these fields say, each by its texts, be it sensible or not.

        Raises UsageError, for all that is wrong at once.
        """
        mistakes = Mistakes()
        said = {
            field.attribute: mistakes.collect(partial(field.parse_texts, texts[field.name]), field.default)
            for field in FIELDS
            if field.name in texts
        }
        mistakes.check()
        return cls.build(said)

    @classmethod
    def parse(cls, texts: Mapping[str, Sequence[str]]) -> Rule:
        """The rule that these fields say, each by its texts. Raises UsageError."""
        rule = cls.parse_fields(texts)
        rule.check()
        if len(rule.as_typed()) > _LONGEST:
            raise UsageError(_("That is more than one rule can hold."), _("Make two rules of it."))
        return rule

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Rule:
        """The inverse of `plain`, for what was checked before it was written; unknown fields are left out."""
        known = [field for field in FIELDS if field.name in plain]
        return cls.build({field.attribute: type(field.default)(plain[field.name]) for field in known})

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
        return [field for field in FIELDS if self._sets(field.name)]

    def _sets(self, name: str) -> bool:
        """Whether it has to be said. Beside what is of deploys the kinds always are: without them others are meant."""
        field = BY_NAME[name]
        if name == "only" and (self.is_of_deploys or self.not_environment):
            return True
        return bool(self._get_value(field) != field.default)

    def _get_value(self, field: Field) -> Any:
        return getattr(self, field.attribute)


def _is_within(glob: str, wider: str) -> bool:
    """Whether whatever fits the one fits the other, as far as that is plain to see."""
    return glob == wider or (not set("?[") & set(wider) and fnmatchcase(glob, wider))


def _join_words(words: Iterable[str]) -> str:
    return join_or([as_code(word, 50) for word in sorted(words)])


def _to_plain(field: Field, value: Any) -> Any:
    texts = field.to_texts(value)
    if not field.takes:
        return True
    return list(texts) if isinstance(value, tuple | frozenset) else value
