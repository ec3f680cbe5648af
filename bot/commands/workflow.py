"""workflow [project] [pipeline] [NAME] — a workflow with its jobs, how each stands and how long it took."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks import status
from bot.blocks.workflow import people_in, workflow_with_jobs
from bot.command import Command, Context, Group, Line, Reply, line
from bot.domain import Message
from bot.errors import UsageError
from bot.meaning import targets
from bot.mrkdwn import code, escape


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    page: int


def parse(said: Line) -> Args:
    return Args(said.words, targets.page(said))


async def run(context: Context, args: Args) -> Reply:
    found = await targets.workflow(context, args.words, lambda *words: line("workflow", *words))
    if found.rest:
        raise UsageError(f"I do not know what {code(found.rest[0], 100)} is for.")
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
    return Reply(Message(f"{escape(found.workflow.name)}: {status.word(found.workflow.status)}", blocks))


COMMAND = Command(
    name="workflow",
    summary="Shows a workflow with its jobs",
    usage="workflow [project] [pipeline] [NAME] [--page N]",
    example="workflow gh/acme/web 341 build-test",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    covers=(
        "GET /workflow/{id}",
        "GET /workflow/{id}/job",
    ),
)
