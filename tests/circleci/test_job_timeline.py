from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.circleci.job_timeline import Timeline, build_timeline
from bot.circleci.models import Job, Workflow
from tests.plugins.factories import NOW, make_id, make_job, make_workflow

BEGAN = NOW - timedelta(minutes=9)


def job(number: int, name: str, start: float | None, stop: float | None, *after: int, **more: Any) -> Job:
    """Times are seconds after the workflow began, `after` the jobs that it waits for."""
    return make_job(
        number,
        name,
        more.pop("status", "success"),
        started_at=None if start is None else BEGAN + timedelta(seconds=start),
        stopped_at=None if stop is None else BEGAN + timedelta(seconds=stop),
        dependencies=[make_id(2000 + one) for one in after],
        **more,
    )


def drawn(*jobs: Job, workflow: Workflow | None = None) -> Timeline:
    return build_timeline(workflow or make_workflow(1, "build", "success"), jobs, NOW)


def test_a_job_is_queued_from_when_nothing_stood_in_its_way_until_it_started() -> None:
    found = drawn(job(1, "lint", 5, 60), job(2, "build", 75, 100, 1))
    assert [(bar.name, bar.ready_s, bar.queued_s, bar.ran_s) for bar in found.bars] == [
        ("lint", 0, 5, 55),
        ("build", 60, 15, 25),
    ]
    assert found.length_s == 100


def test_the_critical_path_goes_back_over_what_each_job_waited_for_longest() -> None:
    jobs = (job(1, "lint", 0, 60), job(2, "test", 0, 200), job(3, "build", 205, 300, 1, 2), job(4, "docs", 0, 290))
    assert [bar.name for bar in drawn(*jobs).critical] == ["test", "build"]


def test_a_hold_lasts_until_it_lets_go_even_when_circleci_does_not_say_when() -> None:
    jobs = (
        job(1, "build", 0, 60),
        job(2, "hold", None, None, 1, type="approval"),
        job(3, "deploy", 160, 200, 2),
    )
    (hold,) = [bar for bar in drawn(*jobs).bars if bar.is_hold]
    assert (hold.started_s, hold.stopped_s, hold.goes_on) == (60, 160, False)
    waiting = job(2, "hold", None, None, 1, type="approval", status="on_hold")
    (hold,) = [bar for bar in drawn(jobs[0], waiting).bars if bar.is_hold]
    assert (hold.stopped_s, hold.goes_on, hold.critical) == (540, True, True)


def test_what_runs_lasts_until_now_and_what_has_not_begun_has_no_bar() -> None:
    running = job(1, "test", 10, None, status="running")
    found = drawn(running, job(2, "build", None, None, 1, status="blocked"))
    (bar,) = found.bars
    assert (bar.stopped_s, bar.goes_on, found.waiting) == (540, True, ("build",))


def test_what_an_earlier_run_had_done_is_named_and_not_drawn() -> None:
    found = drawn(job(1, "lint", -100, -50), job(2, "test", 5, 60, 1))
    assert (found.reused_jobs, [bar.name for bar in found.bars], found.bars[0].queued_s) == (("lint",), ["test"], 5)


def test_jobs_that_wait_for_each_other_end_nowhere_but_end() -> None:
    found = drawn(job(1, "a", 0, 10, 2), job(2, "b", 0, 20, 1))
    assert {bar.name for bar in found.critical} == {"a", "b"}


def test_without_a_beginning_or_without_jobs_there_is_nothing_to_draw() -> None:
    assert drawn(job(1, "lint", 0, 1), workflow=make_workflow(1, "build", "success", created_at=None)).bars == ()
    assert drawn().length_s == 0
