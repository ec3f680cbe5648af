"""jobs [project] [pipeline] [NAME] — the jobs of a workflow one by one, each with what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.blocks import jobs_blocks, status_blocks
from bot.blocks.workflow_blocks import people_in
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import UsageError
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code, escape


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    failed: bool
    status: str | None
    page: int

    def again(self, *words: str) -> Written:
        return line("jobs", *words, failed=self.failed, status=self.status)


def parse(said: Line) -> Args:
    status = said.option("status")
    if status is not None and said.flag("failed"):
        raise UsageError("`--failed` is a choice of statuses by itself: leave `--status` out.")
    if status is not None and not status.strip():
        raise UsageError("`--status` needs one of CircleCI's words.", "As in `--status running` or `--status on_hold`.")
    return Args(target_words.words(said), said.flag("failed"), status and _word(status), targets.page(said))


def _word(status: str) -> str:
    """CircleCI's words, also as people write them: `on hold`, `cancelled`."""
    word = status.strip().casefold().replace(" ", "_")
    return {"cancelled": "canceled", "on-hold": "on_hold", "held": "on_hold", "passed": "success"}.get(word, word)


async def run(context: Context, args: Args) -> Reply:
    found = await targets.workflow(context, args.words, args.again)
    if found.rest:
        raise UsageError(f"I do not know what {code(found.rest[0], 100)} is for.")
    jobs = await context.circleci.workflow_jobs(found.workflow.id)
    listing = jobs_blocks.Listing(
        workflow=found.workflow,
        pipeline=found.pipeline,
        project=found.project,
        jobs=jobs,
        status=args.status,
        failed=args.failed,
        page=args.page,
        names=await context.circleci.names(people_in(found.workflow, jobs or ())),
        words=context.words,
    )
    shown = jobs_blocks.listed(listing, links=context.links, now=context.clock.now())
    word = status_blocks.word(found.workflow.status)
    return Reply(Message(f"Jobs of {escape(found.workflow.name)}: {word}", shown))


COMMAND = Command(
    name="jobs",
    summary="Lists the jobs of a workflow, each with what applies",
    usage="jobs [project] [pipeline] [NAME] [--job N] [--failed] [--status STATUS] [--page N]",
    example="jobs gh/acme/web 341 build-test --failed",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    covers=("GET /workflow/{id}/job",),
)
