"""The look of a measured number: shares, durations, runs a day, credits, and how they changed. Unknown is a dash."""

from __future__ import annotations

from bot.language import _, ngettext
from bot.language.formats import format_amount, format_duration, format_number

UNKNOWN = "—"


def format_percent(share: float | None) -> str:
    """`93.4 %` of a share between 0 and 1; never `100 %` of what is not all."""
    if share is None:
        return UNKNOWN
    shown = min(share * 100, 99.9) if share < 1 else 100.0
    return format_amount(format_number(shown, 0 if shown in {0.0, 100.0} else 1), "%")


def format_seconds(value: float | None) -> str:
    return UNKNOWN if value is None else format_duration(round(value))


def format_count(value: float | None) -> str:
    """`9,999` in full; from 10,000 on `12.3K`, from a million on `1.2M`: what matters of it."""
    if value is None:
        return UNKNOWN
    if abs(value) < 9_999.5:
        return format_number(value)
    if abs(value) >= 999_950:
        return _("{amount}M", amount=_format_rounded(value / 1e6))
    return _("{amount}K", amount=_format_rounded(value / 1e3))


def _format_rounded(amount: float) -> str:
    rounded = round(amount, 1)
    return format_number(rounded, 0 if rounded.is_integer() else 1)


def format_runs(runs: int) -> str:
    return ngettext("{count} run", "{count} runs", runs, count=format_count(runs))


def format_credits(used: int | None) -> str:
    return ngettext("{count} credit", "{count} credits", used or 0, count=format_count(used))


def format_rate(throughput: float | None) -> str:
    """So many a day or week, by one decimal; `< 0.1` for what is rare."""
    if throughput is None:
        return UNKNOWN
    return f"< {format_number(0.1, 1)}" if 0 < throughput < 0.1 else format_number(throughput, 1)


def format_trend(trend: float | None) -> str:
    """`+12 %` of CircleCI's ratio between now and before (1.0 is no change, what is not positive says nothing)."""
    if trend is None or trend <= 0:
        return UNKNOWN
    moved = round((trend - 1) * 100)
    return format_amount(f"{'+' if moved > 0 else '-'}{format_number(abs(moved))}", "%") if moved else _("no change")
