"""compare [project] [pipeline] [NAME] — what changed since the last green run of a workflow on its branch."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.targets import Found
from bot.blocks import difference_blocks
from bot.circleci.run_difference import LOOKS, since_green
from bot.command import Command, Context, Group, Line, Reply, line
from bot.errors import NotThere, Step, UsageError
from bot.messages import Message
from bot.mrkdwn import code


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]


def parse(said: Line) -> Args:
    return Args(target_words.words(said))


async def run(context: Context, args: Args) -> Reply:
    found = await targets.workflow(
        context, args.words, lambda *words: line("compare", *words), fits=lambda workflow: workflow.status == "failed"
    )
    if found.rest:
        raise UsageError(f"I do not know what {code(found.rest[0], 100)} is for.")
    pipeline, workflow = found.pipeline, found.workflow
    difference = await since_green(context.circleci, pipeline, workflow)
    if difference is None:
        raise _never_green(found)
    title = difference_blocks.title(difference, pipeline, workflow)
    return Reply(Message(title, difference_blocks.blocks(difference, pipeline, workflow, context.links)))


def _never_green(found: Found) -> NotThere:
    on = code(found.pipeline.ref or "?", 100)
    return NotThere(
        f"{code(found.workflow.name)} was not green on {on} in the {LOOKS} pipelines before #{found.pipeline.number}.",
        Step("Show what ran lately", line("recent", str(found.project))),
    )


COMMAND = Command(
    name="compare",
    summary="Compares a workflow with its last green run",
    usage="compare [project] [pipeline] [NAME] [--job N]",
    example="compare gh/acme/web 341 build-test",
    parse=parse,
    run=run,
    group=Group.REASONS,
    covers=(
        "GET /project/{project-slug}/pipeline",
        "GET /pipeline/{pipeline-id}/values",
    ),
)
