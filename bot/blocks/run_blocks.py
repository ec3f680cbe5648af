"""The workflows of a pipeline in its card: as many as there is room for, what went wrong and what waits before all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.blocks import cause_blocks, kit, person_blocks, status_blocks
from bot.circleci.failure_kinds import Verdict
from bot.circleci.links import Links
from bot.circleci.models import Job, Workflow
from bot.circleci.rerun_verdict import get_verdicts
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.circleci.urgency import list_notable_runs, sort_runs_by_urgency
from bot.domain import ProjectSlug
from bot.mrkdwn import as_code, as_link, cut_middle, format_leftover, join_first

_SHOWN, _SHOWN_OF_MANY, _MOST = 20, 10, 30
"""Workflows that a card shows, how many where there are more than that, and how many where they want to be seen."""
_REST = 300
"""What the line weighs that counts the others."""


@dataclass(frozen=True, slots=True)
class DetailLevel:
    """How many jobs of a workflow are named, and how much is shown of a name."""

    jobs: int
    name: int


_DETAILS = (DetailLevel(8, 80), DetailLevel(4, 40), DetailLevel(2, 30), DetailLevel(1, 24))


def build_sections(snapshot: Snapshot, project: ProjectSlug, links: Links, *, room: int) -> list[kit.Block]:
    """Told in as much detail as there is room for; whatever is left out is counted."""
    runs = sort_runs_by_urgency(snapshot.get_newest_runs())
    first = len(list_notable_runs(runs))
    most = min(max(first, _SHOWN if len(runs) <= _SHOWN else _SHOWN_OF_MANY), _MOST)
    for detail in _DETAILS:
        told = [kit.section(_workflow(run, snapshot, project, links=links, detail=detail)) for run in runs[:most]]
        if kit.count_chars(told[:first]) <= room - _REST:
            break
    shown = kit.take_fitting(room - _REST, told)
    return [*shown, *_rest(runs[len(shown) :], among=bool(shown))]


def _rest(runs: Sequence[WorkflowRun], *, among: bool) -> list[kit.Block]:
    """`…and 40 more: 1 running, 39 success`."""
    counts = Counter(status_blocks.get_label(run.workflow.status) for run in runs)
    told = ", ".join(f"{count} {cut_middle(word, 30)}" for word, count in counts.items())
    if not runs:
        return []
    return [kit.context(f"{format_leftover(len(runs)) if among else f'{len(runs)} workflows'}: {told}")]


def _workflow(run: WorkflowRun, snapshot: Snapshot, project: ProjectSlug, *, links: Links, detail: DetailLevel) -> str:
    workflow = run.workflow
    where = as_link(
        links.workflow_url(project, snapshot.pipeline.number, workflow.id), cut_middle(workflow.name, detail.name)
    )
    notes = f"{_format_duration(workflow)}{_rerun_note(workflow)}{_format_actors(workflow, snapshot)}"
    first = f"{status_blocks.get_emoji(workflow.status)} {where} — {status_blocks.get_label(workflow.status)}{notes}"
    return "\n".join([first, *_details(run, snapshot.names, detail, verdict=get_verdicts(snapshot).get(workflow.id))])


def _format_actors(workflow: Workflow, snapshot: Snapshot) -> str:
    """Who ran it again, and who canceled it; the starter of the pipeline is above."""
    earlier = any(_is_earlier(other.workflow, workflow) for other in snapshot.workflows)
    starter = workflow.started_by if earlier and not workflow.auto_rerun_number else None
    canceled = person_blocks.format_actor("canceled", workflow.canceled_by, snapshot.names)
    return f"{person_blocks.format_actor('rerun', starter, snapshot.names)}{canceled}"


def _is_earlier(other: Workflow, than: Workflow) -> bool:
    when, then = other.created_at, than.created_at
    return other.name == than.name and when is not None and then is not None and when < then


def _format_duration(workflow: Workflow) -> str:
    """How long it took; nothing while it runs, since a card is not a clock and would go stale at once."""
    return "" if workflow.duration_s is None else f" · {status_blocks.format_duration(workflow.duration_s)}"


def _rerun_note(workflow: Workflow) -> str:
    if workflow.auto_rerun_number:
        return f" · automatic rerun {workflow.auto_rerun_number} of {workflow.max_auto_reruns or '?'}"
    return " · setup" if workflow.is_setup else ""


def _details(
    run: WorkflowRun, names: Mapping[str, str], detail: DetailLevel, *, verdict: Verdict | None
) -> Iterator[str]:
    if run.failed_jobs:
        yield f"> Failed: {_names(run.failed_jobs, detail)}"
    if verdict:
        yield f"> {cause_blocks.format_verdict(verdict)}"
    if run.held_jobs:
        yield f"> Waits for {_names(run.held_jobs, detail)}"
    holds = [job for job in run.jobs or () if job.is_approval]
    yield from [told for hold in holds if (told := _decision(hold, run.workflow, names, detail=detail))][: detail.jobs]


def _decision(hold: Job, workflow: Workflow, names: Mapping[str, str], *, detail: DetailLevel) -> str:
    """Who approved or declined a hold; one that was canceled with its whole workflow nobody declined."""
    name = as_code(cut_middle(hold.name, detail.name))
    if hold.approved_by:
        return f"> Approved: {name}{person_blocks.format_actor('', hold.approved_by, names)}"
    if hold.canceled_by and not workflow.canceled_by:
        return f"> Declined: {name}{person_blocks.format_actor('', hold.canceled_by, names)}"
    return ""


def _names(jobs: Sequence[Job], detail: DetailLevel) -> str:
    return join_first([as_code(cut_middle(job.name, detail.name)) for job in jobs], detail.jobs)
