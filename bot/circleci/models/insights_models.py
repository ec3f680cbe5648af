"""What CircleCI makes of past runs. Durations are seconds; credits are for comparing, not for billing."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BeforeValidator

from bot.circleci.models.model import Many, Model, When, Word

M = TypeVar("M", bound=Model)


def _nothing_is_empty(value: object) -> object:
    return {} if value is None else value


Always = Annotated[M, BeforeValidator(_nothing_is_empty)]
"""A part that is there even when CircleCI says null, with everything in it unknown."""


class Durations(Model):
    """Seconds; None where nothing ran to its end."""

    min: float | None = None
    mean: float | None = None
    median: float | None = None
    p95: float | None = None
    max: float | None = None


class RunMetrics(Model):
    """Of a workflow's or a job's runs in one window. `throughput` is runs a day, `mttr` seconds to the next success.

    `success_rate` is between 0 and 1, of the runs that passed or failed; `total_runs` counts all, also those that
    were canceled or go on.
    """

    total_runs: int = 0
    successful_runs: int = 0
    failed_runs: int = 0
    success_rate: float | None = None
    throughput: float | None = None
    mttr: float | None = None
    total_credits_used: int | None = None
    duration_metrics: Always[Durations] = Durations()


class NamedMetrics(Model):
    """A workflow or a job, by name, with its metrics."""

    name: Word = ""
    metrics: Always[RunMetrics] = RunMetrics()
    window_start: When = None
    window_end: When = None


class PastRun(Model):
    """A run of a workflow that has ended. `duration` is in seconds."""

    id: str
    branch: Word = ""
    status: Word = ""
    created_at: When = None
    stopped_at: When = None
    duration: float | None = None
    credits_used: int | None = None


class Trends(Model):
    """What is now, divided by what was in as long a time before.

    1.0 is no change, -1.0 stands for infinite (CircleCI docs: Insights metrics glossary, "Trends").
    """

    total_runs: float | None = None
    failed_runs: float | None = None
    success_rate: float | None = None
    throughput: float | None = None
    mttr: float | None = None
    total_credits_used: float | None = None
    median_duration_secs: float | None = None
    p95_duration_secs: float | None = None
    total_duration_secs: float | None = None


class WorkflowSummary(Model):
    """One workflow's trends. CircleCI chooses the window: it lies in `metrics`."""

    class SummaryWindow(Model):
        window_start: When = None
        window_end: When = None

    metrics: Always[SummaryWindow] = SummaryWindow()
    trends: Always[Trends] = Trends()


class Totals(Model):
    """Of a project or of an organisation, over all branches. Durations are seconds."""

    total_runs: int = 0
    total_duration_secs: float | None = None
    total_credits_used: int | None = None
    success_rate: float | None = None
    throughput: float | None = None


class TotalsWithTrends(Model):
    metrics: Always[Totals] = Totals()
    trends: Always[Trends] = Trends()


class ProjectTotals(TotalsWithTrends):
    project_name: Word = ""


class ProjectSummary(Model):
    project_data: Always[TotalsWithTrends] = TotalsWithTrends()
    all_workflows: Many[str] = ()


class OrgSummary(Model):
    org_data: Always[TotalsWithTrends] = TotalsWithTrends()
    org_project_data: Many[ProjectTotals] = ()


class MeasuredTest(Model):
    """A test in the ten latest runs of a workflow. `p95_duration` is in seconds."""

    test_name: Word = ""
    classname: Word = ""
    file: Word = ""
    job_name: Word = ""
    total_runs: int = 0
    failed_runs: int = 0
    p95_duration: float | None = None
    flaky: bool | None = None


class TestMetrics(Model):
    """The tests of the ten latest runs of a workflow; `…_extra` counts equals that were left out of a list."""

    __test__ = False  # pytest, this is no test

    average_test_count: float | None = None
    most_failed_tests: Many[MeasuredTest] = ()
    most_failed_tests_extra: int | None = None
    slowest_tests: Many[MeasuredTest] = ()
    slowest_tests_extra: int | None = None
