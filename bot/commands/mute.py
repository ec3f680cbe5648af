"""mute [TIME] [RULE|project] — posts nothing here for a while; one message afterwards says what was missed."""

from __future__ import annotations

from bot.actions import mute_changes, mute_wish
from bot.actions.mute_wish import MuteWish
from bot.blocks import announcement_blocks, mute_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply
from bot.language import N_
from bot.messages import Message


def parse(line: ParsedLine) -> MuteWish:
    return MuteWish.parse(line.words)


async def run(context: Context, args: MuteWish) -> Reply:
    mute = await mute_wish.resolve(context, args)
    if isinstance(mute, Message):
        return Reply(mute)
    told = await mute_changes.begin(context, mute)
    return Reply(mute_blocks.render_mute_confirmation(mute, announcement_blocks.build_undo_row(told.undo)))


COMMAND = Command(
    name="mute",
    summary=N_("Mutes this channel, a project or a rule for a while"),
    usage="mute [TIME] [RULE|project]",
    example="mute 2h",
    parse=parse,
    run=run,
    is_change=lambda args: args.when is not None,
    group=Group.RULES,
    order=3,
    task=N_("Pause the messages for a while"),
    access=Access.ANYONE,
    aliases=("snooze",),
)
