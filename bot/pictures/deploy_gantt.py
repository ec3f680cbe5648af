"""Deploys over time: a row for each place, a bar for each version that ran there, a mark for each that did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bot.circleci.deploy_timeline import DeployMark, DeploySpan, DeployTimeline
from bot.circleci.deploy_verdicts import DeployVerdict
from bot.language import _
from bot.language.formats import format_day
from bot.pictures import canvas
from bot.pictures.canvas import ACCENT, BAD, BAD_HATCH, FAINT, GOOD, INK, OTHER, OTHER_HATCH, PAPER, WAIT
from bot.pictures.charts import DeployTimelineChart

_DAY = timedelta(days=1)
_CHARS_A_DAY = 4.6
"""Of a version's name, that fit above a bar."""

_BARS = {
    DeployVerdict.DEPLOYED: (GOOD, ""),
    DeployVerdict.ROLLED_BACK: (BAD, BAD_HATCH),
    DeployVerdict.RETURNED: (OTHER, OTHER_HATCH),
}
_FAILED, _CANCELED, _MOVING = ("X", PAPER, BAD), ("s", OTHER, PAPER), (">", ACCENT, WAIT)
"""Each with its marker, edge and face."""


def draw(chart: DeployTimelineChart) -> bytes:
    """A PNG of 1,200 pixels, as high as its rows need."""
    with canvas.open_canvas(2.4 + 0.85 * len(chart.labels), chart.title) as figure:
        compose(figure, chart.labels, chart.timeline)
        return canvas.to_png(figure)


def compose(figure: Figure, labels: Sequence[str], timeline: DeployTimeline) -> None:
    axes = figure.subplots()
    rows = timeline.rows[: len(labels)]
    for at, row in enumerate(reversed(rows)):
        for span in row.spans:
            _draw_span(axes, at, span, timeline)
        for mark in row.marks:
            _draw_mark(axes, at, mark, timeline.begins_at)
    axes.set_yticks(range(len(rows)), canvas.to_drawable_names(reversed(labels), 22))
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(-0.5, len(rows) - 0.3)
    _set_days(axes, timeline)
    bars = _build_bar_legend([span for row in rows for span in row.spans])
    marks = _build_mark_legend([mark for row in rows for mark in row.marks])
    figure.legend(handles=[*bars, *marks], loc="outside lower left", ncols=3, columnspacing=1.2, handlelength=1.6)


def _draw_span(axes: Axes, at: int, span: DeploySpan, timeline: DeployTimeline) -> None:
    start = max(0.0, _get_x(span.began_at, timeline.begins_at))
    stop = _get_x(span.ended_at or timeline.ends_at, timeline.begins_at)
    color, hatch = _BARS[span.verdict]
    axes.barh(at, stop - start, 0.4, left=start, color=color, edgecolor=PAPER, hatch=hatch, lw=1.5)
    name = canvas.to_drawable(span.version or "?", 24)
    if (room := int((stop - start) * _CHARS_A_DAY)) >= min(len(name), 8):
        name = canvas.to_drawable(name, room)
        axes.text(start, at + 0.24, name, va="bottom", ha="left", fontsize=11, color=FAINT)


def _draw_mark(axes: Axes, at: int, mark: DeployMark, begins_at: datetime) -> None:
    marker, edge, face = _get_look(mark)
    axes.plot([_get_x(mark.at, begins_at)], [at], marker, mec=edge, mfc=face, ms=13, clip_on=False)


def _get_look(mark: DeployMark) -> tuple[str, str, str]:
    return _MOVING if mark.is_moving else _FAILED if mark.state == "failed" else _CANCELED


def _get_x(at: datetime, begins_at: datetime) -> float:
    return (at - begins_at) / _DAY


def _set_days(axes: Axes, timeline: DeployTimeline) -> None:
    """Midnights of UTC, every other one named."""
    begins_at = timeline.begins_at.astimezone(UTC)
    first = begins_at.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    days = [first + _DAY * number for number in range(1, (timeline.ends_at - first) // _DAY + 1, 3)]
    axes.set_xticks([_get_x(day, begins_at) for day in days], [format_day(day.date()) for day in days])
    axes.set_xlim(0, _get_x(timeline.ends_at, begins_at) * 1.02)
    axes.grid(axis="x")
    axes.tick_params(length=0)


def _build_bar_legend(spans: Sequence[DeploySpan]) -> list[Patch]:
    """Only what occurs, in words."""
    named = {
        DeployVerdict.DEPLOYED: _("deployed"),
        DeployVerdict.ROLLED_BACK: _("rolled back later"),
        DeployVerdict.RETURNED: _("brought back"),
    }
    occur = {span.verdict for span in spans}
    return [
        Patch(facecolor=_BARS[one][0], edgecolor=PAPER, hatch=_BARS[one][1], lw=0, label=label)
        for one, label in named.items()
        if one in occur
    ]


def _build_mark_legend(marks: Sequence[DeployMark]) -> list[Line2D]:
    named = {_FAILED: _("failed"), _CANCELED: _("canceled"), _MOVING: _("under way")}
    occur = {_get_look(mark) for mark in marks}
    return [
        Line2D([], [], ls="", marker=look[0], mec=look[1], mfc=look[2], ms=13, label=label)
        for look, label in named.items()
        if look in occur
    ]
