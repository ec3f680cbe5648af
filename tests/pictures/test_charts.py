from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.circleci.daily_runs import DailyStats, DayStats
from bot.circleci.deploy_timeline import build_deploy_timeline
from bot.circleci.job_timeline import Bar, Timeline
from bot.circleci.models import Durations, RunMetrics
from bot.language.spoken import speaking
from bot.pictures.charts import DeployChart, DeployTimelineChart, GanttChart, HealthChart, RankingChart, RankingRow
from tests.circleci.test_deploy_metrics import back, measure, push, release
from tests.circleci.test_deploy_timeline import RELEASES
from tests.plugins import accented_language
from tests.plugins.factories import NOW

SINCE = date(2026, 10, 5)


def health(runs: int = 412) -> HealthChart:
    days = tuple(
        DayStats(SINCE + timedelta(days=number), 10, number % 3, number % 2, 400.0, 800.0, 9_000)
        for number in range(30)
    )
    metrics = RunMetrics(
        total_runs=runs,
        successful_runs=380,
        failed_runs=25,
        success_rate=0.938,
        throughput=13.7,
        mttr=3120,
        total_credits_used=360_000,
        duration_metrics=Durations(median=402, p95=871),
    )
    return HealthChart("build-and-test on main, last 30 days", DailyStats(days, runs), metrics)


def ranking(*names: str) -> RankingChart:
    rows = tuple(RankingRow(name, 0.9, 40, 60.0 * at, 100.0 * at) for at, name in enumerate(names, start=1))
    return RankingChart("Jobs of build-and-test", (*rows, RankingRow("never", None, 0, None, None)))


def gantt(*more: Bar) -> GanttChart:
    bars = (
        Bar("lint", "success", is_hold=False, ready_s=0, started_s=4, stopped_s=60),
        Bar("test", "failed", is_hold=False, ready_s=0, started_s=20, stopped_s=310, critical=True),
        Bar("approve", "on_hold", is_hold=True, ready_s=310, started_s=310, stopped_s=700, goes_on=True, critical=True),
    )
    return GanttChart("release of #341 on main", Timeline((*bars, *more)))


def deploys() -> DeployChart:
    """Three weeks in which one was rolled back, one failed and something is broken still."""
    releases = [release(500, "1"), release(300, "2"), back(298, "1"), release(200, "3"), release(4, "4", "failed")]
    return DeployChart("Deploys of acme/web", measure(releases, push(302, "2"), push(212, "3")))


def deploy_timeline(*labels: str) -> DeployTimelineChart:
    """By default of two places."""
    return DeployTimelineChart("acme/web", labels or ("staging", "production"), build_deploy_timeline(RELEASES, NOW))


def test_words_say_what_the_timeline_of_deploys_shows() -> None:
    assert deploy_timeline().alt == (
        "Timeline of deploys, 20 Oct to 3 Nov 2026: acme/web. "
        "staging: 2 deployed on 26 Oct and rolled back, 1 brought back on 26 Oct, 3 failed on 28 Oct, "
        "4 canceled on 28 Oct, 5 deployed on 30 Oct, 6 under way since 3 Nov; production: 6 deployed on 3 Nov."
    )


def test_words_say_what_the_chart_of_deploys_shows() -> None:
    assert deploys().alt == (
        "Charts by week, 13 Oct to 3 Nov 2026: Deploys of acme/web. 3 ran, 1.0 a week. "
        "50.0\u00a0% of 4 attempts went wrong. Lead time: median 7h, p90 12h, of 2 commits. "
        "Time to restore: median 2h, p90 2h, of 1 time."
    )


def test_words_say_what_the_chart_of_a_workflow_shows() -> None:
    assert health().alt == (
        "Bar charts by day, 5 Oct to 3 Nov 2026: build-and-test on main, last 30 days. "
        "93.8\u00a0% of 412 runs passed, 13.7 a day. Median 6m 42s, p95 14m 31s. "
        "Time to recovery 52m, 360K credits."
    )


def test_of_a_single_run_no_percentile_is_told() -> None:
    assert "93.8\u00a0% of 1 run passed" in health(runs=1).alt
    assert "It took 6m 42s" in health(runs=1).alt


def test_words_say_how_rows_compare() -> None:
    assert ranking("lint").alt == (
        "Bars of success and duration: Jobs of build-and-test. "
        "lint: 90.0\u00a0% of 40 runs passed, median 1m; never: no runs."
    )


def test_words_say_who_waited_and_what_the_critical_path_is() -> None:
    assert gantt().alt == (
        "Timeline of release of #341 on main, 11m 40s long. Critical path: test 4m 50s → approve 6m 30s. "
        "Jobs: lint: success, took 56s, 4s in the queue; test: failed, took 4m 50s, 20s in the queue; "
        "approve: on hold, 6m 30s so far."
    )


@pytest.mark.parametrize("chart", [health(), health(runs=1), ranking("`lint`"), gantt()])
def test_all_words_of_a_picture_are_in_the_language_of_its_readers(
    chart: HealthChart | RankingChart | GanttChart,
) -> None:
    told = replace(chart, title="`title`")
    with accented_language.installed(), speaking(accented_language.LANGUAGE):
        accented = told.alt
    names = r"`\w+`|p95|\d+[smhK]|\b(?:Oct|Nov|never|lint|test|approve)\b"
    assert re.findall("[a-z]*[aceinosuy][a-z]*", re.sub(names, "", accented)) == []
