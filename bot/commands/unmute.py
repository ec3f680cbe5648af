"""unmute [RULE|project] — ends a mute, and posts what was missed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.actions import channel_time, mute_changes, mute_target
from bot.blocks import announcement_blocks, mute_blocks
from bot.command import Command, Context, Group, ParsedLine, Reply, format_line
from bot.domain import ProjectScope
from bot.errors import NextStep, TargetError
from bot.language import N_, _
from bot.rules.muting import Mute


@dataclass(frozen=True, slots=True)
class UnmuteArgs:
    """Without `about` everything that is muted here is meant."""

    about: str | None = None


def parse(line: ParsedLine) -> UnmuteArgs:
    return UnmuteArgs(mute_target.take_one_word(line.words))


async def run(context: Context, args: UnmuteArgs) -> Reply:
    ended = await _list_mutes_to_end(context, args)
    if not ended:
        raise await _build_not_muted_error(context, args)
    told = await mute_changes.end(context, ended)
    undo = announcement_blocks.build_undo_row(told.undo)
    quiet_until = (await channel_time.load_hours(context, ended[0].channel)).find_quiet_end(context.clock.now())
    return Reply(
        mute_blocks.render_unmute_confirmation(ended, quiet_until, undo), seen=told.seen and quiet_until is None
    )


async def _list_mutes_to_end(context: Context, args: UnmuteArgs) -> list[Mute]:
    """Of what is muted here, even if its rule is gone by now; of a rule of one's own, wherever it is."""
    muted = await _list_mutes_here(context)
    found = muted if args.about is None else [one for one in muted if _is_about(one, args.about)]
    if found or args.about is None or mute_target.parse_rule_number(args.about) is None:
        return found
    channel, _scope, rule_id = await mute_changes.resolve_target(context, args.about, ())
    return [one for one in await mute_changes.list_active(context, [channel]) if one.rule_id == rule_id]


async def _list_mutes_here(context: Context) -> list[Mute]:
    return await mute_changes.list_active(context, [context.request.channel or context.request.user])


def _is_about(mute: Mute, text: str) -> bool:
    if mute.scope is None:
        return mute.rule_id is not None and mute.rule_id == mute_target.parse_rule_number(text)
    if "/" in text:
        return mute.scope == ProjectScope.parse(text)
    return mute.scope.project.casefold() == text.casefold()


async def _build_not_muted_error(context: Context, args: UnmuteArgs) -> TargetError:
    steps = [NextStep(_("Unmute Everything Here"), format_line("unmute"))] if await _list_mutes_here(context) else []
    what = _("That has no mute of its own.") if args.about else _("Nothing is muted here.")
    return TargetError(what, *steps, NextStep(_("Show All Rules"), format_line("subscriptions")))


COMMAND = Command(
    name="unmute",
    summary=N_("Unmutes the channel, a project or a rule"),
    usage="unmute [RULE|project]",
    example="unmute",
    parse=parse,
    run=run,
    group=Group.RULES,
    aliases=("unsnooze",),
)
