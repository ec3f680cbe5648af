from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from tests.plugins.each_case import each_case

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDS = ["success", "failed", "error", "canceled", "unauthorized", "not_run", "running", "failing", "on_hold", "queued"]
ENDED = WORDS[:6]


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def pipeline(state: str = "created", **more: Any) -> Pipeline:
    return Pipeline(id="p-1", number=7, project_slug="gh/acme/web", state=state, created_at=START, **more)


def run(name: str, status: str, begun_s: float = 1, ended_s: float | None = None, **more: Any) -> WorkflowRun:
    jobs = more.pop("jobs", None)
    stopped_at = at(ended_s) if ended_s is not None else at(begun_s + 60) if status in ENDED else None
    workflow_id = more.pop("id", f"{name}-{begun_s}")
    workflow = Workflow(id=workflow_id, name=name, status=status, created_at=at(begun_s), stopped_at=stopped_at, **more)
    return WorkflowRun(workflow=workflow, jobs=jobs)


def of(*runs: WorkflowRun, state: str = "created", **more: Any) -> Snapshot:
    return Snapshot(pipeline=pipeline(state), workflows=runs, **more)


# One word for the whole


@each_case(
    ("statuses", "word"),
    [
        (["success"], "success"),
        (["success", "success"], "success"),
        (["success", "failed"], "failed"),
        (["canceled", "failed"], "failed"),
        (["error", "success"], "error"),
        (["unauthorized", "canceled"], "unauthorized"),
        (["canceled", "success"], "canceled"),
        (["not_run", "success"], "success"),
        (["not_run"], "not_run"),
        (["running", "success"], "running"),
        (["queued"], "running"),
        (["running", "failed"], "failing"),
        (["failing"], "failing"),
        (["on_hold", "failed"], "failing"),
        (["on_hold", "success"], "on_hold"),
        (["on_hold", "running"], "on_hold"),
        (["running", "canceled"], "running"),
    ],
)
def test_the_worst_of_the_newest_workflows_wins(statuses: list[str], word: str) -> None:
    assert of(*[run(f"w{n}", status) for n, status in enumerate(statuses)]).status == word


def test_a_word_that_circleci_invents_passes_through() -> None:
    assert of(run("build", "simmering")).status == "simmering"
    assert of(run("build", "evaporated", ended_s=5), run("lint", "success")).status == "evaporated"
    assert of(run("build", "evaporated", ended_s=5), run("lint", "failed")).status == "failed"


@each_case(
    ("state", "word"),
    [
        ("pending", "pending"),
        ("setup-pending", "pending"),
        ("setup", "setup"),
        ("errored", "errored"),
        ("created", "empty"),
    ],
)
def test_a_pipeline_without_workflows_is_what_its_state_says(state: str, word: str) -> None:
    assert of(state=state).status == word


def test_a_fresh_pipeline_without_workflows_is_pending_not_empty() -> None:
    assert of(waiting=True).status == "pending"


def test_an_errored_pipeline_is_errored_whatever_ran_before() -> None:
    assert of(run("setup", "success", tag="setup"), state="errored").status == "errored"


# Reruns: the newest of each name counts


def test_a_rerun_takes_the_place_of_what_it_repeats() -> None:
    first, other, again = run("build", "failed", 1), run("lint", "success", 2), run("build", "success", 90)
    snapshot = of(again, first, other)
    assert [one.workflow.id for one in snapshot.get_newest_runs()] == ["build-90", "lint-2"]
    assert snapshot.status == "success"


def test_a_rerun_that_fails_again_is_a_failure() -> None:
    assert of(run("build", "success", 1), run("build", "failed", 90)).status == "failed"


def test_an_old_hold_does_not_hold_once_its_workflow_was_rerun() -> None:
    hold = Job(id="h", name="approve", type="approval", status="on_hold", approval_request_id="a-1")
    old = run("release", "on_hold", 1, jobs=(hold,))
    assert of(old).pending_holds == ((old.workflow, hold),)
    assert of(old, run("release", "success", 90, jobs=())).pending_holds == ()


