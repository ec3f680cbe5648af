"""Mute and unmute: written down, and announced in the channel, so that nobody takes silence for success."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.actions import channel_announcement, mute_target, reachability, rule_changes
from bot.blocks import mute_blocks
from bot.command import Context
from bot.domain import ProjectScope
from bot.rules.muting import DeferralReason, Mute
from bot.store.store import Tx

Target = tuple[str, ProjectScope | None, int | None]
"""The channel, and what of it: projects, a rule, or (neither) everything."""


async def resolve_target(context: Context, text: str | None, command: Sequence[str]) -> Target:
    """What is meant by a rule's number, by projects, or by nothing: then it is the channel itself.

    A rule of one's own is meant wherever it is. Raises TargetError.
    """
    here = context.request.channel or context.request.user
    if text is None:
        return here, None, None
    number = mute_target.parse_rule_number(text)
    if number is not None:
        rule = await rule_changes.load_accessible(context, number)
        return rule.channel, None, rule.id
    return here, await mute_target.resolve_scope(context, here, text, command=command), None


async def list_active(context: Context, channels: Collection[str]) -> list[Mute]:
    """What is muted in these now."""
    async with context.store.begin_read() as tx:
        return await tx.mutes.list_for_channels(context.request.workspace, channels, context.clock.now())


async def begin(context: Context, mute: Mute) -> None:
    """Raises TargetError where nothing is told anyway."""
    reachability.check_reachable(context, mute.channel)
    async with context.store.begin() as tx:
        await tx.mutes.upsert(mute)
        await _announce(tx, context, mute, ended=False)
    context.wake()


async def end(context: Context, ended: Sequence[Mute]) -> None:
    """What was kept for them is told at once, unless something else keeps it."""
    now = context.clock.now()
    async with context.store.begin() as tx:
        for mute in ended:
            if await tx.mutes.delete(mute):
                await tx.digest_queue.make_due(mute.workspace, mute.channel, DeferralReason.MUTED, now=now)
                await _announce(tx, context, mute, ended=True)
    context.wake()


async def _announce(tx: Tx, context: Context, mute: Mute, *, ended: bool) -> None:
    message = (
        mute_blocks.render_unmute_announcement(mute, context.request.user)
        if ended
        else mute_blocks.render_mute_announcement(mute)
    )
    await channel_announcement.announce(
        tx, context, mute.channel, message=message, what=f"{'unmute' if ended else 'mute'} {mute.about}"
    )
