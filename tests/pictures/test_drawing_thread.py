from __future__ import annotations

import asyncio
import io
import threading

import pytest
from PIL import Image

from bot.circleci.daily_runs import DailyStats, DayStats
from bot.circleci.job_timeline import Bar
from bot.circleci.models import RunMetrics
from bot.language.spoken import speaking
from bot.pictures.charts import HealthChart
from bot.pictures.drawing_thread import draw_chart
from tests.pictures.test_charts import SINCE, deploy_timeline, deploys, gantt, health, ranking


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("chart", "height"),
    [
        (health(), 1260),
        (health(runs=1), 1260),
        (ranking("a"), 435),
        (gantt(), 579),
        (deploys(), 1260),
        (deploy_timeline(), 615),
    ],
)
async def test_every_chart_is_a_png_of_its_size_on_an_opaque_card(chart: HealthChart, height: int) -> None:
    picture = opened(await draw_chart(chart))
    assert (picture.format, picture.size) == ("PNG", (1200, height))
    assert picture.convert("RGBA").getextrema()[3] == (255, 255)


async def test_a_picture_is_drawn_in_the_language_that_is_spoken() -> None:
    english = await draw_chart(health())
    with speaking("de"):
        assert await draw_chart(health()) != english
    assert await draw_chart(health()) == english


async def test_ninety_days_of_which_nothing_ran_but_today_are_drawn() -> None:
    days = tuple(DayStats(SINCE.replace(day=1).fromordinal(SINCE.toordinal() + number)) for number in range(90))
    only = DayStats(days[-1].date.fromordinal(days[-1].date.toordinal() + 1), passed=1, median_s=9, p95_s=9, credits=1)
    chart = HealthChart("quiet", DailyStats((*days, only), 1), RunMetrics(total_runs=1, success_rate=1.0))
    assert opened(await draw_chart(chart)).size == (1200, 1260)


async def test_very_many_rows_and_bars_make_no_endless_picture() -> None:
    bars = [Bar(f"job {n}", "success", is_hold=False, ready_s=0, started_s=n, stopped_s=n + 9) for n in range(500)]
    assert opened(await draw_chart(gantt(*bars))).height < 3000
    assert opened(await draw_chart(ranking(*map(str, range(500))))).height < 1600


async def test_names_that_no_font_has_and_that_look_like_formulas_are_drawn() -> None:
    nasty = "$\\frac{x}$ 日本語 🚀 %s {x} _^" + "x" * 300
    bar = Bar(nasty, "success", is_hold=False, ready_s=0, started_s=0, stopped_s=0)
    assert opened(await draw_chart(gantt(bar))).width == 1200
    assert opened(await draw_chart(ranking(nasty))).width == 1200
    assert opened(await draw_chart(HealthChart(nasty, health().days, health().metrics))).width == 1200


async def test_pictures_are_drawn_beside_the_event_loop_one_at_a_time() -> None:
    turns = 0

    async def tick() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    pictures = await asyncio.gather(draw_chart(health()), draw_chart(gantt()), draw_chart(ranking("a")))
    ticking.cancel()
    assert turns > 20
    assert len({len(picture) for picture in pictures}) == 3
    assert sum(thread.name.startswith("pictures") for thread in threading.enumerate()) == 1
