"""What CircleCI's words come to: the states of a pipeline, and the statuses of its workflows taken together.

| state | means |
|---|---|
| `pending` | its config is being read: goes on to `created` or `errored` |
| `setup-pending`, `setup` | dynamic config: a setup workflow is about to run, or runs; if it passes, on to `pending` |
| `created` | its workflows are there, or come in a moment, or never: all were filtered out, or the setup made none |
| `errored` | CircleCI refused the config, or what the setup workflow made; nothing follows |

A setup workflow that fails leaves its pipeline where it is, and nothing follows. A word that CircleCI invents is taken
for `created`: the workflows then tell how it goes.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain import BAD

MOVING = frozenset({"pending", "setup-pending", "setup"})
REFUSED = "errored"

_WORST_FIRST = ("failed", "error", "unauthorized", "canceled", "success", "not_run")


def get_active_status(active: list[str], words: list[str]) -> str:
    """One word for workflows of which some are under way."""
    if BAD & set(words):
        return "failing"
    if "on_hold" in active:
        return "on_hold"
    return active[0] if active[0] and not {"running", "queued"} & set(active) else "running"


def get_worst_status(words: Iterable[str]) -> str:
    """The worst of terminal words; one that we do not know is worse than a cancel, better than a failure."""

    def rank(word: str) -> float:
        return _WORST_FIRST.index(word) if word in _WORST_FIRST else 2.5

    return min(words, key=rank)
