"""Which hold the words of a line mean: the one that is named, else the only one that waits; read now."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions import target_jobs, visible_projects
from bot.actions.hold_decision import build_decided_error
from bot.actions.target_jobs import WorkflowJob
from bot.actions.target_pipelines import PipelineTarget, resolve_target
from bot.actions.targets import FoundWorkflow
from bot.ambiguity import match_by_name
from bot.blocks import status_blocks
from bot.blocks.action_blocks import format_approve_label, get_hold_label
from bot.circleci.models import Job, Pipeline, Workflow
from bot.command import Context, format_line
from bot.domain import ProjectSlug
from bot.errors import NextStep, TargetError
from bot.language import _, ngettext
from bot.line import Written
from bot.mrkdwn import as_code


async def resolve_hold(context: Context, words: Sequence[str], command: str) -> tuple[FoundWorkflow, Job]:
    """The hold that was named (then it has a `rest`), else the only one that waits; a button may be old.

    `command` is what each button says of several that could be meant.
    """
    at = await resolve_target(
        context, words, lambda *words: format_line(command, *words), newest=_fetch_waiting_pipeline
    )
    workflows, name = await _list_workflows_to_search(context, at)
    ran = await target_jobs.fetch_jobs(context, workflows)
    found = _match_holds(name, ran) if name else ran
    waiting = [one for one in found if one[1].is_held]
    if len(waiting) == 1:
        workflow, hold = waiting[0]
        return FoundWorkflow(workflow, at.pipeline, tuple(filter(None, [name]))), hold
    if waiting:
        raise _build_choice_error(at.pipeline, waiting, command, by_name=bool(name))
    if name and len(found) == 1:
        raise await build_decided_error(context, found[0][1], found[0][0].id, at.pipeline)
    if name:
        raise _build_no_such_hold_error(ran, at.pipeline, name, command)
    raise _build_nothing_waiting_error(at.pipeline, workflows)


def _match_holds(name: str, ran: Sequence[WorkflowJob]) -> list[WorkflowJob]:
    """By id, name or number; else a hold by what its button says after *Approve*: `approve production`."""
    return target_jobs.match_jobs(name, ran) or [
        one for one in ran if one[1].is_approval and get_hold_label(one[1]).casefold() == name.casefold()
    ]


async def _list_workflows_to_search(context: Context, at: PipelineTarget) -> tuple[list[Workflow], str]:
    """The workflows in one of which the hold is, and its name or id."""
    workflows = await target_jobs.fetch_workflows(context, at)
    chosen = match_by_name(at.rest[0], workflows, lambda one: [one.name]) if at.rest else []
    return (chosen, " ".join(at.rest[1:])) if chosen else (workflows, " ".join(at.rest))


async def _fetch_waiting_pipeline(context: Context, slug: ProjectSlug, branch: str | None) -> Pipeline:
    looked = 0
    async for found in context.circleci.list_pipelines(slug, branch=branch, pages=1):
        looked += 1
        going = [one for one in await target_jobs.fetch_workflows(context, PipelineTarget(found)) if not one.has_ended]
        if any(job.is_held for _workflow, job in await target_jobs.fetch_jobs(context, going)):
            return found
    project = await visible_projects.format_name(context, slug)
    nothing = (
        _("Nothing on {branch} of {project} waits for approval.", branch=as_code(branch), project=project)
        if branch
        else _("Nothing of {project} waits for approval.", project=project)
    )
    pipelines = ngettext("I looked at {count} pipeline.", "I looked at the {count} newest pipelines.", looked)
    raise TargetError(
        f"{nothing} {pipelines}",
        NextStep(_("Show What Ran Lately"), format_line("recent", str(slug))),
    )


def build_line(command: str, workflow: Workflow, hold: Job) -> Written:
    return format_line(command, workflow.id, hold.id)


def _build_choice_error(of: Pipeline, waiting: Sequence[WorkflowJob], command: str, *, by_name: bool) -> TargetError:
    workflows = target_jobs.get_workflows(waiting)
    return TargetError(_format_question(of, workflows, len(waiting)), *_build_steps(waiting, command, by_name=by_name))


def _format_question(of: Pipeline, workflows: Sequence[Workflow], count: int) -> str:
    if len(workflows) > 1:
        return ngettext(
            "{count} hold of pipeline #{number} waits. Which one?",
            "{count} holds of pipeline #{number} wait. Which one?",
            count,
            number=of.number,
        )
    return ngettext(
        "{count} hold of {workflow} waits in #{number} on {branch}. Which one?",
        "{count} holds of {workflow} wait in #{number} on {branch}. Which one?",
        count,
        workflow=as_code(workflows[0].name),
        number=of.number,
        branch=as_code(of.ref or "?", 120),
    )


def _build_steps(waiting: Sequence[WorkflowJob], command: str, *, by_name: bool = False) -> list[NextStep]:
    """Names that look alike are shown as they are spelt."""
    apart = len(target_jobs.get_workflows(waiting)) > 1
    labels = [job.name if by_name else format_approve_label(job) for _workflow, job in waiting]
    return [
        NextStep(f"{label} · {workflow.name}" if apart else label, build_line(command, workflow, job))
        for label, (workflow, job) in zip(labels, waiting, strict=True)
    ]


def _build_no_such_hold_error(ran: Sequence[WorkflowJob], of: Pipeline, name: str, command: str) -> TargetError:
    """With what waits: a job that is no hold cannot have been meant."""
    waiting = [one for one in ran if one[1].is_held]
    if not waiting:
        return target_jobs.build_not_found(ran, of, name)
    return TargetError(
        _("Pipeline #{number} has no hold {hold}.", number=of.number, hold=as_code(name, 100)),
        *_build_steps(waiting, command),
    )


def _build_nothing_waiting_error(of: Pipeline, workflows: Sequence[Workflow]) -> TargetError:
    if len(workflows) != 1:
        step = NextStep(_("Show Pipeline"), format_line("pipeline", of.id))
        return TargetError(_("Nothing in pipeline #{number} waits for approval.", number=of.number), step)
    workflow = workflows[0]
    return TargetError(
        _(
            "Nothing in {workflow} waits for approval. Its status: *{status}*.",
            workflow=as_code(workflow.name),
            status=status_blocks.get_label(workflow.status),
        ),
        NextStep(_("Show It"), format_line("jobs", workflow.id, overview=True)),
    )
