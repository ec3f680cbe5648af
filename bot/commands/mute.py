"""mute [TIME] [RULE|project] — nothing is told here for a while; what was missed comes in one message after."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import channel_time, mute_changes, mute_target
from bot.blocks import mute_blocks
from bot.command import Access, Command, Context, Group, Line, Reply
from bot.errors import UsageError
from bot.rules.mute_until import LONGEST, When
from bot.rules.muting import Mute


@dataclass(frozen=True, slots=True)
class Args:
    """Without a `when` the person is asked; without `about` the whole channel is meant."""

    when: When | None = None
    about: str | None = None
    said: tuple[str, ...] = ()


def parse(said: Line) -> Args:
    if not said.words:
        return Args()
    try:
        when, rest = When.read(said.words)
    except UsageError:
        if len(said.words) > 1 or _is_mistyped(said.words[0]):
            raise
        return Args(about=said.words[0])
    return Args(when, mute_target.one_word(rest), said.words[: len(said.words) - len(rest)])


def _is_mistyped(word: str) -> bool:
    """A time that is none; a number alone is a rule's."""
    return word[:1].isdigit() and mute_target.number(word) is None


async def run(context: Context, args: Args) -> Reply:
    channel, scope, rule_id = await mute_changes.target(context, args.about, ("mute", *args.said))
    if args.when is None:
        return Reply(mute_blocks.asked(args.about, channel, await mute_changes.of_channels(context, [channel])))
    now = context.clock.now()
    until = args.when.moment(now, await _zone(context, channel))
    if until - now > LONGEST:
        raise UsageError("That is for 30 days at most.", "Who wants to hear nothing for longer wants another rule.")
    mute = Mute(context.request.workspace, channel, until, context.request.user, now, scope, rule_id)
    await mute_changes.begin(context, mute)
    return Reply(mute_blocks.done(mute))


async def _zone(context: Context, channel: str) -> str:
    """Whoever says 17:00 means their own clock; the channel's where we do not know theirs."""
    return await channel_time.own_zone(context) or (await channel_time.of(context, channel)).zone


COMMAND = Command(
    name="mute",
    summary="Mutes this channel, a project or a rule for a while",
    usage="mute [TIME] [RULE|project]",
    example="mute 2h",
    parse=parse,
    run=run,
    changes=lambda args: args.when is not None,
    group=Group.RULES,
    access=Access.ANYONE,
    aliases=("snooze",),
)
