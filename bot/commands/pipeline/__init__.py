"""pipeline [project] [NUMBER|ID|LINK] — one pipeline with its workflows, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.follow_pipeline import follow_pipeline
from bot.actions.known_verdicts import add_known_reasons
from bot.blocks import kit
from bot.blocks.card_blocks import CardContext, render_card
from bot.blocks.kit import Pressable
from bot.circleci.fetch_snapshot import fetch_snapshot
from bot.circleci.models import Pipeline
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.commands.pipeline import timeline
from bot.errors import UsageError
from bot.language import N_, _
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.store.lookers import build_git_ref


@dataclass(frozen=True, slots=True)
class PipelineArgs:
    words: tuple[str, ...]
    card: bool
    timeline: bool
    here: bool


def parse(line: ParsedLine) -> PipelineArgs:
    return PipelineArgs(
        target_words.add_job_option(line), line.has_flag("card"), line.has_flag("timeline"), line.has_flag("here")
    )


async def run(context: Context, args: PipelineArgs) -> Reply:
    if args.timeline:
        return await _render_timeline(context, args)
    pipeline, rest = await targets.resolve_pipeline(context, args.words, lambda *words: _build_line(args, *words))
    if rest:
        raise UsageError(
            _("I do not know what {word} is for.", word=as_code(rest[0], 100)),
            _("A pipeline has a number: `pipeline 341`."),
        )
    if args.card:
        return Reply(await _follow(context, pipeline))
    return Reply(await _show(context, pipeline))


def _build_line(args: PipelineArgs, *words: str) -> Written:
    return format_line("pipeline", *words, card=args.card, timeline=args.timeline, here=args.here)


async def _render_timeline(context: Context, args: PipelineArgs) -> Reply:
    """Of one of its workflows: the one that is named, or the only one."""
    found = await targets.resolve_workflow(context, args.words, lambda *words: _build_line(args, *words))
    if found.rest:
        raise UsageError(_("I do not know what {word} is for.", word=as_code(found.rest[0], 100)))
    return await timeline.render(context, found, here=args.here)


async def _follow(context: Context, pipeline: Pipeline) -> Message:
    await follow_pipeline(context, pipeline.project, pipeline, action=None)
    return Message(
        _(":pushpin: The card of pipeline #{number} comes, and I keep it up to date.", number=pipeline.number)
    )


async def _show(context: Context, pipeline: Pipeline) -> Message:
    """What its card shows at this moment, for the person alone."""
    snapshot = await fetch_snapshot(context.circleci, pipeline.id, None)
    snapshot = await add_known_reasons(context, snapshot)
    more = _build_buttons(pipeline.id, context.request.channel)
    card = await _load_card_context(context, pipeline)
    drawn = render_card(snapshot, card, room=kit.ROOM - kit.count_chars(kit.actions(more)))
    return kit.add_buttons(drawn, more)


async def _load_card_context(context: Context, pipeline: Pipeline) -> CardContext:
    """What people of this workspace did to it, and who looks into it."""
    workspace, ref = context.request.workspace, build_git_ref(pipeline.branch, pipeline.tag)
    async with context.store.begin_read() as tx:
        done = await tx.audit.list_for_pipeline(pipeline.id)
        lookers = await tx.lookers.list_for_pipeline(workspace, pipeline.project, ref, number=pipeline.number)
    entries = [entry for entry in done if entry.workspace == workspace]
    return CardContext(pipeline.project, context.links, entries=entries, lookers=lookers)


def _build_buttons(pipeline: str, channel: str | None) -> Sequence[Pressable]:
    """The Home is no place for a card."""
    card = kit.button(_("Show Card Here"), format_line("pipeline", pipeline, card=True))
    return [
        kit.button(_("Show Jobs"), format_line("jobs", pipeline)),
        *([card] if channel else []),
        kit.button(_("Refresh"), format_line("pipeline", pipeline)),
    ]


COMMAND = Command(
    name="pipeline",
    summary=N_("Shows one pipeline with its workflows"),
    usage="pipeline [project] [NUMBER|ID|LINK] [--job N] [--card] [--timeline] [--here]",
    example="pipeline acme/web 341",
    parse=parse,
    run=run,
    sends_file=lambda args: args.timeline,
    group=Group.PIPELINES,
    order=3,
    task=N_("See one pipeline"),
    endpoints=(
        "GET /pipeline/{pipeline-id}",
        "GET /pipeline/{pipeline-id}/workflow",
        "GET /project/{project-slug}/pipeline/{pipeline-number}",
    ),
    aliases=("show",),
)
