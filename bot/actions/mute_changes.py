"""Mute and unmute: written down, and announced in the channel, so that nobody takes silence for success."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from bot.actions import channel_announcement, channel_rights, mute_target, reachability, rule_changes, thing_states
from bot.actions.channel_announcement import Announcement, Told
from bot.blocks import announcement_blocks, mute_blocks
from bot.command import Context
from bot.conversation import Place
from bot.domain import ProjectScope
from bot.rules.muting import DeferralReason, Mute
from bot.rules.undoable_change import State, Thing, ThingKind
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


async def begin(context: Context, mute: Mute) -> Told:
    """What is told of it. Raises TargetError where nothing is told anyway."""
    reachability.check_reachable(context, mute.channel)
    await _check_rights(context, [mute])
    said = Announcement(act="mute", text=partial(mute_blocks.format_mute, mute))
    async with context.store.begin() as tx:
        before = await _load_states(tx, context, [mute])
        await tx.mutes.upsert(mute)
        told = await _announce(tx, context, mute.channel, before=before, said=said)
    context.wake()
    return told


async def end(context: Context, ended: Sequence[Mute]) -> Told:
    """What was kept for them is told at once, unless something else keeps it. All are of one channel."""
    now, channel, told = context.clock.now(), ended[0].channel, Told()
    await _check_rights(context, ended)
    async with context.store.begin() as tx:
        before = await _load_states(tx, context, ended)
        gone = [mute for mute in ended if await tx.mutes.delete(mute)]
        if gone:
            await tx.digest_queue.make_due(gone[0].workspace, channel, DeferralReason.MUTED, now=now)
            text = partial(announcement_blocks.format_unmuted, context.request.user, gone)
            told = await _announce(tx, context, channel, before=before, said=Announcement(act="unmute", text=text))
    context.wake()
    return told


async def _check_rights(context: Context, mutes: Sequence[Mute]) -> None:
    """That of a rule was asked for with its rule. Raises NotAllowed."""
    for mute in mutes:
        if mute.rule_id is None:
            await channel_rights.check_change(context, mute.channel, [mute.scope])


async def _load_states(tx: Tx, context: Context, mutes: Sequence[Mute]) -> dict[Thing, State]:
    things = [Thing(ThingKind.MUTE, mute.about) for mute in mutes]
    place = Place(mutes[0].workspace, mutes[0].channel)
    return await thing_states.load_states(tx, place, things, context.clock.now())


async def _announce(tx: Tx, context: Context, channel: str, *, before: dict[Thing, State], said: Announcement) -> Told:
    place = Place(context.request.workspace, channel)
    changes = await thing_states.list_changes(tx, place, before, context.clock.now())
    return await channel_announcement.announce(tx, context, channel, changes=changes, said=said)
