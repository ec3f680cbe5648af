"""why [MESSAGE|project] [NUMBER|ID|LINK] — why something was told in this channel, or was not: rule by rule."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.actions import target_words, targets
from bot.actions.known_verdicts import found_out
from bot.blocks import why_blocks
from bot.blocks.told_by_name_blocks import shown
from bot.circleci.models import Pipeline
from bot.circleci.snapshot import read
from bot.command import Command, Context, Group, Line, Reply, line
from bot.commands.why.told_by_name import heard
from bot.conversation import here
from bot.domain import Outcome
from bot.errors import NotThere, UsageError
from bot.messages import Message
from bot.mrkdwn import code
from bot.rules.outcome import outcomes

_MESSAGE = re.compile(
    r"<?https?://[^\s|>]*/archives/(?P<channel>\w+)/p(?P<ts>\d{16})(?:\?[^\s|>]*?thread_ts=(?P<thread>\d+\.\d+))?"
)
"""A message as Slack's *Copy link* gives it; one in a thread names the message above it too."""


@dataclass(frozen=True, slots=True)
class Args:
    """`words` name a pipeline; or a message, by its channel and the `ts` of the card that it belongs to."""

    words: tuple[str, ...] = ()
    channel: str | None = None
    ts: str | None = None


def parse(said: Line) -> Args:
    pasted = _MESSAGE.match(said.words[0]) if said.words else None
    if pasted is None:
        return Args(target_words.words(said))
    if len(said.words) > 1:
        raise UsageError("One message at a time.")
    ts = pasted["thread"] or f"{pasted['ts'][:10]}.{pasted['ts'][10:]}"
    return Args(channel=pasted["channel"], ts=ts)


async def run(context: Context, args: Args) -> Reply:
    pipeline = await _pipeline(context, args)
    request = context.request
    place = (request.workspace, request.channel or request.user)
    async with context.store.read() as tx:
        rules = await tx.subscriptions.of_channel(*place)
        covering = {rule.id for rule in await tx.subscriptions.of_project(pipeline.project)}
        cards = await tx.cards.of_pipeline(pipeline.id)
        kept = await tx.kept.of_pipeline(*place, pipeline.id)
        told = await tx.outcomes.of_pipeline(pipeline.id)
        known = bool(told) or await tx.pipelines.get(pipeline.id) is not None
        reminders = [one for one in await tx.reminders.of(pipeline.id) if one.is_for(*place)]
        by_name = await heard(tx, context, pipeline, told, [rule for rule in rules if rule.id in covering])
    card = next((card for card in cards if (card.workspace, card.channel) == place), None)
    found = told or await _as_it_stands(context, pipeline)
    due = {one.hold: one.due_at for one in reversed(reminders)}
    verdicts = await found_out(context, pipeline.id)
    case = why_blocks.Case(
        pipeline, found, rules, covering, card, kept, due, known, verdicts=verdicts, place=here(request.channel)
    )
    reply = why_blocks.told(case, context.links)
    return Reply(Message(reply.text, [*reply.blocks[:-1], *shown(by_name), reply.blocks[-1]]))


async def _pipeline(context: Context, args: Args) -> Pipeline:
    """Read with the person's own token: what is hidden from them is not explained to them."""
    request = context.request
    if args.channel and args.channel != request.channel:
        raise NotThere(f"That message stands in <#{args.channel}>: ask me there.")
    if args.ts is None:
        pipeline, rest = await targets.pipeline(context, args.words, lambda *words: line("why", *words))
        if rest:
            raise UsageError(f"I do not know what {code(rest[0], 100)} is for.", "A pipeline has a number: `why 341`.")
        return pipeline
    async with context.store.read() as tx:
        card = await tx.threads.about(request.workspace, [args.channel or "", request.user], args.ts)
    if card is None:
        raise NotThere("That message is no card of a pipeline, and stands in the thread of none.")
    return await context.circleci.pipeline(card.pipeline_id)


async def _as_it_stands(context: Context, pipeline: Pipeline) -> list[Outcome]:
    """What nobody published: nobody listened, or nothing has happened yet."""
    snapshot = await read(context.circleci, pipeline.id, None)
    project = await context.circleci.project(pipeline.project)
    return outcomes(snapshot, pipeline.project, context.clock.now(), project.default_branch)


COMMAND = Command(
    name="why",
    summary="Says why something was told here, or was not",
    usage="why [MESSAGE|project] [NUMBER|ID|LINK] [--job N]",
    example="why gh/acme/web 341",
    parse=parse,
    run=run,
    group=Group.RULES,
)
