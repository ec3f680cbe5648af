"""Where pictures are drawn: in one thread beside the event loop.

matplotlib takes a second and 66 MB to import, and keeps state of its own. So the thread imports it when the first
picture is asked for, and draws one picture at a time. It comes with the extra `pictures`: without it nothing is drawn.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from importlib.util import find_spec

from bot.command import File
from bot.pictures.charts import DeployChart, DeployTimelineChart, GanttChart, HealthChart, RankingChart

Chart = HealthChart | RankingChart | GanttChart | DeployChart | DeployTimelineChart

_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")


def can_draw() -> bool:
    """Whether the extra `pictures` is installed."""
    return find_spec("matplotlib") is not None


async def draw_file(chart: Chart, *, name: str, title: str) -> File | None:
    """The chart as a file for Slack; None where nothing can be drawn."""
    return File(name, title, await draw_chart(chart), chart.alt) if can_draw() else None


async def draw_chart(chart: Chart) -> bytes:
    """The chart as a PNG, 1,200 pixels wide, in the language that is spoken here."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, copy_context().run, _draw_now, chart)


def _draw_now(chart: Chart) -> bytes:
    from bot.pictures import deploy_gantt, deploy_health, gantt, ranking, workflow_health  # noqa: PLC0415 -- see above

    match chart:
        case HealthChart():
            return workflow_health.draw(chart)
        case RankingChart():
            return ranking.draw(chart)
        case GanttChart():
            return gantt.draw(chart)
        case DeployChart():
            return deploy_health.draw(chart)
        case DeployTimelineChart():
            return deploy_gantt.draw(chart)
