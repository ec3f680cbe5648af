"""To mute, and to let be heard again: written down, and said aloud, so that nobody takes silence for success."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.actions import channel_announcement, mute_target, reachability, rule_changes
from bot.blocks import mute_blocks
from bot.command import Context
from bot.domain import Scope
from bot.rules.muting import Mute
from bot.rules.placement import MUTED
from bot.store.store import Tx

Target = tuple[str, Scope | None, int | None]
"""The channel, and what of it: projects, a rule, or (neither) everything."""


async def target(context: Context, text: str | None, command: Sequence[str]) -> Target:
    """What is meant by a rule's number, by projects, or by nothing: then it is the channel itself.

    A rule of one's own is meant wherever it is. Raises NotThere.
    """
    here = context.request.channel or context.request.user
    if text is None:
        return here, None, None
    number = mute_target.number(text)
    if number is not None:
        rule = await rule_changes.within_reach(context, number)
        return rule.channel, None, rule.id
    return here, await mute_target.scope(context, here, text, command), None


async def of_channels(context: Context, channels: Collection[str]) -> list[Mute]:
    """What is muted in these now."""
    async with context.store.read() as tx:
        return await tx.mutes.of_channels(context.request.workspace, channels, context.clock.now())


async def begin(context: Context, mute: Mute) -> None:
    """Raises NotThere where nothing is told anyway."""
    reachability.check_heard(context, mute.channel)
    async with context.store.begin() as tx:
        await tx.mutes.add(mute)
        await _say_aloud(tx, context, mute, ended=False)
    context.nudge()


async def end(context: Context, ended: Sequence[Mute]) -> None:
    """What was kept for them is told at once, unless something else keeps it."""
    now = context.clock.now()
    async with context.store.begin() as tx:
        for mute in ended:
            if await tx.mutes.end(mute):
                await tx.kept.hurry(mute.workspace, mute.channel, MUTED, now)
                await _say_aloud(tx, context, mute, ended=True)
    context.nudge()


async def _say_aloud(tx: Tx, context: Context, mute: Mute, *, ended: bool) -> None:
    message = mute_blocks.ended(mute, context.request.user) if ended else mute_blocks.begun(mute)
    await channel_announcement.say(
        tx, context, mute.channel, message, what=f"{'unmute' if ended else 'mute'} {mute.about}"
    )
