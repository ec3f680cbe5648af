"""The workflows of a pipeline in its card: as many as there is room for, what went wrong and what waits before all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.blocks import cause_blocks, kit, person_blocks, status_blocks
from bot.circleci.failure_kinds import Verdict
from bot.circleci.links import Links
from bot.circleci.models import Job, Workflow
from bot.circleci.rerun_verdict import known_of
from bot.circleci.snapshot import Run, Snapshot
from bot.circleci.urgency import notable, urgent_runs_first
from bot.domain import ProjectSlug
from bot.mrkdwn import code, link, middle

_SHOWN, _SHOWN_OF_MANY, _MOST = 20, 10, 30
"""Workflows that a card shows, how many where there are more than that, and how many where they want to be seen."""
_REST = 300
"""What the line weighs that counts the others."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How many jobs of a workflow are named, and how much is shown of a name."""

    jobs: int
    name: int


_DETAILS = (Detail(8, 80), Detail(4, 40), Detail(2, 30), Detail(1, 24))


def drawn(snapshot: Snapshot, project: ProjectSlug, links: Links, room: int) -> list[kit.Block]:
    """Told in as much detail as there is room for; whatever is left out is counted."""
    runs = urgent_runs_first(snapshot.newest())
    first = len(notable(runs))
    most = min(max(first, _SHOWN if len(runs) <= _SHOWN else _SHOWN_OF_MANY), _MOST)
    for detail in _DETAILS:
        told = [kit.section(_workflow(run, snapshot, project, links, detail)) for run in runs[:most]]
        if kit.weight(told[:first]) <= room - _REST:
            break
    shown = kit.within(room - _REST, told)
    return [*shown, *_rest(runs[len(shown) :], among=bool(shown))]


def _rest(runs: Sequence[Run], *, among: bool) -> list[kit.Block]:
    """`…and 40 more: 1 running, 39 success`."""
    counts = Counter(status_blocks.word(run.workflow.status) for run in runs)
    told = ", ".join(f"{count} {middle(word, 30)}" for word, count in counts.items())
    return (
        [kit.context(f"{'…and ' if among else ''}{len(runs)}{' more' if among else ' workflows'}: {told}")]
        if runs
        else []
    )


def _workflow(run: Run, snapshot: Snapshot, project: ProjectSlug, links: Links, detail: Detail) -> str:
    workflow = run.workflow
    where = link(links.workflow(project, snapshot.pipeline.number, workflow.id), middle(workflow.name, detail.name))
    notes = f"{_took(workflow)}{_rerun_note(workflow)}{_by(workflow, snapshot)}"
    first = f"{status_blocks.emoji(workflow.status)} {where} — {status_blocks.word(workflow.status)}{notes}"
    return "\n".join([first, *_details(run, snapshot.names, detail, known_of(snapshot).get(workflow.id))])


def _by(workflow: Workflow, snapshot: Snapshot) -> str:
    """Who ran it again, and who canceled it; who started the pipeline stands above."""
    earlier = any(_is_earlier(other.workflow, workflow) for other in snapshot.workflows)
    starter = workflow.started_by if earlier and not workflow.auto_rerun_number else None
    canceled = person_blocks.by("canceled", workflow.canceled_by, snapshot.names)
    return f"{person_blocks.by('rerun', starter, snapshot.names)}{canceled}"


def _is_earlier(other: Workflow, than: Workflow) -> bool:
    when, then = other.created_at, than.created_at
    return other.name == than.name and when is not None and then is not None and when < then


def _took(workflow: Workflow) -> str:
    """How long it took; nothing while it runs, since a card is not a clock and would go stale at once."""
    return "" if workflow.duration_s is None else f" · {status_blocks.duration(workflow.duration_s)}"


def _rerun_note(workflow: Workflow) -> str:
    if workflow.auto_rerun_number:
        return f" · automatic rerun {workflow.auto_rerun_number} of {workflow.max_auto_reruns or '?'}"
    return " · setup" if workflow.is_setup else ""


def _details(run: Run, names: Mapping[str, str], detail: Detail, verdict: Verdict | None) -> Iterator[str]:
    if run.failed_jobs:
        yield f"> Failed: {_names(run.failed_jobs, detail)}"
    if verdict:
        yield f"> {cause_blocks.judged(verdict)}"
    if run.held_jobs:
        yield f"> Waits for {_names(run.held_jobs, detail)}"
    holds = [job for job in run.jobs or () if job.is_approval]
    yield from [told for hold in holds if (told := _decision(hold, run.workflow, names, detail))][: detail.jobs]


def _decision(hold: Job, workflow: Workflow, names: Mapping[str, str], detail: Detail) -> str:
    """Who approved or declined a hold; one that was canceled with its whole workflow nobody declined."""
    name = code(middle(hold.name, detail.name))
    if hold.approved_by:
        return f"> Approved: {name}{person_blocks.by('', hold.approved_by, names)}"
    if hold.canceled_by and not workflow.canceled_by:
        return f"> Declined: {name}{person_blocks.by('', hold.canceled_by, names)}"
    return ""


def _names(jobs: Sequence[Job], detail: Detail) -> str:
    named = ", ".join(code(middle(job.name, detail.name)) for job in jobs[: detail.jobs])
    more = len(jobs) - detail.jobs
    return named + (f" and {more} more" if more > 0 else "")
