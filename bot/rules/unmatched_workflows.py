"""A rule's workflow pattern that no workflow matches: a typo, or the workflow was renamed. Pure."""

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
    """`recent` are workflows that ran in the last 14 days, `closest` is the one of them most like the pattern.

    `last_at` is when a workflow that matches last ran, None when none ever did.
    """

    recent: tuple[str, ...]
    closest: str | None
    last_at: datetime | None


def find_unmatched(patterns: Sequence[str], ran: Mapping[str, datetime], now: datetime) -> UnmatchedWorkflows | None:
    """What ran instead; None when a workflow matches the patterns, or when none runs at all.

    `ran` is when each workflow of the rule's projects last ran.
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
