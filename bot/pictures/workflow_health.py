"""How a workflow fared, day by day: runs by how they ended, how long they took, what they cost."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.circleci.daily_runs import DayStats
from bot.language import _
from bot.language.formats import format_day, format_number
from bot.pictures import canvas
from bot.pictures.canvas import BAD, BAD_HATCH, FAINT, GOOD, OTHER, OTHER_HATCH, PAPER
from bot.pictures.charts import HealthChart, format_durations, format_passed, format_recovery_and_credits


def draw(chart: HealthChart) -> bytes:
    """A PNG of 1,200 by 1,260 pixels."""
    with canvas.open_canvas(8.4, chart.title) as figure:
        compose(figure, chart)
        return canvas.to_png(figure)


def compose(figure: Figure, chart: HealthChart) -> None:
    runs, durations, costs = figure.subplots(3, 1, sharex=True, height_ratios=(3, 3, 2))
    days = chart.days.days
    _draw_runs(runs, days, format_passed(chart.metrics))
    _draw_durations(durations, days, format_durations(chart.metrics))
    _draw_credits(costs, days, format_recovery_and_credits(chart.metrics))
    dated = days[:: max(1, math.ceil(len(days) / 6))]
    costs.set_xticks([_get_x(day) for day in dated], [format_day(day.date) for day in dated])
    costs.tick_params(axis="x", pad=8)
    costs.set_xlim(_get_x(days[0]) - 0.7, _get_x(days[-1]) + 0.7)


def _get_x(day: DayStats) -> int:
    return day.date.toordinal()


def _draw_runs(axes: Axes, days: tuple[DayStats, ...], said: str) -> None:
    canvas.draw_heading(axes, said, room_below=True)
    xs = [_get_x(day) for day in days]
    passed, failed = [day.passed for day in days], [day.failed for day in days]
    ended = [day.passed + day.failed for day in days]
    other = [day.other for day in days]
    axes.bar(xs, passed, 0.8, color=GOOD, label=_("passed"))
    axes.bar(xs, failed, 0.8, bottom=passed, color=BAD, edgecolor=PAPER, hatch=BAD_HATCH, lw=0, label=_("failed"))
    if any(other):
        axes.bar(xs, other, 0.8, bottom=ended, color=OTHER, edgecolor=PAPER, hatch=OTHER_HATCH, lw=0, label=_("other"))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    canvas.draw_scale(axes, _("runs a day"))
    canvas.draw_legend(axes)


def _draw_durations(axes: Axes, days: tuple[DayStats, ...], said: str) -> None:
    canvas.draw_heading(axes, said, room_below=True)
    ran = [day for day in days if day.median_s is not None]
    xs = [_get_x(day) for day in ran]
    axes.plot(xs, [day.p95_s or 0.0 for day in ran], "--", color=BAD, marker="^", ms=5, lw=1.6, label="p95")
    axes.plot(xs, [day.median_s or 0.0 for day in ran], "-", color=GOOD, marker="o", ms=5, lw=2.2, label=_("median"))
    axes.set_ylim(bottom=0)
    canvas.set_time_ticks(axes.yaxis, axes.get_ylim()[1], most=4)
    canvas.draw_scale(axes, _("duration"))
    canvas.draw_legend(axes)


def _draw_credits(axes: Axes, days: tuple[DayStats, ...], said: str) -> None:
    canvas.draw_heading(axes, said)
    axes.bar([_get_x(day) for day in days], [day.credits for day in days], 0.8, color=FAINT)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _at: format_number(value)))
    canvas.draw_scale(axes, _("credits a day"))
