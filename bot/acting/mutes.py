"""To mute, and to let be heard again: written down, and said aloud, so that nobody takes silence for success."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.acting import aloud, arrival, rules
from bot.blocks import mute as blocks
from bot.command import Context
from bot.domain import Scope
from bot.judging.placement import MUTED
from bot.judging.silence import Mute
from bot.meaning import mutable
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
    number = mutable.number(text)
    if number is not None:
        rule = await rules.within_reach(context, number)
        return rule.channel, None, rule.id
    return here, await mutable.scope(context, here, text, command), None


async def of_channels(context: Context, channels: Collection[str]) -> list[Mute]:
    """What is muted in these now."""
    async with context.store.read() as tx:
        return await tx.mutes.of_channels(context.request.workspace, channels, context.clock.now())


async def begin(context: Context, mute: Mute) -> None:
    """Raises NotThere where nothing is told anyway."""
    arrival.check_heard(context, mute.channel)
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
    message = blocks.ended(mute, context.request.user) if ended else blocks.begun(mute)
    await aloud.say(tx, context, mute.channel, message, what=f"{'unmute' if ended else 'mute'} {mute.about}")
