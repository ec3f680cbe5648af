"""The workflows of a pipeline in its card: what went wrong and why, what waits and what runs; the rest is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.blocks import cause_blocks, deed_blocks, kit, person_blocks, reason_blocks, status_blocks
from bot.blocks.status_counts import list_counts
from bot.circleci.links import Links
from bot.circleci.models import Job, Workflow
from bot.circleci.rerun_verdict import get_verdicts
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.circleci.urgency import is_notable, sort_runs_by_urgency
from bot.domain import ProjectSlug
from bot.language import N_, _
from bot.language.formats import format_duration
from bot.mrkdwn import as_code, as_link, cut_middle, join_first

LINES = 8
"""Of the workflows together, however many they are: with its head, a card stays within ten."""
_MOST_TOLD = 5
"""How many workflows are named where what is to be said of some of them needs lines of its own."""


@dataclass(frozen=True, slots=True)
class DetailLevel:
    """How many jobs of a workflow are named, and how much is shown of a name."""

    jobs: int
    name: int


_DETAILS = (DetailLevel(8, 80), DetailLevel(4, 40), DetailLevel(2, 30), DetailLevel(1, 24))


@dataclass(frozen=True, slots=True)
class RunContext:
    """What a line about a workflow is drawn from. `told` is what its card says already that people did, as written."""

    snapshot: Snapshot
    project: ProjectSlug
    links: Links
    told: Sequence[str] = ()

    def build_job_url(self, workflow: Workflow, number: int | None) -> str | None:
        if number is None:
            return None
        pipeline = self.snapshot.pipeline
        return self.links.job_url(self.project, pipeline.number, workflow.id, job_number=number)


def build_sections(context: RunContext, *, room: int) -> list[kit.Block]:
    """Told in as much detail as there is room for; whatever is left out is counted."""
    runs = sort_runs_by_urgency(context.snapshot.get_newest_runs())
    for detail in _DETAILS:
        drawn = kit.build_sections(_select_lines(runs, context, detail))
        if kit.count_chars(drawn) <= room:
            return drawn
    return kit.take_fitting(room, drawn)


def _select_lines(runs: Sequence[WorkflowRun], context: RunContext, detail: DetailLevel) -> list[str]:
    """One line for each of the first ones, then what is to be said below them, from the first on."""
    below = {run.workflow.id: list(_format_details(run, context, detail)) for run in runs}
    shown = _select_runs(runs, told=any(below.values()))
    rest = _format_rest(runs[len(shown) :], among=bool(shown))
    left = LINES - len(shown) - len(rest)
    lines: list[str] = []
    for run in shown:
        kept = below[run.workflow.id][: max(left, 0)]
        left -= len(kept)
        lines += [_format_run(run, context, detail), *kept]
    return [*lines, *rest]


def _select_runs(runs: Sequence[WorkflowRun], *, told: bool) -> Sequence[WorkflowRun]:
    """All where they fit; else what went wrong, waits or runs: what is well is counted."""
    if len(runs) <= (_MOST_TOLD if told else LINES):
        return runs
    notable = [run for run in runs if is_notable(run)]
    return (notable or runs)[: _MOST_TOLD if told else LINES - 1]


def _format_rest(runs: Sequence[WorkflowRun], *, among: bool) -> list[str]:
    """`…and 41 passed, 2 running`."""
    told = ", ".join(list_counts(run.workflow.status for run in runs))
    return [_("…and {counts}", counts=told) if among else told] if told else []


def _format_run(run: WorkflowRun, context: RunContext, detail: DetailLevel) -> str:
    workflow, snapshot = run.workflow, context.snapshot
    where = as_link(
        context.links.workflow_url(context.project, snapshot.pipeline.number, workflow.id),
        cut_middle(workflow.name, detail.name),
    )
    notes = f"{_format_duration(workflow)}{_format_rerun(workflow)}{_format_actors(workflow, context)}"
    state = _format_holds(run, detail) if _only_waits(run) else status_blocks.get_label(workflow.status)
    return f"{status_blocks.get_emoji(workflow.status)} {where} — {state}{notes}"


def _only_waits(run: WorkflowRun) -> bool:
    """Whether its status says nothing but that something waits: then what waits is said in its place."""
    return run.workflow.status == "on_hold" and bool(run.held_jobs)


def _format_holds(run: WorkflowRun, detail: DetailLevel) -> str:
    return _("waits for {holds}", holds=_names(run.held_jobs, detail))


def _format_actors(workflow: Workflow, context: RunContext) -> str:
    """Who ran it again, and who canceled it, where the card does not say so; the pipeline's starter is above."""
    names, snapshot = context.snapshot.names, context.snapshot
    told = [text for text in context.told if as_code(workflow.name, 80) in text]
    earlier = sum(_is_earlier(other.workflow, workflow) for other in snapshot.workflows)
    is_rerun = earlier > sum(map(deed_blocks.is_rerun, told)) and not workflow.auto_rerun_number
    rerun = person_blocks.format_actor(N_("rerun by {who}"), workflow.started_by, names) if is_rerun else ""
    if any(map(deed_blocks.is_cancel, told)):
        return rerun
    return rerun + person_blocks.format_actor(N_("canceled by {who}"), workflow.canceled_by, names)


