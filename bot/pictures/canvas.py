"""The look that all pictures share: an opaque card, since Slack shows them on white and on near black alike.

Colours are those of Okabe and Ito, which nobody confuses; and what a colour says, a hatch or a word says too. Slack
shows 1,200 pixels about 450 wide: hence the large type.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MultipleLocator

from bot.blocks.measure import format_seconds
from bot.mrkdwn import cut, cut_apart

WIDTH_IN, DPI = 8.0, 150
PAPER, INK, FAINT, GRID = "#f7f8fa", "#1d1c1d", "#5c6168", "#d9dce1"
GOOD, BAD, OTHER, ACCENT, WAIT = "#0072b2", "#d55e00", "#9aa0a6", "#1d1c1d", "#e2c044"
BAD_HATCH, OTHER_HATCH, WAIT_HATCH = "////", "....", "xxx"

_HEADING, _WIDEST = 14, 56
"""Points of type, and the characters of it that fit above a chart."""

_ROUND_S = (
    1,
    2,
    5,
    10,
    15,
    30,
    *(60 * n for n in (1, 2, 5, 10, 15, 30)),
    *(3600 * n for n in (1, 2, 4, 6, 12, 24, 48)),
)
"""Seconds between ticks that people count in."""

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 13,
    "text.color": INK,
    "text.parse_math": False,  # a workflow may be called `$x$`
    "axes.edgecolor": GRID,
    "axes.labelcolor": FAINT,
    "axes.facecolor": PAPER,
    "axes.titlesize": _HEADING,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "figure.facecolor": PAPER,
    "figure.edgecolor": GRID,
    "hatch.linewidth": 1.2,
    "legend.frameon": False,
    "legend.fontsize": 12,
}


@contextmanager
def open_canvas(height_in: float, title: str) -> Iterator[Figure]:
    """A figure in our style with its title; matplotlib's settings are put back afterwards."""
    with mpl.rc_context(_STYLE):
        layout = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.12)
        figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI, layout=layout)
        figure.suptitle(to_drawable(title, 60), x=0.02, ha="left", fontsize=17, fontweight="bold")
        figure.add_artist(Rectangle((0, 0), 1, 1, transform=figure.transFigure, fill=False, edgecolor=GRID, lw=2))
        yield figure


def to_png(figure: Figure) -> bytes:
    """The finished picture. `savefig` would draw all of it twice: to lay it out first, which drawing does by itself."""
    target = io.BytesIO()
    FigureCanvasAgg(figure).print_png(target)  # type: ignore[no-untyped-call]  # matplotlib does not type it
    return target.getvalue()


def draw_heading(axes: Axes, text: str, *, room_below: bool = False) -> None:
    """What this part of the picture says, as large as it fits; with room for a legend between it and the chart."""
    said = to_drawable(text, 75)
    axes.set_title(said, pad=36 if room_below else 10, fontsize=_HEADING * min(1.0, _WIDEST / max(1, len(said))))


def draw_scale(axes: Axes, label: str) -> None:
    """Values go up, by lines across."""
    axes.set_ylabel(label)
    axes.grid(axis="y")
    axes.tick_params(length=0)


def draw_legend(axes: Axes) -> None:
    """In a line of its own between heading and chart, where it covers neither."""
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 0.98), ncols=3, columnspacing=1.2, handlelength=1.6)


def set_time_ticks(axis: Axis, longest_s: float, *, most: int) -> None:
    """Ticks at round times, `most` at most, up to the longest."""
    step = next((one for one in _ROUND_S if longest_s / one <= most), longest_s / most)
    axis.set_major_locator(MultipleLocator(step))
    axis.set_major_formatter(FuncFormatter(lambda value, _at: format_seconds(value)))


def to_drawable(text: str, limit: int) -> str:
    """Foreign text without what our font cannot draw, cut to length."""
    return cut(_replace_unknown(text), limit)


def to_drawable_names(names: Iterable[str], limit: int) -> list[str]:
    """What the rows of one picture are called: no two alike, however much their names have in common."""
    return cut_apart(map(_replace_unknown, names), limit)


def _replace_unknown(text: str) -> str:
    known = _get_glyphs()
    return "".join(char if ord(char) in known else "□" for char in " ".join(text.split()))


@cache
def _get_glyphs() -> frozenset[int]:
    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())
