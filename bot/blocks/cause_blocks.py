"""A kind of failure in words: what it was and what helps, and whether a rerun is worth it."""

from __future__ import annotations

from bot.circleci.failure_causes import Cause
from bot.circleci.failure_kinds import Verdict
from bot.language import _


def format_cause(cause: Cause) -> str:
    """`*It ran out of memory.* Take a larger …`."""
    return f"*{format_what(cause)}* {_(cause.todo)}"


def format_what(cause: Cause) -> str:
    return _(cause.what, **cause.values)


def format_verdict(verdict: Verdict) -> str:
    """`:repeat: *Worth a rerun*: networks fail now and then`."""
    if verdict.rerun:
        return _(":repeat: *Worth a rerun*: {why}", why=_(verdict.why))
    return _(":no_entry_sign: *Not worth a rerun*: {why}", why=_(verdict.why))
