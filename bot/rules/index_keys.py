"""Index keys by which an outcome finds the rules that may want it, where very many rules cover its project.

A rule for `--branch release/*` has the key `branch:release/`; an outcome of the branch `release/2` has a key for each
beginning of that name (`branch:r`, `branch:re` …), so they meet. `--default-branch` is a key too. The store reads only
the rules that share a key with the outcome; whether such a rule wants it is for bot/rules/match.py to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.rules.rule import Rule

LONGEST = 24
"""Characters of a ref that count: patterns that begin with the same 24 characters have the same key."""

KEYS_PER_OUTCOME = LONGEST + 2
"""How many keys an outcome has."""

_WILDCARD = re.compile(r"[*?[]")

_DEFAULT_BRANCH = "default"
_NONE = ""
"""A key that no rule has."""


def build_rule_keys(rule: Rule) -> frozenset[str]:
    """An outcome that the rule wants has at least one of these; without any key the rule may want each outcome."""
    refs = frozenset(_list_ref_keys(rule))
    return refs or frozenset({_DEFAULT_BRANCH} if rule.default_branch else ())


def _list_ref_keys(rule: Rule) -> Iterator[str]:
    """`fix[1]` matches the text `fix[1]` too, which begins with `fix`."""
    for kind, globs in (("branch", rule.branch), ("tag", rule.tag)):
        for glob in globs:
            yield _build_key(kind, _WILDCARD.split(glob, maxsplit=1)[0])


def build_outcome_keys(branch: str | None, tag: str | None, *, on_default: bool) -> tuple[str, ...]:
    """The keys of an outcome of this branch or tag: always the same number, so that one statement takes them all."""
    kind, ref = ("tag", tag) if branch is None else ("branch", branch)
    lengths = range(0 if ref is None else min(len(ref), LONGEST) + 1)
    found = [_build_key(kind, (ref or "")[:length]) for length in lengths] + [_DEFAULT_BRANCH] * on_default
    return (*found, *[_NONE] * (KEYS_PER_OUTCOME - len(found)))


def _build_key(kind: str, begin: str) -> str:
    return f"{kind}:{begin[:LONGEST]}"
