"""By what a rule is found among very many: its cues, of which each outcome that it wants shows one.

A cue is how a branch or a tag begins, as far as a pattern of the rule is plain text, or that the branch is the default
one. So the store need not read the rules about other refs; whether a rule that it finds wants the outcome is for
bot/rules/match.py to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.rules.rule import Rule

LONGEST = 24
"""Characters of a ref that count: rules whose patterns begin with the same ones are found together."""

KEYS_PER_OUTCOME = LONGEST + 2
"""How many cues an outcome shows."""

_WILDCARD = re.compile(r"[*?[]")

_DEFAULT_BRANCH = "default"
_NONE = ""
"""A cue that no rule needs."""


def build_rule_keys(rule: Rule) -> frozenset[str]:
    """Of these an outcome shows one if the rule wants it; where there are none, it may show any."""
    refs = frozenset(_list_ref_keys(rule))
    return refs or frozenset({_DEFAULT_BRANCH} if rule.default_branch else ())


def _list_ref_keys(rule: Rule) -> Iterator[str]:
    """A glob that means the text itself (`fix[1]`) begins like that text too."""
    for kind, globs in (("branch", rule.branch), ("tag", rule.tag)):
        for glob in globs:
            yield _build_key(kind, _WILDCARD.split(glob, maxsplit=1)[0])


def build_outcome_keys(branch: str | None, tag: str | None, *, on_default: bool) -> tuple[str, ...]:
    """What an outcome of this branch or this tag shows: always as many, so that one statement takes them all."""
    kind, ref = ("tag", tag) if branch is None else ("branch", branch)
    lengths = range(0 if ref is None else min(len(ref), LONGEST) + 1)
    found = [_build_key(kind, (ref or "")[:length]) for length in lengths] + [_DEFAULT_BRANCH] * on_default
    return (*found, *[_NONE] * (KEYS_PER_OUTCOME - len(found)))


def _build_key(kind: str, begin: str) -> str:
    return f"{kind}:{begin[:LONGEST]}"
