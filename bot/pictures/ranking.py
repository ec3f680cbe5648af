"""Workflows or jobs side by side: how often each passed, and how long it took."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bot.blocks.measure import format_percent, format_seconds
from bot.language import _
from bot.pictures import canvas
from bot.pictures.canvas import BAD, BAD_HATCH, FAINT, GOOD, GRID, INK, PAPER
from bot.pictures.charts import RankingChart, RankingRow

MOST = 15
"""Rows that can still be read; the table has them all."""


def draw(chart: RankingChart) -> bytes:
    """A PNG of 1,200 pixels, as high as its rows need."""
    with canvas.open_canvas(1.9 + 0.5 * len(chart.rows[:MOST]), chart.title) as figure:
        compose(figure, chart)
        return canvas.to_png(figure)


def compose(figure: Figure, chart: RankingChart) -> None:
    reliable, slow = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.15))
    rows = chart.rows[:MOST][::-1]
    reliable.set_yticks(range(len(rows)), canvas.to_drawable_names((row.name for row in rows), 22))
    reliable.tick_params(axis="y", labelcolor=INK)
    reliable.set_ylim(-0.6, len(rows) - 0.4)
    _draw_reliability(reliable, rows)
    _draw_durations(slow, rows)


def _draw_reliability(axes: Axes, rows: tuple[RankingRow, ...]) -> None:
    canvas.draw_heading(axes, _("Passed"))
    shares = [(row.success_rate or 0.0) * 100 for row in rows]
    known = [0.0 if row.success_rate is None else 100 - share for row, share in zip(rows, shares, strict=True)]
    axes.barh(range(len(rows)), shares, 0.62, color=GOOD)
    axes.barh(range(len(rows)), known, 0.62, left=shares, color=BAD, edgecolor=PAPER, hatch=BAD_HATCH, lw=0)
    for at, row in enumerate(rows):
        axes.text(103, at, format_percent(row.success_rate), va="center", ha="left", fontsize=12)
    axes.set_xlim(0, 140)
    axes.set_xticks([0, 50, 100], ["0", "50", "100 %"])
    axes.tick_params(length=0)


def _draw_durations(axes: Axes, rows: tuple[RankingRow, ...]) -> None:
    canvas.draw_heading(axes, _("● median   ▲ p95"))
    most = max((row.p95_s or row.median_s or 0.0 for row in rows), default=0.0) or 1.0
    for at, row in enumerate(rows):
        if row.median_s is None:
            continue
        slowest = row.median_s if row.p95_s is None else row.p95_s
        axes.plot([row.median_s, slowest], [at, at], color=GRID, lw=4, solid_capstyle="round", zorder=1)
        axes.plot([row.median_s], [at], "o", color=GOOD, ms=9)
        axes.plot([slowest], [at], "^", color=BAD, ms=9)
        axes.text(
            slowest + most * 0.06,
            at,
            _format_durations(row.median_s, slowest),
            va="center",
            ha="left",
            fontsize=12,
            color=FAINT,
        )
    axes.set_xlim(0, most * 1.75)
    canvas.set_time_ticks(axes.xaxis, most * 1.75, most=3)
    axes.grid(axis="x")
    axes.tick_params(length=0)


def _format_durations(median_s: float, p95_s: float) -> str:
    median, p95 = format_seconds(median_s), format_seconds(p95_s)
    return median if median == p95 else _("{median} to {p95}", median=median, p95=p95)
