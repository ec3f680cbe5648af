from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from bot.circleci.models import Pipeline
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.circleci.token_load import PLANNED_AN_HOUR
from bot.notify.poll import poll_intervals
from bot.notify.poll.poll_intervals import add_jitter, get_project_wait, schedule_next_poll, schedule_next_read
from tests.plugins.each_case import each_case
from tests.plugins.factories import make_hold, make_snapshot, make_workflow

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _snapshot(moved_ago: timedelta) -> Snapshot:
    return Snapshot(pipeline=Pipeline(id="p", number=1, created_at=NOW - moved_ago), workflows=())


def _wait(moved_ago: timedelta, finished_ago: timedelta | None = None) -> float | None:
    finished_at = None if finished_ago is None else NOW - finished_ago
    look_at = schedule_next_read(_snapshot(moved_ago), finished_at, NOW, interval_s=5)
    return None if look_at is None else (look_at - NOW).total_seconds()


def test_what_just_moved_is_looked_at_after_the_interval() -> None:
    assert _wait(timedelta(seconds=1)) == 5


def test_what_rests_is_looked_at_less_and_less_but_every_minute() -> None:
    assert _wait(timedelta(minutes=5)) == 30
    assert _wait(timedelta(days=3)) == 60


@each_case(("held_ago_min", "wait_s"), [(1, 6), (30, 60), (90, 90), (240, 240), (24 * 60, 300)])
def test_what_only_waits_for_an_approval_is_looked_at_less_often_after_an_hour(held_ago_min: int, wait_s: int) -> None:
    moved_at = NOW - timedelta(minutes=held_ago_min)
    workflow = make_workflow(1, "deploy", "on_hold", ended=False, created_at=moved_at)
    hold = make_hold(1, "ship").model_copy(update={"started_at": moved_at})
    snapshot = make_snapshot((workflow, (hold,)), pipeline=Pipeline(id="p", number=1, created_at=moved_at))
    look_at = schedule_next_read(snapshot, None, NOW, interval_s=5)
    assert look_at == NOW + timedelta(seconds=wait_s)


def test_a_clock_ahead_of_ours_counts_as_now() -> None:
    assert _wait(timedelta(hours=-3)) == 5


def test_a_finished_pipeline_is_watched_for_reruns_on_the_web_for_two_days() -> None:
    assert _wait(timedelta(minutes=2), timedelta(0)) == 30
    assert _wait(timedelta(hours=1), timedelta(minutes=30)) == 900
    assert _wait(timedelta(days=2), timedelta(days=1, hours=23)) == 6 * 3600
    assert _wait(timedelta(days=3), timedelta(days=3)) is None


def test_a_success_is_looked_at_less_often_than_a_failure_since_hardly_anybody_reruns_it() -> None:
    def wait(status: str) -> float:
        run = WorkflowRun(workflow=make_workflow(1, "build", status))
        moved_ago = timedelta(hours=1)
        snapshot = Snapshot(pipeline=Pipeline(id="p", created_at=NOW - moved_ago), workflows=(run,))
        look_at = schedule_next_read(snapshot, NOW - moved_ago, NOW, interval_s=5)
        assert look_at
        return (look_at - NOW).total_seconds()

    assert (wait("failed"), wait("success")) == (900, 3600)


def test_what_was_over_long_before_we_saw_it_is_not_looked_at_as_if_it_had_just_ended() -> None:
    assert _wait(timedelta(hours=2), timedelta(0)) == 1800
    assert _wait(timedelta(days=3), timedelta(0)) is None


def test_jitter_is_a_tenth_more_or_less() -> None:
    wait = timedelta(seconds=60)
    assert [add_jitter(wait, chance).total_seconds() for chance in (0, 0.5, 1)] == [54, 60, 66]


def test_an_idle_project_is_polled_half_as_often_each_time_up_to_a_minute() -> None:
    waits = [get_project_wait(rounds, 5, None, NOW).total_seconds() for rounds in range(6)]
    assert waits == [5, 10, 20, 40, 60, 60]


