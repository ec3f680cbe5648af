from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.circleci.daily_runs import build_daily_stats, compute_metrics, compute_percentile
from bot.circleci.insights_api import PastRuns
from bot.circleci.models import PastRun
from tests.plugins.factories import NOW, make_id

SINCE = NOW - timedelta(days=30)


def a_run(number: int, hours_ago: float, status: str = "success", seconds: int = 60) -> PastRun:
    at = NOW - timedelta(hours=hours_ago)
    return PastRun(
        id=make_id(number),
        status=status,
        created_at=at,
        stopped_at=at + timedelta(seconds=seconds),
        duration=seconds,
        credits_used=10,
    )


def test_without_runs_every_day_is_there_and_empty() -> None:
    found = build_daily_stats(PastRuns(()), SINCE, NOW)
    assert (len(found.days), found.runs, found.cut_before) == (31, 0, None)
    assert found.days[0].median_s is None


def test_one_run_makes_one_day() -> None:
    found = build_daily_stats(PastRuns((a_run(1, 1, seconds=90),)), SINCE, NOW)
    today = found.days[-1]
    assert (today.date, today.runs, today.passed, today.median_s, today.p95_s) == (NOW.date(), 1, 1, 90, 90)


def test_a_day_tells_how_its_runs_ended_how_long_they_took_and_what_they_cost() -> None:
    runs = (a_run(1, 1), a_run(2, 2, "failed", 30), a_run(3, 3, "canceled", 90), a_run(4, 4, "error", 40))
    today = build_daily_stats(PastRuns(runs), SINCE, NOW).days[-1]
    assert (today.passed, today.failed, today.other) == (1, 2, 1)
    assert (today.median_s, today.p95_s, today.credits) == (50, 90, 40)


def test_of_ten_thousand_runs_that_were_cut_the_half_known_day_is_left_out() -> None:
    runs = tuple(a_run(number, number * 0.05) for number in range(10_000))
    found = build_daily_stats(PastRuns(runs, cut=True), NOW - timedelta(days=90), NOW)
    oldest = (NOW - timedelta(hours=9_999 * 0.05)).date()
    assert found.cut_before == found.days[0].date == oldest + timedelta(days=1)
    assert found.runs_read == 10_000
    assert found.runs < 10_000
    assert all(day.runs == 480 for day in found.days[:-1])


def test_when_a_single_day_is_too_much_it_is_shown_all_the_same() -> None:
    found = build_daily_stats(PastRuns((a_run(1, 1), a_run(2, 2)), cut=True), SINCE, NOW)
    assert [(day.date, day.runs) for day in found.days] == [(date(2026, 11, 3), 2)]


def test_the_numbers_of_runs_are_made_by_circlecis_own_definitions() -> None:
    runs = (a_run(1, 1), a_run(2, 5), a_run(3, 7, "failed"), a_run(4, 8, "failed"), a_run(5, 9, "canceled"))
    found = compute_metrics(PastRuns(runs), 30)
    assert (found.total_runs, found.successful_runs, found.failed_runs) == (5, 2, 2)
    assert found.success_rate == 0.5
    assert found.mttr == 3 * 3600
    assert found.throughput == pytest.approx(5 / 30)
    assert found.total_credits_used == 50


def test_without_runs_there_are_no_numbers() -> None:
    found = compute_metrics(PastRuns(()), 30)
    assert (found.total_runs, found.success_rate, found.mttr, found.duration_metrics.p95) == (0, None, None, None)


@pytest.mark.parametrize(("values", "expected"), [([7.0], 7.0), ([float(n) for n in range(1, 101)], 95.0), ([2, 1], 2)])
def test_the_95th_percentile_is_one_of_the_values(values: list[float], expected: float) -> None:
    assert compute_percentile(values, 95) == expected
