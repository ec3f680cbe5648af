"""What would be rerun, canceled, approved or declined: the pipeline that is meant, and what of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.actions import visible_projects
from bot.actions.newest_pipelines import build_newest
from bot.actions.target_pipelines import resolve_target
from bot.actions.targets import pick_newest
from bot.blocks import proposal_blocks, status_blocks
from bot.blocks.action_blocks import build_approve_choice, get_hold_label
from bot.circleci.models import Job, Pipeline, Workflow
from bot.circleci.snapshot import Snapshot, WorkflowRun
from bot.command import Context, format_line
from bot.errors import NextStep, TargetError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code, cut_middle, escape

_MOST = 5


@dataclass(frozen=True, slots=True)
class _Target:
    pipeline: Pipeline
    workflows: Sequence[Workflow]
    called: str
    rest: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        runs = tuple(WorkflowRun(workflow=one) for one in self.workflows)
        return status_blocks.get_label(Snapshot(pipeline=self.pipeline, workflows=runs).status)

    def build_error(self, nothing: str) -> TargetError:
        return TargetError(
            _(nothing, number=self.pipeline.number, status=self.status),
            NextStep(_("Show Pipeline"), format_line("pipeline", self.pipeline.id)),
        )


async def propose_rerun(context: Context, words: Sequence[str]) -> Message:
    target = await _fetch_target(context, "rerun", words, fits=lambda one: one.status == "failed")
    failed = [one for one in target.workflows if one.status == "failed"]
    if not failed:
        raise target.build_error(N_("There is nothing to rerun from failed in #{number}. Its status: *{status}*."))
    lines = [(one.name, format_line("rerun", one.id, failed=True)) for one in failed]
    return _render(_("Rerun from Failed"), N_("Rerun {name} from Failed"), lines, target)


async def propose_cancel(context: Context, words: Sequence[str]) -> Message:
    target = await _fetch_target(context, "cancel", words, fits=lambda one: not one.has_ended)
    running = [one for one in target.workflows if not one.has_ended]
    if not running:
        raise target.build_error(N_("There is nothing to cancel in #{number}. Its status: *{status}*."))
    lines = [(one.name, format_line("cancel", one.id)) for one in running]
    return _render(_("Cancel Workflow"), N_("Cancel {name}"), lines, target)


async def propose_approve(context: Context, words: Sequence[str]) -> Message:
    target, held = await _fetch_holds(context, "approve", words)
    lines = [build_approve_choice(target.pipeline, *one) for one in held]
    return _render("", "{name}", lines, target)


async def propose_decline(context: Context, words: Sequence[str]) -> Message:
    target, held = await _fetch_holds(context, "decline", words)
    names = [job.name if len(held) == 1 else get_hold_label(job) or job.name for _one, job in held]
    lines = [
        (name, format_line("cancel", one.id, job=job.id, form=True))
        for name, (one, job) in zip(names, held, strict=True)
    ]
    return _render(_("Decline Hold…"), N_("Decline {name}…"), lines, target)


def _render(alone: str, among: str, lines: Sequence[tuple[str, Written]], target: _Target) -> Message:
    """One button that does it; of several each says `among`. Without `alone` a name says the act already."""
    if len(lines) == 1:
        name, line = lines[0]
        what = f"*{alone.removesuffix('…')}*: {as_code(name, 100)}" if alone else f"*{escape(name.removesuffix('…'))}*"
        return proposal_blocks.render(what, [(alone or name, line)], detail=target.called)
    choices = [(_(among, name=cut_middle(name, 40)), line) for name, line in lines[:_MOST]]
    return proposal_blocks.render(_("Which one?"), choices, detail=target.called)


async def _fetch_holds(context: Context, name: str, words: Sequence[str]) -> tuple[_Target, list[tuple[Workflow, Job]]]:
    target = await _fetch_target(context, name, words, fits=lambda one: one.status == "on_hold")
    active = [one for one in target.workflows if not one.has_ended]
    listed = await asyncio.gather(*(context.circleci.list_workflow_jobs(one.id) for one in active))
    held = [(one, job) for one, jobs in zip(active, listed, strict=True) for job in jobs or () if job.is_held]
    if not held:
        raise target.build_error(N_("Nothing waits for approval in #{number}. Its status: *{status}*."))
    return target, _pick_named(held, " ".join(target.rest)) or held


def _pick_named(held: Sequence[tuple[Workflow, Job]], name: str) -> list[tuple[Workflow, Job]]:
    """By its name, or by what its button says after *Approve*. Nothing has happened yet: of no name all are offered."""
    return [one for one in held if name.casefold() in {one[1].name.casefold(), get_hold_label(one[1]).casefold()}]


async def _fetch_target(
    context: Context, name: str, words: Sequence[str], *, fits: Callable[[Workflow], bool]
) -> _Target:
    """The thread's pipeline or the one that was named; else the newest of the project to which it can be done."""
    newest = build_newest(lambda _newest, runs: any(map(fits, runs)), followed=name == "rerun")
    found = await resolve_target(context, words, lambda *words: format_line("propose", name, *words), newest=newest)
    pipeline = found.pipeline
    workflows = pick_newest(pipeline, await context.circleci.list_pipeline_workflows(pipeline.id))
    project = await visible_projects.format_name(context, pipeline.project)
    return _Target(pipeline, workflows, proposal_blocks.format_pipeline(pipeline, project, context.links), found.rest)
