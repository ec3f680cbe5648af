"""values, said `pipeline --values` — the values that a pipeline ran with, its parameters among them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from bot.actions import target_words, targets
from bot.actions.share_files import reply_with_files
from bot.blocks import values_blocks
from bot.command import Command, Context, File, Group, ParsedLine, Reply, format_line
from bot.errors import UsageError
from bot.language import N_, _, ngettext
from bot.messages import Message
from bot.mrkdwn import as_code, as_link


@dataclass(frozen=True, slots=True)
class ValuesArgs:
    words: tuple[str, ...]
    here: bool


def parse(line: ParsedLine) -> ValuesArgs:
    return ValuesArgs(target_words.add_job_option(line), line.has_flag("here"))


async def run(context: Context, args: ValuesArgs) -> Reply:
    pipeline, rest = await targets.resolve_pipeline(context, args.words, partial(format_line, "pipeline", values=True))
    if rest:
        raise UsageError(_("I do not know what {rest} is for.", rest=as_code(rest[0], 100)))
    lines = values_blocks.format_table(await context.circleci.fetch_pipeline_values(pipeline.id))
    if not lines:
        return Reply(Message(_("Pipeline #{number} ran without any values.", number=pipeline.number)))
    if values_blocks.fits_in_message(lines) and not args.here:
        link = as_link(context.links.pipeline_url(pipeline.project, pipeline.number), f"#{pipeline.number}")
        count = ngettext(
            "{count} value of #{number}", "{count} values of #{number}", len(lines), number=pipeline.number
        )
        about = _("{number} on {ref}", number=link, ref=as_code(pipeline.ref or "?", 120))
        return Reply(Message(count, values_blocks.render(count, about, lines, pipeline_id=pipeline.id)))
    title = ngettext(
        "The only value of #{number}", "The {count} values of #{number}", len(lines), number=pipeline.number
    )
    file = File(f"values-{pipeline.number}.txt", title, "\n".join(lines).encode())
    return reply_with_files(
        context, [file], title, here=args.here, again=format_line("pipeline", pipeline.id, values=True)
    )


COMMAND = Command(
    name="values",
    summary=N_("Shows the values that a pipeline ran with"),
    usage="pipeline --values [project] [NUMBER|ID|LINK] [--job N] [--here]",
    example="pipeline --values acme/web 341",
    parse=parse,
    run=run,
    group=Group.PIPELINES,
    endpoints=("GET /pipeline/{pipeline-id}/values",),
)