def _is_earlier(other: Workflow, than: Workflow) -> bool:
    when, then = other.created_at, than.created_at
    return other.name == than.name and when is not None and then is not None and when < then


def _format_duration(workflow: Workflow) -> str:
    """How long it took; nothing while it runs, since a card is not a clock and would go stale at once."""
    return "" if workflow.duration_s is None else f" · {format_duration(workflow.duration_s)}"


def _format_rerun(workflow: Workflow) -> str:
    if workflow.auto_rerun_number:
        most = workflow.max_auto_reruns or "?"
        return " · " + _("automatic rerun {number} of {most}", number=workflow.auto_rerun_number, most=most)
    return " · " + _("setup") if workflow.is_setup else ""


def _format_details(run: WorkflowRun, context: RunContext, detail: DetailLevel) -> Iterator[str]:
    yield from _format_failures(run, context, detail)
    if verdict := get_verdicts(context.snapshot).get(run.workflow.id):
        yield f"> {cause_blocks.format_verdict(verdict)}"
    if run.held_jobs and not _only_waits(run):
        yield f"> {_format_holds(run, detail)}"
    yield from [f"> {decision}" for decision in _list_decisions(run, context, detail)][: detail.jobs]


def _format_failures(run: WorkflowRun, context: RunContext, detail: DetailLevel) -> Iterator[str]:
    """Why its jobs failed as far as that was found out, and the names of the others."""
    known = context.snapshot.failures.get(run.workflow.id, ()) if run.failed_jobs else ()
    for failure in known:
        yield reason_blocks.format_failure(failure, context.build_job_url(run.workflow, failure.number), detail.name)
    others = [job for job in run.failed_jobs if job.name not in {failure.job for failure in known}]
    if others:
        jobs = _names(others, detail)
        yield "> " + (_("Also failed: {jobs}", jobs=jobs) if known else _("Failed: {jobs}", jobs=jobs))


def list_decisions(context: RunContext) -> list[str]:
    """Who approved or declined holds, one or two of them: what a card keeps of them when all is over."""
    runs = context.snapshot.get_newest_runs()
    return [told for run in runs for told in _list_decisions(run, context, _DETAILS[0])][:2]


def _list_decisions(run: WorkflowRun, context: RunContext, detail: DetailLevel) -> Iterator[str]:
    """One that was canceled with its whole workflow nobody declined."""
    names = context.snapshot.names
    for hold in run.jobs or ():
        name = as_code(cut_middle(hold.name, detail.name))
        if not hold.is_approval or any(as_code(hold.name, 80) in text for text in context.told):
            continue
        if hold.approved_by:
            who = person_blocks.format_known_name(hold.approved_by, names)
            yield _("{who} approved {hold}", hold=name, who=who) if who else _("Approved: {hold}", hold=name)
        elif hold.canceled_by and not run.workflow.canceled_by:
            who = person_blocks.format_known_name(hold.canceled_by, names)
            yield _("{who} declined {hold}", hold=name, who=who) if who else _("Declined: {hold}", hold=name)


def _names(jobs: Sequence[Job], detail: DetailLevel) -> str:
    return join_first([as_code(cut_middle(job.name, detail.name)) for job in jobs], detail.jobs)
