"""What of a pipeline is looked at first: what went wrong, what waits for somebody, what runs, and then the rest."""

from __future__ import annotations

from collections.abc import Iterable

from bot.circleci.models import Workflow
from bot.circleci.snapshot import WorkflowRun
from bot.domain import BAD


def sort_by_urgency(workflows: Iterable[Workflow]) -> list[Workflow]:
    """Among equals their order stays."""
    return sorted(workflows, key=_rank)


def sort_runs_by_urgency(runs: Iterable[WorkflowRun]) -> list[WorkflowRun]:
    """The same, where a workflow that has a hold waits, whatever else of it runs."""
    return sorted(runs, key=lambda run: min(_rank(run.workflow), 1 if run.held_jobs else 4))


def is_notable(run: WorkflowRun) -> bool:
    """Whether it went wrong, waits or runs: it is named before any other."""
    return bool(run.held_jobs) or _rank(run.workflow) < 3


def _rank(workflow: Workflow) -> int:
    if workflow.status in BAD:
        return 0
    if workflow.status == "on_hold":
        return 1
    return 3 if workflow.has_ended else 2
