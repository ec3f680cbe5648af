"""An incident in words that somebody understands who sees circlebot for the first time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.incident import Counts


def describe_incident(
    counts: Counts, *, app: str, now: Sequence[str], meanwhile: str, is_connected: bool
) -> dict[str, Any]:
    """`words` for the page, and what they say in numbers; `is_done` when they will not change by themselves."""
    if not counts.is_over:
        words = " ".join([*now, _count_waiting(counts)])
    elif not is_connected:
        words = f"{app} comes back. {_count_waiting(counts)}"
    elif counts.is_settled:
        words = f"{app} is back. {_sum_up(counts, meanwhile)}"
    else:
        words = f"{app} is back and catches up: {counts.posted} of {_say(counts.happened)} posted."
    return {
        "words": words,
        "counts": {"happened": counts.happened, "posted": counts.posted, "twice": counts.twice},
        "is_broken": not counts.is_over,
        "is_done": counts.is_over and is_connected and counts.is_settled,
    }


def _count_waiting(counts: Counts) -> str:
    waiting = counts.happened - counts.posted
    if not waiting:
        return "No outcome waits yet: push a commit."
    return f"{_say(waiting)} {'waits' if waiting == 1 else 'wait'} to be posted."


def _sum_up(counts: Counts, meanwhile: str) -> str:
    if not counts.happened:
        return f"No outcome {meanwhile}."
    twice = f"{counts.twice} twice" if counts.twice else "none twice"
    without = counts.happened - counts.posted
    if not without:
        return f"{_say(counts.happened)} {meanwhile}: all posted, {twice}."
    posted = f"{_say(counts.happened)} {meanwhile}: {counts.posted} posted, {twice}"
    return f"{posted}. {without} without a message: a channel hears what its rules ask for."


def _say(count: int) -> str:
    return f"{count} outcome{'' if count == 1 else 's'}"
