"""How the deploys to one environment fared, week by week: how they ended, their lead times, and outages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.circleci.deploy_metrics import WEEK, DeployMetrics, DeployWeek
from bot.language import _
from bot.language.formats import format_day
from bot.pictures import canvas
from bot.pictures.canvas import BAD, BAD_HATCH, GOOD, OTHER, PAPER, WAIT, WAIT_HATCH
from bot.pictures.charts import (
    DeployChart,
    format_failures,
    format_frequency,
    format_lead_time,
    format_restored,
)


def draw(chart: DeployChart) -> bytes:
    """A PNG of 1,200 by 1,260 pixels."""
    with canvas.open_canvas(8.4, chart.title) as figure:
        compose(figure, chart.metrics)
        return canvas.to_png(figure)


def compose(figure: Figure, metrics: DeployMetrics) -> None:
    deploys, leads, outages = figure.subplots(3, 1, sharex=True, height_ratios=(3, 3, 2))
    weeks = metrics.weeks
    _draw_deploys(deploys, weeks, f"{format_frequency(metrics)}; {format_failures(metrics)}")
    _draw_leads(leads, weeks, format_lead_time(metrics))
    _draw_outages(outages, metrics, format_restored(metrics))
    every = math.ceil(len(weeks) / 6)
    outages.set_xticks(range(0, len(weeks), every), [format_day(week.begins_at.date()) for week in weeks[::every]])
    outages.tick_params(axis="x", pad=8)
    outages.set_xlim(-0.7, len(weeks) - 0.3)


def _draw_deploys(axes: Axes, weeks: Sequence[DeployWeek], said: str) -> None:
    canvas.draw_heading(axes, said, room_below=True)
    xs = range(len(weeks))
    layers = [
        (_("stayed"), [week.stayed for week in weeks], GOOD, ""),
        (_("rolled back"), [week.rolled_back for week in weeks], WAIT, WAIT_HATCH),
        (_("failed"), [week.failed for week in weeks], BAD, BAD_HATCH),
    ]
    bottom = [0] * len(weeks)
    for label, counts, color, hatch in layers:
        if any(counts):
            axes.bar(xs, counts, 0.8, bottom=bottom, color=color, edgecolor=PAPER, hatch=hatch, lw=0, label=label)
        bottom = [below + count for below, count in zip(bottom, counts, strict=True)]
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    canvas.draw_scale(axes, _("attempts"))
    canvas.draw_legend(axes)


def _draw_leads(axes: Axes, weeks: Sequence[DeployWeek], said: str) -> None:
    canvas.draw_heading(axes, said, room_below=True)
    known = [(at, week.lead) for at, week in enumerate(weeks) if week.lead.count]
    xs = [at for at, _lead in known]
    p90s, medians = [lead.p90 or 0.0 for _at, lead in known], [lead.median or 0.0 for _at, lead in known]
    axes.plot(xs, p90s, "--", color=BAD, marker="^", ms=7, lw=1.6, label="p90", clip_on=False)
    axes.plot(xs, medians, "-", color=GOOD, marker="o", ms=7, lw=2.2, label=_("median"), clip_on=False)
    _style_durations(axes, _("lead time"))
    canvas.draw_legend(axes)


def _draw_outages(axes: Axes, metrics: DeployMetrics, said: str) -> None:
    """A line for each, where it began, as high as it lasted; one that goes on has a hollow mark, as high as so far."""
    canvas.draw_heading(axes, said)
    first = metrics.weeks[0].begins_at
    for one in metrics.outages:
        at = _get_x(one.began_at, first)
        height = ((one.restored_at or metrics.ends_at) - one.began_at).total_seconds()
        axes.plot([at, at], [0, height], color=OTHER, lw=3, solid_capstyle="butt")
        axes.plot([at], [height], "D", color=BAD, mfc=BAD if one.restored_at else PAPER, ms=8, clip_on=False)
    _style_durations(axes, _("to restore"))


def _get_x(at: datetime, first: datetime) -> float:
    """Bars stand in the middle of their week."""
    return (at - first) / WEEK - 0.5


def _style_durations(axes: Axes, label: str) -> None:
    axes.set_ylim(0, max(axes.get_ylim()[1] * 1.05, 60.0))
    canvas.set_time_ticks(axes.yaxis, axes.get_ylim()[1], most=4)
    canvas.draw_scale(axes, label)
