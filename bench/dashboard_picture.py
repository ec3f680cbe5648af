"""The dashboard as a picture, of a real run: `make dashboard` writes docs/dashboard.png.

Grafana itself is not needed: each panel of deploy/grafana/circlebot.json is drawn where it stands there, from what
Prometheus answers to its query. A bot works for three minutes meanwhile, and for one of them Slack does not answer.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.gridspec import GridSpec
from PIL import Image

from tests.deploy.test_alerts_and_dashboard import DASHBOARD, PANELS, RULES, play_story, run_bot
from tests.plugins.process_harness import ProcessHarness
from tests.plugins.prometheus_server import PrometheusServer, run_prometheus

BEFORE_S, OUTAGE_S, AFTER_S = 60, 60, 60
PUSH_EVERY_S = 4
BRANCHES = ("main", "broken", "flaky", "release", "main", "main")
COLUMNS, ROWS = 24, 25
GROUND, PANEL, TEXT = "#111217", "#181b1f", "#ccccdc"
COLOURS = ("#73bf69", "#f2cc0c", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#8ab8ff", "#96d98d")
UNITS = {"s": "s", "percentunit": "%", "bytes": "MB", "reqps": "/s", "short": ""}
SCALES = {"percentunit": 100.0, "bytes": 1e-6}


async def work(people: ProcessHarness, seconds: int) -> None:
    """Somebody pushes and asks every few seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for number in range(seconds):
                await people.push(BRANCHES[number % len(BRANCHES)])
                await people.say("/circle status")
                await asyncio.sleep(PUSH_EVERY_S)


async def play(people: ProcessHarness) -> None:
    await people.say("/circle subscribe acme/web")
    await play_story(people)
    await work(people, BEFORE_S)
    await people.control("break", name="slack-outage")
    await work(people, OUTAGE_S)
    await people.control("break", name="slack-outage", on=False)
    await work(people, AFTER_S)


async def load_panel(prometheus: PrometheusServer, panel: dict[str, Any], over_s: int) -> list[tuple[str, Any, Any]]:
    """Each series: its legend, times in seconds and values."""
    found = []
    for target in panel["targets"]:
        expression = target["expr"].replace("$__rate_interval", "15s").replace("[1h]", "[3m]")
        for series in await prometheus.query_range(expression, over_s):
            legend = target.get("legendFormat") or ""
            for label, value in series["metric"].items():
                legend = legend.replace(f"{{{{{label}}}}}", value.partition(":")[0])
            values = [(float(at), float(value)) for at, value in series["values"]]
            found.append((legend, [at for at, _ in values], [value for _, value in values]))
    return found


def draw_panel(axes: Axes, panel: dict[str, Any], series: list[tuple[str, Any, Any]]) -> None:
    unit = panel["fieldConfig"]["defaults"].get("unit", "short")
    axes.set_facecolor(PANEL)
    axes.set_title(panel["title"], color=TEXT, fontsize=9, loc="left", pad=4)
    axes.tick_params(colors=TEXT, labelsize=7, length=0)
    for edge in axes.spines.values():
        edge.set_color("#2c3235")
    if panel["type"] == "stat":
        draw_number(axes, series, unit)
        return
    for colour, (legend, times, values) in zip(COLOURS, series, strict=False):
        scaled = [value * SCALES.get(unit, 1.0) for value in values]
        axes.plot([at - times[-1] for at in times], scaled, color=colour, linewidth=1.1, label=legend or None)
    axes.set_xlim(right=0)
    axes.grid(color="#2c3235", linewidth=0.5)
    axes.yaxis.set_major_formatter(lambda value, _at: f"{value:g} {UNITS[unit]}".strip())
    axes.xaxis.set_major_formatter(lambda value, _at: f"{value:.0f} s")
    if any(legend for legend, _, _ in series):
        axes.legend(fontsize=6, labelcolor=TEXT, frameon=False, ncols=3, loc="upper left")
        axes.margins(y=0.4)
    axes.set_ylim(bottom=0)


def draw_number(axes: Axes, series: list[tuple[str, Any, Any]], unit: str) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    legend, _, values = series[0]
    shown = legend or f"{values[-1] * SCALES.get(unit, 1.0):.3g} {UNITS[unit]}".strip()
    axes.text(0.5, 0.45, shown, color=COLOURS[0], fontsize=20, ha="center", va="center", transform=axes.transAxes)


async def draw(prometheus: PrometheusServer, file: Path) -> None:
    figure = plt.figure(figsize=(16, 10), facecolor=GROUND, dpi=90)
    grid = GridSpec(ROWS, COLUMNS, figure, left=0.03, right=0.99, top=0.96, bottom=0.04, hspace=8.0, wspace=4.0)
    for panel in PANELS:
        at = panel["gridPos"]
        axes = figure.add_subplot(grid[at["y"] : at["y"] + at["h"], at["x"] : at["x"] + at["w"]])
        draw_panel(axes, panel, await load_panel(prometheus, panel, BEFORE_S + OUTAGE_S + AFTER_S))
    figure.savefig(file, facecolor=GROUND)
    Image.open(file).convert("RGB").quantize(64).save(file, optimize=True)


async def main(file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            run_bot(Path(folder), POLL_INTERVAL_S="2") as (people, port),
            run_prometheus(Path(folder), scraped_port=port, rules=RULES) as prometheus,
        ):
            await play(people)
            await draw(prometheus, file)
    sys.stdout.write(f"{file}: {DASHBOARD.name} of a run of three minutes\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
