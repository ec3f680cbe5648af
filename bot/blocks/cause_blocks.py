"""A kind of failure in words: what it was and what helps, and whether a rerun is worth it."""

from __future__ import annotations

from bot.circleci.failure_causes import Cause
from bot.circleci.failure_kinds import Verdict
from bot.circleci.memory_use import MemoryUse
from bot.language import _
from bot.language.formats import format_amount, format_number


def format_cause(cause: Cause) -> str:
    """`*It ran out of memory.* Take a larger …`."""
    return f"*{format_what(cause)}* {_(cause.todo)}"


def format_what(cause: Cause) -> str:
    sizes = format_sizes(cause.memory) if cause.memory else {}
    return _(cause.what, **cause.values, **sizes)


def format_sizes(memory: MemoryUse) -> dict[str, str]:
    """What a sentence calls `used` and `limit`."""
    return {"used": _format_size(memory.used), "limit": _format_size(memory.limit)}


def _format_size(size: int) -> str:
    """`4 GB`, `3.9 GB`, `512 MB`: powers of 1024, as CircleCI names its machines."""
    unit, of = ("GB", 1024**3) if size >= 1024**3 else ("MB", 1024**2)
    amount = round(size / of, 1)
    return format_amount(format_number(amount, 0 if amount == int(amount) else 1), unit)


def format_verdict(verdict: Verdict) -> str:
    """`:repeat: *Worth a rerun*: networks fail now and then`."""
    if verdict.rerun:
        return _(":repeat: *Worth a rerun*: {why}", why=_(verdict.why))
    return _(":no_entry_sign: *Not worth a rerun*: {why}", why=_(verdict.why))
