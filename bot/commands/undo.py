"""undo [NUMBER] — puts back what was changed here in the last ten minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import change_reversal, mute_target, restored_things
from bot.blocks import announcement_blocks
from bot.command import Access, Command, Context, Group, ParsedLine, Reply, format_line
from bot.conversation import is_direct
from bot.errors import NextStep, TargetError, UsageError
from bot.language import N_, _
from bot.messages import Message
from bot.mrkdwn import as_code
from bot.rules.undoable_change import UndoableChange

_MOST = 5


@dataclass(frozen=True, slots=True)
class UndoArgs:
    """Without a `number` the newest change of the person here is meant."""

    number: int | None = None


def parse(line: ParsedLine) -> UndoArgs:
    if not line.words:
        return UndoArgs()
    number = mute_target.parse_rule_number(line.words[0])
    if number is None or len(line.words) > 1:
        raise UsageError(_("{word} is not the number of a change.", word=as_code(line.words[-1], 100)))
    return UndoArgs(number)


async def run(context: Context, args: UndoArgs) -> Reply:
    if args.number is None:
        recent = await change_reversal.list_recent(context)
        args = UndoArgs(_choose_own(context, recent).id)
    change = await change_reversal.find_change(context, args.number or 0)
    await change_reversal.restore(context, change)
    return Reply(Message(restored_things.format_undone(change, context.request.channel)))


def _choose_own(context: Context, recent: Sequence[UndoableChange]) -> UndoableChange:
    standing = [one for one in recent if not one.undone_by]
    own = next((one for one in standing if one.user == context.request.user), None)
    if own:
        return own
    if standing:
        told = [announcement_blocks.format_choice(one) for one in standing[:_MOST]]
        steps = [
            NextStep(_("Undo Change {number}", number=one.id), format_line("undo", str(one.id)))
            for one in standing[:_MOST]
        ]
        raise TargetError(_("None of the last changes here is yours. Which one?"), *told, *steps)
    nothing = _format_undone_before(recent[0]) if recent else _format_nothing(context.request.place.channel)
    raise TargetError(nothing, NextStep(_("Show All Rules"), format_line("subscriptions")))


def _format_undone_before(last: UndoableChange) -> str:
    was = announcement_blocks.format_ended(announcement_blocks.format_change(last), last.undone_by)
    return _("Nothing is left to undo here. The last change was: {change}", change=was)


def _format_nothing(channel: str) -> str:
    if is_direct(channel):
        return _("Nobody changed anything in this conversation in the last ten minutes.")
    return _("Nobody changed anything in this channel in the last ten minutes.")


COMMAND = Command(
    name="undo",
    summary=N_("Puts back what was changed here in the last ten minutes"),
    usage="undo [NUMBER]",
    example="undo",
    parse=parse,
    run=run,
    group=Group.RULES,
    access=Access.ANYONE,
)
