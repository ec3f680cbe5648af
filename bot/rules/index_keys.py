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

SHOWN = LONGEST + 2
"""How many cues an outcome shows."""

_WILDCARD = re.compile(r"[*?[]")

_DEFAULT_BRANCH = "default"
_NONE = ""
"""A cue that no rule needs."""


def needed(rule: Rule) -> frozenset[str]:
    """Of these an outcome shows one if the rule wants it; where there are none, it may show any."""
    refs = frozenset(_refs(rule))
    return refs or frozenset({_DEFAULT_BRANCH} if rule.default_branch else ())


def _refs(rule: Rule) -> Iterator[str]:
    """A glob that means the text itself (`fix[1]`) begins like that text too."""
    for kind, globs in (("branch", rule.branch), ("tag", rule.tag)):
        for glob in globs:
            yield _cue(kind, _WILDCARD.split(glob, maxsplit=1)[0])


def shown(branch: str | None, tag: str | None, *, on_default: bool) -> tuple[str, ...]:
    """What an outcome of this branch or this tag shows: always as many, so that one statement takes them all."""
    kind, ref = ("tag", tag) if branch is None else ("branch", branch)
    lengths = range(0 if ref is None else min(len(ref), LONGEST) + 1)
    found = [_cue(kind, (ref or "")[:length]) for length in lengths] + [_DEFAULT_BRANCH] * on_default
    return (*found, *[_NONE] * (SHOWN - len(found)))


def _cue(kind: str, begin: str) -> str:
    return f"{kind}:{begin[:LONGEST]}"
