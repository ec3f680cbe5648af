"""The look of a measured number: shares, durations, runs a day, credits, and how they changed. Unknown is a dash."""

from __future__ import annotations

from bot.blocks import status_blocks
from bot.language import _

UNKNOWN = "—"


def format_percent(share: float | None) -> str:
    """`93.4 %` of a share between 0 and 1; never `100 %` of what is not all."""
    if share is None:
        return UNKNOWN
    shown = min(share * 100, 99.9) if share < 1 else 100.0
    return f"{shown:.0f} %" if shown in {0.0, 100.0} else f"{shown:.1f} %"


def format_seconds(value: float | None) -> str:
    return UNKNOWN if value is None else status_blocks.format_duration(round(value))


def format_count(value: float | None) -> str:
    """`9,999` in full; from 10,000 on `12.3K`, from a million on `1.2M`: what matters of it."""
    if value is None:
        return UNKNOWN
    if abs(value) < 9_999.5:
        return f"{value:,.0f}"
    amount, unit = (value / 1e6, "M") if abs(value) >= 999_950 else (value / 1e3, "K")
    return f"{amount:,.1f}".removesuffix(".0") + unit


def format_per_day(throughput: float | None) -> str:
    """Runs a day, by one decimal; `< 0.1` for what is rare."""
    if throughput is None:
        return UNKNOWN
    return "< 0.1" if 0 < throughput < 0.1 else f"{throughput:,.1f}"


def format_trend(trend: float | None) -> str:
    """`+12 %` of CircleCI's ratio between now and before (1.0 is no change, what is not positive says nothing)."""
    if trend is None or trend <= 0:
        return UNKNOWN
    moved = round((trend - 1) * 100)
    return _("no change") if moved == 0 else f"{moved:+,} %"