def test_a_project_is_polled_when_its_next_pipeline_is_due() -> None:
    assert get_project_wait(4, 5, NOW + timedelta(seconds=12), NOW).total_seconds() == 12
    assert get_project_wait(4, 5, NOW - timedelta(seconds=12), NOW).total_seconds() == 5


def test_a_poll_that_lists_nothing_does_not_wait_for_the_interval_when_a_pipeline_is_due_before() -> None:
    waits = [get_project_wait(0, 5, NOW + timedelta(seconds=due), NOW, lists_itself=False) for due in (-9, 3, 12)]
    assert [wait.total_seconds() for wait in waits] == [1, 3, 5]


def test_the_interval_counts_from_the_begin_of_a_poll_and_a_rest_from_its_end() -> None:
    interval, rest = timedelta(seconds=5), timedelta(seconds=1)
    polls = [schedule_next_poll(NOW - timedelta(seconds=took), NOW, interval, rest, chance=0.5) for took in (0, 2, 30)]
    assert [(poll - NOW).total_seconds() for poll in polls] == [5, 3, 1]


def test_where_a_webhook_tells_looks_are_a_safety_net() -> None:
    resting = schedule_next_read(_snapshot(timedelta(minutes=1)), None, NOW, interval_s=5, has_webhook=True)
    just_moved = schedule_next_read(_snapshot(timedelta(seconds=1)), None, NOW, interval_s=5, has_webhook=True)
    over = schedule_next_read(_snapshot(timedelta(minutes=1)), NOW, NOW, interval_s=5, has_webhook=True)
    assert [look_at and (look_at - NOW).total_seconds() for look_at in (resting, just_moved, over)] == [30, 5, 3600]


def test_a_hundred_projects_that_never_built_cost_less_than_a_third_of_a_request_a_minute_each() -> None:
    listings = 60 / poll_intervals.get_idle_org_wait_s(1, PLANNED_AN_HOUR)
    looks = 100 * 60 / poll_intervals.get_unlisted_wait_s(100, PLANNED_AN_HOUR)
    assert (listings + looks) / 100 <= 0.3


@pytest.mark.parametrize("an_hour", [1000, 5000, 60_000])
@pytest.mark.parametrize("count", [1, 5, 20, 200])
def test_what_rests_spends_a_fifth_of_an_hour_at_most_or_is_as_slow_as_it_gets(an_hour: int, count: int) -> None:
    for wait_s, slowest_s in (
        (poll_intervals.get_idle_org_wait_s(count, an_hour), poll_intervals.IDLE_AT_MOST_S),
        (poll_intervals.get_unlisted_wait_s(count, an_hour), poll_intervals.LISTED_AT_MOST_S),
    ):
        assert wait_s == slowest_s or count * 3600 / wait_s <= an_hour / 5


def test_a_deploy_that_never_ends_is_asked_about_ever_less_and_for_two_days() -> None:
    """Some 50 times in two hours, and a dozen times after that."""
    asked, now = [NOW], NOW
    while look_at := poll_intervals.schedule_deploy_look(NOW, now, moving=True):
        now = look_at
        asked.append(now)
    waits = [after - before for before, after in itertools.pairwise(asked)]
    assert waits == sorted(waits)
    assert (waits[0], waits[40]) == (timedelta(minutes=1), timedelta(minutes=5))
    assert 40 < sum(moment - NOW < timedelta(hours=2) for moment in asked) < 60
    assert len(asked) < 75


def test_what_a_list_does_not_show_yet_is_looked_for_three_times_more() -> None:
    asked, now = list[float](), NOW
    while look_at := poll_intervals.schedule_deploy_look(NOW, now, moving=False):
        now = look_at
        asked.append((now - NOW) / timedelta(minutes=1))
    assert asked == [1, 5, 15]


def test_while_circleci_does_not_tell_it_is_asked_ever_less_for_two_days() -> None:
    asked, now = list[float](), NOW
    while look_at := poll_intervals.schedule_deploy_retry(NOW, now):
        now = look_at
        asked.append((now - NOW) / timedelta(minutes=1))
    assert asked[:7] == [1, 2, 4, 8, 16, 32, 64]
    assert len(asked) < 60
