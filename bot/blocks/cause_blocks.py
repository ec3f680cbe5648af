"""A kind of failure in words: what it was and what helps, and whether a rerun is worth it."""

from __future__ import annotations

from bot.circleci.failure_causes import Cause
from bot.circleci.failure_kinds import Verdict


def format_cause(cause: Cause) -> str:
    """`*It ran out of memory.* Take a larger …`."""
    return f"*{cause.what}* {cause.todo}"


def format_verdict(verdict: Verdict) -> str:
    """`:repeat: *Worth a rerun*: networks fail now and then`."""
    if verdict.rerun:
        return f":repeat: *Worth a rerun*: {verdict.why}"
    return f":no_entry_sign: *Not worth a rerun*: {verdict.why}"
