"""The jobs of a workflow over time: what each waited, how long it ran, and the chain that decided the whole."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bot.blocks import status_blocks
from bot.blocks.measure import format_seconds
from bot.circleci.job_timeline import Bar
from bot.domain import BAD as BAD_STATUSES
from bot.language import _
from bot.pictures import canvas
from bot.pictures.canvas import ACCENT, BAD, BAD_HATCH, FAINT, GOOD, INK, OTHER, OTHER_HATCH, PAPER, WAIT, WAIT_HATCH
from bot.pictures.charts import GanttChart

MOST = 30
"""Bars that can still be read; beyond, those of the critical path and the longest are kept."""


def draw(chart: GanttChart) -> bytes:
    """A PNG of 1,200 pixels, as high as its bars need."""
    bars = select_bars(chart.timeline.bars)
    with canvas.open_canvas(2.3 + 0.52 * len(bars), chart.title) as figure:
        compose(figure, bars, chart.timeline.length_s)
        return canvas.to_png(figure)


def select_bars(bars: tuple[Bar, ...]) -> tuple[Bar, ...]:
    """At most as many as can be read, in their order."""
    by_weight = sorted(bars, key=lambda bar: (not bar.critical, -(bar.ran_s or 0.0)))
    kept = {id(bar) for bar in by_weight[:MOST]}
    return tuple(bar for bar in bars if id(bar) in kept)


def compose(figure: Figure, bars: tuple[Bar, ...], length_s: float) -> None:
    axes = figure.subplots()
    length_s = length_s or 1.0
    for at, bar in enumerate(bars):
        _draw_bar(axes, len(bars) - 1 - at, bar, length_s)
    axes.set_yticks(range(len(bars)), canvas.to_drawable_names((bar.name for bar in reversed(bars)), 24))
    for label, bar in zip(axes.get_yticklabels(), reversed(bars), strict=True):
        label.set(color=INK, fontweight="bold" if bar.critical else "normal")
    axes.set_ylim(-0.6, len(bars) - 0.4)
    axes.set_xlim(0, length_s * 1.32)
    canvas.set_time_ticks(axes.xaxis, length_s, most=5)
    axes.grid(axis="x")
    axes.tick_params(length=0)
    figure.legend(handles=_build_legend(bars), loc="outside lower left", ncols=3, columnspacing=1.2, handlelength=1.6)


def _draw_bar(axes: Axes, at: int, bar: Bar, length_s: float) -> None:
    start, stop = bar.started_s or 0.0, bar.stopped_s or bar.started_s or 0.0
    color, hatch = _get_style(bar)
    axes.barh(at, bar.queued_s, 0.24, left=bar.ready_s, color=OTHER)
    axes.barh(at, max(stop - start, length_s * 0.004), 0.6, left=start, color=color, edgecolor=PAPER, hatch=hatch, lw=0)
    if bar.critical:
        axes.barh(at, max(stop - start, length_s * 0.004), 0.6, left=start, fill=False, edgecolor=ACCENT, lw=2.6)
    axes.text(stop + length_s * 0.015, at, _format_bar(bar), va="center", ha="left", fontsize=12, color=FAINT)


def _get_style(bar: Bar) -> tuple[str, str]:
    if bar.is_hold:
        return WAIT, WAIT_HATCH
    if bar.status in BAD_STATUSES:
        return BAD, BAD_HATCH
    return (GOOD, "") if bar.status == "success" else (OTHER, OTHER_HATCH)


def _format_bar(bar: Bar) -> str:
    word = "" if bar.status == "success" else f" {status_blocks.get_label(bar.status)}"
    return f"{format_seconds(bar.ran_s)}{word}"


def _build_legend(bars: tuple[Bar, ...]) -> list[Patch]:
    """Only what occurs, in words."""
    looks = {_get_style(bar) for bar in bars}
    named = [
        (_("passed"), GOOD, ""),
        (_("failed"), BAD, BAD_HATCH),
        (_("waits for approval"), WAIT, WAIT_HATCH),
        (_("other"), OTHER, OTHER_HATCH),
    ]
    kinds = [
        Patch(facecolor=color, edgecolor=PAPER, hatch=hatch, lw=0, label=label)
        for label, color, hatch in named
        if (color, hatch) in looks
    ]
    queued = [Patch(facecolor=OTHER, label=_("queued (thin)"))] * any(bar.queued_s >= 1 for bar in bars)
    return [Patch(fill=False, edgecolor=ACCENT, lw=2.6, label=_("critical path")), *kinds, *queued]
