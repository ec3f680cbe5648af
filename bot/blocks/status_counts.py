"""How many are how: `1 failed, 49 passed`. A sentence for each, because other languages count each in its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from bot.blocks import status_blocks
from bot.domain import OutcomeClass, OutcomeKind
from bot.language import ngettext
from bot.mrkdwn import cut_middle, escape

_PASSED = "passed"
_SAME = {
    "success": _PASSED,
    "setup-pending": "pending",
    "on_hold": OutcomeKind.ON_HOLD,
    "errored": OutcomeKind.ERRORED_CONFIG,
    "not_run": OutcomeKind.NOT_RUN,
    "failure": "failed",
}
"""CircleCI's words for workflows, jobs and tests that mean what another word means."""


def list_counts(words: Iterable[str]) -> list[str]:
    """Of statuses, kinds of outcomes or results of tests: how many of each, in the order in which they come."""
    counts = Counter(_SAME.get(word, word) for word in words)
    return [_COUNTS[word](count) if word in _COUNTS else _count_unknown(word, count) for word, count in counts.items()]


def _count_unknown(word: str, count: int) -> str:
    """One that CircleCI invents is said in its own words."""
    status = escape(cut_middle(status_blocks.get_label(word), 30)) or "?"
    return ngettext("{count} with status {status}", "{count} with status {status}", count, status=status)


_COUNTS: Mapping[str, Callable[[int], str]] = {
    OutcomeKind.ERRORED_CONFIG: lambda count: ngettext("{count} config error", "{count} config errors", count),
    OutcomeKind.PASSED: lambda count: ngettext("{count} passed", "{count} passed", count),
    OutcomeKind.FAILED: lambda count: ngettext("{count} failed", "{count} failed", count),
    OutcomeKind.STARTED: lambda count: ngettext("{count} started", "{count} started", count),
    OutcomeKind.ON_HOLD: lambda count: ngettext("{count} on hold", "{count} on hold", count),
    OutcomeKind.CANCELED: lambda count: ngettext("{count} canceled", "{count} canceled", count),
    OutcomeKind.UNAUTHORIZED: lambda count: ngettext("{count} unauthorized", "{count} unauthorized", count),
    OutcomeKind.NOT_RUN: lambda count: ngettext("{count} not run", "{count} not run", count),
    OutcomeKind.EMPTY: lambda count: ngettext("{count} empty", "{count} empty", count),
    OutcomeKind.DEPLOYED: lambda count: ngettext("{count} deployed", "{count} deployed", count),
    OutcomeKind.DEPLOY_FAILED: lambda count: ngettext("{count} deploy failed", "{count} deploys failed", count),
    OutcomeKind.ROLLED_BACK: lambda count: ngettext("{count} rolled back", "{count} rolled back", count),
    OutcomeClass.RECOVERED: lambda count: ngettext("{count} recovered", "{count} recovered", count),
    "pending": lambda count: ngettext("{count} pending", "{count} pending", count),
    "created": lambda count: ngettext("{count} created", "{count} created", count),
    "setup": lambda count: ngettext("{count} setting up", "{count} setting up", count),
    "queued": lambda count: ngettext("{count} queued", "{count} queued", count),
    "not_running": lambda count: ngettext("{count} waiting to run", "{count} waiting to run", count),
    "blocked": lambda count: ngettext("{count} blocked", "{count} blocked", count),
    "running": lambda count: ngettext("{count} running", "{count} running", count),
    "failing": lambda count: ngettext("{count} failing", "{count} failing", count),
    "error": lambda count: ngettext("{count} error", "{count} errors", count),
    "retried": lambda count: ngettext("{count} retried", "{count} retried", count),
    "infrastructure_fail": lambda count: ngettext(
        "{count} infrastructure failure", "{count} infrastructure failures", count
    ),
    "timedout": lambda count: ngettext("{count} timed out", "{count} timed out", count),
    "terminated-unknown": lambda count: ngettext("{count} terminated", "{count} terminated", count),
    "skipped": lambda count: ngettext("{count} skipped", "{count} skipped", count),
}
