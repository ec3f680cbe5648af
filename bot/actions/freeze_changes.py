"""Freezes begin and end: written down, recorded, told to the channels that hear of the projects, shown on cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from bot.actions.audit_trail import record
from bot.blocks import freeze_blocks
from bot.command import Context, format_line
from bot.domain.audit_records import AuditKind
from bot.errors import NextStep, TargetError
from bot.language import _
from bot.messages import Message
from bot.rules.project_freeze import Freeze
from bot.store.store import Tx

_MOST_CHANNELS = 50
_MOST_CARDS = 300
"""Slack takes some 50 changes a minute of a workspace: more than these would hold up what happens now."""
_STILL_PRESSED = timedelta(days=1)
"""What ended has buttons too: *Rerun from Failed* of this morning is pressed, that of last week hardly."""


async def list_standing(context: Context) -> Sequence[Freeze]:
    """Those that hold or will hold."""
    async with context.store.begin_read() as tx:
        return await tx.freezes.list_standing(context.request.workspace, context.clock.now())


async def begin(context: Context, wanted: Freeze) -> Freeze:
    """With its number."""
    async with context.store.begin() as tx:
        freeze = replace(wanted, id=await tx.freezes.insert(wanted))
        if freeze.is_current(context.clock.now()):
            await announce_turn(tx, freeze, context.clock.now())
        record(context, tx, AuditKind.ACT, act="freeze", what=_describe(freeze), project=freeze.about)
    context.wake()
    return freeze


async def end(context: Context, number: int) -> Freeze:
    """Raises TargetError where there is none of this number any more."""
    now = context.clock.now()
    async with context.store.begin() as tx:
        found = await tx.freezes.find(context.request.workspace, number)
        ended = found and found.end(now, context.request.user)
        if not (ended and await tx.freezes.end(ended)):
            raise TargetError(
                _("There is no freeze {number}, or it is over.", number=number),
                NextStep(_("Show Freezes"), format_line("freeze")),
            )
        if ended.since < now:
            await announce_turn(tx, ended, now)
        record(context, tx, AuditKind.ACT, act="thaw", what=_describe(ended), project=ended.about)
    context.wake()
    return ended


async def announce_turn(tx: Tx, freeze: Freeze, now: datetime) -> None:
    """It has begun, or is over: say so where people hear of these projects, and draw the cards anew. Once for each."""
    begun = freeze.is_current(now)
    await tx.freezes.set_next_look_at(freeze, freeze.until if begun else None)
    render = freeze_blocks.render_announcement if begun else freeze_blocks.render_thaw
    await _tell_channels(tx, freeze, "begun" if begun else "over", render, now=now)
    drawn = await tx.cards.list_drawn(freeze.workspace, now - _STILL_PRESSED if begun else freeze.since)
    covered = (pipeline_id for pipeline_id, project in drawn if freeze.covers(project))
    for pipeline_id in islice(covered, _MOST_CARDS):
        await tx.cards.mark_pipeline_dirty(pipeline_id)


async def _tell_channels(
    tx: Tx, freeze: Freeze, word: str, render: Callable[[Freeze], Message], *, now: datetime
) -> None:
    rules = await tx.subscriptions.list_for_workspace(freeze.workspace)
    channels = dict.fromkeys(rule.channel for rule in rules if freeze.can_cover(rule.scope))
    for channel in list(channels)[:_MOST_CHANNELS]:
        key = f"freeze:{freeze.id}:{word}:{channel}"
        await tx.outbox.insert(key, freeze.workspace, channel, message=partial(render, freeze), now=now)


def _describe(freeze: Freeze) -> str:
    """For the record."""
    until = f"until {freeze.until:%Y-%m-%d %H:%M} UTC"
    exempt = f" but for {', '.join(freeze.exempt)}" if freeze.exempt else ""
    return f"freeze {freeze.id} {until}{exempt}: {freeze.name}".rstrip(": ")
