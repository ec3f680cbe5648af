"""unmute [RULE|project] — lets be heard again what was muted, and tells what was missed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import channel_time, mute_changes, mute_target
from bot.blocks import mute_blocks
from bot.command import Command, Context, Group, Line, Reply, line
from bot.domain import Scope
from bot.errors import NotThere, Step
from bot.rules.muting import Mute


@dataclass(frozen=True, slots=True)
class Args:
    """Without `about` everything that is muted here is meant."""

    about: str | None = None


def parse(said: Line) -> Args:
    return Args(mute_target.one_word(said.words))


async def run(context: Context, args: Args) -> Reply:
    ended = await _meant(context, args)
    if not ended:
        raise await _not_muted(context, args)
    await mute_changes.end(context, ended)
    quiet_until = (await channel_time.of(context, ended[0].channel)).quiet_until(context.clock.now())
    return Reply(mute_blocks.heard(ended, quiet_until))


async def _meant(context: Context, args: Args) -> list[Mute]:
    """Of what is muted here, even if its rule is gone by now; of a rule of one's own, wherever it is."""
    muted = await _here(context)
    found = muted if args.about is None else [one for one in muted if _is_about(one, args.about)]
    if found or args.about is None or mute_target.number(args.about) is None:
        return found
    channel, _, rule_id = await mute_changes.target(context, args.about, ())
    return [one for one in await mute_changes.of_channels(context, [channel]) if one.rule_id == rule_id]


async def _here(context: Context) -> list[Mute]:
    return await mute_changes.of_channels(context, [context.request.channel or context.request.user])


def _is_about(mute: Mute, text: str) -> bool:
    if mute.scope is None:
        return mute.rule_id is not None and mute.rule_id == mute_target.number(text)
    if "/" in text:
        return mute.scope == Scope.parse(text)
    return mute.scope.project.casefold() == text.casefold()


async def _not_muted(context: Context, args: Args) -> NotThere:
    steps = [Step("Unmute everything here", line("unmute"))] if await _here(context) else []
    what = "That is not muted by itself" if args.about else "Nothing is muted here"
    return NotThere(f"{what}.", *steps, Step("Show all rules", line("subscriptions")))


COMMAND = Command(
    name="unmute",
    summary="Lets be heard again what was muted",
    usage="unmute [RULE|project]",
    example="unmute",
    parse=parse,
    run=run,
    group=Group.RULES,
    aliases=("unsnooze",),
)
