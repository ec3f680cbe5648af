"""How a workflow fared, day by day: runs by how they ended, how long they took, what they cost."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.circleci.daily_runs import Day
from bot.pictures import canvas
from bot.pictures.canvas import BAD, BAD_HATCH, FAINT, GOOD, OTHER, OTHER_HATCH, PAPER
from bot.pictures.charts import Health, durations_said, rest_said, runs_said


def draw(chart: Health) -> bytes:
    """A PNG of 1,200 by 1,260 pixels."""
    with canvas.canvas(8.4, chart.title) as figure:
        compose(figure, chart)
        return canvas.png(figure)


def compose(figure: Figure, chart: Health) -> None:
    runs, durations, costs = figure.subplots(3, 1, sharex=True, height_ratios=(3, 3, 2))
    days = chart.days.days
    _runs(runs, days, runs_said(chart.metrics))
    _durations(durations, days, durations_said(chart.metrics))
    _credits(costs, days, rest_said(chart.metrics))
    dated = days[:: max(1, math.ceil(len(days) / 6))]
    costs.set_xticks([_x(day) for day in dated], [f"{day.date:%d %b}" for day in dated])
    costs.tick_params(axis="x", pad=8)
    costs.set_xlim(_x(days[0]) - 0.7, _x(days[-1]) + 0.7)


def _x(day: Day) -> int:
    return day.date.toordinal()


def _runs(axes: Axes, days: tuple[Day, ...], said: str) -> None:
    canvas.heading(axes, said.capitalize(), room_below=True)
    xs = [_x(day) for day in days]
    passed, failed = [day.passed for day in days], [day.failed for day in days]
    ended = [day.passed + day.failed for day in days]
    other = [day.other for day in days]
    axes.bar(xs, passed, 0.8, color=GOOD, label="passed")
    axes.bar(xs, failed, 0.8, bottom=passed, color=BAD, edgecolor=PAPER, hatch=BAD_HATCH, lw=0, label="failed")
    if any(other):
        axes.bar(xs, other, 0.8, bottom=ended, color=OTHER, edgecolor=PAPER, hatch=OTHER_HATCH, lw=0, label="other")
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    _finish(axes, "runs a day")
    _legend(axes)


def _durations(axes: Axes, days: tuple[Day, ...], said: str) -> None:
    canvas.heading(axes, said.capitalize(), room_below=True)
    ran = [day for day in days if day.median_s is not None]
    xs = [_x(day) for day in ran]
    axes.plot(xs, [day.p95_s or 0.0 for day in ran], "--", color=BAD, marker="^", ms=5, lw=1.6, label="95 of 100")
    axes.plot(xs, [day.median_s or 0.0 for day in ran], "-", color=GOOD, marker="o", ms=5, lw=2.2, label="median")
    axes.set_ylim(bottom=0)
    canvas.tell_time(axes.yaxis, axes.get_ylim()[1], most=4)
    _finish(axes, "duration")
    _legend(axes)


def _credits(axes: Axes, days: tuple[Day, ...], said: str) -> None:
    canvas.heading(axes, said.capitalize())
    axes.bar([_x(day) for day in days], [day.credits for day in days], 0.8, color=FAINT)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _at: f"{value:,.0f}"))
    _finish(axes, "credits a day")


def _finish(axes: Axes, label: str) -> None:
    axes.set_ylabel(label)
    axes.grid(axis="y")
    axes.tick_params(length=0)


def _legend(axes: Axes) -> None:
    """In a line of its own between heading and chart, where it covers neither."""
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 0.98), ncols=3, columnspacing=1.2, handlelength=1.6)
