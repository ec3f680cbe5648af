from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.circleci.models import Job, Workflow
from bot.circleci.snapshot import Snapshot
from bot.rules.hold_resolution import (
    HoldResolution,
    ResolutionKind,
    build_hold_key,
    count_reminders,
    find_resolution,
    get_hold,
    is_expired,
)
from bot.rules.outcome import build_outcomes
from tests.plugins.factories import NOW, WEB, make_hold, make_job, make_snapshot, make_workflow

LONG_AGO = NOW - timedelta(days=91)


def _workflow(status: str = "on_hold", **more: Any) -> Workflow:
    return make_workflow(1, "release", status, ended=status != "on_hold", **more)


def _hold(status: str = "on_hold", **more: Any) -> Job:
    return make_hold(1, "ship", status).model_copy(update=more)


def _fate(workflow: Workflow, job: Job, *others: Workflow) -> HoldResolution | None:
    runs: list[tuple[Workflow, tuple[Job, ...]]] = [(other, ()) for other in others]
    return find_resolution(make_snapshot((workflow, (job,)), *runs), workflow, job)


def test_a_hold_waits_until_somebody_decides() -> None:
    assert _fate(_workflow(), _hold()) is None
    assert _fate(_workflow(), _hold("success", approved_by="u1", stopped_at=NOW)) == HoldResolution(
        ResolutionKind.APPROVED, "u1", NOW
    )
    assert _fate(_workflow(), _hold("success")) == HoldResolution(ResolutionKind.APPROVED)
    assert _fate(_workflow(), _hold("canceled", canceled_by="u1", stopped_at=NOW)) == HoldResolution(
        ResolutionKind.DECLINED, "u1", NOW
    )


def test_what_was_approved_stays_so_however_its_workflow_ends() -> None:
    assert _fate(_workflow("failed"), _hold("success", approved_by="u1")) == HoldResolution(
        ResolutionKind.APPROVED, "u1"
    )


def test_who_cancels_a_workflow_declines_none_of_its_holds() -> None:
    canceled = _workflow("canceled", canceled_by="u2")
    assert _fate(canceled, _hold("canceled", canceled_by="u2")) == HoldResolution(
        ResolutionKind.CANCELED, "u2", canceled.stopped_at, status="canceled"
    )
    by_itself = _workflow("canceled")
    assert _fate(by_itself, _hold("canceled")) == HoldResolution(
        ResolutionKind.CANCELED, None, by_itself.stopped_at, status="canceled"
    )
    assert _fate(_workflow("failed"), _hold("not_run")) == HoldResolution(
        ResolutionKind.ENDED, None, by_itself.stopped_at, status="failed"
    )


def test_a_rerun_takes_the_place_of_what_it_repeats() -> None:
    again = make_workflow(2, "release", "running", ended=False, created_at=NOW, started_by="u3")
    assert _fate(_workflow(), _hold(), again) == HoldResolution(ResolutionKind.SUPERSEDED, "u3", NOW)
    other = make_workflow(2, "build", "running", ended=False, created_at=NOW)
    assert _fate(_workflow(), _hold(), other) is None


def test_a_hold_is_found_by_its_key_and_an_unknown_one_is_an_id() -> None:
    workflow, job = _workflow(), _hold()
    snapshot = make_snapshot((workflow, (job,)))
    assert get_hold(snapshot, build_hold_key(workflow, job)) == (workflow, job)
    assert get_hold(snapshot, f"{workflow.id}:hold:other") == (workflow, Job(id="other"))
    found = get_hold(snapshot, "w9:hold:j9")
    assert found == (Workflow(id="w9"), Job(id="j9"))
    assert find_resolution(snapshot, *found) is None, "nobody can say"


def test_what_only_waits_expires_after_ninety_days() -> None:
    old = _hold(started_at=LONG_AGO)
    assert is_expired(_waiting(_workflow(), (old,)), NOW)
    assert is_expired(_waiting(_workflow(created_at=LONG_AGO), None), NOW), "CircleCI shows no jobs of what is old"
    assert not is_expired(_waiting(_workflow(created_at=LONG_AGO), (old, _hold())), NOW)
    assert not is_expired(_waiting(_workflow(created_at=LONG_AGO), (old, make_job(2, "build", "running"))), NOW)
    assert not is_expired(_waiting(_workflow("success"), (old,)), NOW)


def _waiting(workflow: Workflow, jobs: tuple[Job, ...] | None) -> Snapshot:
    return make_snapshot((workflow, jobs))


def test_a_hold_reminds_until_it_is_decided() -> None:
    began_at, spans = NOW - timedelta(hours=5), [timedelta(hours=hours) for hours in (1, 2, 4, 9)]
    approved = _hold("success", approved_by="u1", started_at=began_at, stopped_at=NOW - timedelta(hours=2))
    waiting, later = _hold(started_at=began_at, id="j2"), _hold("blocked", id="j3")
    snapshot = make_snapshot((_workflow(), (approved, waiting, later)))
    first, second = [one for one in build_outcomes(snapshot, WEB, NOW, decided=True) if one.kind == "on-hold"]
    assert [one.key for one in build_outcomes(snapshot, WEB, NOW) if one.kind == "on-hold"] == [second.key]
    assert count_reminders(snapshot, first, spans, now=NOW) == 2
    assert count_reminders(snapshot, second, spans, now=NOW) == 3
