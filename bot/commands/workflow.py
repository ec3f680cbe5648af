"""workflow, said `jobs --overview` — a workflow with its jobs; of several all, what failed or waits first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.targets import FoundWorkflow
from bot.blocks import status_blocks, workflows_blocks
from bot.blocks.workflow_blocks import get_user_ids, render_workflow
from bot.circleci.models import Job, Pipeline, Workflow
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code, escape


@dataclass(frozen=True, slots=True)
class WorkflowArgs:
    words: tuple[str, ...]
    failed: bool
    waiting: bool
    page: int

    def to_line(self, *words: str) -> Written:
        return format_line("jobs", *words, overview=True, failed=self.failed, waiting=self.waiting)


def parse(line: ParsedLine) -> WorkflowArgs:
    args = WorkflowArgs(
        target_words.add_job_option(line), line.has_flag("failed"), line.has_flag("waiting"), targets.parse_page(line)
    )
    if args.failed and args.waiting:
        raise UsageError(_("What failed waits for nobody: `--failed` or `--waiting`."))
    return args


async def run(context: Context, args: WorkflowArgs) -> Reply:
    try:
        found = await targets.resolve_workflow(context, args.words, args.to_line)
    except targets.AmbiguousWorkflow as several:
        if several.rest:
            raise
        return await _list(context, args, several.pipeline, several.workflows)
    if found.rest:
        raise UsageError(_("I do not know what {rest} is for.", rest=as_code(found.rest[0], 100)))
    if args.failed or args.waiting:
        return await _list(context, args, found.pipeline, [found.workflow])
    return await _show(context, args, found)


async def _show(context: Context, args: WorkflowArgs, found: FoundWorkflow) -> Reply:
    jobs = await context.circleci.list_workflow_jobs(found.workflow.id)
    blocks = render_workflow(
        found.workflow,
        jobs,
        pipeline=found.pipeline,
        project=found.project,
        links=context.links,
        now=context.clock.now(),
        page=args.page,
        names=await context.circleci.fetch_user_names(get_user_ids(found.workflow, jobs or ())),
    )
    return Reply(Message(f"{escape(found.workflow.name)}: {status_blocks.get_label(found.workflow.status)}", blocks))


async def _list(context: Context, args: WorkflowArgs, pipeline: Pipeline, several: Sequence[Workflow]) -> Reply:
    held = await _list_holds(context, several) if args.waiting else None
    listing = workflows_blocks.WorkflowPage(pipeline, several, held, failed=args.failed, page=args.page)
    return Reply(
        Message(
            _("Workflows of #{number}", number=pipeline.number), workflows_blocks.render_list(listing, context.links)
        )
    )


async def _list_holds(context: Context, several: Sequence[Workflow]) -> list[tuple[Workflow, Job]]:
    """Every hold that waits, with its workflow."""
    active = [workflow for workflow in several if not workflow.has_ended]
    listed = await asyncio.gather(*(context.circleci.list_workflow_jobs(workflow.id) for workflow in active))
    return [(workflow, job) for workflow, jobs in zip(active, listed, strict=True) for job in jobs or () if job.is_held]


COMMAND = Command(
    name="workflow",
    summary=N_("Shows a workflow with its jobs, or all of a pipeline"),
    usage="jobs --overview [project] [pipeline] [NAME] [--job N] [--failed] [--waiting] [--page N]",
    example="jobs --overview acme/web 341 build-test",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    endpoints=(
        "GET /workflow/{id}",
        "GET /workflow/{id}/job",
    ),
)
