from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.deploy_metrics import DeployMetrics, compute_deploy_metrics
from bot.circleci.deploy_verdicts import DeployVerdict, judge_releases
from bot.circleci.models import Pipeline, Release
from tests.plugins.each_case import each_case
from tests.plugins.factories import NOW, make_id, make_pipeline

WEEK_H = 7 * 24
HOUR_S = 3600.0


def release(hours_ago: float, version: str, status: str = "SUCCESS", **more: Any) -> Release:
    """Of a pipeline of its own, unless that is said; its id is that of the moment."""
    known = {
        "id": make_id(abs(int(hours_ago * 60))),
        "target_version": version,
        "status": status,
        "component_id": make_id(1),
        "environment_id": make_id(2),
        "pipeline_id": f"pipeline of {version}",
        "created_at": NOW - timedelta(hours=hours_ago, minutes=5),
        "ended_at": NOW - timedelta(hours=hours_ago),
    }
    return Release.model_validate(known | more)


def back(hours_ago: float, version: str, status: str = "SUCCESS") -> Release:
    return release(hours_ago, version, status, is_rollback=True, pipeline_id=f"rollback to {version}")


def push(hours_ago: float, version: str, **more: Any) -> Pipeline:
    known: dict[str, Any] = {"id": f"pipeline of {version}", "vcs": {"branch": "main", "revision": f"commit {version}"}}
    return make_pipeline(created_at=NOW - timedelta(hours=hours_ago), **(known | more))


def measure(releases: Sequence[Release], *pipelines: Pipeline, weeks: int = 8) -> DeployMetrics:
    since = NOW - timedelta(weeks=weeks)
    return compute_deploy_metrics(judge_releases(releases), pipelines, since=since, until=NOW)


def get_verdicts(*releases: Release) -> list[str]:
    return [one.verdict.name for one in judge_releases(releases)]


@each_case(
    ("releases", "verdicts"),
    [
        ([release(9, "1"), release(8, "2")], ["DEPLOYED", "DEPLOYED"]),
        ([release(9, "1"), release(8, "2", "failed"), back(7, "1")], ["DEPLOYED", "FAILED", "RETURNED"]),
        ([release(9, "1"), release(8, "2"), back(7, "1")], ["DEPLOYED", "ROLLED_BACK", "RETURNED"]),
        ([release(9, "1"), release(8, "2"), back(7, "1", "failed")], ["DEPLOYED", "DEPLOYED"]),
        # a rerun of what ran there is a rollback, though CircleCI does not call it one
        ([release(9, "1"), release(8, "2"), release(7, "1")], ["DEPLOYED", "ROLLED_BACK", "RETURNED"]),
        # what runs is deployed again: nothing was undone
        ([release(9, "1"), release(8, "1")], ["DEPLOYED", "DEPLOYED"]),
        # a name that every version has says nothing
        ([release(9, "a"), release(8, "b"), release(7, "a", pipeline_id="other")], ["DEPLOYED"] * 3),
        # one rollback after another takes back what the one before had brought back, too
        (
            [release(9, "1"), release(8, "2"), back(7, "1"), back(6, "0")],
            [*["ROLLED_BACK"] * 2, *["RETURNED"] * 2],
        ),
        (
            [release(9, "0"), release(8, "1"), release(7, "2"), back(6, "1"), back(5, "0")],
            ["DEPLOYED", *["ROLLED_BACK"] * 2, *["RETURNED"] * 2],
        ),
        (
            [release(9, "0"), release(8, "1"), release(7, "2"), release(6, "1"), release(5, "0")],
            ["DEPLOYED", *["ROLLED_BACK"] * 2, *["RETURNED"] * 2],
        ),
        # what was rolled back is deployed again, and rolled back again: that goes forward, and is two deploys
        (
            [release(9, "1"), release(8, "2"), back(7, "1"), release(6, "2")],
            ["DEPLOYED", "ROLLED_BACK", "RETURNED", "DEPLOYED"],
        ),
        (
            [release(9, "1"), release(8, "2"), back(7, "1"), release(6, "2"), release(5, "1")],
            ["DEPLOYED", "ROLLED_BACK", "RETURNED", "ROLLED_BACK", "RETURNED"],
        ),
        # what was brought back is deployed again: it is as old as it was
        (
            [release(9, "1"), release(8, "2"), back(7, "1"), release(6, "1"), release(5, "2")],
            ["DEPLOYED", "ROLLED_BACK", "RETURNED", "DEPLOYED", "DEPLOYED"],
        ),
        # a rerun that would have brought it back is no deploy that failed
        ([release(9, "1"), release(8, "2"), release(7, "1", "failed")], ["DEPLOYED", "DEPLOYED"]),
        # where nobody tells which pipeline it was, the version counts; where nobody tells that, nothing does
        ([release(9, "1"), release(8, "2"), release(7, "1", pipeline_id="")], ["DEPLOYED", "ROLLED_BACK", "RETURNED"]),
        ([release(9, "1", pipeline_id=""), release(8, "2"), release(7, "1")], ["DEPLOYED", "ROLLED_BACK", "RETURNED"]),
        ([release(9, ""), release(8, "2"), release(7, "", pipeline_id="pipeline of ")], ["DEPLOYED"] * 3),
        ([release(9, "1", one) for one in ("PENDING", "running", "validating", "canceled", "half_way", "")], []),
        ([release(9, "1", created_at=None, ended_at=None)], []),
        ([], []),
    ],
)
def test_what_became_of_each(releases: list[Release], verdicts: list[str]) -> None:
    assert get_verdicts(*releases) == verdicts


