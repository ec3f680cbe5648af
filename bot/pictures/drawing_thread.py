"""Where pictures are drawn: in one thread beside the event loop.

matplotlib takes a second and 66 MB to import, and keeps state of its own. So the thread imports it when the first
picture is asked for, and draws one picture at a time.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from bot.pictures.charts import GanttChart, HealthChart, RankingChart

_THREAD = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")


async def draw_chart(chart: HealthChart | RankingChart | GanttChart) -> bytes:
    """The chart as a PNG, 1,200 pixels wide, in the language that is spoken here."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, copy_context().run, _draw_now, chart)


def _draw_now(chart: HealthChart | RankingChart | GanttChart) -> bytes:
    from bot.pictures import gantt, ranking, workflow_health  # noqa: PLC0415 -- see above

    match chart:
        case HealthChart():
            return workflow_health.draw(chart)
        case RankingChart():
            return ranking.draw(chart)
        case GanttChart():
            return gantt.draw(chart)