def test_several_holds_are_told_apart_by_workflow_and_job() -> None:
    holds = tuple(Job(id=name, name=name, type="approval", status="on_hold") for name in ("staging", "production"))
    waiting = Job(id="later", name="later", type="approval", status="blocked")
    release = run("release", "on_hold", jobs=(*holds, waiting))
    assert of(release).pending_holds == ((release.workflow, holds[0]), (release.workflow, holds[1]))


def test_a_cancelled_workflow_holds_nothing() -> None:
    hold = Job(id="h", type="approval", status="on_hold")
    assert of(run("release", "canceled", jobs=(hold,))).pending_holds == ()


def test_failed_jobs_are_those_of_the_newest_workflows() -> None:
    bad, good, old = Job(id="1", status="timedout"), Job(id="2", status="success"), Job(id="3", status="failed")
    snapshot = of(run("build", "failed", 1, jobs=(old,)), run("build", "failed", 90, jobs=(bad, good)))
    assert snapshot.failed_jobs == (bad,)
    assert snapshot.get_newest_runs()[0].failed_jobs == (bad,)


# Setup workflows


def test_a_setup_workflow_makes_way_for_what_it_made() -> None:
    setup, build = run("setup", "success", 1, tag="setup"), run("build", "running", 30)
    assert [one.workflow.name for one in of(setup, build).get_newest_runs()] == ["build"]
    assert of(setup, build).status == "running"


@each_case(
    ("status", "state", "waiting", "word"),
    [
        ("running", "setup", False, "setup"),
        ("running", "created", False, "setup"),
        ("success", "pending", False, "setup"),
        ("success", "created", True, "setup"),
        ("success", "created", False, "empty"),
        ("failed", "setup", False, "failed"),
        ("canceled", "setup", False, "canceled"),
        ("unauthorized", "created", False, "unauthorized"),
        ("on_hold", "setup", False, "on_hold"),
    ],
)
def test_a_setup_workflow_alone(status: str, state: str, *, waiting: bool, word: str) -> None:
    assert of(run("setup", status, tag="setup"), state=state, waiting=waiting).status == word


# Has it ended?


@each_case("state", ["pending", "setup-pending", "setup"])
def test_a_pipeline_that_is_not_created_yet_has_not_ended(state: str) -> None:
    assert not of(state=state).has_ended(at(9999))
    assert not of(run("setup", "success", tag="setup"), state=state).has_ended(at(9999))


def test_an_errored_pipeline_has_ended_at_once() -> None:
    assert of(state="errored").has_ended(at(0))


def test_zero_workflows_are_an_end_only_after_the_grace() -> None:
    assert not of().has_ended(at(44))
    assert of().has_ended(at(45))
    assert of().has_ended(at(10), grace_s=10)


def test_the_grace_begins_when_the_pipeline_last_moved() -> None:
    snapshot = Snapshot(pipeline=pipeline(updated_at=at(60)))
    assert not snapshot.has_ended(at(104))
    assert snapshot.has_ended(at(105))


def test_a_pipeline_read_while_workflows_may_still_appear_has_not_ended() -> None:
    assert not of(waiting=True).has_ended(at(9999))


@each_case("status", ["running", "failing", "on_hold", "queued", "simmering"])
def test_one_workflow_under_way_keeps_it_going(status: str) -> None:
    assert not of(run("a", "success"), run("b", status)).has_ended(at(9999))


def test_when_all_have_ended_it_has_ended_without_any_grace() -> None:
    assert of(run("a", "success", 1, 5), run("b", "failed", 1, 6)).has_ended(at(6))


def test_an_old_run_under_way_does_not_count_once_it_was_rerun() -> None:
    assert of(run("a", "running", 1), run("a", "success", 30, 40)).has_ended(at(41))


