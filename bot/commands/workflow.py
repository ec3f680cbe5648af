"""workflow [project] [pipeline] [NAME] — a workflow with its jobs; of several all, what failed or waits first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.targets import Found
from bot.blocks import status_blocks, workflows_blocks
from bot.blocks.workflow_blocks import people_in, workflow_with_jobs
from bot.circleci.models import Job, Pipeline, Workflow
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import UsageError
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code, escape


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    failed: bool
    waiting: bool
    page: int

    def again(self, *words: str) -> Written:
        return line("workflow", *words, failed=self.failed, waiting=self.waiting)


def parse(said: Line) -> Args:
    args = Args(target_words.words(said), said.flag("failed"), said.flag("waiting"), targets.page(said))
    if args.failed and args.waiting:
        raise UsageError("What failed waits for nobody: `--failed` or `--waiting`.")
    return args


async def run(context: Context, args: Args) -> Reply:
    try:
        found = await targets.workflow(context, args.words, args.again)
    except targets.Several as several:
        if several.rest:
            raise
        return await _list(context, args, several.pipeline, several.workflows)
    if found.rest:
        raise UsageError(f"I do not know what {code(found.rest[0], 100)} is for.")
    if args.failed or args.waiting:
        return await _list(context, args, found.pipeline, [found.workflow])
    return await _show(context, args, found)


async def _show(context: Context, args: Args, found: Found) -> Reply:
    jobs = await context.circleci.workflow_jobs(found.workflow.id)
    blocks = workflow_with_jobs(
        found.workflow,
        jobs,
        pipeline=found.pipeline,
        project=found.project,
        links=context.links,
        now=context.clock.now(),
        page=args.page,
        names=await context.circleci.names(people_in(found.workflow, jobs or ())),
    )
    return Reply(Message(f"{escape(found.workflow.name)}: {status_blocks.word(found.workflow.status)}", blocks))


async def _list(context: Context, args: Args, pipeline: Pipeline, several: Sequence[Workflow]) -> Reply:
    held = await _held(context, several) if args.waiting else None
    listing = workflows_blocks.Listing(pipeline, several, held, failed=args.failed, page=args.page)
    return Reply(Message(f"Workflows of #{pipeline.number}", workflows_blocks.listed(listing, context.links)))


async def _held(context: Context, several: Sequence[Workflow]) -> list[tuple[Workflow, Job]]:
    """Every hold that waits, with its workflow."""
    active = [workflow for workflow in several if not workflow.ended]
    listed = await asyncio.gather(*(context.circleci.workflow_jobs(workflow.id) for workflow in active))
    return [(workflow, job) for workflow, jobs in zip(active, listed, strict=True) for job in jobs or () if job.held]


COMMAND = Command(
    name="workflow",
    summary="Shows a workflow with its jobs, or all of a pipeline",
    usage="workflow [project] [pipeline] [NAME] [--job N] [--failed] [--waiting] [--page N]",
    example="workflow gh/acme/web 341 build-test",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    covers=(
        "GET /workflow/{id}",
        "GET /workflow/{id}/job",
    ),
)
