"""unmute [RULE|project] — lets be heard again what was muted, and tells what was missed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.acting import hours, mutes
from bot.blocks import mute as blocks
from bot.command import Access, Command, Context, Group, Line, Reply
from bot.errors import NotThere, Step
from bot.meaning import mutable


@dataclass(frozen=True, slots=True)
class Args:
    """Without `about` everything that is muted here is meant."""

    about: str | None = None


def parse(said: Line) -> Args:
    return Args(mutable.one_word(said.words))


async def run(context: Context, args: Args) -> Reply:
    channel, scope, rule_id = await mutes.target(context, args.about, ("unmute",))
    muted = await mutes.of_channels(context, [channel])
    ended = [one for one in muted if args.about is None or (one.scope, one.rule_id) == (scope, rule_id)]
    if not ended:
        raise _not_muted(args, bool(muted))
    await mutes.end(context, ended)
    quiet_until = (await hours.of(context, channel)).quiet_until(context.clock.now())
    return Reply(blocks.heard(ended, quiet_until))


def _not_muted(args: Args, others: bool) -> NotThere:
    steps = [Step("Unmute everything here", "unmute")] if others else []
    what = "That is not muted by itself" if args.about else "Nothing is muted here"
    return NotThere(f"{what}.", *steps, Step("Show all rules", "subscriptions"))


COMMAND = Command(
    name="unmute",
    summary="Lets be heard again what was muted",
    usage="unmute [RULE|project]",
    example="unmute",
    parse=parse,
    run=run,
    group=Group.RULES,
    access=Access.ANYONE,
    aliases=("unsnooze",),
)
