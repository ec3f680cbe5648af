"""pipeline [project] [NUMBER|ID|LINK] — one pipeline with its workflows, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.follow_pipeline import follow
from bot.actions.known_verdicts import found_out
from bot.blocks import kit
from bot.blocks.card_blocks import card
from bot.blocks.kit import Pressable
from bot.circleci.models import Pipeline
from bot.circleci.snapshot import Snapshot, read
from bot.circleci.urgency import urgent_first
from bot.command import Command, Context, Group, Line, Reply, line
from bot.commands.pipeline import timeline
from bot.errors import UsageError
from bot.line import Written
from bot.messages import Message
from bot.mrkdwn import code, middle
from bot.store.audit import Deed


@dataclass(frozen=True, slots=True)
class Args:
    words: tuple[str, ...]
    card: bool
    timeline: bool
    here: bool


def parse(said: Line) -> Args:
    return Args(target_words.words(said), said.flag("card"), said.flag("timeline"), said.flag("here"))


async def run(context: Context, args: Args) -> Reply:
    if args.timeline:
        return await _timeline(context, args)
    pipeline, rest = await targets.pipeline(context, args.words, lambda *words: _again(args, *words))
    if rest:
        raise UsageError(f"I do not know what {code(rest[0], 100)} is for.", "A pipeline has a number: `pipeline 341`.")
    if args.card:
        return Reply(await _follow(context, pipeline))
    return Reply(await _show(context, pipeline))


def _again(args: Args, *words: str) -> Written:
    return line("pipeline", *words, card=args.card, timeline=args.timeline, here=args.here)


async def _timeline(context: Context, args: Args) -> Reply:
    """Of one of its workflows: the one that is named, or the only one."""
    found = await targets.workflow(context, args.words, lambda *words: _again(args, *words))
    if found.rest:
        raise UsageError(f"I do not know what {code(found.rest[0], 100)} is for.")
    return await timeline.picture(context, found, here=args.here)


async def _follow(context: Context, pipeline: Pipeline) -> Message:
    await follow(context, pipeline.project, pipeline, None)
    return Message(f":pushpin: The card of pipeline #{pipeline.number} comes, and I keep it true.")


async def _show(context: Context, pipeline: Pipeline) -> Message:
    """What its card shows at this moment, for the person alone."""
    snapshot = await read(context.circleci, pipeline.id, None)
    snapshot = snapshot.model_copy(update={"verdicts": await found_out(context, pipeline.id)})
    deeds, more = await _deeds(context, pipeline), kit.actions(_more(snapshot))
    room = kit.ROOM - kit.weight(more)
    drawn = card(snapshot, project=pipeline.project, deeds=deeds, links=context.links, room=room)
    return Message(drawn.text, [*drawn.blocks, more])


async def _deeds(context: Context, pipeline: Pipeline) -> list[Deed]:
    async with context.store.read() as tx:
        done = await tx.deeds.of(pipeline.id)
    return [deed for deed in done if deed.workspace == context.request.workspace]


def _more(snapshot: Snapshot) -> Sequence[Pressable]:
    pipeline = snapshot.pipeline.id
    runs = urgent_first(run.workflow for run in snapshot.newest())
    jobs = [kit.button(f"Jobs of {middle(one.name, 60)}", line("jobs", one.id)) for one in runs[:_NAMED]]
    others = [kit.button("Jobs of another…", line("jobs", pipeline))] if len(runs) > _NAMED else []
    here = kit.button("Show the card here", line("pipeline", pipeline, card=True))
    drawn = [kit.button("Timeline", line("pipeline", pipeline, timeline=True))] if runs else []
    return [*jobs, *others, *drawn, kit.button("Refresh", line("pipeline", pipeline)), here]


_NAMED = 4


COMMAND = Command(
    name="pipeline",
    summary="Shows one pipeline with its workflows",
    usage="pipeline [project] [NUMBER|ID|LINK] [--job N] [--card] [--timeline] [--here]",
    example="pipeline gh/acme/web 341",
    parse=parse,
    run=run,
    carries=lambda args: args.timeline,
    group=Group.PIPELINES,
    covers=(
        "GET /pipeline/{pipeline-id}",
        "GET /pipeline/{pipeline-id}/workflow",
        "GET /project/{project-slug}/pipeline/{pipeline-number}",
    ),
    aliases=("show",),
)
