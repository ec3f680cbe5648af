"""A workflow pattern that means nothing that runs: a typo, or a workflow that was renamed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from bot.rules.match import fits_any

AFTER = timedelta(days=14)

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class UnmatchedWorkflows:
    """`ran` are the workflows that ran meanwhile, `meant` the one among them that looks most like the pattern.

    `last_at` is when a workflow that the pattern means ran the last time, None when never.
    """

    recent: tuple[str, ...]
    closest: str | None
    last_at: datetime | None


def find_unmatched(patterns: Sequence[str], ran: Mapping[str, datetime], now: datetime) -> UnmatchedWorkflows | None:
    """What the patterns of a rule miss; None when they mean something that runs, or when nothing runs at all.

    `ran` is when each workflow of the rule's projects ran the last time.
    """
    lately = sorted(name for name, last_at in ran.items() if now - last_at < AFTER)
    if not lately or any(fits_any(patterns, name) for name in lately):
        return None
    last_at = max((last_at for name, last_at in ran.items() if fits_any(patterns, name)), default=None)
    near = [
        found for pattern in patterns for found in get_close_matches(_strip_wildcards(pattern), lately, n=1, cutoff=0.5)
    ]
    return UnmatchedWorkflows(tuple(lately[:_SHOWN]), near[0] if near else None, last_at)


def _strip_wildcards(pattern: str) -> str:
    return pattern.strip("*?")
