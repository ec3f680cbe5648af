"""Deploys over time: a row for each place, a bar for each version that ran there, a mark for each that did not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bot.circleci.deploy_timeline import DeployMark, DeploySpan, DeployTimeline
from bot.circleci.deploy_verdicts import DeployVerdict
from bot.language import _
from bot.language.formats import format_day, format_number
from bot.pictures import canvas
from bot.pictures.canvas import ACCENT, BAD, BAD_HATCH, FAINT, GOOD, INK, OTHER, OTHER_HATCH, PAPER, WAIT
from bot.pictures.charts import DeployTimelineChart

_DAY = timedelta(days=1)
_CHARS_A_DAY = 4.6
"""Of a version's name, that fit above a bar."""
_RUNS_ON = 0.45
"""Days that what runs now is drawn on behind the end of the axis: what was deployed a minute ago is seen too."""
_APART = 0.3
"""Days: marks of one kind that are nearer than that lie on each other, and are one with their number."""

_BARS = {
    DeployVerdict.DEPLOYED: (GOOD, ""),
    DeployVerdict.ROLLED_BACK: (BAD, BAD_HATCH),
    DeployVerdict.RETURNED: (OTHER, OTHER_HATCH),
}
_FAILED, _CANCELED, _MOVING = ("X", PAPER, BAD), ("s", OTHER, PAPER), (">", ACCENT, WAIT)
"""Each with its marker, edge and face."""
_Look = tuple[str, str, str]


def draw(chart: DeployTimelineChart) -> bytes:
    """A PNG of 1,200 pixels, as high as its rows need."""
    with canvas.open_canvas(2.4 + 0.85 * len(chart.labels), chart.title) as figure:
        compose(figure, chart.labels, chart.timeline)
        return canvas.to_png(figure)


def compose(figure: Figure, labels: Sequence[str], timeline: DeployTimeline) -> None:
    axes = figure.subplots()
    rows = timeline.rows[: len(labels)]
    for at, row in enumerate(reversed(rows)):
        _draw_spans(axes, at, row.spans, timeline)
        _draw_marks(axes, at, row.marks, timeline.begins_at)
    axes.set_yticks(range(len(rows)), canvas.to_drawable_names(reversed(labels), 22))
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(-0.5, len(rows) - 0.3)
    _set_days(axes, timeline)
    bars = _build_bar_legend([span for row in rows for span in row.spans])
    marks = _build_mark_legend([mark for row in rows for mark in row.marks])
    figure.legend(handles=[*bars, *marks], loc="outside lower left", ncols=3, columnspacing=1.2, handlelength=1.6)


def _draw_spans(axes: Axes, at: int, spans: Sequence[DeploySpan], timeline: DeployTimeline) -> None:
    """What runs now is always named: an older name gives way."""
    free_until = math.inf
    for span in reversed(spans):
        start = max(0.0, _get_x(span.began_at, timeline.begins_at))
        stop = _get_x(span.ended_at or timeline.ends_at + _RUNS_ON * _DAY, timeline.begins_at)
        color, hatch = _BARS[span.verdict]
        axes.barh(at, stop - start, 0.4, left=start, color=color, edgecolor=PAPER, hatch=hatch, lw=1.5)
        name = canvas.to_drawable(span.version or "?", 24)
        if (room := int((min(stop, free_until) - start) * _CHARS_A_DAY)) >= min(len(name), 8):
            _write_name(axes, start, at, canvas.to_drawable(name, room), align="left")
        elif span.ended_at is None:
            _write_name(axes, stop, at, name, align="right")
            free_until = stop - (len(name) + 1) / _CHARS_A_DAY


def _write_name(axes: Axes, x: float, at: int, name: str, *, align: Literal["left", "right"]) -> None:
    axes.text(x, at + 0.24, name, va="bottom", ha=align, fontsize=11, color=FAINT)


def _draw_marks(axes: Axes, at: int, marks: Sequence[DeployMark], begins_at: datetime) -> None:
    for look, xs in _list_heaps(marks, begins_at):
        marker, edge, face = look
        axes.plot([xs[-1]], [at], marker, mec=edge, mfc=face, ms=13, clip_on=False)
        if len(xs) > 1:
            said = f"\N{MULTIPLICATION SIGN}{format_number(len(xs))}"
            axes.text(xs[-1], at - 0.24, said, va="top", ha="center", fontsize=11, color=FAINT)


def _list_heaps(marks: Sequence[DeployMark], begins_at: datetime) -> list[tuple[_Look, list[float]]]:
    """Those that look alike and lie on each other, together."""
    heaps: list[tuple[_Look, list[float]]] = []
    newest: dict[_Look, list[float]] = {}
    for mark in marks:
        look, x = _get_look(mark), _get_x(mark.at, begins_at)
        if look in newest and x - newest[look][0] < _APART:
            newest[look].append(x)
        else:
            newest[look] = [x]
            heaps.append((look, newest[look]))
    return heaps


def _get_look(mark: DeployMark) -> _Look:
    return _MOVING if mark.is_moving else _FAILED if mark.state == "failed" else _CANCELED


def _get_x(at: datetime, begins_at: datetime) -> float:
    return (at - begins_at) / _DAY


def _set_days(axes: Axes, timeline: DeployTimeline) -> None:
    """Midnights of UTC, every other one named."""
    begins_at = timeline.begins_at.astimezone(UTC)
    first = begins_at.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    days = [first + _DAY * number for number in range(1, (timeline.ends_at - first) // _DAY + 1, 3)]
    axes.set_xticks([_get_x(day, begins_at) for day in days], [format_day(day.date()) for day in days])
    axes.set_xlim(0, _get_x(timeline.ends_at, begins_at) + _RUNS_ON)
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
