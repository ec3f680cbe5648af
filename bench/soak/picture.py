"""A soak as a picture: memory, what waits, lag, open files and the database over time, and what was broken when."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Patch
from PIL import Image

from bench.soak.plan import TROUBLES
from bench.soak.run import Soaked
from bot.pictures.canvas import BAD, GOOD, draw_heading, open_canvas, set_time_ticks, to_png

_TINTS = ("#d55e00", "#cc79a7", "#e2c044", "#56b4e9", "#009e73", "#8c6bb1", "#1d1c1d")
_LINES = (GOOD, BAD)
_COLOURS = 64
_NARROWEST = 0.004
"""What takes moments is drawn so wide, of the whole."""


def draw(soaked: Soaked, title: str) -> bytes:
    """As PNG."""
    with open_canvas(11.5, title) as figure:
        memory, waiting, lag, files, size = figure.subplots(5, 1, sharex=True, height_ratios=(3, 2, 3, 1.4, 1.4))
        draw_heading(memory, "Memory of each worker, MB")
        _draw_workers(memory, soaked, [one.memory_mb for one in soaked.samples])
        draw_heading(waiting, "Messages and cards that wait")
        _draw_line(waiting, [(one.at_s, one.backlog) for one in soaked.samples], GOOD)
        draw_heading(lag, "From the end of a workflow to its card, s")
        lag.scatter(*zip(*soaked.lags_s, strict=True), s=3, color=GOOD)
        lag.set_yscale("log")
        lag.yaxis.set_major_formatter(lambda value, _at: f"{value:g}")
        draw_heading(files, "Open files of each worker")
        _draw_workers(files, soaked, [one.files for one in soaked.samples])
        draw_heading(size, "The database, MB")
        _draw_line(size, [(one.at_s, one.database_mb) for one in soaked.samples], GOOD)
        for axes in (memory, waiting, lag, files, size):
            _shade(axes, soaked)
        set_time_ticks(size.xaxis, soaked.lasted_s, most=9)
        memory.set_xlim(0, soaked.lasted_s)
        memory.legend(ncols=2, loc="upper right")
        names = dict.fromkeys(one.name for one in soaked.happened)
        figure.legend(
            handles=[Patch(color=_tint(name), alpha=0.35, label=name) for name in names],
            loc="outside lower center",
            ncols=3,
        )
        return _shrink(to_png(figure))


def _draw_workers(axes: Axes, soaked: Soaked, values: Sequence[Mapping[str, float]]) -> None:
    names = sorted({name for each in values for name in each})
    for name, colour in zip(names, _LINES, strict=False):
        points = [(one.at_s, each.get(name)) for one, each in zip(soaked.samples, values, strict=True)]
        _draw_line(axes, points, colour, name)


def _draw_line(axes: Axes, points: Sequence[tuple[float, float | None]], colour: str, label: str = "") -> None:
    """With a gap where there is no value."""
    values = [float("nan") if value is None else value for _, value in points]
    axes.plot([at_s for at_s, _ in points], values, color=colour, linewidth=1.6, label=label)
    axes.set_ylim(bottom=0, top=max(axes.get_ylim()[1], 1.3 * max(value or 0.0 for _, value in points)))
    axes.grid(axis="y")


def _shade(axes: Axes, soaked: Soaked) -> None:
    for one in soaked.happened:
        lasted_s = max(one.to_s - one.from_s, soaked.lasted_s * _NARROWEST)
        axes.axvspan(one.from_s, one.from_s + lasted_s, color=_tint(one.name), alpha=0.3, linewidth=0, zorder=0)


def _tint(name: str) -> str:
    return dict(zip(TROUBLES, _TINTS, strict=True))[name]


def _shrink(png: bytes) -> bytes:
    target = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(_COLOURS).save(target, "PNG", optimize=True)
    return target.getvalue()
