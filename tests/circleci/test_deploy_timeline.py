from __future__ import annotations

from datetime import timedelta

from bot.circleci.deploy_timeline import DeployTimeline, build_deploy_timeline
from bot.circleci.models import Release
from tests.circleci.test_deploy_metrics import WEEK_H, back, release
from tests.plugins.factories import NOW, make_id

STAGING = {"environment_id": make_id(3)}

RELEASES = [
    release(6 * WEEK_H, "0"),
    release(5 * WEEK_H, "1"),
    release(200, "2"),
    back(190, "1"),
    release(150, "3", "failed"),
    release(140, "4", "canceled"),
    release(100, "5"),
    release(2, "6", "RUNNING"),
    release(3, "6", **STAGING, pipeline_id="pipeline of 6 in staging"),
    release(3, "7", "half_way"),
]


def describe(timeline: DeployTimeline) -> list[tuple[list[str], list[str]]]:
    return [
        (
            [f"{one.version} {one.verdict.name}" for one in row.spans],
            [f"{one.version} {one.state}" for one in row.marks],
        )
        for row in timeline.rows
    ]


def build(releases: list[Release]) -> DeployTimeline:
    return build_deploy_timeline(releases, NOW)


def test_each_place_has_what_ran_in_these_days_and_what_did_not() -> None:
    timeline = build([*RELEASES[:8], RELEASES[9]])
    assert timeline.begins_at == NOW - timedelta(days=14)
    assert describe(timeline) == [
        (["1 DEPLOYED", "2 ROLLED_BACK", "1 RETURNED", "5 DEPLOYED"], ["3 failed", "4 canceled", "6 running"]),
    ]
    (row,) = timeline.rows
    assert [one.ended_at for one in row.spans] == [*(one.began_at for one in row.spans[1:]), None]
    assert (row.count(timeline.begins_at), row.count_bad(timeline.begins_at)) == (3, 2)


def test_the_place_where_something_happened_last_comes_first() -> None:
    assert [spans for spans, _marks in describe(build([*RELEASES[:3], RELEASES[8]]))] == [
        ["6 DEPLOYED"],
        ["1 DEPLOYED", "2 DEPLOYED"],
    ]


def test_what_still_runs_is_there_however_old_and_what_only_failed_long_ago_is_not() -> None:
    assert describe(build([release(9 * WEEK_H, "1")])) == [(["1 DEPLOYED"], [])]
    assert describe(build([release(9 * WEEK_H, "1", "failed")])) == []


def test_circlecis_clock_may_be_ahead() -> None:
    ahead = build([release(-5, "1")])
    assert ahead.ends_at == NOW + timedelta(hours=5)