def test_a_failure_that_may_rerun_itself_gets_the_grace() -> None:
    failed = run("a", "failed", 1, 100, max_auto_reruns=2, auto_rerun_number=1)
    assert not of(failed).has_ended(at(144))
    assert of(failed).has_ended(at(145))
    spent = run("a", "failed", 1, 100, max_auto_reruns=2, auto_rerun_number=2)
    assert of(spent).has_ended(at(100))


def test_after_a_setup_workflow_its_continuation_gets_the_grace() -> None:
    setup = run("setup", "success", 1, 100, tag="setup")
    assert not of(setup).has_ended(at(144))
    assert of(setup).has_ended(at(145))
    assert of(setup, run("build", "success", 110, 120)).has_ended(at(121))


def test_after_a_setup_workflow_that_failed_nothing_comes() -> None:
    assert of(run("setup", "failed", 1, 100, tag="setup")).has_ended(at(100))
    assert not of(run("setup", "running", 1, tag="setup")).has_ended(at(9999))


# Times


def test_the_duration_leaves_out_the_pause_before_a_rerun() -> None:
    lint, again = run("lint", "success", 0, 30), run("build", "success", 86_400, 86_460)
    assert of(lint, run("build", "failed", 0, 50), again).duration_s == 90


def test_workflows_side_by_side_count_once() -> None:
    assert of(run("a", "success", 0, 60), run("b", "success", 30, 100), run("c", "success", 40, 50)).duration_s == 100


def test_nothing_has_a_duration_before_all_have_stopped() -> None:
    assert of(run("a", "success", 0, 60), run("b", "running", 0)).duration_s is None
    assert of().duration_s is None


def test_it_started_with_the_first_of_the_newest_workflows() -> None:
    assert of(run("a", "success", 5), run("b", "success", 3)).started_at == at(3)
    assert of().started_at == START


# Whatever CircleCI says

runs = st.builds(
    run,
    st.sampled_from(["build", "lint", "setup"]),
    st.sampled_from([*WORDS, "", "brand-new"]),
    st.integers(0, 500),
    st.none() | st.integers(0, 900),
    tag=st.sampled_from([None, "setup"]),
    id=st.uuids().map(str),
    max_auto_reruns=st.none() | st.integers(0, 3),
)
snapshots = st.builds(
    Snapshot,
    pipeline=st.builds(
        pipeline, st.sampled_from(["pending", "created", "errored", "setup", "setup-pending", "", "new"])
    ),
    workflows=st.lists(runs, max_size=6).map(tuple),
    waiting=st.booleans(),
)


def test_a_setup_workflow_of_the_same_name_ends_nothing_for_the_other() -> None:
    snapshot = Snapshot(
        pipeline=pipeline("created"),
        workflows=(run("build", "running", 0, None), run("build", "success", 10, 20, tag="setup")),
    )
    assert snapshot.status == "running"
    assert not snapshot.has_ended(at(99_999))


@given(snapshots)
def test_any_snapshot_has_a_word_and_survives_being_stored(snapshot: Snapshot) -> None:
    assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot
    assert isinstance(snapshot.status, str)
    assert snapshot.pending_holds == ()


@given(snapshots)
def test_what_has_ended_says_no_word_of_something_under_way(snapshot: Snapshot) -> None:
    if snapshot.has_ended(at(99_999)):
        assert snapshot.status not in {"pending", "setup", "running", "failing", "on_hold", "queued"}


@given(snapshots, st.integers(0, 1000), st.integers(0, 1000))
def test_what_has_ended_stays_ended(snapshot: Snapshot, first_s: int, more_s: int) -> None:
    if snapshot.has_ended(at(first_s)):
        assert snapshot.has_ended(at(first_s + more_s))


@given(snapshots)
def test_the_newest_are_one_of_each_name(snapshot: Snapshot) -> None:
    names = [one.workflow.name for one in snapshot.get_newest_runs()]
    assert len(names) == len(set(names))
    assert bool(names) is bool(snapshot.workflows)
