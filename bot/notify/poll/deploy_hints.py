"""What of a pipeline may have been the first deploy of its project. Pure.

Only what CircleCI tells anyway is looked at: names, and what ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.circleci.deploys_ahead import is_called_like_deploy
from bot.circleci.snapshot import Snapshot, WorkflowRun


@dataclass(frozen=True, slots=True)
class DeployHint:
    """Something ended at `at`, by CircleCI's clock; `is_named` where it is called as what deploys is called."""

    at: datetime
    is_named: bool


def find_hint(snapshot: Snapshot) -> DeployHint | None:
    """The newest end of what is called so; else that of the newest workflow that passed."""
    named = [at for run in snapshot.workflows for at in _list_named_ends(run)]
    if named:
        return DeployHint(max(named), is_named=True)
    passed = [run.workflow for run in snapshot.workflows if run.workflow.status == "success"]
    ends = [one.stopped_at for one in passed if one.stopped_at]
    return DeployHint(max(ends), is_named=False) if ends else None


def _list_named_ends(run: WorkflowRun) -> Iterator[datetime]:
    of_workflow = is_called_like_deploy(run.workflow.name)
    for job in run.jobs or ():
        if (
            job.has_ended
            and job.stopped_at
            and not job.is_approval
            and (of_workflow or is_called_like_deploy(job.name))
        ):
            yield job.stopped_at
    if of_workflow and run.workflow.has_ended and run.workflow.stopped_at:
        yield run.workflow.stopped_at