def test_places_do_not_undo_each_other() -> None:
    other = {"component_id": make_id(3)}
    blue = {"namespace": "blue"}
    releases = [release(9, "1"), release(8, "2"), release(7, "1", **other), release(6, "2", **blue)]
    assert get_verdicts(*releases) == ["DEPLOYED"] * 4


def test_the_four_numbers_each_with_how_many_it_is_made_of() -> None:
    metrics = measure(
        [
            release(20 * WEEK_H, "0"),
            release(50, "1"),
            release(40, "2", "failed"),
            back(38, "1"),
            release(30, "3"),
            back(29, "1"),
            release(20, "4"),
            release(10, "5", "canceled"),
        ],
        push(52, "1"),
        push(34, "3"),
        weeks=2,
    )
    assert (metrics.deploys, metrics.ran, metrics.failed, metrics.rolled_back) == (4, 3, 1, 1)
    assert metrics.a_week == 1.5
    assert metrics.failure_share == 0.5
    assert (metrics.commits, metrics.lead.count) == (3, 2)
    assert sorted(metrics.lead.seconds) == [2 * HOUR_S, 4 * HOUR_S]
    assert (metrics.lead.median, metrics.lead.p90) == (3 * HOUR_S, 4 * HOUR_S)
    assert (len(metrics.outages), metrics.restore.count, metrics.restore.median) == (2, 2, 1.5 * HOUR_S)


def test_a_commits_lead_time_begins_with_its_first_pipeline_and_ends_with_its_first_deploy() -> None:
    again = push(12, "nightly", id="nightly", vcs={"branch": "main", "revision": "commit 1"})
    twice = [release(10, "1", pipeline_id="nightly"), release(5, "1", pipeline_id="nightly"), release(2, "1")]
    metrics = measure(twice, push(30, "1"), again)
    assert (metrics.commits, list(metrics.lead.seconds)) == (1, [20 * HOUR_S])


def test_a_pipeline_that_is_younger_than_its_deploy_says_nothing() -> None:
    assert measure([release(10, "1")], push(5, "1")).lead.count == 0


def test_what_is_broken_several_times_over_is_one_outage_until_something_stays() -> None:
    metrics = measure([release(90, "1"), release(9, "2", "failed"), release(8, "3"), back(7, "1"), release(6, "4")])
    assert list(metrics.restore.seconds) == [2 * HOUR_S]
    still = measure([release(90, "1"), release(9, "2", "failed")])
    assert (len(still.outages), still.restore.count, still.restore.median) == (1, 0, None)


def test_two_rollbacks_in_a_row_are_one_outage_until_what_stays_and_both_deploys_were_taken_back() -> None:
    metrics = measure([release(30, "0"), release(20, "1"), release(10, "2"), back(8, "1"), back(6, "0")])
    assert (metrics.ran, metrics.rolled_back, list(metrics.restore.seconds)) == (3, 2, [14 * HOUR_S])


def test_without_deploys_there_are_no_numbers_rather_than_zero() -> None:
    for releases in ([], [release(9, "1", "half_way")], [release(20 * WEEK_H, "1")]):
        metrics = measure(releases)
        assert (metrics.deploys, metrics.a_week, metrics.failure_share) == (0, None, None)
        assert (metrics.lead.median, metrics.lead.p90, metrics.restore.median) == (None, None, None)


def test_less_than_a_week_has_no_rate_and_a_young_project_is_not_measured_by_weeks_before_it() -> None:
    young = measure([release(5 * 24, "1"), release(3, "2")])
    assert (young.a_week, young.deploys, len(young.weeks)) == (None, 2, 1)
    older = measure([release(2 * WEEK_H, "1"), release(3, "2")])
    assert (older.a_week, len(older.weeks)) == (1.0, 2)


_RELEASES = st.lists(
    st.builds(
        lambda hours, version, status, is_rollback, component, same: release(
            hours,
            version,
            status,
            is_rollback=is_rollback,
            component_id=component,
            pipeline_id=f"pipeline of {same or version}",
        ),
        st.integers(0, 12 * WEEK_H),
        st.sampled_from("1234"),
        st.sampled_from(["SUCCESS", "success", "FAILED", "failed", "canceled", "RUNNING", "half_way"]),
        st.booleans(),
        st.sampled_from("ab"),
        st.sampled_from(["", "1"]),
    ),
    max_size=25,
    unique_by=lambda one: one.id,
)


@given(_RELEASES, st.integers(0, 9), st.integers(1, 12))
def test_order_does_not_matter_and_nothing_is_counted_twice(releases: list[Release], seed: int, weeks: int) -> None:
    pipelines = [push(13 * WEEK_H, "1"), push(5 * WEEK_H, "2")]
    metrics = measure(releases, *pipelines, weeks=weeks)
    shuffled = [*releases, *releases[:5]]
    random.Random(seed).shuffle(shuffled)
    assert measure(shuffled, *pipelines, weeks=weeks) == metrics
    judged = judge_releases(releases)
    assert len({one.release.id for one in judged}) == len(judged) <= len(releases)
    of_weeks = sum(week.stayed + week.failed + week.rolled_back for week in metrics.weeks)
    assert of_weeks == metrics.deploys <= sum(one.verdict is not DeployVerdict.RETURNED for one in judged)
    assert metrics.ran >= metrics.commits >= metrics.lead.count == sum(week.lead.count for week in metrics.weeks)
    assert metrics.bad >= len(metrics.outages) >= metrics.restore.count
    assert metrics.failure_share is None or 0 <= metrics.failure_share <= 1
    assert (metrics.failure_share is None) == (metrics.deploys == 0)
