"""What became of a hold, read off a pipeline's snapshot. Pure.

CircleCI says who approved or declined one and when it ended; that it was left behind (rerun, or too old) it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.circleci.models import Job, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.domain import Outcome

APPROVABLE_FOR = timedelta(days=90)
"""CircleCI: "Approvals stay possible for 90 days"."""


class ResolutionKind(StrEnum):
    """Why a hold no longer waits."""

    APPROVED = "approved"
    """Somebody approved it: the jobs behind it run."""
    DECLINED = "declined"
    """Somebody cancelled the hold itself, not its workflow."""
    CANCELED = "canceled"
    """Somebody cancelled its workflow."""
    ENDED = "ended"
    """Its workflow ended in another way, which `status` says."""
    SUPERSEDED = "superseded"
    """The workflow was rerun, and the hold of the new run is the one that counts."""
    EXPIRED = "expired"
    """Nobody approved it within 90 days, and CircleCI takes no approval any more."""
    LOST = "lost"
    """CircleCI no longer shows us the pipeline."""


@dataclass(frozen=True, slots=True)
class HoldResolution:
    """`by` is the id of a CircleCI user, None where CircleCI names nobody; `status` is that of an ended workflow."""

    kind: ResolutionKind
    by: str | None = None
    at: datetime | None = None
    status: str = ""


EXPIRED, LOST = HoldResolution(ResolutionKind.EXPIRED), HoldResolution(ResolutionKind.LOST)


def build_hold_key(workflow: Workflow, job: Job) -> str:
    """The key of the outcome that a hold waits."""
    return f"{workflow.id}:hold:{job.id}"


def get_hold(snapshot: Snapshot, hold: str) -> tuple[Workflow, Job]:
    """The hold with this key and what it holds; with an id alone where CircleCI no longer shows them."""
    workflow_id, _, its_id = hold.partition(":hold:")
    run = next((run for run in snapshot.workflows if run.workflow.id == workflow_id), None)
    job = next((job for job in (run and run.jobs) or () if job.id == its_id), Job(id=its_id))
    return run.workflow if run else Workflow(id=workflow_id), job


def parse_job_id(hold: str) -> str:
    """The id of the job that holds."""
    return hold.rpartition(":hold:")[2]


def find_resolution(snapshot: Snapshot, workflow: Workflow, job: Job) -> HoldResolution | None:
    """None while it waits for an approval, or while nobody can say."""
    if job.approved_by or job.status == "success":
        return HoldResolution(ResolutionKind.APPROVED, job.approved_by, job.stopped_at)
    if job.canceled_by and not workflow.canceled_by:
        return HoldResolution(ResolutionKind.DECLINED, job.canceled_by, job.stopped_at)
    if workflow.has_ended:
        kind = ResolutionKind.CANCELED if workflow.status == "canceled" else ResolutionKind.ENDED
        return HoldResolution(kind, workflow.canceled_by, workflow.stopped_at, workflow.status)
    newest = {run.workflow.name: run.workflow for run in snapshot.get_newest_runs()}.get(workflow.name, workflow)
    if newest.id == workflow.id:
        return None
    return HoldResolution(ResolutionKind.SUPERSEDED, newest.started_by, newest.created_at)


def count_reminders(snapshot: Snapshot, outcome: Outcome, after: Sequence[timedelta], *, now: datetime) -> int:
    """How often somebody would have been reminded of this hold until it was decided, or until now."""
    end = find_resolution(snapshot, *get_hold(snapshot, outcome.key))
    until = (end.at if end else None) or now
    return sum(outcome.happened_at + span < until for span in after)


def is_expired(snapshot: Snapshot, now: datetime) -> bool:
    """Nothing but holds is left, and CircleCI lets nobody approve them any more."""
    active = [run for run in snapshot.get_newest_runs() if not run.workflow.has_ended]
    return snapshot.is_blocked_on_approval and all(
        now - _get_waiting_since(run, now) > APPROVABLE_FOR for run in active
    )


def _get_waiting_since(run: WorkflowRun, now: datetime) -> datetime:
    """When the last of its holds began to wait, as far as CircleCI still tells."""
    began_at = [job.started_at for job in run.held_jobs if job.started_at]
    return max(began_at, default=run.workflow.created_at or now)
