"""values [project] [NUMBER|ID|LINK] — the pipeline values that a pipeline ran with, its parameters among them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.share_files import with_files
from bot.blocks import values_blocks
from bot.command import Command, Context, File, Group, Line, Reply, line
from bot.errors import UsageError
from bot.messages import Message
from bot.mrkdwn import code, link


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    here: bool


def parse(said: Line) -> Args:
    return Args(target_words.words(said), said.flag("here"))


async def run(context: Context, args: Args) -> Reply:
    pipeline, rest = await targets.pipeline(context, args.words, lambda *words: line("values", *words))
    if rest:
        raise UsageError(f"I do not know what {code(rest[0], 100)} is for.")
    lines = values_blocks.table(await context.circleci.pipeline_values(pipeline.id))
    if not lines:
        return Reply(Message(f"Pipeline #{pipeline.number} ran without any values."))
    if values_blocks.fits(lines) and not args.here:
        where = link(context.links.pipeline(pipeline.project, pipeline.number), f"#{pipeline.number}")
        title = f"*The {len(lines)} values of {where}* on {code(pipeline.ref or '?', 120)}"
        return Reply(Message(title, values_blocks.shown(title, lines, pipeline.id)))
    title = f"The {len(lines)} values of #{pipeline.number}"
    file = File(f"values-{pipeline.number}.txt", title, "\n".join(lines).encode())
    return with_files(context, [file], title, here=args.here, again=line("values", pipeline.id))


COMMAND = Command(
    name="values",
    summary="Shows the values that a pipeline ran with",
    usage="values [project] [NUMBER|ID|LINK] [--job N] [--here]",
    example="values gh/acme/web 341",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    covers=("GET /pipeline/{pipeline-id}/values",),
)
