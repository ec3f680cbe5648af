from __future__ import annotations

from datetime import date

from bot.blocks import insights_blocks
from bot.circleci.daily_runs import DailyStats, DayStats
from bot.circleci.models import NamedMetrics, OrgSummary, ProjectSummary, RunMetrics, WorkflowSummary
from tests.plugins.block_kit import Check, Json
from tests.plugins.block_reader import get_text
from tests.plugins.factories import NASTY

DAYS = DailyStats((DayStats(date(2026, 11, 3), passed=2, median_s=60, p95_s=90, credits=10),), 2)
METRICS = RunMetrics.model_validate(
    {
        "total_runs": 412,
        "successful_runs": 380,
        "failed_runs": 25,
        "success_rate": 0.938,
        "throughput": 13.7,
        "mttr": 3120,
        "total_credits_used": 360_000,
        "duration_metrics": {"min": 1, "mean": 420, "median": 402, "p95": 871, "max": 1200, "standard_deviation": 2.5},
    }
)
SUMMARY = WorkflowSummary.model_validate(
    {
        "metrics": {"window_start": "2026-10-05T09:00:00Z", "window_end": "2026-11-03T09:00:00Z"},
        "trends": {"total_runs": 1.12, "success_rate": 0.99, "mttr": -1.0, "total_credits_used": 1.0},
    }
)


def measured(name: str, **more: Json) -> NamedMetrics:
    return NamedMetrics(name=name, metrics=METRICS.model_copy(update=more))


def test_a_workflow_in_numbers_with_its_trends(golden: Check, valid_blocks: Check) -> None:
    drawn = insights_blocks.render_workflow(
        "build-and-test of `gh/acme/web`", METRICS, SUMMARY, days=DAYS, counted_by_us=False
    )
    valid_blocks(drawn)
    golden("insights_workflow", drawn)


def test_what_was_cut_and_who_counted_is_said() -> None:
    cut = DailyStats(DAYS.days, 800, date(2026, 11, 2))
    shown = get_text(insights_blocks.render_workflow("t", METRICS, None, days=cut, counted_by_us=True))
    assert "too many runs to read them all: the picture has the newest 2, from 2 Nov on" in shown
    assert "has not summed these runs up yet" in shown
    assert "Trend:" not in shown


def test_jobs_side_by_side_with_those_that_stand_out(golden: Check, valid_blocks: Check) -> None:
    rows = [measured("test"), measured("lint", failed_runs=0, success_rate=1.0), measured("deploy", success_rate=0.5)]
    drawn = insights_blocks.render_comparison("Jobs of build", "Job", rows)
    valid_blocks(drawn)
    golden("insights_jobs", drawn)


def test_of_two_the_table_alone_says_which_is_slower() -> None:
    drawn = insights_blocks.render_comparison("Jobs of build", "Job", [measured("test"), measured("lint")])
    assert "Slowest" not in get_text(drawn)


def test_names_with_the_same_start_are_told_apart(valid_blocks: Check) -> None:
    ends = ("europe", "the-us", "europe-" + "again-" * 20 + "europe")
    rows = [measured("deploy-to-production-" * 8 + end) for end in ends]
    drawn = insights_blocks.render_comparison("Jobs of build", "Job", rows)
    valid_blocks(drawn)
    (slowest,) = (line for line in get_text(drawn).splitlines() if line.startswith("Slowest"))
    assert len(set(slowest.split("`")[1::2])) == 3
    assert len({row[0]["text"] for row in drawn[1]["rows"]}) == 4


def test_very_many_with_nasty_names_fit(valid_blocks: Check) -> None:
    drawn = insights_blocks.render_comparison(
        NASTY[:100], "Workflow", [measured(f"{n} {NASTY}") for n in range(150)], note="note"
    )
    valid_blocks([drawn[0], drawn[2]])
    assert "51 more are left out" in get_text(drawn)


def test_an_organisation_has_its_busiest_project_first(golden: Check, valid_blocks: Check) -> None:
    metrics = {"total_runs": 3, "success_rate": 0.5, "total_duration_secs": 7200, "total_credits_used": 9}
    projects = [
        {"project_name": "quiet", "metrics": metrics, "trends": {"total_runs": -1.0}},
        {"project_name": "busy", "metrics": {**metrics, "total_runs": 99}, "trends": {"total_runs": 2.0}},
    ]
    summary = OrgSummary.model_validate(
        {"org_data": {"metrics": metrics, "trends": {"total_runs": 1.5}}, "org_project_data": projects}
    )
    drawn = insights_blocks.render_organisation("Projects of `gh/acme`", summary, 30)
    valid_blocks(drawn)
    golden("insights_organisation", drawn)
    empty = insights_blocks.render_organisation("Projects of `gh/acme`", OrgSummary(), 30)
    valid_blocks(empty)
    assert "0 runs" in get_text(empty)


def test_a_whole_project_is_one_line() -> None:
    page = {"metrics": {"total_runs": 1200, "success_rate": 0.9}, "trends": {"total_runs": 1.1}}
    summary = ProjectSummary.model_validate({"project_data": page})
    said = insights_blocks.format_project_totals(summary, 30)
    assert said == (
        "All workflows on all branches: 1,200 runs, 90.0\u00a0% passed. "
        "Runs compared with the period before: +10\u00a0%."
    )


def test_beyond_thirty_days_there_is_no_trend_to_tell() -> None:
    page = {"metrics": {"total_runs": 3, "success_rate": 1.0}, "trends": {"total_runs": 1.0}}
    assert "before" not in insights_blocks.format_project_totals(
        ProjectSummary.model_validate({"project_data": page}), 90
    )
    org = OrgSummary.model_validate({"org_data": page, "org_project_data": [{"project_name": "web", **page}]})
    assert "no change" not in get_text(insights_blocks.render_organisation("t", org, 90))
    assert org.org_data.trends.total_runs == 1.0
