"""Whatever goes wrong between several processes, their database, Slack and CircleCI: everything is said, and once.

`make simulate` runs a hundred thousand of the same. A seed that fails prints its story; it becomes a test of its own,
in words, where the code is mended.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from dataclasses import replace

from tests.simulation.builds import Build, Run, make_id
from tests.simulation.channels import HOLDS
from tests.simulation.plan import Deed, Fault, Plan, Press, draw_plan
from tests.simulation.run import run_plan, shrink
from tests.simulation.safeguard_table import FOUND_WITHIN, list_names, read
from tests.simulation.safeguards import ABLATIONS
from tests.simulation.seeds import find_first_failure, run_seed
from tests.simulation.virtual_loop import VirtualLoop

SEEDS = os.environ.get("CIRCLEBOT_SEEDS", "2000")


def test_whatever_a_seed_brings_everything_is_said_and_once() -> None:
    assert run_campaign("--seeds", SEEDS) == ""


def test_each_safeguard_is_missed_where_it_is_taken_away() -> None:
    assert run_campaign("--check") == ""
    assert list(read()) == list_names()
    assert max(row.seeds for row in read().values()) <= FOUND_WITHIN


def run_campaign(*how: str) -> str:
    """What went wrong. A process of its own: sets of strings have the same order in each, so that a seed is a seed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation.campaign", *how],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr if done.returncode else ""


def test_an_answer_that_cannot_be_written_down_at_once_is_written_when_the_database_is_back() -> None:
    """Seed 45: the process lives and knows the answer, so nothing is said again where nobody can look back."""
    away = Fault(0.0, 3.0, "no database", point="after answer")
    plan = replace(draw_plan(0), faults=(away,), deeds=(), skews_s=(0.0,), readable=False)
    story = run_plan(plan)
    assert not story.problems
    shown = [event.partition("Slack shows ")[2] for event in story.events if "Slack shows " in event]
    assert len(set(shown)) == len(shown)


def test_what_a_response_url_does_not_take_is_told_otherwise() -> None:
    storms = tuple(Fault(0.0, 60.0, kind, strength=0.8) for kind in ("slack", "circleci"))
    typed = Deed(0, 2.0, 0, 0, "trigger", ())
    plans = (replace(draw_plan(seed), faults=storms, deeds=(typed,)) for seed in range(20))
    failed = [story for story in map(run_plan, plans) if story.met["response_url that failed"]]
    assert failed
    assert not any(story.problems for story in failed)


def test_a_hold_is_declined_in_a_form_and_once_however_often_that_is_handed_in() -> None:
    course = [(1.0, "running"), (3.0, "on_hold"), (60.0, "running"), (62.0, "success")]
    held = Build(1, make_id(1), "main", [Run(make_id(1000), "build", course)])
    again = Press(0.5, 1, 0)
    plan = replace(
        draw_plan(0), builds=(held,), deeds=(Deed(0, 5.0, 0, 0, "decline", (again,)),), channels=("C0ALL", HOLDS)
    )
    story = run_plan(replace(plan, faults=(), skews_s=(0.0, 0.0)))
    assert not story.problems
    assert sum("CircleCI does jobs/" in event for event in story.events) == 1


def draw_loss(seed: int) -> Plan:
    """A world whose database is lost, and put back as it was eight seconds before."""
    return replace(draw_plan(seed), faults=(Fault(6.0, 8.0, "put back"),), readable=True)


def test_what_a_lost_database_forgot_is_not_said_again() -> None:
    for story in map(run_plan, map(draw_loss, range(5))):
        assert any("the backup is put back" in event for event in story.events)
        assert not story.problems


def test_who_cannot_look_back_may_say_again_what_a_backup_saw_under_way() -> None:
    """Seed 4111, before worlds were made smaller: posted before the backup, and written down after it."""
    stories = [run_plan(_lose_after_first_post(seed)) for seed in range(12)]
    assert any(sum("Slack shows card:" in event for event in story.events) == 2 for story in stories)
    assert not any(story.problems for story in stories)


def _lose_after_first_post(seed: int) -> Plan:
    """The backup is made while the answer to it travels."""
    quiet = replace(draw_plan(seed), faults=(), deeds=(), skews_s=(0.0,), readable=False, summarise_after_s=86_400.0)
    posted_s = next(float(event.split()[0]) for event in run_plan(quiet).events if "Slack shows card:" in event)
    return replace(quiet, faults=(Fault(posted_s + 0.02, 2.0, "put back"),))


def test_who_does_not_look_back_says_again_what_a_lost_database_forgot() -> None:
    ablation = ABLATIONS["look back before repeating"]
    stories = (run_plan(draw_loss(seed), ablation) for seed in range(20))
    assert any("stands 2 times" in problem for story in stories for problem in story.problems)


def test_a_seed_means_the_same_each_time() -> None:
    plan = next(plan for plan in map(draw_plan, range(100)) if len(plan.faults) > 3 and plan.deeds)
    first, again = (run_plan(plan) for _ in range(2))
    assert first.events == again.events


def test_runs_do_not_stay_in_memory() -> None:
    """But for the last ones, whose parts are known to metrics that all share, and what other tests have left."""
    for seed in range(3):
        run_seed(seed)
    before = _count_loops()
    for seed in range(3, 6):
        run_seed(seed)
    assert _count_loops() <= before


def _count_loops() -> int:
    """Whoever is closed by a collection is gone with the next one."""
    while gc.collect():
        continue
    return sum(type(one) is VirtualLoop for one in gc.get_objects())


def test_what_fails_is_told_with_as_little_as_still_fails() -> None:
    ablation = ABLATIONS["look back before repeating"]
    failed = find_first_failure(ablation, range(FOUND_WITHIN))
    assert failed is not None

    def fails(plan: Plan) -> bool:
        return bool(run_plan(plan, ablation).problems)

    smallest = shrink(failed.plan, fails)
    assert fails(smallest)
    assert 1 <= len(smallest.faults) <= len(failed.plan.faults)
    assert not any(fails(replace(smallest, faults=_leave_out(smallest, fault))) for fault in smallest.faults)
    story = str(run_plan(smallest, ablation))
    assert f"seed {failed.plan.seed}" in story
    assert "WRONG" in story


def _leave_out(plan: Plan, fault: Fault) -> tuple[Fault, ...]:
    return tuple(one for one in plan.faults if one is not fault)
