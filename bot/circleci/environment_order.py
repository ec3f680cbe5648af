"""In which order environments stand: what matters most first, and always the same.

CircleCI keeps an order for promotions, and has no call that tells it: the usual words of their names stand for it.
"""

from __future__ import annotations

from bot.circleci.deploys_ahead import split_words

_STAGES = (
    frozenset({"prod", "production", "prd", "live"}),
    frozenset({"canary", "staging", "stage", "stg", "preprod", "preproduction", "pre", "uat", "acceptance"}),
    frozenset[str](),
    frozenset({"qa", "test", "testing", "tests", "integration"}),
    frozenset({"dev", "development", "preview", "review", "sandbox", "local"}),
)
"""From what all use to what one person does; without a known word it stands in the middle."""

_UNKNOWN = 2
_BEFORE_PRODUCTION = frozenset({"pre", "non", "not"})


def rank_name(name: str) -> tuple[object, ...]:
    """A key to sort by, in which `eu-2` comes before `eu-10`."""
    words = split_words(name).split()
    parts = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _cut_numbers(words)]
    return tuple(parts), name


def rank_environment(name: str) -> tuple[object, ...]:
    """The same, production first; `pre-production` and `non-prod` are none."""
    words = set(split_words(name).split())
    stages = [stage for stage, known in enumerate(_STAGES) if words & known]
    if 0 in stages and (words & _BEFORE_PRODUCTION):
        stages = [1]
    return min(stages, default=_UNKNOWN), rank_name(name)


def _cut_numbers(words: list[str]) -> list[str]:
    """`eu2` as `eu` and `2`; numbers of which no word needs more digits than are compared."""
    found: list[str] = []
    for word in words:
        stem = word.rstrip("0123456789")
        found += [part for part in (stem, word[len(stem) :][:9]) if part]
    return found
