from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.circleci.models import Job, Workflow
from bot.circleci.snapshot import Snapshot
from bot.rules.hold_resolution import Fate, fate, find, is_expired, key, reminders
from bot.rules.outcome import outcomes
from tests.plugins.factories import NOW, WEB, a_hold, a_job, a_snapshot, a_workflow

LONG_AGO = NOW - timedelta(days=91)


def _workflow(status: str = "on_hold", **more: Any) -> Workflow:
    return a_workflow(1, "release", status, ended=status != "on_hold", **more)


def _hold(status: str = "on_hold", **more: Any) -> Job:
    return a_hold(1, "ship", status).model_copy(update=more)


def _fate(workflow: Workflow, job: Job, *others: Workflow) -> Fate | None:
    runs: list[tuple[Workflow, tuple[Job, ...]]] = [(other, ()) for other in others]
    return fate(a_snapshot((workflow, (job,)), *runs), workflow, job)


def test_a_hold_waits_until_somebody_decides() -> None:
    assert _fate(_workflow(), _hold()) is None
    assert _fate(_workflow(), _hold("success", approved_by="u1", stopped_at=NOW)) == Fate("approved", "u1", NOW)
    assert _fate(_workflow(), _hold("success")) == Fate("approved")
    assert _fate(_workflow(), _hold("canceled", canceled_by="u1", stopped_at=NOW)) == Fate("declined", "u1", NOW)


def test_what_was_approved_stays_so_however_its_workflow_ends() -> None:
    assert _fate(_workflow("failed"), _hold("success", approved_by="u1")) == Fate("approved", "u1")


def test_who_cancels_a_workflow_declines_none_of_its_holds() -> None:
    canceled = _workflow("canceled", canceled_by="u2")
    assert _fate(canceled, _hold("canceled", canceled_by="u2")) == Fate("canceled", "u2", canceled.stopped_at)
    by_itself = _workflow("canceled")
    assert _fate(by_itself, _hold("canceled")) == Fate("canceled", None, by_itself.stopped_at)
    assert _fate(_workflow("failed"), _hold("not_run")) == Fate("failed", None, by_itself.stopped_at)


def test_a_rerun_takes_the_place_of_what_it_repeats() -> None:
    again = a_workflow(2, "release", "running", ended=False, created_at=NOW, started_by="u3")
    assert _fate(_workflow(), _hold(), again) == Fate("superseded", "u3", NOW)
    other = a_workflow(2, "build", "running", ended=False, created_at=NOW)
    assert _fate(_workflow(), _hold(), other) is None


def test_a_hold_is_found_by_its_key_and_an_unknown_one_is_an_id() -> None:
    workflow, job = _workflow(), _hold()
    snapshot = a_snapshot((workflow, (job,)))
    assert find(snapshot, key(workflow, job)) == (workflow, job)
    assert find(snapshot, f"{workflow.id}:hold:other") == (workflow, Job(id="other"))
    found = find(snapshot, "w9:hold:j9")
    assert found == (Workflow(id="w9"), Job(id="j9"))
    assert fate(snapshot, *found) is None, "nobody can say"


def test_what_only_waits_expires_after_ninety_days() -> None:
    old = _hold(started_at=LONG_AGO)
    assert is_expired(_waiting(_workflow(), (old,)), NOW)
    assert is_expired(_waiting(_workflow(created_at=LONG_AGO), None), NOW), "CircleCI shows no jobs of what is old"
    assert not is_expired(_waiting(_workflow(created_at=LONG_AGO), (old, _hold())), NOW)
    assert not is_expired(_waiting(_workflow(created_at=LONG_AGO), (old, a_job(2, "build", "running"))), NOW)
    assert not is_expired(_waiting(_workflow("success"), (old,)), NOW)


def _waiting(workflow: Workflow, jobs: tuple[Job, ...] | None) -> Snapshot:
    return a_snapshot((workflow, jobs))


def test_a_hold_reminds_until_it_is_decided() -> None:
    began_at, spans = NOW - timedelta(hours=5), [timedelta(hours=hours) for hours in (1, 2, 4, 9)]
    approved = _hold("success", approved_by="u1", started_at=began_at, stopped_at=NOW - timedelta(hours=2))
    waiting, later = _hold(started_at=began_at, id="j2"), _hold("blocked", id="j3")
    snapshot = a_snapshot((_workflow(), (approved, waiting, later)))
    first, second = [one for one in outcomes(snapshot, WEB, NOW, decided=True) if one.kind == "on-hold"]
    assert [one.key for one in outcomes(snapshot, WEB, NOW) if one.kind == "on-hold"] == [second.key]
    assert reminders(snapshot, first, spans, NOW) == 2
    assert reminders(snapshot, second, spans, NOW) == 3
